"""Stored e-mail templates."""

from __future__ import annotations

from typing import Any

from ...handlebars import RenderError, TemplateError
from ...protocol.messages import Operation, ServiceError
from .. import templates
from ..refusals import Kind, Refusal
from ..state import Region
from .paging import page
from .tags import set_tags, tags_of


def find_template(region: Region, name: str) -> dict[str, Any]:
    """A template's record. Raises Refusal where there is none."""
    if name not in region.templates:
        raise Refusal(Kind.NO_TEMPLATE, f"Template {name} does not exist.")
    return region.templates[name]


def _store(region: Region, params: dict[str, Any]) -> None:
    try:
        templates.store(region, params["TemplateName"], params["TemplateContent"])
    except TemplateError as problem:
        raise ServiceError("BadRequestException", str(problem)) from None


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateEmailTemplate."""
    name = params["TemplateName"]
    if name in region.templates:
        raise ServiceError("AlreadyExistsException", f"Template {name} already exists.")
    _store(region, params)
    set_tags(region, region.arn("template", name), params.get("Tags"))


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetEmailTemplate."""
    name = params["TemplateName"]
    return {
        "TemplateName": name,
        "TemplateContent": find_template(region, name)["Content"],
        "Tags": tags_of(region, region.arn("template", name)),
    }


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListEmailTemplates."""
    rows, token = page(list(region.templates.values()), list(region.templates), params)
    shown = [{member: row[member] for member in ("TemplateName", "CreatedTimestamp")} for row in rows]
    return {"TemplatesMetadata": shown, "NextToken": token}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateEmailTemplate."""
    find_template(region, params["TemplateName"])
    _store(region, params)


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteEmailTemplate."""
    find_template(region, params["TemplateName"])
    del region.templates[params["TemplateName"]]
    region.tags.pop(region.arn("template", params["TemplateName"]), None)


def test_render(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """TestRenderEmailTemplate."""
    content = find_template(region, params["TemplateName"])["Content"]
    data = templates.read_data(params["TemplateData"])
    try:
        return {"RenderedTemplate": templates.preview(region, content, data)}
    except RenderError as problem:
        raise ServiceError("BadRequestException", str(problem)) from None


OPERATIONS: dict[str, Operation] = {
    "CreateEmailTemplate": create,
    "GetEmailTemplate": get,
    "ListEmailTemplates": list_all,
    "UpdateEmailTemplate": update,
    "DeleteEmailTemplate": delete,
    "TestRenderEmailTemplate": test_render,
}
