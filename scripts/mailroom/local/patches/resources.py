"""Which action on which resource IAM is asked for, where the emulator asks for another one or for `*`.

A policy that names its resources would be refused here and allowed in AWS, or the other way round. The names
are those of the service authorization reference; where SNS asks about a subscription, it asks about its
topic (seen in its refusals).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .patch import Patch

VERBS = {"DELETE": "Delete", "GET": "Get", "PUT": "Update"}
TAGGING = ("ListTagsForResource", "ListTagsOfResource", "TagResource", "UntagResource")
LOG_STREAMS = ("CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents")
RULES = (
    "DeleteRule",
    "DescribeRule",
    "DisableRule",
    "EnableRule",
    "ListTargetsByRule",
    "PutRule",
    "PutTargets",
    "RemoveTargets",
)

Value = Callable[..., str]
"""The first member of these names that a request has; "" where it has none. A dot leads into a member."""


def _lambda(original: Callable[..., str | None]) -> Callable[..., str | None]:
    def lambda_action(method: str, path: str) -> str | None:
        parts = [part for part in path.split("/") if part]
        if parts[1:2] == ["event-source-mappings"] and len(parts) > 2:
            return f"{VERBS[method]}EventSourceMapping" if method in VERBS else None
        if parts[1:2] == ["functions"] and parts[3:4] == ["concurrency"] and method != "PUT":
            return f"{method.title()}FunctionConcurrency"
        return original(method, path)

    return lambda_action


def _resource(original: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        found = ""
        if service in SERVICES:
            try:
                value = _members(body, query_params)
                action = headers.get("x-amz-target", "").rpartition(".")[2] or value("Action")
                found = _found(service, action, value, f"{region}:{account_id}", f"{method} {path}")
            except ValueError:
                pass  # CBOR, which CloudWatch speaks too
        return found or original(service, method, path, headers, body, query_params, region, account_id)

    return extract_resource_arn


def _members(body: bytes, query_params: dict[str, Any]) -> Value:
    from ministack.core import iam_actions

    def value(*names: str) -> str:
        plain = [name for name in names if "." not in name or ".member." in name]
        if plain and (found := iam_actions._param(body, query_params, *plain)):
            return str(found)
        inner = [name.partition(".") for name in names if name not in plain]
        document = json.loads(body or b"{}") if inner else {}
        return next((str(document[outer].get(name, "")) for outer, _, name in inner if outer in document), "")

    return value


def _found(service: str, action: str, value: Value, middle: str, line: str) -> str:
    if action in TAGGING:
        return value("ResourceArn", "ResourceARN")
    if service == "lambda":
        new = line.startswith("POST ") and line.endswith("/functions")
        return f"arn:aws:lambda:{middle}:function:{value('FunctionName')}" if new else ""
    return BY_SERVICE[service](action, value, middle) if service in BY_SERVICE else ""


def _alarm(action: str, value: Value, middle: str) -> str:
    if "Dashboard" in action:
        name = value("DashboardName", "DashboardNames.member.1")
        return f"arn:aws:cloudwatch::{middle.rpartition(':')[2]}:dashboard/{name}" if name else ""
    name = value("AlarmNames.member.1") if action == "DeleteAlarms" else ""
    return f"arn:aws:cloudwatch:{middle}:alarm:{name}" if name else ""


def _workgroup(action: str, value: Value, middle: str) -> str:
    """A kept query is what its workgroup is."""
    from ministack.services import athena

    query = athena._named_queries.get(value("NamedQueryId")) or {}
    name = query.get("WorkGroup") or value(
        "WorkGroup", "Name" if action.endswith("WorkGroup") else "WorkGroup"
    )
    return f"arn:aws:athena:{middle}:workgroup/{name}" if name else ""


def _catalog(action: str, value: Value, middle: str) -> str:
    """The innermost of what AWS asks about: catalog, database and table."""
    if action == "GetTags":
        return value("ResourceArn")
    if "Database" in action:
        return f"arn:aws:glue:{middle}:database/{value('Name', 'DatabaseInput.Name')}"
    table = value("TableName", "Name", "TableInput.Name")
    return f"arn:aws:glue:{middle}:table/{value('DatabaseName')}/{table}" if table else ""


def _alias(action: str, value: Value, middle: str) -> str:
    name = value("AliasName") if action.endswith("Alias") else ""
    return f"arn:aws:kms:{middle}:{name}" if name else ""


def _log_stream(action: str, value: Value, middle: str) -> str:
    """What is done to a log stream is asked about it, not about its group."""
    stream = value("logStreamName") if action in LOG_STREAMS else ""
    return f"arn:aws:logs:{middle}:log-group:{value('logGroupName')}:log-stream:{stream}" if stream else ""


def _rule(action: str, value: Value, middle: str) -> str:
    if action not in RULES:
        return ""
    bus, name = value("EventBusName"), value("Rule", "Name")
    return f"arn:aws:events:{middle}:rule/{f'{bus}/' if bus not in ('', 'default') else ''}{name}"


def _topic(action: str, value: Value, middle: str) -> str:
    subscription = value("SubscriptionArn")
    return subscription.rpartition(":")[0] if subscription.count(":") == 6 else ""


BY_SERVICE: dict[str, Callable[[str, Value, str], str]] = {
    "athena": _workgroup,
    "events": _rule,
    "glue": _catalog,
    "kms": _alias,
    "logs": _log_stream,
    "monitoring": _alarm,
    "sns": _topic,
}
SERVICES = (*BY_SERVICE, "dynamodb", "lambda")

_MODULE = "ministack.core.iam_actions:"
PATCHES = (
    Patch(
        _MODULE + "_lambda_action",
        "event source mappings and reserved concurrency were asked for by other names, or not at all",
        "19fa24ebca403b7afb7dbdd2de306589a087ba1a8dd5ec4df5ce7df77401080f",
        _lambda,
    ),
    Patch(
        _MODULE + "extract_resource_arn",
        "aliases, rules, log streams, subscriptions, dashboards, catalogs and others had another resource",
        "82f51700695c62fdca72583e1c264cc146fc22d5aa0a5faebabc3aa0a798f2e9",
        _resource,
    ),
)
