"""Whether a link may be followed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lambda_src.shared.links_table import TOKEN, Link, token_hash

# What GuardDuty writes on an object it has looked at; "" stands for an object it has not come to yet.
# docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
VERDICT_TAG = "GuardDutyMalwareScanStatus"
CLEAN, INFECTED, NOT_YET = "NO_THREATS_FOUND", "THREATS_FOUND", ""
# GuardDuty takes seconds to minutes. What has no verdict by then was there before the protection was
# switched on, or could not be tagged: no page should promise that waiting helps.
PATIENCE_SECONDS = 3600


@dataclass(frozen=True)
class Verdict:
    """What the tag says, "" where there is none, and of which version of the object."""

    status: str
    version: str


@dataclass(frozen=True)
class Answer:
    """Where `refusal` is "", `link` may be followed, to this `version` of the object ("": the newest).

    `refusal` is a key of pages.REFUSALS; `link` is None only where it is unknown.
    """

    refusal: str
    link: Link | None
    version: str = ""


def check(
    token: str, find: Callable[[str], Link | None], now: int, scanned: Callable[[str], Verdict] | None = None
) -> Answer:
    """Look the token up by its hash; `scanned` reads an object's verdict, None: nothing is scanned.

    One that is malformed is as unknown as one that is guessed, and a known one costs the same look.
    """
    link = find(token_hash(token)) if TOKEN.fullmatch(token) else None
    if link is None:
        return Answer("unknown", None)
    if link.revoked_at is not None:
        return Answer("revoked", link)
    if link.expires_at <= now:
        return Answer("expired", link)
    if scanned is None:
        return Answer("", link)
    verdict = scanned(link.object_key)
    return Answer(_refusal(verdict.status, now - link.created_at), link, verdict.version)


_BY_STATUS: Mapping[str, str] = {CLEAN: "", INFECTED: "infected"}


def _refusal(status: str, age_seconds: int) -> str:
    """UNSUPPORTED, ACCESS_DENIED, FAILED and whatever else may come never open by themselves."""
    if status == NOT_YET and age_seconds < PATIENCE_SECONDS:
        return "checking"
    return _BY_STATUS.get(status, "unchecked")
