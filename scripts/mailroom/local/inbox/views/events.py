"""The events of a mail as a line through time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from ..timeline import Step
from .icons import icon
from .layout import LIST
from .words import apart, linked, moment, safe


def timeline(message_id: str, steps: Sequence[Step], now: datetime) -> str:
    """One point for each step, the time between them beside the line."""
    points = "".join(_point(step, number, now) for number, step in enumerate(steps))
    at = f"{LIST}/{quote(message_id, safe='')}/events.json"
    nothing = (
        '<p class="note">Nothing was told of this mail yet.</p>'
        if len(steps) == 1
        else f'<p><a href="{at}">These events as JSON</a></p>'
    )
    return f'<ol class="timeline">{points}</ol>{nothing}'


def _point(step: Step, number: int, now: datetime) -> str:
    when = moment(step.time, now) if step.time else "no time told"
    people = "".join(f"<li>{apart(one)}</li>" for one in step.people)
    rows = "".join(_detail(name, value) for name, value in step.details)
    source = (
        f'<details class="help" id="event-{number}"><summary>The event</summary>'
        f'<pre tabindex="0" aria-label="The event as JSON">{safe(step.source)}</pre></details>'
        if step.source
        else ""
    )
    return (
        f'<li class="{step.look}"><span class="disc {step.look}">{icon(step.look)}</span>'
        f'<div class="event"><div class="head"><h2>{safe(step.title)}</h2><p class="when">{when} '
        f'<b class="after">{after(step.after)}</b></p></div>'
        f'<ul class="people">{people}</ul><dl class="facts">{rows}</dl>{source}</div></li>'
    )


def _detail(name: str, value: str) -> str:
    return f'<div><dt>{apart(name)}</dt><dd dir="auto">{linked(value)}</dd></div>'


def after(seconds: float | None) -> str:
    """The time since SES took the mail: +40 ms, +2.5 s, +2 min 5 s, +3 h 20 min."""
    if seconds is None or seconds < 0:
        return ""
    if seconds < 1:
        return f"+{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"+{seconds:.1f} s"
    if seconds < 3600:
        return f"+{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"+{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"
