"""One correction of the emulator."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

OPERATIONS = "_HANDLERS"
"""Where a module of the emulator keeps its functions by the names of operations, if it does."""


@dataclass(frozen=True)
class Patch:
    """Replace (or wrap) one attribute of a module of the emulator.

    `target` is "module:attribute" or "module:Class.method"; `make` gets the original and answers what takes
    its place; `why` is what was wrong; `sha256` is of `inspect.getsource` of the original.
    """

    target: str
    why: str
    sha256: str
    make: Callable[[Any], Any]

    @property
    def name(self) -> str:
        """The target, as people read it."""
        return self.target.replace(":", ".")

    def _find(self) -> tuple[Any, str]:
        """The module, or class in it, and the attribute of it that is replaced."""
        module, _, path = self.target.partition(":")
        *classes, attribute = path.split(".")
        holder: Any = importlib.import_module(module)
        for name in classes:
            holder = getattr(holder, name, None)
        return holder, attribute

    def original(self) -> Any:
        """What the emulator has there; once patched, what it had."""
        holder, attribute = self._find()
        found = getattr(holder, attribute, None)
        return getattr(found, "__mailroom_original__", found)

    def source_hash(self) -> str:
        """The hash of the target's source; "" where there is none any more."""
        try:
            return hashlib.sha256(inspect.getsource(self.original()).encode()).hexdigest()
        except (OSError, TypeError):
            return ""

    def install(self) -> None:
        """Put the replacement in its place, in the module's table of operations too; again is fine."""
        holder, attribute = self._find()
        original, present = self.original(), getattr(holder, attribute)
        replacement = self.make(original)
        replacement.__mailroom_original__ = original
        setattr(holder, attribute, replacement)
        operations = getattr(holder, OPERATIONS, {})
        for name in [name for name, handler in operations.items() if handler is present]:
            operations[name] = replacement
