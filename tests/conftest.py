"""For all tests: nothing of the developer's own AWS set-up may reach a test, and who runs beside whom.

LOCALSTACK_HOST alone is kept: where it names a LocalStack that answers, the integration tests run against that.
"""

import os
from typing import Any

import pytest

for name in list(os.environ):
    if name.startswith(("AWS_", "TF_CLI", "TF_VAR")) and name != "AWS_CA_BUNDLE":
        del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"


def pytest_configure(config: pytest.Config) -> None:
    from tests.against_localstack import AgainstLocalStack, found

    if os.environ.get("LOCALSTACK_HOST") and (localstack := found()) is not None:
        config.pluginmanager.register(AgainstLocalStack(*localstack), "against-localstack")


# Integration tests of capabilities share one applied environment; those whose path begins so need none.
APART = (
    "tests/integration/house/",
    "tests/integration/local/",
    "tests/integration/sending/test_adopt.py",
    "tests/integration/sending/test_everything.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker takes a whole file; all files that need the applied environment go to one worker.

    (xdist's own groups do nothing with pytest 9.2: they rename tests by an attribute that it no longer reads.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByEnvironment(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            if file.endswith("/test_modules.py"):
                return nodeid  # each of them is long
            return "applied" if file.startswith("tests/integration/") and not file.startswith(APART) else file

    return ByEnvironment(config, log)
