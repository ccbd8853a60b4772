"""Which links an operator means, by what there is at hand: a link, a message, a file, an address."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailroom.errors import MailroomError

if TYPE_CHECKING:
    from lambda_src.shared.links_table import Link


@dataclass(frozen=True)
class Choice:
    """What was said on the command line; "" is not said. Several together narrow the choice."""

    link: str = ""
    message: str = ""
    file: str = ""
    attachment: str = ""
    recipient: str = ""

    def __post_init__(self) -> None:
        if self.file and not self.message:
            raise MailroomError(
                "--file NAME needs the message that the file came in: --message KEY.",
                "mailroom links list --recipient ADDRESS",
            )
        if self.link and (self.message or self.attachment or self.recipient):
            raise MailroomError("Say which links: one LINK, or options, not both.", "mailroom links --help")

    def __bool__(self) -> bool:
        """Whether anything was chosen at all."""
        return bool(self.link or self.message or self.attachment or self.recipient)

    def takes(self, link: "Link") -> bool:
        """Whether this link is of that file's name and of that recipient, where either was said."""
        return self.file in ("", link.name) and self.recipient.lower() in ("", link.recipient.lower())
