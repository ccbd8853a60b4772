"""Workers killed in the midst of their work, in the running local cloud. The full matrix: mailroom.bench.kills."""

from collections.abc import Iterator
from email.policy import SMTP

import pytest

from mailroom.bench.ends import DOUBTFUL, NOTICED, SENT, Mails
from mailroom.bench.kills import FILES, PEOPLE, report, short_visibility
from mailroom.bench.strikes import PUBLISH, Strike, every_call, strikes, wait_until_struck
from mailroom.environment import Environment
from mailroom.local import faults
from mailroom.local.cloud import LocalCloud

END_SECONDS = 90


@pytest.fixture(scope="module")
def mails(cloud: LocalCloud, environment: Environment) -> Iterator[Mails]:
    """Mails of this module, while the queue gives up a dead worker's messages after five seconds."""
    with short_visibility(environment):
        yield Mails(cloud, environment)
        faults.clear(cloud)


def struck(mails: Mails, strike: Strike) -> str:
    """A mail during whose work the worker is struck."""
    faults.clear(mails.cloud)
    faults.add(mails.cloud, strike.fault(mails.environment.output("inbound_function_name")))
    message = report(mails.environment.output("receipt_address"), listed=strike.operation != PUBLISH)
    mail = mails.stored(message.as_bytes(policy=SMTP))
    wait_until_struck(mails.cloud)
    return mail


def test_a_worker_killed_at_any_call_loses_nothing_and_sends_nothing_twice(mails: Mails) -> None:
    """Killed before its first AWS call, after every one, and before its answer, a worker is succeeded: each mail
    comes to its end, nobody gets one twice, and only sends that SES never saw stay in doubt.
    """
    # After one call is before the next: for the ledger and for SES these are the same.
    places = [*every_call(len(PEOPLE), FILES), (PUBLISH, 1)]
    kills = [Strike("kill-before", "UpdateItem"), *strikes(["kill-after"], places), Strike("kill-answer")]
    ids = {strike: struck(mails, strike) for strike in kills}
    faults.clear(mails.cloud)
    ends = mails.ends(ids.values(), END_SECONDS)
    assert {str(strike): ends[mail].wrong for strike, mail in ids.items() if ends[mail].wrong} == {}
    # A send is in doubt where the ledger's `sending` was the last that the worker did, and that is an UpdateItem.
    # (Whose mail it is, is not said: a later fault may have struck the second try of an earlier mail.)
    most = sum(strike.operation == "UpdateItem" for strike in kills)
    assert sum(end.how == DOUBTFUL for end in ends.values()) <= most

    last = mails.brought_back(ends, END_SECONDS)
    expected = {str(strike): (NOTICED if strike.operation == PUBLISH else SENT, ()) for strike in ids}
    assert {str(strike): (last[mail].how, last[mail].wrong) for strike, mail in ids.items()} == expected
