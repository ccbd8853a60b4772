"""Is a decoded request what the model says? Types, required and unknown members, enums, lengths, ranges,
patterns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator


def add_absent_booleans(shape: Shape | None, params: dict[str, Any]) -> None:
    """Put False where a demanded boolean is absent, all the way down.

    The Go SDK (Terraform) leaves `false` out of what it sends; the services read absent as false.
    """
    if shape is None:
        return
    for name, member in shape.members.items():
        if member.type_name == "boolean" and name in shape.required_members:
            params.setdefault(name, False)
        elif member.type_name == "structure" and isinstance(params.get(name), dict):
            add_absent_booleans(member, params[name])


def complaints(shape: Shape | None, params: dict[str, Any], wider: Collection[str] = ()) -> str:
    """Everything that is wrong with `params`, one complaint a line; "" when nothing is.

    botocore's own validator knows types, required and unknown members and minima; the rest is added here, but
    for the members `wider`, where the service takes more than its model says.
    """
    if shape is None:
        return "\n".join(f"Unknown parameter in input: {name!r}" for name in params)
    report: str = ParamValidator().validate(params, shape).generate_report()
    narrow = {name: value for name, value in params.items() if name not in wider}
    return report or "\n".join(_constraints(shape, narrow, ""))


def _constraints(shape: Shape, value: Any, where: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, item in value.items():
            yield from _constraints(shape.members[name], item, f"{where}.{name}" if where else name)
    elif shape.type_name == "list":
        yield from _length(shape, value, where)
        for index, item in enumerate(value):
            yield from _constraints(shape.member, item, f"{where}.{index + 1}")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _constraints(shape.value, item, f"{where}.{key}")
    elif shape.type_name == "string":
        yield from _length(shape, value, where)
        yield from _string(shape, value, where)
    elif shape.type_name in ("integer", "long", "float", "double"):
        limit = shape.metadata.get("max")
        if limit is not None and value > limit:
            yield _complaint(value, where, f"Member must have value less than or equal to {limit}")


def _string(shape: Shape, value: str, where: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield _complaint(value, where, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield _complaint(value, where, f"Member must satisfy regular expression pattern: {pattern}")


def _length(shape: Shape, value: Any, where: str) -> Iterator[str]:
    limit = shape.metadata.get("max")
    if limit is not None and len(value) > limit:
        yield _complaint(value, where, f"Member must have length less than or equal to {limit}")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:  # the models are written for Java: what Python cannot read is not checked
        return True


def _complaint(value: Any, where: str, rule: str) -> str:
    """One complaint in AWS's own form."""
    return f"Value '{str(value)[:200]}' at '{where}' failed to satisfy constraint: {rule}"
