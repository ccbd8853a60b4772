"""`mailroom demo` (`make demo`): mail all the way through, on a local cloud of its own."""

import os
from typing import Annotated

import typer

NAME = "demo"


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the local cloud running, and say where.")
    ] = False,
) -> None:
    """Bring mail all the way through: SMTP, Terraform's own resources, the inbox, the links."""
    from mailroom.demo import outgoing, where
    from mailroom.demo import story as told
    from mailroom.demo.lifeline import lifeline
    from mailroom.demo.screen import Screen
    from mailroom.demo.watch import Watch
    from mailroom.environment import LOCAL, Environment
    from mailroom.local import cloud as clouds
    from mailroom.progress import terraform_progress

    screen = Screen()
    clouds.down(NAME)  # one that an earlier KEEP=1 left
    done = False
    try:
        with screen.step("A local cloud: AWS, and SES with its SMTP doors"):
            # Without an owner it would outlive a demo that was killed.
            cloud = clouds.up(NAME, owner=None if keep else os.getpid())
            screen.say(f"{cloud.aws}, mail comes in at {cloud.inbound['host']}:{cloud.inbound['port']}")
        with lifeline(cloud):
            with screen.step("Terraform: the same modules as in AWS"):
                environment = Environment.load(LOCAL, NAME)
                environment.terraform.init()
                with terraform_progress("Applying") as progress:
                    environment.terraform.apply(progress.watch)
                screen.say(
                    f"{progress.done} resources made; receipt address {environment.output('receipt_address')}"
                )
            story = told.Story(cloud, environment, screen, Watch(environment))
            story.watch.listen()
            # What is stored where comes last, when all has been sent.
            steps = told.FIRST | where.STEPS | told.STEPS | outgoing.STEPS | told.END
            for title, tell in steps.items():
                with screen.step(title):
                    tell(story)
        screen.times()
        done = True
    finally:
        if not (keep and done):
            clouds.down(NAME)
    if keep:
        screen.console.print(
            f"\nThe inbox: {cloud.inbox}"
            f"\nThe status page: {environment.output('status_page_url')} "
            f"(it asks for a key: {where.questions(story).api.key})"
            f"\nTake it all away: mailroom local down --name {NAME}"
        )
