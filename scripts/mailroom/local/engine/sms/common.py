"""What the operations on numbers, pools, lists and sets have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..protocol.messages import Operation
from .refusals import invalid, not_found
from .state import Region, name_in

PAGE = 100
"""Results on a page, where the request does not say."""


def once(operation: str, work: Operation) -> Operation:
    """An operation that answers a ClientToken that it had before with what it answered then."""

    def answer(region: Region, params: dict[str, Any]) -> dict[str, Any] | None:
        token = params.get("ClientToken")
        if token is None:
            return work(region, params)
        key = (operation, token)
        if key not in region.answers:
            region.answers[key] = work(region, params) or {}
        return region.answers[key]

    return answer


def found(held: Mapping[str, dict[str, Any]], kind: str, named: str) -> dict[str, Any]:
    """A resource by its name, id or ARN. Raises ServiceError."""
    resource = held.get(name_in(named))
    if resource is None:
        raise not_found(kind, named)
    return resource


def chosen(
    held: Mapping[str, dict[str, Any]], kind: str, named: Sequence[str], filters: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The resources that are named, else all, that pass the filters."""
    listed = [found(held, kind, one) for one in named] if named else list(held.values())
    for one in filters:
        listed = [resource for resource in listed if _passes(resource, one["Name"], one["Values"])]
    return listed


def _passes(resource: dict[str, Any], name: str, values: Sequence[str]) -> bool:
    """Filters are called as members are, in small letters with dashes; capabilities are many."""
    member = "".join(part.title() for part in name.split("-"))
    value = resource.get("NumberCapabilities" if member == "NumberCapability" else member, "")
    texts = (
        value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else str(value)]
    )
    return bool({*texts} & {*values})


def page(params: dict[str, Any], member: str, listed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A page of a list, and the token of the next one where there is more."""
    token = params.get("NextToken", "0")
    if not token.isdecimal():
        raise invalid("INVALID_NEXT_TOKEN", "NextToken", "The token is none")
    start = int(token)
    end = start + params.get("MaxResults", PAGE)
    answer: dict[str, Any] = {member: list(listed[start:end])}
    return {**answer, "NextToken": str(end)} if end < len(listed) else answer


def keep_tags(region: Region, arn: str, params: dict[str, Any]) -> list[dict[str, str]]:
    """Keep the tags of a request that makes something; as the answer has them."""
    region.tags[arn] = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
    return list(params.get("Tags", []))


def known(members: Sequence[str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What of a resource an answer has."""
    return lambda resource: {name: resource[name] for name in members if name in resource}
