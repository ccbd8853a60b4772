"""Calls that fail, and answers that are lost, in the running local cloud. The full matrix: mailroom.bench.kills."""

from collections.abc import Iterator
from email.policy import SMTP

import pytest

from mailroom.bench.ends import NOTICED, SENT, Mails
from mailroom.bench.kills import FILES, PEOPLE, report, short_visibility
from mailroom.bench.strikes import FAULTS, PUBLISH, every_call, strikes, wait_until_struck
from mailroom.environment import Environment
from mailroom.local import faults
from mailroom.local.cloud import LocalCloud

END_SECONDS = 90
MAILS = 5
ENDS = (SENT, NOTICED)


@pytest.fixture(scope="module")
def mails(cloud: LocalCloud, environment: Environment) -> Iterator[Mails]:
    """Mails of this module, while the queue gives up a silent worker's messages after five seconds."""
    with short_visibility(environment):
        yield Mails(cloud, environment)
        faults.clear(cloud)


def struck(mails: Mails, kind: str, places: list[tuple[str, int]]) -> list[str]:
    """Some mails during whose work each of these calls has failed once, this way."""
    function, address = (
        mails.environment.output(name) for name in ("inbound_function_name", "receipt_address")
    )
    for strike in strikes([kind], places):
        faults.add(mails.cloud, strike.fault(function))
    messages = [report(address, listed=number > 0).as_bytes(policy=SMTP) for number in range(MAILS)]
    ids = [mails.stored(message) for message in messages]
    wait_until_struck(mails.cloud)
    faults.clear(mails.cloud)
    return ids


def test_calls_that_fail_lose_nothing_and_send_nothing_twice(mails: Mails) -> None:
    """Every AWS call fails once in every way (its answer lost, its connection reset, throttled, an error of the
    service): each mail comes to its end, nobody gets one twice, and no send that SES took stays in doubt.
    """
    # Spread over the mails: a fault counts the calls of all of them.
    places = [(name, nth + number % 3) for number, (name, nth) in enumerate(every_call(len(PEOPLE), FILES))]
    ids = [mail for kind in FAULTS for mail in struck(mails, kind, [*places, (PUBLISH, 1)])]
    ends = mails.ends(ids, END_SECONDS)
    assert {mail: end.wrong for mail, end in ends.items() if end.wrong} == {}

    last = mails.brought_back(ends, END_SECONDS)
    assert {
        mail: (end.how, end.wrong) for mail, end in last.items() if end.wrong or end.how not in ENDS
    } == {}
