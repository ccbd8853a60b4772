"""For all tests: nothing of the developer's own AWS set-up may reach a test, and who runs beside whom.

LOCALSTACK_HOST alone is kept: where it names a LocalStack that answers, the integration tests run against that.
"""

import os
from typing import Any

import pytest

from mailroom import provider_mirror

for name in list(os.environ):
    if name.startswith(("AWS_", "TF_CLI", "TF_VAR")) and name != "AWS_CA_BUNDLE":
        del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"

# A mirror of providers that is on this machine, at once: each init would look for the registry first.
if mirror := provider_mirror.installed():
    os.environ.setdefault("TF_PLUGIN_DIR", str(mirror))

# Terraform reads the AWS provider's whole schema at each command; Go collects garbage for a third of that time.
os.environ.setdefault("GOGC", "400")


def pytest_configure(config: pytest.Config) -> None:
    from tests.against_localstack import AgainstLocalStack, found

    if os.environ.get("LOCALSTACK_HOST") and (localstack := found()) is not None:
        config.pluginmanager.register(AgainstLocalStack(*localstack), "against-localstack")


# Integration tests of capabilities share an applied environment; those whose path begins so need none.
APART = (
    "tests/integration/house/",
    "tests/integration/local/",
    "tests/integration/sending/test_everything.py",
)


# Of those that share, these take as long as all others: on two workers, with an environment each.
MAIL = "tests/integration/inbound/"

# What takes longest, most of it waiting, begins first: whatever is short fills the gaps at the end.
LONG = (
    "tests/integration/house/test_modules.py",
    "tests/integration/sending/",
    "tests/integration/",
    "tests/unit/status/page/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The applied environments' tests, then the other long ones; within each as pytest-randomly shuffled them."""

    def rank(item: pytest.Item) -> int:
        if _scope(item.nodeid).startswith(APPLIED):
            return 0
        return next((at for at, start in enumerate(LONG, 1) if item.nodeid.startswith(start)), len(LONG) + 1)

    items.sort(key=rank)


APPLIED = "applied"


def _scope(nodeid: str) -> str:
    """What one worker takes as a whole."""
    file = nodeid.split("::")[0]
    if file.endswith("/test_modules.py"):
        return nodeid  # each of them is long
    if not file.startswith("tests/integration/") or file.startswith(APART):
        return file
    return f"{APPLIED} for mail" if file.startswith(MAIL) else APPLIED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker takes a whole file; files that need an applied environment go together to one of two workers.

    (xdist's own groups do nothing with pytest 9.2: they rename tests by an attribute that it no longer reads.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByEnvironment(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _scope(nodeid)

    config.option.loadscopereorder = False  # it would put those with the fewest tests, our longest, last
    return ByEnvironment(config, log)
