"""One correction of the emulator."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Patch:
    """Replace (or wrap) one attribute of a module of the emulator.

    `target` is "module:attribute"; `make` gets the original and answers what takes its place; `why` is what
    was wrong; `sha256` is of `inspect.getsource` of the original.
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
        module, _, attribute = self.target.partition(":")
        return importlib.import_module(module), attribute

    def original(self) -> Any:
        """What the emulator has there; once patched, what it had."""
        module, attribute = self._find()
        found = getattr(module, attribute, None)
        return getattr(found, "__mailroom_original__", found)

    def source_hash(self) -> str:
        """The hash of the target's source; "" where there is none any more."""
        try:
            return hashlib.sha256(inspect.getsource(self.original()).encode()).hexdigest()
        except (OSError, TypeError):
            return ""

    def install(self) -> None:
        """Put the replacement in its place; again is fine."""
        module, attribute = self._find()
        original = self.original()
        replacement = self.make(original)
        replacement.__mailroom_original__ = original
        setattr(module, attribute, replacement)
