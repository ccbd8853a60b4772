"""The watch: how many messages are without a final event, counted within bounds."""

import json
from typing import Any

import pytest

from lambda_src.shared.settings import SettingsError
from lambda_src.status import keys, watch
from lambda_src.status.keys import SHARDS, Key
from lambda_src.status.settings import WatchSettings
from lambda_src.status.table import to_item
from lambda_src.status.values import moment
from lambda_src.status.watch import NAMED, PAGES_A_SHARD, WATCHED_DAYS, Stuck, stuck
from tests.unit.status.made import ANN, event, state
from tests.unit.status.test_handler import Context

NOW = 1_795_521_600.0
HOUR = 3600
SETTINGS = WatchSettings("status", 24.0, "INFO")


class FakeIndex:
    """The index of unfinished items, as DynamoDB answers a query of one shard, `size` items a page."""

    def __init__(self, ages: list[float], size: int = 1000) -> None:
        self.size, self.queries = size, 0
        self.items = []
        for number, hours in enumerate(ages):
            at = moment(int((NOW - hours * HOUR) * 1000))
            one = event("send", message_id=f"m{number}")._replace(at=at)
            self.items.append(to_item(Key(f"m{number}", ANN), state(one), 1, 30))

    def query(self, **request: Any) -> dict[str, Any]:
        assert (request["TableName"], request["IndexName"]) == ("status", "unfinished")
        assert (
            request["KeyConditionExpression"]
            == "unfinished_shard = :shard AND first_key BETWEEN :oldest AND :newest"
        )
        self.queries += 1
        values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
        found = [
            {"message_id": item["message_id"], "first_key": item["first_key"]}
            for item in self.items
            if item["unfinished_shard"]["S"] == values[":shard"]
            and values[":oldest"] <= item["first_key"]["S"] <= values[":newest"]
        ]
        found.sort(key=lambda item: item["first_key"]["S"])
        start = request.get("ExclusiveStartKey", {"first_key": {"S": ""}})["first_key"]["S"]
        rest = [item for item in found if item["first_key"]["S"] > start]
        page = rest[: self.size]
        return {"Items": page, **({"LastEvaluatedKey": page[-1]} if len(rest) > len(page) else {})}


def test_stuck_by_age() -> None:
    """Stuck is what began before STUCK_HOURS, and after the days that are watched."""
    ages = [0, 23.9, 24.1, 48, WATCHED_DAYS * 24 + 23.9, WATCHED_DAYS * 24 + 24.1, 9999]
    found = stuck(FakeIndex(ages), SETTINGS, NOW)
    assert (found.number, sorted(found.message_ids), found.more) == (3, ["m2", "m3", "m4"], False)


def test_all_shards_and_pages() -> None:
    """Items of every shard are counted, over as many pages as there are; ids are named up to a bound."""
    index = FakeIndex([30 + number / 100 for number in range(300)], size=7)
    found = stuck(index, SETTINGS, NOW)
    assert (found.number, len(found.message_ids)) == (300, NAMED)
    assert index.queries > 300 / 7
    assert len({item["unfinished_shard"]["S"] for item in index.items}) == SHARDS


def test_bounded_pages() -> None:
    """A count without end has one."""
    index = FakeIndex([30 + number / 1000 for number in range(400)], size=1)
    found = stuck(index, SETTINGS, NOW)
    assert found.more
    assert found.number == index.queries == SHARDS * PAGES_A_SHARD


def test_finished_items_are_in_no_shard() -> None:
    """What has a final event is not asked for at all."""
    item = to_item(Key("m", ANN), state(event("send"), event("delivered", 1)), 1, 30)
    assert "unfinished_shard" not in item


def test_entry_point(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer, one metric, and the ids in the log: no address."""
    monkeypatch.setattr(watch, "client", lambda service: FakeIndex([30, 1]))
    monkeypatch.setattr("os.environ", {"STATUS_TABLE": "status", "STUCK_HOURS": "24"})
    monkeypatch.setattr("time.time", lambda: NOW)
    watch._wired.cache_clear()
    assert watch.handle({}, Context()) == {"stuck": 1}
    watch._wired.cache_clear()
    told, measured = map(json.loads, capsys.readouterr().out.splitlines())
    assert (told["level"], told["message_ids"]) == ("WARN", ["m0"])
    assert (measured["stuck"], measured["function"]) == (1, "dev-status")
    assert measured["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["function"]]


def test_nothing_stuck_is_a_metric_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A count of none is told as well, so that an alarm can end."""
    monkeypatch.setattr(watch, "stuck", lambda *_: Stuck(0, [], False))
    monkeypatch.setattr(watch, "_wired", lambda: (SETTINGS, None))
    assert watch.handle({}, Context()) == {"stuck": 0}
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert line["stuck"] == 0


def test_keys_of_the_watch() -> None:
    """The query's names are those of the index."""
    assert (keys.UNFINISHED.hash, keys.UNFINISHED.range) == ("unfinished_shard", "first_key")


def test_settings() -> None:
    """A wrong number of hours is told."""
    with pytest.raises(SettingsError, match="STUCK_HOURS"):
        WatchSettings.from_env({"STATUS_TABLE": "status", "STUCK_HOURS": "soon"})
