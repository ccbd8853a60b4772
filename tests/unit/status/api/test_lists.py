"""Lists: what is in them, in which order, page by page, over shards and filters."""

import pytest

from lambda_src.status import keys
from lambda_src.status.rest import lookup
from tests.unit.status.api.conftest import Api, at, event, ids

ANN, BOB = "ann@example.org", "bob@example.org"
# Two of three were delivered, some bounced; each at a time of its own, not in the order of ids or shards.
MANY = 22


def fill(api: Api, campaign: str = "spring") -> None:
    """MANY messages of a campaign, one a minute from NOW backwards; every third bounced, others delivered."""
    events = []
    for number in range(MANY):
        message = f"m-{number * 9 % MANY:02}"
        events.append(event(message, ANN, "send", at(number + 0.5), campaign_id=campaign))
        name = "hardbounce" if number % 3 == 0 else "delivered"
        events.append(event(message, ANN, name, at(number), campaign_id=campaign))
    api.put(*events)


def test_the_messages_are_spread() -> None:
    """What these tests say of merging they say of several shards."""
    assert len({keys.shard(keys.digest(f"m-{number:02}", ANN)) for number in range(MANY)}) == keys.SHARDS


@pytest.mark.parametrize("limit", [1, 7, MANY, 100])
def test_pages_of_a_campaign_make_the_whole_list(query_api: Api, limit: int) -> None:
    """However long the pages, together they are every message once, that which changed longest ago first."""
    fill(query_api)
    query_api.put(event("other", ANN, "send", at(1), campaign_id="autumn"), event("none", ANN, "send", at(1)))
    pages = query_api.pages(query_api.get, path="/messages", campaign_id="spring", limit=limit)
    found = [item for page in pages for item in page]
    assert len(found) == MANY
    assert len(set(ids(found))) == MANY
    assert [item["status_at"] for item in found] == [at(number) for number in reversed(range(MANY))]
    assert all(len(page) == limit for page in pages[: MANY // limit])


@pytest.mark.parametrize("limit", [3, 100])
def test_the_latest_failures_come_first(query_api: Api, limit: int) -> None:
    """Failures of every kind and campaign, newest first over all shards; nothing else."""
    fill(query_api)
    query_api.put(
        event("sms", "+12065550101", "failure", at(0.5), kind="UNREACHABLE"),
        event("soft", BOB, "softbounce", at(0.7)),
        event("fine", BOB, "complaint", at(0.9)),
        event("late", BOB, "softbounce", at(9)),
        event("late", BOB, "delivered", at(8)),  # it got through after all
    )
    pages = query_api.pages(query_api.get, path="/failures", limit=limit)
    found = [item for page in pages for item in page]
    assert ids(found)[:4] == ["m-00", "sms", "soft", "fine"]
    assert "late" not in ids(found)
    assert len(found) == 3 + len(range(0, MANY, 3))
    times = [item["status_at"] for item in found]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("limit", [2, 100])
def test_a_filter_leaves_only_its_status(query_api: Api, limit: int) -> None:
    """`status` keeps the order and loses nothing."""
    fill(query_api)
    pages = query_api.pages(
        query_api.get, path="/messages", campaign_id="spring", status="hardbounce", limit=limit
    )
    found = [item for page in pages for item in page]
    assert {item["status"] for item in found} == {"hardbounce"}
    assert [item["status_at"] for item in found] == [at(number) for number in reversed(range(0, MANY, 3))]


def test_a_page_that_a_filter_has_emptied_is_not_the_last(
    query_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a query reads its fill and finds nothing, the page is empty, and its cursor goes on."""
    monkeypatch.setattr(lookup, "KEYS_A_FILTERED_READ", 1)
    fill(query_api)
    query_api.put(event("needle", ANN, "complaint", at(0.1), campaign_id="spring"))
    pages = query_api.pages(query_api.get, path="/messages", campaign_id="spring", status="complaint")
    assert [ids(page) for page in pages if page] == [["needle"]]
    assert len(pages) > 2
    assert pages[0] == []


def test_since_leaves_out_what_was_before(query_api: Api) -> None:
    """The bound itself is in; the cursor keeps it."""
    fill(query_api)
    for since in ("10m", at(10)):
        pages = query_api.pages(query_api.get, path="/messages", campaign_id="spring", since=since, limit=4)
        found = [item["status_at"] for page in pages for item in page]
        assert found == [at(number) for number in reversed(range(11))]
    newest = query_api.pages(query_api.get, path="/failures", since="9m", limit=3)
    assert [len(page) for page in newest] == [3, 1]


@pytest.mark.parametrize("since", ["9999-12-31", "2026-11-28T00:00:00Z"])
def test_since_a_time_to_come_is_an_empty_list(query_api: Api, since: str) -> None:
    """Nothing is wrong with it; nothing is in it."""
    fill(query_api)
    for path, query in (
        ("/failures", {}),
        ("/messages", {"campaign_id": "spring"}),
        ("/messages", {"stuck": "true"}),
    ):
        assert query_api.get(path, since=since, **query)["said"] == {"items": [], "cursor": None}


def test_a_recipients_messages_newest_first(query_api: Api) -> None:
    """By address in any case, by number as people write it; nobody else's."""
    query_api.put(
        *(event(f"m-{number}", ANN, "send", at(number)) for number in range(7)),
        event("bobs", BOB, "send", at(1)),
        event("sms", "+12065550101", "success", at(1)),
    )
    pages = query_api.pages(query_api.search, recipient="Ann@Example.org", limit=3)
    assert [ids(page) for page in pages[:3]] == [["m-0", "m-1", "m-2"], ["m-3", "m-4", "m-5"], ["m-6"]]
    assert ids(query_api.search(recipient="+1 206-555-0101")["said"]["items"]) == ["sms"]
    assert query_api.search(recipient="nobody@example.org")["said"] == {"items": [], "cursor": None}


def test_a_recipients_messages_by_status(query_api: Api) -> None:
    """This index knows no status, so pages may be short; together they are all."""
    query_api.put(*(event(f"m-{n}", ANN, "send" if n % 4 else "delivered", at(n)) for n in range(9)))
    pages = query_api.pages(query_api.search, recipient=ANN, status="delivered", limit=2)
    assert [item for page in pages for item in ids(page)] == ["m-0", "m-4", "m-8"]
    assert [] in pages


def test_messages_by_an_own_reference(query_api: Api) -> None:
    """The tag's value as it was sent; filters work as everywhere."""
    query_api.put(
        event("m-1", ANN, "send", at(3), reference="order-1"),
        event("m-1", BOB, "send", at(2), reference="order-1"),
        event("m-2", ANN, "delivered", at(1), reference="order-1"),
        event("m-3", ANN, "send", at(1), reference="order-2"),
    )
    found = query_api.get("/messages", reference="order-1")["said"]["items"]
    assert [(item["message_id"], item["recipient"]) for item in found] == [
        ("m-1", ANN),
        ("m-1", BOB),
        ("m-2", ANN),
    ]
    assert ids(query_api.get("/messages", reference="order-1", status="delivered")["said"]["items"]) == [
        "m-2"
    ]


def test_stuck_are_those_that_nothing_is_heard_of(query_api: Api) -> None:
    """First heard of more than STUCK_HOURS ago and without a final event, oldest first."""
    day = 24 * 60
    query_api.put(
        *(event(f"old-{n}", ANN, "send", at(day + n)) for n in range(1, 12)),
        event("delayed", ANN, "send", at(day + 20)),
        event("delayed", ANN, "delayed", at(5), mark="0" * 8),
        event("sms", "+12065550101", "buffered", at(4 * day), final=False),
        *(event(f"new-{n}", ANN, "send", at(day - n)) for n in range(1, 9)),
        event("done", ANN, "send", at(2 * day)),
        event("done", ANN, "delivered", at(2 * day)),
    )
    pages = query_api.pages(query_api.get, path="/messages", stuck="true", limit=4)
    found = [item for page in pages for item in page]
    assert ids(found) == ["sms", "delayed", *(f"old-{n}" for n in reversed(range(1, 12)))]
    assert [len(page) for page in pages] == [4, 4, 4, 1], "those that are not yet stuck are not read over"
    assert all(item["stuck"] for item in found)
    since = query_api.get("/messages", stuck="true", since=at(day + 3))["said"]["items"]
    assert ids(since) == ["old-3", "old-2", "old-1"]


def test_an_event_without_a_recipient_counts_for_each_in_lists_too(query_api: Api) -> None:
    """What is shown and filtered is the item with what is known of its message under no recipient."""
    query_api.put(
        event("m-1", ANN, "send", at(3), campaign_id="spring"),
        event("m-1", "*", "rejected", at(2), campaign_id="spring"),
        event("m-2", "*", "rejected", at(1), campaign_id="spring"),
    )
    found = query_api.get("/messages", campaign_id="spring")["said"]["items"]
    assert [(item["message_id"], item["recipient"], item["status"]) for item in found] == [
        ("m-1", ANN, "rejected"),
        ("m-2", "*", "rejected"),
    ]
    assert query_api.get("/messages", campaign_id="spring", status="send")["said"]["items"] == []


def test_what_the_index_still_has_and_the_table_no_longer_is_left_out(query_api: Api) -> None:
    """An index is a moment behind: only what a consistent read finds is shown, as it is now."""
    query_api.put(event("gone", ANN, "hardbounce", at(2)), event("here", ANN, "hardbounce", at(1)))
    query_api.dynamodb.stale = [("gone", ANN)]
    found = query_api.get("/failures")["said"]["items"]
    assert ids(found) == ["here"]
    reads = [request for name, request in query_api.dynamodb.calls if name == "batch_get_item"]
    assert all(table["ConsistentRead"] for request in reads for table in request["RequestItems"].values())


def test_a_page_costs_one_query_a_shard_and_one_read(query_api: Api) -> None:
    """No read for each item: 8 queries and a batch read, whatever the page holds."""
    fill(query_api)
    query_api.dynamodb.calls.clear()
    query_api.get("/failures", limit=10)
    assert [name for name, _ in query_api.dynamodb.calls] == ["query"] * keys.SHARDS + ["batch_get_item"]
