"""Queries that name one another: what GetMetricData and alarms with metric math ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .functions import FUNCTIONS
from .syntax import MathError, Node, parse
from .values import Series, Value, combine

FILLERS = ("REPEAT", "LINEAR")


@dataclass(frozen=True)
class Metric:
    """One metric: its values of a statistic over a period (seconds)."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    period: float


@dataclass(frozen=True)
class Query:
    """A metric, or an expression of others, under an id."""

    id: str
    metric: Metric | None = None
    expression: str = ""
    label: str = ""


Read: TypeAlias = "Callable[[Metric], Series]"
Search: TypeAlias = "Callable[[str, str, float], list[Series]]"


@dataclass
class Sheet:
    """Some queries, and what reads metrics for them at `times` (epoch seconds, the oldest first).

    `search` answers SEARCH(text, statistic, period).
    """

    queries: Sequence[Query]
    read: Read
    times: Sequence[float]
    search: Search
    _known: dict[str, Value] = field(default_factory=dict)
    _asking: list[str] = field(default_factory=list)

    def value(self, name: str) -> Value:
        """What a query comes to. Raises MathError, which names the query whose expression is wrong."""
        if name in self._known:
            return self._known[name]
        query = next((one for one in self.queries if one.id == name), None)
        if query is None:
            raise MathError(f"Undefined variable {name}")
        if name in self._asking:
            raise MathError(f"{name} is part of itself")
        self._asking.append(name)
        try:
            found: Value = self.read(query.metric) if query.metric else self._at(parse(query.expression))
        finally:
            self._asking.pop()
        self._known[name] = found
        return found

    def _at(self, node: Node) -> Value:
        if node.kind == "number":
            return float(node.word)
        if node.kind == "text":
            return node.word
        if node.kind == "name":
            return node.word if node.word in FILLERS else self.value(node.word)
        if node.kind == "negative":
            return combine("*", -1.0, self._at(node.parts[0]))
        if node.kind == "binary":
            return combine(node.word, self._at(node.parts[0]), self._at(node.parts[1]))
        if node.kind == "list":
            return self._list(node)
        return self._call(node)

    def _list(self, node: Node) -> Value:
        found: list[Series] = []
        for part in node.parts:
            value = self._at(part)
            found += value if isinstance(value, list) else [_series(value)]
        return found

    def _call(self, node: Node) -> Value:
        given = [self._at(part) for part in node.parts]
        if node.word == "METRICS":
            part = str(given[0]) if given else ""
            return [_series(self.value(one.id)) for one in self.queries if one.metric and part in one.id]
        if node.word == "SEARCH":
            text, statistic, *period = given
            wanted = period[0] if period else 300.0
            if not (isinstance(text, str) and isinstance(statistic, str) and isinstance(wanted, float)):
                raise MathError("SEARCH has a text, a statistic and a period")
            return self.search(text, statistic, wanted)
        if node.word not in FUNCTIONS:
            raise MathError(f"Function {node.word} is not in the local CloudWatch")
        return FUNCTIONS[node.word](given, self.times)


def _series(value: Value) -> Series:
    if not isinstance(value, Series):
        raise MathError("A time series is needed")
    return value
