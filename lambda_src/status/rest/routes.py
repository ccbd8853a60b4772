"""The routes: each reads its request, looks up, and gives back an answer. They are those of openapi.json."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lambda_src.status import keys
from lambda_src.status.rest import answers, cursor, given
from lambda_src.status.rest.answers import Answer
from lambda_src.status.rest.lookup import Item, Listing, Lookup, shards
from lambda_src.status.rest.rates import rates
from lambda_src.status.rest.refusals import Refused, bad, missing
from lambda_src.status.rest.request import Request, shown
from lambda_src.status.values import moment
from lambda_src.status.view import FAILURES, published

DESCRIPTION = Path(__file__).parents[1] / "assets" / "openapi.json"


@dataclass(frozen=True)
class Desk:
    """What a route needs: the table, CloudWatch's client when it is asked for, and the time (seconds since
    1970). `function` is the name of the function that folds the events."""

    lookup: Lookup
    cloudwatch: Callable[[], Any]
    function: str
    now: float


def message(desk: Desk, request: Request) -> Answer:
    """GET /messages/{message_id}."""
    request.parameters(())
    message_id = given.message_id(request.path.get("message_id", ""))
    if not (found := desk.lookup.message(message_id, desk.now)):
        raise missing("This message is not known: no event of it has come yet, or its days here are over.")
    return answers.document(
        {"message_id": message_id, "recipients": [answers.whole_item(seen) for seen in found]}
    )


def messages(desk: Desk, request: Request) -> Answer:
    """GET /messages: of a campaign, of an own reference, or those that are stuck."""
    said = request.parameters(("campaign_id", "reference", "stuck", "since", "status", "limit", "cursor"))
    chosen = [name for name in ("campaign_id", "reference", "stuck") if name in said]
    if len(chosen) != 1:
        raise bad("Say which messages: one of campaign_id=…, reference=… or stuck=true.")
    low = given.since(said["since"], desk.now) if "since" in said else ""
    status = given.status(said["status"]) if "status" in said else ""
    if chosen == ["stuck"]:
        if status:
            raise bad("status: messages that are stuck have none that is final; leave it out.")
        given.yes("stuck", said["stuck"])
        return _listed(desk, _stuck(desk, low), said, "stuck", said.get("since", ""))
    name = given.name(chosen[0], said[chosen[0]])
    listing = (
        _of_campaign(name, low, status) if chosen == ["campaign_id"] else _of_reference(name, low, status)
    )
    return _listed(desk, listing, said, chosen[0], name, said.get("since", ""), status)


def search(desk: Desk, request: Request) -> Answer:
    """POST /messages/search: by recipient, newest first."""
    request.parameters(())
    said = request.document(("recipient", "since", "status", "limit", "cursor"))
    if "recipient" not in said:
        raise bad('recipient is missing: the body takes {"recipient": "ann@example.com"} or a number.')
    recipient = given.recipient(said["recipient"])
    low = given.since(said["since"], desk.now) if "since" in said else ""
    status = given.status(said["status"]) if "status" in said else ""
    listing = Listing(keys.BY_RECIPIENT, (recipient,), _has(status), newest_first=True, low=low)
    return _listed(desk, listing, said, "recipient", recipient, str(said.get("since", "")), status)


def failures(desk: Desk, request: Request) -> Answer:
    """GET /failures: newest first."""
    said = request.parameters(("since", "limit", "cursor"))
    low = given.since(said["since"], desk.now) if "since" in said else ""
    listing = Listing(keys.FAILURES, shards(keys.failure_shard), _failed, newest_first=True, low=low)
    return _listed(desk, listing, said, "failures", said.get("since", ""))


def per_hour(desk: Desk, request: Request) -> Answer:
    """GET /rates."""
    said = request.parameters(("hours",))
    low, high = given.LEAST_HOURS, given.MOST_HOURS
    hours = given.whole("hours", said.get("hours", given.DEFAULT_HOURS), low, high)
    found = rates(desk.cloudwatch(), desk.function, hours, desk.now)
    return answers.document({"hours": hours, "items": found})


def call(desk: Desk, request: Request) -> Answer:
    """GET /call: as the published design's users have it, errors in plain text included."""
    try:
        said = request.parameters(("message_id",))
        if "message_id" not in said:
            raise bad("message_id is missing.")
        message_id = given.message_id(said["message_id"])
    except Refused as refused:
        return answers.text(refused.status, f"Invalid request parameters: {refused.message}")
    found = [published(seen) for seen in desk.lookup.message(message_id, desk.now)]
    if not found:
        return answers.text(404, "Item not found")
    return answers.document(found[0] if len(found) == 1 else found)


def description(desk: Desk, request: Request) -> Answer:
    """GET /openapi.json: the file, with the address that it was asked at as that of the API.

    The file itself says "beside this file", which is right everywhere and which few tools can follow.
    """
    request.parameters(())
    return answers.raw(_description().replace('"url": "./"', f'"url": "{request.base or "."}/"'))


Route = Callable[[Desk, Request], Answer]
ROUTES: Mapping[str, Mapping[str, Route]] = {
    "/messages/{message_id}": {"GET": message},
    "/messages": {"GET": messages},
    "/messages/search": {"POST": search},
    "/failures": {"GET": failures},
    "/rates": {"GET": per_hour},
    "/call": {"GET": call},
    "/openapi.json": {"GET": description},
}


def answer(desk: Desk, request: Request) -> Answer:
    """The answer to a request. Raises Refused where there is none."""
    methods = ROUTES.get(request.resource)
    if methods is None:
        raise missing("There is no such route: GET openapi.json tells which there are.")
    if request.method == "OPTIONS":
        return answers.preflight([*methods, "OPTIONS"])
    route = methods.get(request.method)
    if route is None:
        allowed = ", ".join([*methods, "OPTIONS"])
        message = f"{shown(request.method)}: this route takes {allowed}."
        raise Refused(405, message, {"allow": allowed})
    return route(desk, request)


@cache
def _description() -> str:
    return DESCRIPTION.read_text(encoding="utf-8")


def _listed(desk: Desk, listing: Listing, said: Mapping[str, Any], *asked: str) -> Answer:
    """A page of a list. `asked` are the words that a cursor of this list belongs to."""
    limit = given.whole("limit", said.get("limit", given.DEFAULT_LIMIT), given.LEAST_LIMIT, given.MOST_LIMIT)
    after = cursor.read(_text(said["cursor"]), *asked) if "cursor" in said else ""
    page = desk.lookup.page(listing, after, limit, desk.now)
    return answers.document(
        {
            "items": [answers.item(seen) for seen in page.items],
            "cursor": cursor.write(page.after, *asked) if page.after else None,
        }
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _of_campaign(campaign_id: str, low: str, status: str) -> Listing:
    """In the order of the last change: whoever reads on from the last cursor sees what changed since."""
    partitions = shards(lambda number: keys.campaign_shard(campaign_id, number))
    return Listing(keys.BY_CAMPAIGN, partitions, _has(status), low=low, status=status)


def _of_reference(reference: str, low: str, status: str) -> Listing:
    return Listing(keys.BY_REFERENCE, (reference,), _has(status), low=low)


def _stuck(desk: Desk, low: str) -> Listing:
    """Those whose first event is long ago, oldest first."""
    high = moment(desk.now - desk.lookup.stuck_hours * 3600)
    partitions = shards(keys.unfinished_shard)
    return Listing(keys.UNFINISHED, partitions, _is_stuck, low=low, high=high + "~")


def _is_stuck(item: Item) -> bool:
    return bool(item["stuck"])


def _failed(item: Item) -> bool:
    return item.get("status") in FAILURES


def _has(status: str) -> Callable[[Item], bool]:
    return lambda item: status in ("", item.get("status"))
