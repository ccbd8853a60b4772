"""SendEmail, SendRawEmail, and from a template: to one destination or to many. At most 10 MB, and v1's own
names for what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...protocol.messages import Operation
from .. import templates
from ..bulk import Entry, Result, send_bulk
from ..checks import check_account
from ..drafts import Draft, Filling, send_raw, send_simple, send_template
from ..own_headers import OwnHeaders
from ..refusals import Refusal
from ..sending import MAXIMUM_BYTES_V1
from ..state import Region
from ..v2.sending import tag_pairs
from .templates import find_template


@contextmanager
def v1_names() -> Iterator[None]:
    """Refusals under the names of v1."""
    try:
        yield
    except Refusal as refused:
        raise refused.in_v1() from refused


def _draft(params: dict[str, Any], destination: dict[str, Any], tags: str = "Tags") -> Draft:
    return Draft(
        params.get("Source", ""),
        destination,
        "api-v1",
        params.get("ReplyToAddresses", []),
        params.get("ReturnPath", ""),
        params.get("ConfigurationSetName", ""),
        tag_pairs(params.get(tags, [])),
        maximum_bytes=MAXIMUM_BYTES_V1,
        arns=OwnHeaders(
            source_arn=params.get("SourceArn", ""),
            from_arn=params.get("FromArn", ""),
            return_path_arn=params.get("ReturnPathArn", ""),
        ),
    )


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendEmail."""
    with v1_names():
        check_account(region)
        return {"MessageId": send_simple(region, _draft(params, params["Destination"]), params["Message"]).id}


def raw(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendRawEmail; sender and recipients come from the headers where the call does not name them."""
    draft = _draft(params, {"ToAddresses": params.get("Destinations", [])})
    with v1_names():
        check_account(region)
        return {"MessageId": send_raw(region, draft, params["RawMessage"]["Data"]).id}


def _filling(region: Region, params: dict[str, Any], data: str) -> Filling:
    if params.get("TemplateArn"):
        name = params["TemplateArn"].rpartition("template/")[2]
    else:
        name = params["Template"]
    return Filling(name, find_template(region, name)["Content"], templates.read_data(params[data]))


def templated(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendTemplatedEmail."""
    with v1_names():
        check_account(region)
        filling = _filling(region, params, "TemplateData")
        return {"MessageId": send_template(region, _draft(params, params["Destination"]), filling).id}


def bulk(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendBulkTemplatedEmail."""
    entries = [
        Entry(
            destination["Destination"],
            destination.get("ReplacementTemplateData", ""),
            tags=tag_pairs(destination.get("ReplacementTags", [])),
        )
        for destination in params["Destinations"]
    ]
    with v1_names():
        check_account(region)
        default = _filling(region, params, "DefaultTemplateData")
        results = send_bulk(region, _draft(params, {}, "DefaultTags"), default, entries)
    return {"Status": [_shown(result) for result in results]}


def _shown(result: Result) -> dict[str, str]:
    if isinstance(result, Refusal):
        return {"Status": result.kind.bulk_v1, "Error": result.message}
    return {"Status": "Success", "MessageId": result.id}


OPERATIONS: dict[str, Operation] = {
    "SendEmail": send,
    "SendRawEmail": raw,
    "SendTemplatedEmail": templated,
    "SendBulkTemplatedEmail": bulk,
}
