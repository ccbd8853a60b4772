"""SES's verdicts on a message, and what is done about each: the policy is data."""

from collections.abc import Mapping
from types import MappingProxyType

from lambda_src.inbound.mime.headers import Headers

# What SES writes above the message as it came (SES developer guide, receiving: spam and virus scanning).
_SES_HEADERS = {
    "return-path",
    "received",
    "x-ses-spam-verdict",
    "x-ses-virus-verdict",
    "received-spf",
    "authentication-results",
    "x-ses-receipt",
    "x-ses-dkim-signature",
}
_LAST_SES_HEADER = "x-ses-dkim-signature"
VERDICTS = ("virus", "spam", "dmarc", "spf", "dkim")
ACTIONS = ("forward", "junk", "drop", "notify")
DEFAULT_POLICY: Mapping[str, str] = MappingProxyType({"virus": "notify", "spam": "junk", "dmarc": "notify"})


def ses_block(headers: Headers) -> dict[str, str]:
    """SES's own headers: the topmost run of names that SES writes, each once, up to its last one.

    Senders can write the same names, but only below what SES writes: a second copy of a name ends the block.
    """
    block: dict[str, str] = {}
    for name, value in headers.fields:
        if name not in _SES_HEADERS or name in block:
            break
        block[name] = value.decode("ascii", "replace")
        if name == _LAST_SES_HEADER:
            break
    return block


def failed(headers: Headers) -> list[str]:
    """The verdicts that SES answered with a failure, the most serious first."""
    block = ses_block(headers)
    results = "".join(block.get("authentication-results", "").lower().split())
    found = {
        "virus": block.get("x-ses-virus-verdict", "").strip().upper() == "FAIL",
        "spam": block.get("x-ses-spam-verdict", "").strip().upper() == "FAIL",
        **{name: f";{name}=fail" in results for name in ("dmarc", "spf", "dkim")},
    }
    return [name for name in VERDICTS if found[name]]


def action(headers: Headers, policy: Mapping[str, str]) -> tuple[str, str] | None:
    """The first failed verdict that is not forwarded, and its action; None when there is none.

    A verdict that `policy` does not name is forwarded.
    """
    for verdict in failed(headers):
        if (chosen := policy.get(verdict, "forward")) != "forward":
            return verdict, chosen
    return None
