"""AWS's own examples, file by file: what becomes of each."""

from pathlib import Path

import pytest

from lambda_src.status.decode import decode
from lambda_src.status.keys import NO_RECIPIENT
from lambda_src.status.reading import values

OURS = Path(__file__).parent / "published_events"
OF_SES = Path(__file__).parents[1] / "local" / "published_events"
R, J, S = "recipient@example.com", "jane@example.com", "richard@example.com"
# File -> source, event, its time, recipients.
EXPECTED = {
    "bounce": ("ses", "hardbounce", "2017-08-05T00:41:02.669Z", [R]),
    "click": ("ses", "click", "2017-08-09T23:51:25.570Z", [R]),
    "complaint": ("ses", "complaint", "2017-08-05T00:41:02.669Z", [R]),
    "delivery": ("ses", "delivered", "2016-10-19T23:21:04.133Z", [R]),
    "delivery_delay": ("ses", "delayed", "2020-06-16T00:25:40.095Z", [R]),
    "open": ("ses", "open", "2017-08-09T22:00:19.652Z", [R]),
    "reject": ("ses", "rejected", "2016-10-14T17:38:15.211Z", ["sender@example.com"]),
    "rendering_failure": ("ses", "rendering_failure", "2018-01-22T18:43:06.197Z", [R]),
    "send": ("ses", "send", "2016-10-14T05:02:16.645Z", [R]),
    "subscription": ("ses", "unsubscribe", "2022-01-12T01:00:17.910Z", [R]),
    "notified_bounce_with_dsn": ("ses", "hardbounce", "2016-01-27T14:59:38.237Z", [J]),
    "notified_bounce_without_dsn": ("ses", "hardbounce", "2016-01-27T14:59:38.237Z", [J, S]),
    "notified_complaint_with_report": ("ses", "complaint", "2016-01-27T14:59:38.237Z", [S]),
    "notified_complaint_without_report": ("ses", "complaint", "2016-01-27T14:59:38.237Z", [S]),
    "notified_delivery": ("ses", "delivered", "2016-01-27T14:59:38.237Z", [J]),
    "pinpoint_email_send": ("pinpoint", "send", "2019-08-01T00:17:01.380Z", [R]),
    "pinpoint_email_delivered": ("pinpoint", "delivered", "2019-08-01T00:17:02.690Z", [R]),
    "pinpoint_email_open": ("pinpoint", "open", "2019-08-01T00:18:32.316Z", [R]),
    "pinpoint_email_click": ("pinpoint", "click", "2019-08-01T00:18:33.751Z", [R]),
    "pinpoint_sms_success": ("pinpoint", "success", "2019-03-20T18:02:34.322Z", ["+14255550199"]),
    "pinpoint_sms_before_version_3": ("pinpoint", "success", "2017-05-26T00:01:48.285Z", [NO_RECIPIENT]),
    "sms_successful": ("sms", "success", "2023-06-17T04:11:43.470Z", ["+14255550156"]),
    "sms_bridged_successful": ("sms", "success", "2025-10-01T18:20:41.377Z", [NO_RECIPIENT]),
    "sms_bridged_delivered": ("sms", "success", "2024-10-16T17:21:39.998Z", [NO_RECIPIENT]),
}
IGNORED = {"pinpoint_journey_send": "no kind that we know: _journey.send"}
FILES = {file.stem: file for folder in (OURS, OF_SES) for file in folder.glob("*.json")}


@pytest.mark.parametrize("name", sorted(FILES))
def test_published(name: str) -> None:
    """Each file is one event, read as the page that it is from explains it."""
    [value] = values(FILES[name].read_bytes())
    [decoded] = decode(value)
    if name in IGNORED:
        assert (decoded.outcome, decoded.reason) == ("ignored", IGNORED[name])
        return
    source, event, at, recipients = EXPECTED[name]
    assert (decoded.outcome, decoded.source) == ("applied", source)
    assert [one.recipient for one in decoded.events] == recipients
    assert {(one.name, one.at, one.because.source) for one in decoded.events} == {(event, at, source)}


def test_every_file_is_expected() -> None:
    """No example is left out."""
    assert set(FILES) == {*EXPECTED, *IGNORED}
