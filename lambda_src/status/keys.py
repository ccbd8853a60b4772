"""Keys of the table and of its indexes.

An item is one message and one recipient. Index positions (`status_key`, `first_key`) are a time and a hash:
unique, in the order of time, and without an address, so that a cursor may hold one.
"""

from hashlib import sha256
from typing import NamedTuple

SHARDS = 8  # partitions that an index over all messages, or a campaign, is spread over
NO_RECIPIENT = "*"  # the recipient of an event that names none: it counts for every recipient of its message


class Key(NamedTuple):
    """The primary key: hash and range."""

    message_id: str
    recipient: str


class Index(NamedTuple):
    """A global secondary index and its two key attributes."""

    name: str
    hash: str
    range: str


BY_RECIPIENT = Index("by_recipient", "recipient", "status_key")
BY_CAMPAIGN = Index("by_campaign", "campaign_shard", "status_key")
BY_REFERENCE = Index("by_reference", "reference", "status_key")
FAILURES = Index("failures", "failure_shard", "status_key")
UNFINISHED = Index("unfinished", "unfinished_shard", "first_key")
INDEXES = (BY_RECIPIENT, BY_CAMPAIGN, BY_REFERENCE, FAILURES, UNFINISHED)


def digest(message_id: str, recipient: str) -> str:
    """The SHA-256 of a key, in hex: what positions and shards are made of."""
    return sha256(f"{message_id}\0{recipient}".encode()).hexdigest()


def shard(of_key: str) -> int:
    """The shard, 0 to SHARDS - 1, of the item whose key has this digest."""
    return int(of_key[-8:], 16) % SHARDS


def status_key(status_at: str, of_key: str) -> str:
    """The position in every index that is ordered by the status's time."""
    return f"{status_at}#{of_key[:16]}"


def first_key(first_at: str, of_key: str) -> str:
    """The position in the index of unfinished messages, ordered by the first event's time."""
    return f"{first_at}#{of_key[:16]}"


def campaign_shard(campaign_id: str, number: int) -> str:
    """The partition of `by_campaign` for one shard of a campaign."""
    return f"{campaign_id}#{number}"


def failure_shard(number: int) -> str:
    """The partition of `failures` for one shard."""
    return f"failed#{number}"


def unfinished_shard(number: int) -> str:
    """The partition of `unfinished` for one shard."""
    return f"unfinished#{number}"
