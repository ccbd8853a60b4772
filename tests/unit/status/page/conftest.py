"""The status page in a headless Chromium, served by the real handlers over messages that are made up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.window import Window, chromium, skip_without
from tests.unit.status.page.fake import STAGE, World, serving

__all__ = ["chromium"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip_without(items)


@pytest.fixture
def world() -> Iterator[World]:
    """An API of this test: no message, no key wanted."""
    with serving(World()) as made:
        yield made


@pytest.fixture
def window(chromium: Any, world: World) -> Iterator[Window]:
    """The browser at its page: a desk's window, light, with no key kept from another test."""
    made = Window(chromium, world.address, f"{STAGE}/")
    made.ready()
    yield made
    made.driver.get("about:blank")
