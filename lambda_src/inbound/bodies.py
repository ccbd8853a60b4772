"""The bodies as they are sent on: the list cut out, and in words what was taken out of the mail."""

import html
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lambda_src.inbound import markup, recipients
from lambda_src.inbound.decide import plain_size
from lambda_src.inbound.message import Attachment, Message

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
    cut = [(body, recipients.cut(body, marker)) for body in message.bodies]
    texts = [text for body, text in cut if body.subtype == "plain"]
    has_html = len(texts) < len(cut)
    page = ""
    for body, text in cut if has_html else []:
        if body.subtype == "html":
            page = _add(page, text)
        elif not body.alternative and text.strip():
            page = _add(page, markup.from_text(text))
    return Bodies("\n".join(texts) if texts else None, page if has_html else None)


def with_links(bodies: Bodies, files: Sequence[Attachment], links: Sequence[str], until: int) -> Bodies:
    """The bodies with a line and a link for each file; `until` (seconds since 1970) is when the links end."""
    if not files:
        return bodies
    ends = plain_time(until)
    return Bodies(
        None if bodies.text is None else bodies.text.rstrip("\n") + _text_block(files, links, ends),
        None if bodies.html is None else markup.insert_at_end(bodies.html, _html_block(files, links, ends)),
    )


def plain_time(seconds: int) -> str:
    """A time in UTC as people say it: 26 November 2026, 09:15 UTC."""
    at = time.gmtime(seconds)
    return f"{at.tm_mday} {_MONTHS[at.tm_mon - 1]} {at.tm_year}, {at.tm_hour:02}:{at.tm_min:02} UTC"


def _add(page: str, more: str) -> str:
    return markup.insert_at_end(page, more) if page else more


def _heading(files: Sequence[Attachment], ends: str) -> str:
    what = "1 attachment was" if len(files) == 1 else f"{len(files)} attachments were"
    return f"{what} taken out of this mail and can be fetched until {ends}:"


def _text_block(files: Sequence[Attachment], links: Sequence[str], ends: str) -> str:
    lines = [f"\n\n{_heading(files, ends)}\n"]
    for file, link in zip(files, links, strict=True):
        lines.append(f"\n{file.name} ({plain_size(file.size)}, {file.content_type})\n{link}\n")
    return "".join(lines)


def _html_block(files: Sequence[Attachment], links: Sequence[str], ends: str) -> str:
    items = "".join(
        f'<li><a href="{html.escape(link)}">{html.escape(file.name)}</a>'
        f" ({plain_size(file.size)}, {html.escape(file.content_type)})</li>\n"
        for file, link in zip(files, links, strict=True)
    )
    return f"\n<div><p>{html.escape(_heading(files, ends))}</p>\n<ul>\n{items}</ul></div>\n"
