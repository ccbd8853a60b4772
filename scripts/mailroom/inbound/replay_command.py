"""The command `mailroom inbound replay`."""

from typing import Annotated

import typer

from mailroom.options import AsJson, DryRun, Env, Name, Yes

Key = Annotated[
    str, typer.Argument(metavar="[KEY]", help="The object key of a stored message, such as incoming/abc123.")
]
Since = Annotated[
    str, typer.Option(metavar="TIME", help="All stored since then that is not done: 2h, 3d, or a time.")
]
Failed = Annotated[bool, typer.Option("--failed", help="All that is in the dead-letter queue.")]
Noticed = Annotated[bool, typer.Option("--noticed", help="With --since: what ended as a notice, too.")]
Resend = Annotated[
    bool, typer.Option("--resend", help="Send finished mail AGAIN to everybody; without --yes only shown.")
]
Again = Annotated[bool, typer.Option("--again", help="With --resend: even what was sent again within a day.")]
Release = Annotated[
    bool, typer.Option("--release", help="With KEY: send it on whatever SES's verdict (spam, virus, …) is.")
]
DropGone = Annotated[
    bool,
    typer.Option("--drop-gone", help="With --failed: remove letters whose raw mail is no longer stored."),
]
Show = Annotated[bool, typer.Option("--show", help="Name every mail and its recipients.")]


def replay(
    key: Key = "",
    since: Since = "",
    failed: Failed = False,
    noticed: Noticed = False,
    resend: Resend = False,
    again: Again = False,
    release: Release = False,
    drop_gone: DropGone = False,
    show: Show = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Work stored messages again: one KEY, all --since a time, or all that --failed.

    The ledger decides what is left to do: whoever has the mail already does not get it twice, but with
    --resend. Safe to be interrupted and repeated.

        mailroom inbound replay incoming/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1 --env dev
        mailroom inbound replay --failed --env dev
        mailroom inbound replay --since 2h --resend --env dev
    """
    from datetime import UTC, datetime

    from mailroom.counting import counted
    from mailroom.environment import Environment
    from mailroom.inbound.plan import Choice
    from mailroom.inbound.replay import Replay
    from mailroom.inbound.words import in_words
    from mailroom.times import start_of

    _exactly_one(key, since, failed, resend=resend, noticed=noticed, release=release)
    _goes_with_failed(failed, drop_gone)
    start = start_of(since, datetime.now(UTC)) if since else None
    dry_run = dry_run or (resend and not yes)
    work = Replay(Environment.load(env, name))
    with counted("looking at stored mail") as progress:
        choice = Choice(resend, again, noticed, release, dry_run, drop_gone, progress)
        if start:
            outcome = work.since(start, choice)
        else:
            outcome = work.failed(choice) if failed else work.one(key, choice)
    words = in_words(outcome, show=show, unasked=resend and not yes)
    typer.echo(outcome.to_json(show) if as_json else "\n".join(words))


def _exactly_one(key: str, since: str, failed: bool, *, resend: bool, noticed: bool, release: bool) -> None:
    from mailroom.errors import MailroomError

    if (bool(key), bool(since), failed).count(True) != 1:
        raise MailroomError(
            "Say which mail: one KEY, or --since TIME, or --failed.", "mailroom inbound replay --help"
        )
    if failed and resend:
        raise MailroomError(
            "--failed and --resend do not go together: what failed is resumed, and nobody gets it twice.",
            "mailroom inbound replay --failed",
        )
    if release and not key:
        raise MailroomError(
            "--release goes with one KEY: each mail that SES objects to is looked at by itself.",
            "mailroom inbound replay KEY --release",
        )
    if release and resend:
        raise MailroomError(
            "--release and --resend do not go together.", "mailroom inbound replay KEY --release"
        )
    if noticed and not since:
        raise MailroomError(
            "--noticed goes with --since TIME.", "mailroom inbound replay --since 3d --noticed"
        )


def _goes_with_failed(failed: bool, drop_gone: bool) -> None:
    from mailroom.errors import MailroomError

    if drop_gone and not failed:
        raise MailroomError("--drop-gone goes with --failed.", "mailroom inbound replay --failed --drop-gone")
