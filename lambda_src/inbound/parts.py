"""What a part is: text to read, a file, something encrypted; and what is to be known of it beforehand."""

from lambda_src.inbound.attachments import Described, Keep
from lambda_src.inbound.mime import pkcs7
from lambda_src.inbound.mime.splitter import ENCRYPTED, Part
from lambda_src.inbound.names import given_name, name_for, ses_takes

LONGEST_CONTENT_ID = 250
# The values of smime-type (RFC 8551 3.2.2) that matter here.
_SMIME_TYPES = {
    "enveloped-data": pkcs7.ENCRYPTED,
    "authenveloped-data": pkcs7.ENCRYPTED,
    "signed-data": pkcs7.SIGNED,
}


def is_body(part: Part) -> bool:
    """Whether a part is text for the reader: plain or HTML, not marked as an attachment, without a name.

    A message that is one single part is its own text even when it has a name.
    """
    if part.content_type not in ("text/plain", "text/html") or part.disposition[0] == "attachment":
        return False
    return not part.enclosing or not given_name(part.headers)


def may_be_body(part: Part) -> bool:
    """Whether a part is text with a name, not marked as an attachment: a body where a list is in it."""
    return part.content_type in ("text/plain", "text/html") and part.disposition[0] != "attachment"


def may_be_shell(part: Part) -> bool:
    """Whether a part may be a shell of S/MIME with something in it (RFC 8551 3.9)."""
    named = part.content_type == "application/octet-stream" and given_name(part.headers).lower().endswith(
        ".p7m"
    )
    return not part.opaque and (part.content_type in pkcs7.TYPES or named)


def is_whole(part: Part) -> bool:
    """Whether a shell is the mail itself, or what a list's footer was added to; else it is a signed file."""
    return not part.enclosing or given_name(part.headers).lower() in ("", "smime.p7m")


def is_encrypted(part: Part) -> bool:
    """Whether a part's headers say that it is encrypted."""
    return part.content_type in ENCRYPTED or smime_kind(part) == pkcs7.ENCRYPTED


def smime_kind(part: Part) -> str:
    """What the headers say of S/MIME; encrypted, as it mostly is, where they do not say."""
    if part.content_type not in pkcs7.TYPES:
        return ""
    return _SMIME_TYPES.get(part.parameters.get("smime-type", "enveloped-data").lower(), "")


def described(part: Part, number: int, keep: Keep) -> Described:
    """A part as the attachment of this number."""
    disposition, content_id = part.disposition[0], part.headers.words("content-id").strip("<> \t")
    inline = disposition == "inline" or (disposition != "attachment" and bool(content_id))
    name = name_for(part, number)
    image = inline and part.content_type.startswith("image/")
    # Nested messages go behind a link: they may not be encoded in base64 (RFC 2046 5.2.1).
    below = 0 if part.opaque else keep_below(name, image, keep)
    return Described(name, part.content_type, inline, content_id[:LONGEST_CONTENT_ID], below)


def keep_below(name: str, inline_image: bool, keep: Keep) -> int:
    """The size in bytes from which a file goes behind a link; 0 for one that SES would not send at all."""
    if not ses_takes(name):
        return 0
    return max(keep.files_below, keep.images_below if inline_image else 0)
