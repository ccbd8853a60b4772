"""Why a request gets no answer: a status, a code for programs and a sentence for people.

Refused: what `api.py` turns into an answer; nothing else leaves the parts of the API on purpose.
"""

from collections.abc import Mapping
from types import MappingProxyType

# How soon it is worth trying again after DynamoDB had no capacity: adaptive capacity takes seconds.
RETRY_SECONDS = 2

CODES: Mapping[int, str] = MappingProxyType(
    {
        400: "bad_request",
        404: "not_found",
        405: "method_not_allowed",
        429: "too_many_requests",
        500: "internal_error",
    }
)


class Refused(Exception):
    """`message` is for the caller to read; it names what is wrong and what would be right."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})

    @property
    def code(self) -> str:
        """The code for programs."""
        return CODES[self.status]


def bad(message: str) -> Refused:
    """400: the same request will never be answered."""
    return Refused(400, message)


def missing(message: str) -> Refused:
    """404: well formed, but there is no such thing (any more)."""
    return Refused(404, message)


def busy() -> Refused:
    """429: the table had no capacity. Ours is the fault, but what the caller can do is what 429 says: wait,
    then try again. A 5xx would sound the API's alarm beside the table's own."""
    message = f"The service is busy just now: try again in {RETRY_SECONDS} seconds."
    return Refused(429, message, {"retry-after": str(RETRY_SECONDS)})
