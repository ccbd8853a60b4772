"""The bodies as they are sent on: the list cut out, and in words what was taken out of the mail."""

import html
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lambda_src.inbound import markup, recipients
from lambda_src.inbound.decide import plain_size
from lambda_src.inbound.message import Attachment, Message
from lambda_src.inbound.page import insert_at_end

# Names by number and not by locale, which may be another one where this runs.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Bodies:
    """Text and HTML without the list; None where the mail has no such body."""

    text: str | None
    html: str | None


def without_list(message: Message, marker: str) -> Bodies:
    """Text stays text, and HTML stays HTML.

    Text that stands beside the HTML and not as another form of it (a list's footer, a note between two
    pictures) is shown in the HTML too: who reads the HTML would not see it otherwise.
    """
    listed = recipients.written(message.bodies, marker)
    cut = [(body, recipients.cut(body, marker, listed)) for body in message.bodies]
    texts = [text for body, text in cut if body.subtype == "plain"]
    has_html = len(texts) < len(cut)
    page = ""
    for body, text in cut if has_html else []:
        if body.subtype == "html":
            page = _add(page, text)
        elif not body.alternative and text.strip():
            page = _add(page, markup.from_text(text))
    return Bodies("\n".join(texts) if texts else None, page if has_html else None)


def with_links(
    bodies: Bodies,
    files: Sequence[Attachment],
    links: Sequence[str],
    until: int,
    signed: bool = False,
    whole: str = "",
) -> Bodies:
    """The bodies with a line and a link for each file; `until` (seconds since 1970) is when the links end.

    Of `signed` mail it is said that the signature cannot be checked on this copy; `whole` is a link to the
    original. A picture of the page that is behind a link now stands there by its name.
    """
    names = {file.content_id: f"[{file.name}]" for file in files if file.content_id}
    notes = _signature_notes(signed, whole)
    if not files and not notes:
        return bodies
    ends = plain_time(until)
    text, page = bodies.text, bodies.html
    if text is not None:
        text = text.rstrip("\n") + _text_block(files, links, ends) + _text_notes(notes)
    if page is not None:
        added = _html_block(files, links, ends) + _html_notes(notes)
        page = insert_at_end(markup.replace_images(page, names), added)
    return Bodies(text, page)


def plain_time(seconds: int) -> str:
    """A time in UTC as people say it: 26 November 2026, 09:15 UTC."""
    at = time.gmtime(seconds)
    return f"{at.tm_mday} {_MONTHS[at.tm_mon - 1]} {at.tm_year}, {at.tm_hour:02}:{at.tm_min:02} UTC"


def _add(page: str, more: str) -> str:
    return insert_at_end(page, more) if page else more


def _heading(files: Sequence[Attachment], ends: str) -> str:
    what = "1 attachment was" if len(files) == 1 else f"{len(files)} attachments were"
    return f"{what} taken out of this mail and can be fetched until {ends}:"


def _signature_notes(signed: bool, whole: str) -> list[tuple[str, str]]:
    """What is said of signed mail: sentences, each with a link or none."""
    notes = []
    if signed:
        notes.append(
            (
                "The original of this mail was signed. This copy was changed on its way (its list of"
                " recipients was taken out), so that the signature cannot be checked on it.",
                "",
            )
        )
    if whole:
        notes.append(("The whole original, with its signature:", whole))
    return notes


def _text_notes(notes: Sequence[tuple[str, str]]) -> str:
    return "".join(f"\n\n{words}\n" + (f"{link}\n" if link else "") for words, link in notes)


def _html_notes(notes: Sequence[tuple[str, str]]) -> str:
    lines = (
        f"<p>{html.escape(words)}"
        + (f' <a href="{html.escape(link)}">{html.escape(link)}</a>' if link else "")
        + "</p>\n"
        for words, link in notes
    )
    return f"\n<div>{''.join(lines)}</div>\n" if notes else ""


def _text_block(files: Sequence[Attachment], links: Sequence[str], ends: str) -> str:
    if not files:
        return ""
    lines = [f"\n\n{_heading(files, ends)}\n"]
    for file, link in zip(files, links, strict=True):
        lines.append(f"\n{file.name} ({plain_size(file.size)}, {file.content_type})\n{link}\n")
    return "".join(lines)


def _html_block(files: Sequence[Attachment], links: Sequence[str], ends: str) -> str:
    if not files:
        return ""
    items = "".join(
        f'<li><a href="{html.escape(link)}">{html.escape(file.name)}</a>'
        f" ({plain_size(file.size)}, {html.escape(file.content_type)})</li>\n"
        for file, link in zip(files, links, strict=True)
    )
    return f"\n<div><p>{html.escape(_heading(files, ends))}</p>\n<ul>\n{items}</ul></div>\n"
