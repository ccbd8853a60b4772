"""A local cloud with the `local` environment applied to it, for what can only be measured there."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailroom import package, paths
from mailroom.environment import LOCAL, Environment
from mailroom.errors import MailroomError
from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud


@contextmanager
def applied(
    say: Callable[[str], object], name: str | None = None
) -> Iterator[tuple[LocalCloud, Environment]]:
    """The running, applied cloud of this name; without one a new cloud, applied, and gone afterwards.

    Raises MailroomError where there is no such cloud, or where Terraform fails.
    """
    if name is not None:
        found = clouds.status(name)
        if found is None:
            raise MailroomError(
                f"There is no local cloud {name!r} that answers.",
                f"mailroom local up --name {name} && make apply ENV=local LOCAL={name}",
            )
        yield found, Environment.load(LOCAL, name)
        return
    package.package(paths.CLONE, paths.BUILD / "lambda")
    own = f"bench-{os.getpid()}"
    say("applying the local environment to a cloud of this run's own (some 90 seconds)")
    cloud = clouds.up(own, owner=os.getpid())
    try:
        environment = Environment.load(LOCAL, own)
        environment.terraform.init()
        environment.terraform.apply(lambda _: None)
        yield cloud, environment
    finally:
        clouds.down(own)
