"""Summaries of plans as Markdown, no longer than GitHub takes. Only the standard library."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .summary import Summary

COMMENT_CHARACTERS = 65_536
"""GitHub's limit for the body of a comment or an issue."""
LONGEST_LIST = 60
SPARE = 600
"""What is kept free for the lines around the plans."""


def table(summaries: Sequence[Summary]) -> str:
    """One line for each environment."""
    rows = [f"| {_plain(one.environment)} | {one.in_words()} |" for one in summaries]
    return "\n".join(["| environment | the plan |", "|---|---|", *rows])


def document(heading: str, summaries: Sequence[Summary], run: str, most: int = COMMENT_CHARACTERS) -> str:
    """The heading, a table, and each plan, folded; at most so many characters. `run` is the address of the
    workflow run, where the whole can be read."""
    begin = f"{heading}\n\n{table(summaries)}\n"
    shown = [one for one in summaries if one.text or one.error]
    room = (most - len(begin) - SPARE) // max(1, len(shown))
    parts = [_plan(one, run, room) for one in shown]
    return "\n".join([begin, *parts])[:most]


def _plan(summary: Summary, run: str, room: int) -> str:
    """One plan, folded, within `room` characters."""
    title = f"<details><summary><b>{_plain(summary.environment)}</b>: {summary.in_words()}</summary>\n"
    if summary.error:
        lines = [title, *_fenced(summary.error, run, room - len(title) - SPARE), "\n</details>\n"]
        return "\n".join(lines)
    changes = [_row(change.action, change.address, change.attributes) for change in summary.changes]
    if len(changes) > LONGEST_LIST:
        changes[LONGEST_LIST:] = [f"\n… and {len(changes) - LONGEST_LIST} more: [the run]({run})"]
    listed = "\n".join(changes)
    if len(listed) > room // 2:
        listed = f"{len(summary.changes)} changes, too long to list: [the run]({run})"
    left = room - len(title) - len(listed) - SPARE
    return "\n".join([title, listed, "", *_fenced(summary.text, run, left), "\n</details>\n"])


def _row(action: str, address: str, attributes: Sequence[str]) -> str:
    what = f": `{_plain(', '.join(attributes))}`" if attributes else ""
    return f"- {action} `{_plain(address)}`{what}"


def _plain(name: str) -> str:
    """A name that cannot end a line or a piece of code, nor call anybody."""
    return re.sub(r"[`\n\r@<>|]", "'", name)


def _fenced(text: str, run: str, room: int) -> list[str]:
    """Text in a fence that nothing in it can close, cut at the end of a line."""
    cut = ""
    if len(text) > room:
        text = text[: max(0, room)].rpartition("\n")[0]
        cut = f"\n**Cut here**, the plan is too long for this place. All of it: [the run]({run})"
    longest = max((len(run_of) for run_of in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, text, fence, cut]
