"""What becomes of a text message, by the number that it goes to.

Sources: "Simulator phone numbers" and "Event types for SMS, MMS, and voice" (End User Messaging SMS user
guide). AWS's simulator has two numbers for a country, one that succeeds and one that fails. Every other kind
of event is brought about by numbers of ours, of those that are kept for fiction in the United States
(555-0100 to 555-0199), or by the message's context.
"""

from __future__ import annotations

from dataclasses import dataclass

CONTEXT = "mailroom-outcome"
"""A key of a message's context whose value is the kinds of events that are to follow, with a plus between
them."""
OURS = "+120255501"
"""What numbers of ours begin with; two more digits choose."""


@dataclass(frozen=True)
class Kind:
    """A kind of event: its status, what is said of it, whether more may follow, and the `record_status` that
    Pinpoint has for it."""

    name: str
    description: str
    final: bool = True
    pinpoint: str = ""

    @property
    def status(self) -> str:
        """The messageStatus."""
        return self.name.removeprefix("TEXT_")

    @property
    def record_status(self) -> str:
        """Pinpoint's name for the status."""
        return self.pinpoint or self.status


KINDS = {
    kind.name: kind
    for kind in (
        Kind("TEXT_QUEUED", "Message is queued for delivery", False, "PENDING"),
        Kind("TEXT_PENDING", "Message is in progress", False),
        Kind("TEXT_SENT", "Message has been sent to the carrier", False, "PENDING"),
        Kind("TEXT_SUCCESSFUL", "Message has been accepted by phone carrier"),
        Kind("TEXT_DELIVERED", "Message has been accepted by phone"),
        Kind("TEXT_INVALID", "Invalid phone number"),
        Kind("TEXT_INVALID_MESSAGE", "The body of the message is invalid"),
        Kind("TEXT_UNREACHABLE", "Phone is currently unreachable/unavailable"),
        Kind("TEXT_CARRIER_UNREACHABLE", "Phone carrier is currently unreachable/unavailable"),
        Kind("TEXT_BLOCKED", "Phone has blocked SMS"),
        Kind("TEXT_CARRIER_BLOCKED", "Phone carrier has blocked this message"),
        Kind("TEXT_SPAM", "Message was filtered as spam"),
        Kind("TEXT_UNKNOWN", "Unknown error attempting to reach phone"),
        Kind("TEXT_TTL_EXPIRED", "Message expired before it could be delivered"),
        Kind("TEXT_PROTECT_BLOCKED", "Message was blocked by a protect configuration", pinpoint="BLOCKED"),
    )
}
"""All kinds, by name."""


@dataclass(frozen=True)
class Fate:
    """The kinds of events that follow, in their order. `bare` is as AWS's own examples of events on
    EventBridge are: without the recipient's number and without the context. `stops` is who answers STOP."""

    kinds: tuple[str, ...]
    bare: bool = False
    stops: bool = False


SUCCESS = Fate(("TEXT_PENDING", "TEXT_SUCCESSFUL", "TEXT_DELIVERED"))
"""AWS's examples show both of one message, each final: the carrier took it, then the phone."""
FAILURE = Fate(("TEXT_PENDING", "TEXT_UNREACHABLE"))
"""Which failure AWS's numbers cause is not published."""

_COUNTRIES = """
AU +61455944038 +61455944039 AT +43676800442031 +43676800442032 BE +32460213922 +32460213923
CL +56229140630 +56229140631 CZ +420790542286 +420790542287 DK +4525919410 +4525919215
EE +37282720792 +37282720793 FI +3584573979110 +3584573979111 FR +33755512501 +33755512502
HK +85257048426 +85257048854 HU +36707178770 +36707178772 IT +394390009172 +394390009174
JE +447937404990 +447937404992 LU +352691385880 +352691385882 NL +3197008100148 +3197008100150
NO +4759449384 +4759449387 PL +48732141440 +48732141442 PT +351927946948 +351927946950
RO +40783900330 +40783900332 ES +34683783440 +34683783442 SE +46790645100 +46790645102
CH +41798075872 +41798075874 TW +886903444630 +886903444632 GB +447860019066 +447860019067
US +14254147755 +14254147167
"""
_WORDS = _COUNTRIES.split()
SUCCEEDING = dict(zip(_WORDS[::3], _WORDS[1::3], strict=True))
FAILING = dict(zip(_WORDS[::3], _WORDS[2::3], strict=True))
"""AWS's numbers by country (ISO 3166)."""
AWS = dict.fromkeys(SUCCEEDING.values(), SUCCESS) | dict.fromkeys(FAILING.values(), FAILURE)
"""AWS's simulator: the number that succeeds and the one that fails, for each of its countries."""

BY_LAST_DIGITS = {
    "00": Fate(("TEXT_QUEUED",)),
    "01": Fate(("TEXT_QUEUED", "TEXT_PENDING")),
    "02": Fate(("TEXT_QUEUED", "TEXT_SENT")),
    "03": Fate(("TEXT_PENDING", "TEXT_SUCCESSFUL")),
    "04": SUCCESS,
    "05": Fate(("TEXT_PENDING", "TEXT_INVALID")),
    "06": Fate(("TEXT_INVALID_MESSAGE",)),
    "07": FAILURE,
    "08": Fate(("TEXT_PENDING", "TEXT_CARRIER_UNREACHABLE")),
    "09": Fate(("TEXT_PENDING", "TEXT_BLOCKED")),
    "10": Fate(("TEXT_PENDING", "TEXT_CARRIER_BLOCKED")),
    "11": Fate(("TEXT_PENDING", "TEXT_SPAM")),
    "12": Fate(("TEXT_PENDING", "TEXT_UNKNOWN")),
    "13": Fate(("TEXT_QUEUED", "TEXT_TTL_EXPIRED")),
    "14": Fate(("TEXT_PROTECT_BLOCKED",)),
    "15": Fate(("TEXT_SUCCESSFUL", "TEXT_UNREACHABLE")),
    "16": Fate(("TEXT_UNKNOWN", "TEXT_DELIVERED")),
    "20": Fate(("TEXT_PENDING", "TEXT_SUCCESSFUL", "TEXT_DELIVERED"), bare=True),
    "30": Fate(("TEXT_PENDING", "TEXT_SUCCESSFUL", "TEXT_DELIVERED"), stops=True),
}
"""Numbers of ours, by the two digits after OURS. 15 and 16 change their mind; 00, 01 and 02 never come to an
end."""


def simulated(number: str) -> bool:
    """Whether a number is a simulator's, AWS's or ours."""
    return number in AWS or number.startswith(OURS)


def fate(number: str, context: dict[str, str]) -> Fate:
    """What becomes of a message. Anybody's phone in the world takes it."""
    asked = [kind for kind in context.get(CONTEXT, "").split("+") if kind in KINDS]
    if asked:
        return Fate(tuple(asked))
    if number in AWS:
        return AWS[number]
    return BY_LAST_DIGITS.get(number.removeprefix(OURS), SUCCESS)
