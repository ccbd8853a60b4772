"""What the integration tests share: one local cloud with the `local` environment applied to it, for real.

The cloud belongs to this pytest process: it ends with it, however it ends.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environment import Environment
from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud of this test run."""
    name = f"test-{os.getpid()}"
    started = clouds.up(name, owner=os.getpid())
    yield started
    log = Path(started.state) / "log"
    if log.exists():
        shutil.copy(log, tmp_path_factory.getbasetemp() / "local-cloud.log")
    clouds.down(name)


@pytest.fixture(scope="session")
def environment(cloud: LocalCloud) -> Environment:
    """The `local` environment, applied from nothing to that cloud by the same modules that run in AWS."""
    loaded = Environment.load("local", cloud.name)
    loaded.terraform.init()
    loaded.terraform.apply(lambda _: None)
    return loaded
