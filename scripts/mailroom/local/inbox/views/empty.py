"""What the list says where there is nothing to list, and how to search."""

from __future__ import annotations

from ...cloud import REGION, ROOT
from ..outcome import KINDS
from .icons import TRAY, icon
from .layout import LIST
from .words import safe

_SYNTAX = (
    ("invoice", "the word anywhere: subject, people, text, configuration set, tags"),
    ('"your files"', "these words in this order"),
    ("to:anna from:billing@", "a recipient, the sender; by address or name"),
    ("subject:hello text:refund", "only there"),
    ("set:inbound tag:campaign=may id:0102", "configuration set, tag, message id"),
    ("is:bounced", f"how it went: {', '.join(KINDS)}"),
    ("has:attachment", "with a file"),
    ("-is:delivered -to:anna", "not that"),
)


def search_help() -> str:
    """The words that search knows; closed until it is asked for."""
    rows = "".join(
        f"<div><dt><code>{safe(typed)}</code></dt><dd>{safe(finds)}</dd></div>" for typed, finds in _SYNTAX
    )
    return f'<details class="help" id="help"><summary>How to search</summary><dl>{rows}</dl></details>'


def nothing_found(typed: str) -> str:
    """No mail for this search."""
    return (
        f'<div class="nothing">{TRAY}<h2>No mail matches <q>{safe(typed)}</q></h2>'
        "<p>Every word must match. Fewer words find more.</p>"
        f'<p><a class="button" href="{LIST}">{icon("mail")}All mail</a></p></div>'
    )


def nothing_sent(address: str) -> str:
    """Before the first mail: how to send one. `address` is that of this cloud."""
    commands = (
        f"export AWS_ENDPOINT_URL={address} AWS_DEFAULT_REGION={REGION}\n"
        f"export AWS_ACCESS_KEY_ID={ROOT} AWS_SECRET_ACCESS_KEY={ROOT}\n"
        "aws sesv2 create-email-identity --email-identity mail.example\n"
        "aws sesv2 send-email --from-email-address hello@mail.example \\\n"
        "  --destination ToAddresses=you@far.example \\\n"
        "  --content 'Simple={Subject={Data=Hello},Body={Text={Data=World}}}'"
    )
    return (
        f'<div class="nothing">{TRAY}<h1>Nothing was sent yet</h1>'
        "<p>What SES takes, by API or SMTP, is kept here whole, and what became of it. Send a first mail:</p>"
        f'<pre tabindex="0" aria-label="Commands that send a first mail">{safe(commands)}</pre>'
        "<p>By SMTP: <code>mailroom local status</code> shows the port and the login.</p></div>"
    )
