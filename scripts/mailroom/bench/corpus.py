"""Anybody's messages through `explain` and through an applied local cloud: how each ends, and every surprise.

python -m mailroom.bench.corpus FOLDER… [--name CLOUD] [--most N]

Each message goes in as it is, and once more with a list of two recipients put into it, where it has a text to
put it into. The exit code is 1 when a mail was lost or brought twice, or when something failed unhandled.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from mailroom.bench import messages, oracle
from mailroom.bench.applied import applied
from mailroom.bench.delivered import differences
from mailroom.bench.ends import DEAD, NOTICED, SENT, End, Mails
from mailroom.bench.messages import Found
from mailroom.bench.process import run
from mailroom.errors import MailroomError

AT_ONCE = 100  # so many are under way in the cloud together
END_SECONDS = 300.0
FAILED: dict[str, Any] = {"outcome": "failed", "recipients": [], "attachments": []}
CLI = [sys.executable, "-c", "import sys; from mailroom.cli import main; sys.exit(main())"]


@dataclass(frozen=True)
class Tried:
    """A message: what `explain` says, how it ended, and what is wrong (`hard`) or only odd (`soft`)."""

    name: str
    explained: Mapping[str, Any]
    end: End
    hard: tuple[str, ...]
    soft: tuple[str, ...]


def variants(found: Iterable[Found]) -> Iterator[Found]:
    """Each message as it is, and with a list put into it."""
    for one in found:
        yield one
        changed = messages.with_list(one.raw)
        if changed:
            yield Found(f"{one.name} +list", changed)


def tried(mails: Mails, batch: list[Found]) -> list[Tried]:
    """Explain these, bring them into the cloud, and compare."""
    explained = explain(batch, mails)
    ids = [mails.brought(one.raw) for one in batch]
    ends = mails.ends(ids, END_SECONDS)
    told = mails.notices.told()
    return [
        _judged(mails, one, said, mail, ends[mail], told)
        for one, said, mail in zip(batch, explained, ids, strict=True)
    ]


def explain(batch: list[Found], mails: Mails) -> list[dict[str, Any]]:
    """`mailroom inbound explain … --json` about all of these, with the deployed function's settings.

    Where it fails whole, about one after the other, so that the message is found at which it does.
    """
    with tempfile.TemporaryDirectory(prefix="mailroom-corpus-") as folder:
        files = [Path(folder) / f"{number}.eml" for number in range(len(batch))]
        for file, one in zip(files, batch, strict=True):
            file.write_bytes(one.raw)
        said = _said(files, mails)
        return said or [(_said([file], mails) or [FAILED])[0] for file in files]


def _said(files: list[Path], mails: Mails) -> list[dict[str, Any]]:
    asked = ["inbound", "explain", "--json", "--trust-verdicts", "--env", "local", "--name", mails.cloud.name]
    try:
        lines = run([*CLI, *asked, *map(str, files)], seconds=END_SECONDS, fine=(0, 1)).splitlines()
    except MailroomError:
        lines = []
    return [json.loads(line) for line in lines] if len(lines) == len(files) else []


def _judged(
    mails: Mails, one: Found, said: Mapping[str, Any], mail: str, end: End, told: Mapping[str, list[str]]
) -> Tried:
    hard, soft = list(end.wrong), []
    reasons = told.get(mail.partition("#")[0], [])
    if end.how == NOTICED and reasons != [end.reason]:
        hard.append(f"ended as a notice ({end.reason}), and the notices told {reasons}")
    if end.how == DEAD:
        soft.append("ended in the dead-letter queue")
    if said["outcome"] in ("failed", "rejected"):
        hard.append(f"`explain` {said['outcome']}")
    expected = {"send": SENT}.get(said["outcome"], NOTICED)
    if end.how in (SENT, NOTICED) and end.how != expected:
        hard.append(f"`explain` said {said['outcome']}, and it was {end.how}")
    if end.how == SENT:
        hard += differences(mails, mail, said)
    soft += _other_eyes(one.raw, said)
    return Tried(one.name, said, end, tuple(hard), tuple(soft))


def _other_eyes(raw: bytes, said: Mapping[str, Any]) -> list[str]:
    """Where the standard library finds other attachments; nested messages are left out on both sides."""
    theirs = oracle.digests(raw)
    if theirs is None:
        return ["the standard library cannot read it"]
    nested = ("message/", "multipart/")
    ours = Counter(
        file["sha256"] for file in said["attachments"] if not file["content_type"].startswith(nested)
    )
    if ours == theirs:
        return []
    return [f"attachments: {(ours - theirs).total()} only by us, {(theirs - ours).total()} only by stdlib"]


def show(everything: list[Tried]) -> None:
    """The ends by their reasons, then every surprise."""
    console = Console(highlight=False, width=132)
    table = Table("as it is / with a list", "end", "reason", "messages", box=box.SIMPLE_HEAD)
    kinds = Counter((one.name.endswith("+list"), one.end.how, one.end.reason) for one in everything)
    for (listed, how, reason), count in sorted(kinds.items()):
        table.add_row("with a list" if listed else "as it is", how, reason, str(count))
    console.print(table)
    surprises = [f"WRONG: {one.name}: {word}" for one in everything for word in one.hard]
    surprises += [f"odd: {one.name}: {word}" for one in everything for word in one.soft]
    for surprise in surprises:
        console.print(surprise, soft_wrap=True, markup=False)
    console.print(f"{len(everything)} mails, {sum(bool(one.hard) for one in everything)} of them wrong.")


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.bench.corpus", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--name", help="an applied local cloud that runs (default: one of its own)")
    parser.add_argument("--most", type=int, help="so many files at most")
    asked = parser.parse_args(arguments)

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    try:
        waiting = variants(islice(messages.found(asked.folders), asked.most))
        everything: list[Tried] = []
        with applied(say, asked.name) as (cloud, environment):
            mails = Mails(cloud, environment)
            while batch := list(islice(waiting, AT_ONCE)):
                everything += tried(mails, batch)
                say(f"{len(everything)} mails tried")
        show(everything)
    except MailroomError as problem:
        say("\n".join(filter(None, (problem.message, problem.hint))))
        return 1
    except KeyboardInterrupt:
        return 130
    return int(any(one.hard for one in everything))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
