"""How much may be sent, what was sent, and the account that it is of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.scan import EICAR
from mailroom.local.engine.ses import sending
from mailroom.local.engine.ses.quota import Quota
from mailroom.local.engine.ses.state import Region

from .conftest import NOW

Client = Callable[..., Any]
RAW = b"From: m@mail.example\r\nTo: a@far.example\r\n\r\nx\r\n"


def at(region: Region, **later: float) -> None:
    """Put the clock on."""
    region.clock = lambda: NOW + timedelta(**later)


def send(sesv2: Any, *recipients: str, raw: bytes = RAW) -> Any:
    return sesv2.send_email(
        Destination={"ToAddresses": list(recipients or ("a@far.example",))}, Content={"Raw": {"Data": raw}}
    )


def test_a_fresh_account_may_send_what_most_may(sesv2: Any, client: Client) -> None:
    """Both APIs answer the same numbers, and a hundred messages in no time are no throttling here."""
    for _ in range(100):
        send(sesv2)
    expected = {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 100.0}
    assert sesv2.get_account()["SendQuota"] == expected
    answer = client("ses").get_send_quota()
    assert {name: answer[name] for name in expected} == expected


def test_the_quota_is_of_recipients_in_24_hours(sesv2: Any, region: Region) -> None:
    """It counts people, not messages; the mailbox simulator does not count; a day later it is all there again."""
    region.account.quota = Quota(3)
    send(sesv2, "a@far.example", "b@far.example")
    send(sesv2, "success@simulator.amazonses.com")
    send(sesv2, "c@far.example", "d@far.example")  # while anything is left, all of a message goes through
    with pytest.raises(sesv2.exceptions.LimitExceededException, match=r"Daily message quota exceeded\."):
        send(sesv2)
    assert sesv2.get_account()["SendQuota"]["SentLast24Hours"] == 4
    at(region, hours=24)
    send(sesv2)
    assert sesv2.get_account()["SendQuota"]["SentLast24Hours"] == 1


def test_the_sandbox_is_200_a_day_and_one_a_second(sesv2: Any, client: Client, region: Region) -> None:
    """The second message of a second is refused by each API's name; a second later it goes."""
    region.account.sandbox = True
    quota = client("ses").get_send_quota()
    assert (quota["Max24HourSend"], quota["MaxSendRate"]) == (200, 1)
    assert sesv2.get_account()["ProductionAccessEnabled"] is False
    send(sesv2, "a@mail.example")
    with pytest.raises(
        sesv2.exceptions.TooManyRequestsException, match=r"Maximum sending rate exceeded\."
    ) as v2:
        send(sesv2, "a@mail.example")
    with pytest.raises(ClientError, match=r"\(Throttling\).*Maximum sending rate exceeded\.") as v1:
        client("ses").send_raw_email(RawMessage={"Data": RAW.replace(b"far", b"mail")})
    statuses = [caught.value.response["ResponseMetadata"]["HTTPStatusCode"] for caught in (v2, v1)]
    assert statuses == [429, 400]
    at(region, seconds=1)
    send(sesv2, "a@mail.example")


def test_a_message_to_many_is_waited_for(sesv2: Any, region: Region) -> None:
    """It goes through at once, and its rate is owed: at 2 a second, 4 recipients take until the next fits."""
    region.account.quota = Quota(1000, 2, held=True)
    send(sesv2, *(f"p{n}@far.example" for n in range(4)))
    at(region, seconds=1)
    with pytest.raises(sesv2.exceptions.TooManyRequestsException):
        send(sesv2)
    at(region, seconds=2)
    send(sesv2)


def test_what_is_refused_does_not_count(sesv2: Any, region: Region) -> None:
    """Neither against the day nor against the second."""
    region.account.quota = Quota(1, 1, held=True)
    with pytest.raises(sesv2.exceptions.MessageRejected):
        sesv2.send_email(
            FromEmailAddress="x@bad.example",
            Destination={"ToAddresses": ["a@far.example"]},
            Content={"Raw": {"Data": RAW}},
        )
    send(sesv2)


def test_what_smtp_sends_counts_too(sesv2: Any, region: Region) -> None:
    """All doors share the quota."""
    sending.accept(region, sending.Outgoing("m@mail.example", ["a@far.example"], RAW, "smtp"))
    assert sesv2.get_account()["SendQuota"]["SentLast24Hours"] == 1


def test_statistics_are_by_the_quarter_of_an_hour(sesv2: Any, client: Client, region: Region) -> None:
    """Attempts, bounces, complaints and rejects of two weeks; a quarter without mail has no point. What SES itself
    writes to the sender is no attempt."""
    v1, simulator = client("ses"), "simulator.amazonses.com"
    assert v1.get_send_statistics()["SendDataPoints"] == []
    at(region, minutes=14)
    send(sesv2, "a@far.example", "b@far.example")
    at(region, minutes=31)
    send(sesv2, f"bounce+1@{simulator}", f"bounce+2@{simulator}")
    send(sesv2, f"complaint@{simulator}", "a@far.example")
    send(sesv2, raw=RAW + EICAR)
    names = ("DeliveryAttempts", "Bounces", "Complaints", "Rejects")
    points = v1.get_send_statistics()["SendDataPoints"]
    assert [(point["Timestamp"], *(point[name] for name in names)) for point in points] == [
        (NOW, 2, 0, 0, 0),
        (NOW + timedelta(minutes=30), 5, 2, 1, 1),
    ]
    at(region, days=14, minutes=15)
    assert [point["Timestamp"] for point in v1.get_send_statistics()["SendDataPoints"]] == [
        NOW + timedelta(minutes=30)
    ]


def test_asking_for_production_opens_a_review(sesv2: Any, region: Region) -> None:
    """The sandbox stays until somebody decides; a second request while the review is open is a conflict."""
    region.account.sandbox = True
    asked = {
        "MailType": "TRANSACTIONAL",
        "WebsiteURL": "https://mail.example",
        "UseCaseDescription": "receipts",
    }
    sesv2.put_account_details(**asked, ProductionAccessEnabled=True)
    account = sesv2.get_account()
    assert account["ProductionAccessEnabled"] is False
    assert account["Details"]["ReviewDetails"]["Status"] == "PENDING"
    assert {name: account["Details"][name] for name in asked} == asked
    with pytest.raises(sesv2.exceptions.ConflictException):
        sesv2.put_account_details(**asked, ProductionAccessEnabled=True)


def test_details_of_an_account_in_production_are_kept_without_a_review(sesv2: Any) -> None:
    """There is nothing to review."""
    sesv2.put_account_details(MailType="MARKETING", WebsiteURL="https://mail.example")
    sesv2.put_account_details(MailType="TRANSACTIONAL", WebsiteURL="https://mail.example")
    details = sesv2.get_account()["Details"]
    assert (details["MailType"], "ReviewDetails" in details) == ("TRANSACTIONAL", False)


def test_warm_up_of_addresses_is_a_switch(sesv2: Any) -> None:
    """Put and read back."""
    sesv2.put_account_dedicated_ip_warmup_attributes(AutoWarmupEnabled=False)
    assert sesv2.get_account()["DedicatedIpAutoWarmupEnabled"] is False
