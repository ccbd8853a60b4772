"""From a template's text to its parts."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import TemplateError
from .expressions import Reader
from .nodes import Block, Call, Literal, Mustache, Partial, Path, Program, Text
from .tags import Tag, cut


def parse(template: str) -> Program:
    """The parts of a template. Raises TemplateError."""
    try:
        program, stop = _program(iter(cut(template)), ())
    except RecursionError:
        raise TemplateError("blocks are nested too deeply") from None
    if stop is not None:
        raise TemplateError(f"{{{{{stop.kind}{stop.inside}}}}} closes what is not open")
    return program


def _program(pieces: Iterator[str | Tag], names: tuple[str, ...]) -> tuple[Program, Tag | None]:
    """A run of parts, up to the tag that ends it (`/…` or `else`; None at the template's end)."""
    program = Program(names=names)
    for piece in pieces:
        if isinstance(piece, str):
            if piece:
                program.body.append(Text(piece))
        elif piece.kind in ("/", "else"):
            return program, piece
        elif piece.kind == "#*":
            _inline(pieces, piece, program)
        elif piece.kind in ("#", "^"):
            program.body.append(_block(pieces, piece)[0])
        elif piece.kind == ">":
            program.body.append(_partial(piece))
        else:
            call, _ = Reader(piece.inside).call()
            program.body.append(Mustache(call))
    return program, None


def _block(pieces: Iterator[str | Tag], tag: Tag) -> tuple[Block, Tag]:
    """A block up to its closing tag, which is answered, too: a chain of `else if` ends with the same one."""
    call, names = _called(tag)
    body, stop = _program(pieces, names)
    inverse = Program()
    if stop is not None and stop.kind == "else":
        if stop.inside.strip() and tag.kind == "^":
            raise TemplateError(f"{{{{^{tag.inside}}}}} takes an else alone")
        if stop.inside.strip():
            chained, stop = _block(pieces, stop)
            inverse = Program([chained])
        else:
            inverse, stop = _program(pieces, ())
    if stop is None or stop.kind != "/":
        raise TemplateError(f"{{{{{tag.kind}{tag.inside}}}}} is not closed")
    if tag.kind != "else" and stop.inside.strip() != call.path.original:
        raise TemplateError(f"{call.path.original} doesn't match {stop.inside.strip()}")
    return (Block(call, inverse, body) if tag.kind == "^" else Block(call, body, inverse)), stop


def _called(tag: Tag) -> tuple[Call, tuple[str, ...]]:
    call, names = Reader(tag.inside).call()
    if isinstance(call, Literal):
        call = Call(Path(str(call.value), (str(call.value),)))
    return call, names


def _inline(pieces: Iterator[str | Tag], tag: Tag, program: Program) -> None:
    call, _ = _called(tag)
    name = call.params[0] if len(call.params) == 1 else None
    if call.path.original != "inline" or not isinstance(name, Literal | Path):
        raise TemplateError(f'{{{{#*{tag.inside}}}}} is no {{{{#* inline "name"}}}}')
    body, stop = _program(pieces, ())
    if stop is None or stop.kind != "/" or stop.inside.strip() != "inline":
        raise TemplateError(f"{{{{#*{tag.inside}}}}} is not closed by {{{{/inline}}}}")
    program.partials[str(name.value) if isinstance(name, Literal) else name.original] = body


def _partial(tag: Tag) -> Partial:
    reader = Reader(tag.inside)
    name = reader.value()
    rest, _ = Reader(f"x {tag.inside[reader.at :]}").call()
    assert isinstance(rest, Call)  # noqa: S101 - it begins with x
    indent = "" if tag.strips_before else tag.indent or ""
    if len(rest.params) > 1:
        raise TemplateError(f"a partial takes one context: {{{{>{tag.inside}}}}}")
    return Partial(name, rest.params[0] if rest.params else None, rest.named, indent)
