"""A template filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import MissingAttribute, RenderError
from .helpers import BLOCK_HELPERS, HELPERS, block_value
from .nodes import Block, Call, Expression, Literal, Mustache, Node, Partial, Path, Program, Text
from .values import UNDEFINED, member, same, text

MAXIMUM_STEPS = 500_000
"""Parts rendered for one message: a loop in a loop in a loop ends here, with an error."""


@dataclass
class Budget:
    """What is left of MAXIMUM_STEPS."""

    left: int = MAXIMUM_STEPS


@dataclass(frozen=True)
class Scope:
    """Where a part is rendered: the contexts (innermost first), the data of the loops, and the names that
    are known besides."""

    contexts: tuple[Any, ...]
    loops: tuple[Mapping[str, Any], ...] = ({},)
    names: Mapping[str, Any] = field(default_factory=dict)
    partials: Mapping[str, Program] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    @property
    def context(self) -> Any:
        """`this`."""
        return self.contexts[0]

    def inside(self, context: Any) -> Scope:
        """The scope with another `this`; the same one is no step deeper."""
        if same(context, self.context):
            return self
        return replace(self, contexts=(context, *self.contexts))

    def run(self, program: Program, *values: Any) -> str:
        """A program's text; `values` are those of its block parameters."""
        scope = self
        if program.names:
            named = dict(zip(program.names, values, strict=False))
            scope = replace(scope, names={**self.names, **named})
        if program.partials:
            scope = replace(scope, partials={**self.partials, **program.partials})
        return "".join(scope.part(node) for node in program.body)

    def part(self, node: Node) -> str:
        """One part's text."""
        self.budget.left -= 1
        if self.budget.left < 0:
            raise RenderError("The template renders too much.")
        if isinstance(node, Text):
            return node.value
        if isinstance(node, Mustache):
            return text(self._printed(node.call))
        return self._partial(node) if isinstance(node, Partial) else self._block(node)

    def _printed(self, call: Call | Literal) -> Any:
        if isinstance(call, Literal):  # {{"name"}} is a name, too
            call = Call(Path(text(call.value), (text(call.value),)))
        if call.params or call.named or self.is_helper(call.path):
            return self._helped(call)
        return self.lookup(call.path, strict=True)

    def is_helper(self, path: Path) -> bool:
        """Whether a name means a helper: where it is no path, and no block parameter is called so."""
        plain = not (path.scoped or path.data) and len(path.parts) == 1 and path.parts[0] not in self.names
        return plain and (path.original in HELPERS or path.original in BLOCK_HELPERS)

    def _helped(self, call: Call) -> Any:
        helper = HELPERS.get(call.path.original)
        if helper is None:
            raise RenderError(f'Missing helper: "{call.path.original}"')
        return helper(*(self.value(param) for param in call.params))

    def _block(self, block: Block) -> str:
        name = block.call.path.original
        if self.is_helper(block.call.path) and name in BLOCK_HELPERS:
            if len(block.call.params) != 1:
                raise RenderError(f"#{name} requires exactly one argument")
            value = self.value(block.call.params[0])
            options = {key: self.value(given) for key, given in block.call.named}
            return BLOCK_HELPERS[name](self, block, value, options)
        if block.call.params or block.call.named:
            return block_value(self, block, self._helped(block.call), {})
        return block_value(self, block, self.lookup(block.call.path, strict=True), {})

    def _partial(self, node: Partial) -> str:
        name = self.value(node.name) if isinstance(node.name, Call) else _name(node.name)
        program = self.partials.get(str(name))
        if program is None:
            raise RenderError(f"The partial {name} could not be found")
        scope = self if node.context is None else self.inside(self.value(node.context))
        if node.named:
            given = {key: self.value(value) for key, value in node.named}
            scope = scope.inside({**(scope.context if isinstance(scope.context, dict) else {}), **given})
        return _indented(scope.run(program), node.indent)

    def value(self, expression: Expression) -> Any:
        """The value of a parameter: what is missing is UNDEFINED, and no error."""
        if isinstance(expression, Literal):
            return expression.value
        return self._helped(expression) if isinstance(expression, Call) else self.lookup(expression)

    def lookup(self, path: Path, *, strict: bool = False) -> Any:
        """What a path names. Raises MissingAttribute where that is nothing and `strict`."""
        found = self._start(path)
        for part in self._steps(path):
            found = member(found, part)
        if found is UNDEFINED and strict:
            raise MissingAttribute(path.original)
        return found

    def _start(self, path: Path) -> Any:
        if path.data:
            if path.parts[:1] == ("root",):
                return self.contexts[-1]
            return dict(self.loops[path.depth]) if path.depth < len(self.loops) else UNDEFINED
        if not path.scoped and path.parts and path.parts[0] in self.names:
            return self.names[path.parts[0]]
        return self.contexts[path.depth] if path.depth < len(self.contexts) else UNDEFINED

    def _steps(self, path: Path) -> Iterator[str]:
        """The parts that are still to be walked after the start."""
        root = path.data and path.parts[:1] == ("root",)
        named = not path.data and not path.scoped and path.parts and path.parts[0] in self.names
        yield from path.parts[1:] if root or named else path.parts


def render(program: Program, data: dict[str, Any]) -> str:
    """The text of a template filled in with data (from JSON). Raises RenderError, MissingAttribute."""
    try:
        return Scope((data,)).run(program)
    except RecursionError:
        raise RenderError("The template calls itself without end.") from None


def _name(expression: Expression) -> str:
    return text(expression.value) if isinstance(expression, Literal) else expression.original  # type: ignore[union-attr]


def _indented(result: str, indent: str) -> str:
    if not indent:
        return result
    lines = result.split("\n")
    return "\n".join(indent + line if line or at + 1 < len(lines) else line for at, line in enumerate(lines))
