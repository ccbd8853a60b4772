"""What a template is made of, without filling it in."""

from __future__ import annotations

from collections.abc import Iterator

from .nodes import Block, Call, Literal, Mustache, Partial, Path, Program, Text


def is_simple(program: Program) -> bool:
    """Whether a template has plain names only: no blocks, helpers or partials."""
    return not program.partials and all(
        isinstance(node, Text) or (isinstance(node, Mustache) and _is_name(node.call))
        for node in program.body
    )


def _is_name(call: Call | Literal) -> bool:
    return isinstance(call, Call) and not call.params and not call.named


def unknown_partials(program: Program, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """The partials that a template asks for and does not define; those chosen by data are not looked for."""
    known |= program.partials.keys()
    for partial in program.partials.values():
        yield from unknown_partials(partial, known)
    for node in program.body:
        if isinstance(node, Block):
            yield from unknown_partials(node.body, known)
            yield from unknown_partials(node.inverse, known)
        elif isinstance(node, Partial) and isinstance(node.name, Path | Literal):
            name = node.name.original if isinstance(node.name, Path) else str(node.name.value)
            if name not in known:
                yield name
