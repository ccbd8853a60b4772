"""SES's verdicts on a message, and what is done about each: the policy is data."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from lambda_src.inbound.mime.headers import Headers

# What SES writes above the message as it came, in this order (as in stored objects of SES).
# Below its receipt SES may sign (X-SES-DKIM-SIGNATURE), which says nothing about the message.
_SES_HEADERS = {
    "return-path",
    "received",
    "x-ses-spam-verdict",
    "x-ses-virus-verdict",
    "received-spf",
    "authentication-results",
    "x-ses-receipt",
}
_LAST_SES_HEADER = "x-ses-receipt"
# The most serious first.
VERDICTS = ("virus", "spam", "dmarc", "spf", "dkim", "unscanned")
ACTIONS = ("forward", "junk", "drop", "notify")
DEFAULT_POLICY: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys(VERDICTS, "forward"), "virus": "notify", "spam": "junk", "dmarc": "notify"}
)
# What may hold a `;` that separates nothing (RFC 8601 2.2: CFWS and quoted strings).
_NOT_RESULTS = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')
_LONGEST_VALUE = 8192
_RESULT = re.compile(r"(spf|dkim|dmarc)=([a-z]+)")


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
    """The verdicts that went against the message, the most serious first.

    Of several DKIM signatures one that holds is enough (RFC 6376 6.1); SES lists each as a result of its own.
    """
    block = ses_block(headers)
    results = _results(block.get("authentication-results", ""))
    virus, spam = (block.get(f"x-ses-{name}-verdict", "").strip().upper() for name in ("virus", "spam"))
    found = {
        "virus": virus == "FAIL",
        "spam": spam == "FAIL",
        "dmarc": "fail" in results["dmarc"],
        "spf": "fail" in results["spf"],
        "dkim": "fail" in results["dkim"] and "pass" not in results["dkim"],
        "unscanned": not {virus, spam} <= {"PASS", "FAIL"},
    }
    return [name for name in VERDICTS if found[name]]


def _results(value: str) -> dict[str, list[str]]:
    """What Authentication-Results says by each method, without what stands in comments and quotes."""
    results: dict[str, list[str]] = {"spf": [], "dkim": [], "dmarc": []}
    for part in _NOT_RESULTS.sub(" ", value[:_LONGEST_VALUE].lower()).split(";")[1:]:
        if found := _RESULT.match(part.strip()):
            results[found[1]].append(found[2])
    return results


def action(headers: Headers, policy: Mapping[str, str]) -> tuple[str, str] | None:
    """The first failed verdict that is not forwarded, and its action; None when there is none.

    A verdict that `policy` does not name is forwarded.
    """
    for verdict in failed(headers):
        if (chosen := policy.get(verdict, "forward")) != "forward":
            return verdict, chosen
    return None
