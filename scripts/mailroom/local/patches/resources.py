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
"""The first member of these names that a request has; "" where it has none."""


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
                cbor = "cbor" in headers.get("content-type", "")
                value = _members_of_cbor(body) if cbor else _members(body, query_params)
                action = headers.get("x-amz-target", "").rpartition(".")[2] or value("Action")
                action = path.rpartition("/operation/")[2] if cbor else action
                found = _found(service, action, value, f"{region}:{account_id}", f"{method} {path}")
            except ValueError:
                pass  # what a function is called with may be anything
        return found or original(service, method, path, headers, body, query_params, region, account_id)

    return extract_resource_arn


def _members(body: bytes, query_params: dict[str, Any]) -> Value:
    from ministack.core import iam_actions

    def value(*names: str) -> str:
        """`A.B` is a member of a member, where the body is JSON."""
        if body[:1] != b"{":
            return str(iam_actions._param(body, query_params, *names))
        document = json.loads(body)
        for name in names:
            found: Any = document
            for part in name.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if isinstance(found, str) and found:
                return found
        return ""

    return value


def _members_of_cbor(body: bytes) -> Value:
    import cbor2

    known: Any = cbor2.loads(body) if body else {}

    def value(*names: str) -> str:
        found = next((known[name] for name in names if name in known), "")
        return str(found[0] if isinstance(found, list) and found else found)

    return value


def _found(service: str, action: str, value: Value, middle: str, line: str) -> str:
    if action in TAGGING:
        return value("ResourceArn", "ResourceARN")
    if service == "lambda":
        new = line.startswith("POST ") and line.endswith("/functions")
        return f"arn:aws:lambda:{middle}:function:{value('FunctionName')}" if new else ""
    return BY_SERVICE[service](action, value, middle) if service in BY_SERVICE else ""


def _alarm(action: str, value: Value, middle: str) -> str:
    if action.endswith(("Dashboard", "Dashboards")):
        name = value("DashboardName", "DashboardNames.member.1", "DashboardNames")
        return f"arn:aws:cloudwatch::{middle.rpartition(':')[2]}:dashboard/{name}" if name else ""
    name = value("AlarmNames.member.1", "AlarmNames") if action == "DeleteAlarms" else value("AlarmName")
    return f"arn:aws:cloudwatch:{middle}:alarm:{name}" if name else ""


def _catalog(action: str, value: Value, middle: str) -> str:
    """Glue: a table is below its database; see circumstances.beside for what is asked with it."""
    if action == "GetTags":
        return value("ResourceArn")
    database = value("DatabaseName") if "Database" not in action else value("DatabaseInput.Name", "Name")
    table = value("TableInput.Name", "TableName", "Name") if "Database" not in action else ""
    if not database:
        return f"arn:aws:glue:{middle}:catalog"
    return (
        f"arn:aws:glue:{middle}:table/{database}/{table}"
        if table
        else f"arn:aws:glue:{middle}:database/{database}"
    )


def _workgroup(action: str, value: Value, middle: str) -> str:
    """Athena: queries and their executions are their workgroup's."""
    from ministack.services import athena

    kept = (
        athena._named_queries.get(value("NamedQueryId"))
        or athena._executions.get(value("QueryExecutionId"))
        or {}
    )
    name = (
        value("WorkGroup") or kept.get("WorkGroup") or (value("Name") if action == "CreateWorkGroup" else "")
    )
    if not name and action in (
        "CreateNamedQuery",
        "StartQueryExecution",
        "ListNamedQueries",
        "ListQueryExecutions",
    ):
        name = "primary"
    return f"arn:aws:athena:{middle}:workgroup/{name}" if name else ""


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
        "aliases, rules, log streams, subscriptions, new functions, tagged things had another resource",
        "82f51700695c62fdca72583e1c264cc146fc22d5aa0a5faebabc3aa0a798f2e9",
        _resource,
    ),
)
