"""Stored e-mail templates, as v1 names their parts."""

from __future__ import annotations

from typing import Any

from ...handlebars import MissingAttribute, RenderError, TemplateError
from ...protocol.messages import Operation, ServiceError
from .. import templates
from ..refusals import Refusal
from ..state import Region
from ..v2 import templates as v2
from ..v2.paging import page

PAGE = 10


def find_template(region: Region, name: str) -> dict[str, Any]:
    """A template's record. Raises ServiceError where there is none."""
    try:
        return v2.find_template(region, name)
    except Refusal as refused:
        raise refused.in_v1() from refused


def _store(region: Region, template: dict[str, Any]) -> None:
    content = {part: template[f"{part}Part"] for part in templates.PARTS if f"{part}Part" in template}
    try:
        templates.store(region, template["TemplateName"], content)
    except TemplateError as problem:
        raise ServiceError("InvalidTemplate", str(problem)) from None


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateTemplate."""
    name = params["Template"]["TemplateName"]
    if name in region.templates:
        raise ServiceError("AlreadyExists", f"Template {name} already exists.")
    _store(region, params["Template"])


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetTemplate."""
    content = find_template(region, params["TemplateName"])["Content"]
    parts = {f"{part}Part": text for part, text in content.items()}
    return {"Template": {"TemplateName": params["TemplateName"], **parts}}


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListTemplates, ten to a page unless the call says otherwise, never more than 100."""
    size = {"PageSize": min(params.get("MaxItems") or PAGE, 100), "NextToken": params.get("NextToken")}
    rows, token = page(list(region.templates.values()), list(region.templates), size)
    shown = [{"Name": row["TemplateName"], "CreatedTimestamp": row["CreatedTimestamp"]} for row in rows]
    return {"TemplatesMetadata": shown, "NextToken": token}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateTemplate."""
    find_template(region, params["Template"]["TemplateName"])
    _store(region, params["Template"])


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteTemplate; one that is not there is deleted already."""
    region.templates.pop(params["TemplateName"], None)
    region.tags.pop(region.arn("template", params["TemplateName"]), None)


def test_render(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """TestRenderTemplate."""
    content = find_template(region, params["TemplateName"])["Content"]
    try:
        data = templates.read_data(params["TemplateData"])
        return {"RenderedTemplate": templates.preview(region, content, data)}
    except MissingAttribute as problem:
        raise ServiceError("MissingRenderingAttribute", str(problem)) from None
    except (RenderError, Refusal) as problem:
        raise ServiceError("InvalidRenderingParameter", str(problem)) from None


OPERATIONS: dict[str, Operation] = {
    "CreateTemplate": create,
    "GetTemplate": get,
    "ListTemplates": list_all,
    "UpdateTemplate": update,
    "DeleteTemplate": delete,
    "TestRenderTemplate": test_render,
}
