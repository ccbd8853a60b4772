"""E-mail templates: what is stored, and how one is filled in.

("Using templates to send personalized email" and "Advanced email personalization", SES developer guide.)
"""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from ..handlebars import RenderError, TemplateError, is_simple, parse, render, unknown_partials
from .compose import SEVEN_BIT, add_body, one_line
from .refusals import Kind, Refusal
from .state import Region

MAXIMUM_BYTES = 500 * 1024
PARTS = ("Subject", "Text", "Html")
UNSUBSCRIBE_URL = "amazonSESUnsubscribeUrl"
"""The name that subscription management fills in, after the template."""


def store(region: Region, name: str, content: dict[str, Any]) -> None:
    """Keep a template's content (SESv2's members); one of this name is replaced. Raises TemplateError."""
    check_content(content)
    created = region.templates[name]["CreatedTimestamp"] if name in region.templates else region.clock()
    kept = {part: content[part] for part in PARTS if content.get(part) is not None}
    region.templates[name] = {"TemplateName": name, "CreatedTimestamp": created, "Content": kept}


def check_content(content: dict[str, Any]) -> None:
    """Refuse a template that has no content, is too large, or can never be filled in. Raises
    TemplateError."""
    if not any(content.get(part, "").strip() for part in PARTS):
        raise TemplateError("Template must have at least a subject, text, or html part.")
    if sum(len(content.get(part, "").encode()) for part in PARTS) > MAXIMUM_BYTES:
        raise TemplateError(f"Template is larger than {MAXIMUM_BYTES} bytes.")
    for part in PARTS:
        for missing in unknown_partials(parse(content.get(part, ""))):
            raise TemplateError(f"The partial {missing} could not be found")


def check_inline(content: dict[str, Any]) -> None:
    """Refuse more than plain names in a template that comes with the call: SES "supports only simple
    substitutions" there (API reference v2, Template). Raises TemplateError."""
    check_content(content)
    for part in PARTS:
        if not is_simple(parse(content.get(part, ""))):
            raise TemplateError(
                f"{part}: SES supports only simple substitutions where the template comes with the call; "
                "store it (CreateEmailTemplate) to use blocks, helpers and partials."
            )


def read_data(text: str | None) -> dict[str, Any]:
    """Template data as it comes, a JSON object in a string; none is an empty one. Raises Refusal."""
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise Refusal(Kind.BAD_REQUEST, "Template data is not valid JSON.") from None
    if not isinstance(data, dict):
        raise Refusal(Kind.BAD_REQUEST, "Template data is not a JSON object.")
    return data


def fill_in(content: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """SESv2's Message (Subject, Body) of a template with data. Raises RenderError, TemplateError."""
    data = {UNSUBSCRIBE_URL: f"{{{{{UNSUBSCRIBE_URL}}}}}", **data}
    texts = {part: render(parse(content[part]), data) for part in PARTS if part in content}
    return {
        "Subject": {"Data": texts.pop("Subject", "")},
        "Body": {part: {"Data": text, "Charset": "UTF-8"} for part, text in texts.items()},
    }


def preview(region: Region, content: dict[str, Any], data: dict[str, Any]) -> str:
    """The MIME of a template with data, as TestRenderTemplate answers it. Raises RenderError."""
    try:
        filled = fill_in(content, data)
    except TemplateError as problem:
        raise RenderError(str(problem)) from None
    message = EmailMessage(policy=SEVEN_BIT)
    message["Date"] = format_datetime(region.clock())
    message["Subject"] = one_line(filled["Subject"]["Data"])
    add_body(message, filled["Body"])
    return message.as_bytes().decode()
