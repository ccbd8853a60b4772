"""Clicks by the thousand on links that are open: each must bring its file, equal to the byte."""

import hashlib
import http.client
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lambda_src.shared.links_table import Link, to_item, token_hash
from mailroom.bench.rows import Row, at_most
from mailroom.demo import post
from mailroom.environment import Environment

COUNT = 10_000
IN_FLIGHT = 50
LINKS = 100  # clicked in turn
SAY_EVERY = 1_000
HOURS = 24


@dataclass(frozen=True)
class Target:
    """A link, and the SHA-256 of the file behind it."""

    url: str
    sha256: str


def rows(environment: Environment, say: Callable[[str], object], count: int = COUNT) -> Iterator[Row]:
    """How many clicks did not bring their file; which errors, and the time, beside it."""
    say(f"clicking {count:,} times, {IN_FLIGHT} at once")
    started = time.perf_counter()
    errors = Counter(clicked(targets(environment, LINKS), count, say))
    seconds = time.perf_counter() - started
    named = ", ".join(f"{found} {error}" for error, found in errors.most_common(3))
    beside = named or f"{count / seconds:.0f} clicks a second"
    yield Row("clicks: errors", f"{count:,} clicks", errors.total(), "errors", at_most(0), beside)


def targets(environment: Environment, count: int) -> list[Target]:
    """So many files with a link each, as the function `inbound` leaves them."""
    s3, dynamodb = environment.client("s3"), environment.client("dynamodb")
    run, now = secrets.token_hex(8), int(time.time())
    made = []
    for number in range(1, count + 1):
        content, secret = f"file {number}\n".encode() * number, secrets.token_urlsafe(32)
        key, digest = f"attachments/bench-{run}/{number}", hashlib.sha256(content).hexdigest()
        s3.put_object(Bucket=environment.output("attachments_bucket"), Key=key, Body=content)
        link = Link(
            token_hash=token_hash(secret),
            mail=f"incoming/bench-{run}#1",
            recipient=f"person-{number}@customer.example",
            object_key=key,
            name=f"file-{number}.txt",
            content_type="text/plain",
            size=len(content),
            sha256=digest,
            created_at=now,
            expires_at=now + HOURS * 3600,
            removed_at=now + 2 * HOURS * 3600,
        )
        dynamodb.put_item(TableName=environment.output("links_table"), Item=to_item(link))
        made.append(Target(f"{environment.output('links_url')}/{secret}", digest))
    return made


def clicked(
    links: Sequence[Target], count: int, say: Callable[[str], object], in_flight: int = IN_FLIGHT
) -> list[str]:
    """Click so often, `in_flight` at once, redirects followed; what went wrong, one entry a click."""
    errors: list[str] = []
    with ThreadPoolExecutor(in_flight) as pool:
        turns = itertools.islice(itertools.cycle(links), count)
        for number, error in enumerate(pool.map(one, turns), 1):
            errors += filter(None, [error])
            if number % SAY_EVERY == 0:
                say(f"  {number:,} of {count:,}")
    return errors


def one(target: Target) -> str:
    """Click once: "" where the file came, else what came in its place."""
    try:
        click = post.click(target.url)
    except (OSError, http.client.HTTPException) as problem:
        return f"{type(problem).__name__}: {problem}"
    if click.status != 200:
        return f"status {click.status}"
    return "" if click.sha256 == target.sha256 else "another file"
