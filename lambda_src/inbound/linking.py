"""Links to what was taken out of a mail, each for one reader: derived from its seed, so the same again."""

from collections.abc import Sequence
from dataclasses import dataclass

from lambda_src.inbound import derive, ports
from lambda_src.inbound.attachments import Attachment
from lambda_src.inbound.message import Message
from lambda_src.inbound.ports import Mail
from lambda_src.shared.links_table import DAYS_KEPT_AFTER_EXPIRY, Link, token, token_hash

DAY = 86400
# Who a link belongs to that stands in a notice.
NOTICE_READER = "(notice reader)"
# Attachments are numbered from 1: this is the whole message.
WHOLE = 0
MOST_IN_A_NOTICE = 10


@dataclass(frozen=True)
class Linked:
    """A link: its URL, and its line in the table."""

    url: str
    line: Link


@dataclass(frozen=True)
class Linker:
    """Makes links. `url` is what stands before a token."""

    store: ports.Store
    table: ports.LinksTable
    url: str
    expiry_hours: int

    def links(
        self, mail: Mail, seed: bytes, files: Sequence[Attachment], reader: str, now: int
    ) -> list[Linked]:
        """This reader's link to each of the files. Nothing is written yet. `now`: seconds since 1970."""
        expires = now + self.expiry_hours * 3600
        links = []
        for file in files:
            secret = token(seed, reader, file.number)
            line = Link(
                token_hash=token_hash(secret),
                mail=mail.id,
                recipient=reader,
                object_key=derive.attachment_key(seed, file.number),
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
                created_at=now,
                expires_at=expires,
                removed_at=expires + DAYS_KEPT_AFTER_EXPIRY * DAY,
            )
            links.append(Linked(f"{self.url}/{secret}", line))
        return links

    def write(self, links: Sequence[Linked]) -> None:
        """Put the links into the table: from now on they lead somewhere."""
        self.table.write([link.line for link in links])

    def whole(self, mail: Mail, seed: bytes, name: str, size: int) -> Attachment:
        """The whole message beside its attachments; its hash is unknown, since S3 copies it."""
        self.store.copy_raw(mail, derive.attachment_key(seed, WHOLE))
        return Attachment(WHOLE, name, "message/rfc822", size, "", inline=False)

    def for_notice(self, mail: Mail, seed: bytes, message: Message, size: int, now: int) -> list[Linked]:
        """Links to encrypted mail for its notice's reader: to its files, or to the whole."""
        files = message.linked
        if not 0 < len(files) == len(message.attachments) <= MOST_IN_A_NOTICE:
            files = [self.whole(mail, seed, "encrypted-original.eml", size)]
        links = self.links(mail, seed, files, NOTICE_READER, now)
        self.write(links)
        return links
