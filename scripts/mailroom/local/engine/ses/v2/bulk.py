"""SendBulkEmail."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..bulk import Entry, Result, send_bulk
from ..drafts import Draft
from ..refusals import Refusal
from ..state import Region
from .sending import filling, identity_arns, refuse_what_is_not_built, tag_pairs


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendBulkEmail."""
    refuse_what_is_not_built("SendBulkEmail", params)
    if not params.get("FromEmailAddress"):
        raise ServiceError("BadRequestException", "Source cannot be empty")
    if "Template" not in params["DefaultContent"]:
        raise ServiceError("BadRequestException", "DefaultContent.Template is required.")
    draft = Draft(
        params["FromEmailAddress"],
        {},
        "api-v2",
        params.get("ReplyToAddresses", []),
        params.get("FeedbackForwardingEmailAddress", ""),
        params.get("ConfigurationSetName", ""),
        tag_pairs(params.get("DefaultEmailTags", [])),
        arns=identity_arns(params),
    )
    entries = [
        Entry(
            entry["Destination"],
            entry.get("ReplacementEmailContent", {})
            .get("ReplacementTemplate", {})
            .get("ReplacementTemplateData", ""),
            entry.get("ReplacementHeaders", []),
            tag_pairs(entry.get("ReplacementTags", [])),
        )
        for entry in params["BulkEmailEntries"]
    ]
    results = send_bulk(region, draft, filling(region, params["DefaultContent"]["Template"]), entries)
    return {"BulkEmailEntryResults": [_shown(result) for result in results]}


def _shown(result: Result) -> dict[str, str]:
    if isinstance(result, Refusal):
        return {"Status": result.kind.bulk_v2, "Error": result.message}
    return {"Status": "SUCCESS", "MessageId": result.id}


OPERATIONS: dict[str, Operation] = {"SendBulkEmail": send}
