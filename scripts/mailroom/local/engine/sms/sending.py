"""SendTextMessage: checked as AWS does, then what becomes of it is told."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ..protocol.messages import Operation
from . import parts, published, simulator, telling
from .common import found
from .countries import country_of
from .numbers import by_any_name
from .optouts import opt_out, with_plus
from .published import Text
from .refusals import conflict, invalid, not_found
from .simulator import Fate
from .state import DEFAULT_LIST, Region, name_in

STEP = timedelta(milliseconds=1)
"""Between two events of a message."""
PRICE, CARRIER_FEE = Decimal("0.00581"), Decimal("0.00302")
"""Of a part, in USD: those of the guide's example."""
NO_SENDER_IDS = ("US", "CA")
_SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,11}")


@dataclass(frozen=True)
class Origin:
    """What a text comes from: a number or a sender id, its opt-out list, its type, and whether it is a
    simulator's number."""

    shown: str
    opt_out_list: str = DEFAULT_LIST
    message_type: str = "TRANSACTIONAL"
    country: str = ""
    simulated: bool = False


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendTextMessage."""
    destination = with_plus(params["DestinationPhoneNumber"])
    country = country_of(destination)
    held = _configuration_set(region, params)
    origin = _origin(region, params, held, country, destination)
    if origin.simulated and (not simulator.simulated(destination) or origin.country != country):
        said = "A simulator's number sends to simulator numbers of its own country"
        raise invalid("INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", "OriginationIdentity", said)
    if destination in region.opted_out[origin.opt_out_list]:
        raise conflict("DESTINATION_PHONE_NUMBER_OPTED_OUT", "opted-out-number", destination)
    text = _text(region, params, origin, destination, country, held)
    limit = params.get("MaxPrice")
    if limit and Decimal(limit) < Decimal(str(text.price)):
        raise invalid("PRICE_OVER_THRESHOLD", "MaxPrice", f"The message costs {text.price}")
    if not params.get("DryRun"):
        fate = simulator.fate(destination, text.context)
        region.later(lambda: _carry(region, text, fate, held, origin))
    return {"MessageId": text.message_id}


def _carry(region: Region, text: Text, fate: Fate, held: dict[str, Any] | None, origin: Origin) -> None:
    """Tell of what becomes of a text, in its order. Who answers STOP is on the list afterwards."""
    at = max(region.clock(), text.requested)
    for kind in fate.kinds:
        at += STEP
        detail = published.event(text, simulator.KINDS[kind], at)
        telling.tell(region, detail, held, as_bare=fate.bare)
    if fate.stops:
        opt_out(region, origin.opt_out_list, text.destination, by_end_user=True)


def _configuration_set(region: Region, params: dict[str, Any]) -> dict[str, Any] | None:
    named = params.get("ConfigurationSetName")
    return found(region.sets, "configuration-set", named) if named else None


def _origin(
    region: Region, params: dict[str, Any], held: dict[str, Any] | None, country: str, destination: str
) -> Origin:
    """The identity that is named, the set's sender id, or the first number that fits."""
    named = params.get("OriginationIdentity") or (held or {}).get("DefaultSenderId")
    if not named:
        return _any_number(region, country, destination)
    pool = region.pools.get(name_in(named))
    if pool is not None:
        number = region.numbers[region.identities[pool["PoolId"]][0]]
        return _of_number(number, pool["OptOutListName"])
    single = by_any_name(region, named)
    if single is not None:
        return _of_number(single, single["OptOutListName"])
    if not _SENDER_ID.fullmatch(named) or ":" in named:
        raise not_found("phone-number", named)
    if country in NO_SENDER_IDS:
        said = f"Sender ids are not supported in {country}"
        raise invalid("SENDER_ID_NOT_SUPPORTED", "OriginationIdentity", said)
    return Origin(named)


def _any_number(region: Region, country: str, destination: str) -> Origin:
    """A number of the recipient's country, else any; a simulator's to simulators only."""
    to_simulator = simulator.simulated(destination)
    fitting = [
        one
        for one in region.numbers.values()
        if one["NumberType"] != "SIMULATOR" or (to_simulator and one["IsoCountryCode"] == country)
    ]
    fitting.sort(key=lambda one: one["IsoCountryCode"] != country)
    if not fitting:
        raise conflict("NO_ORIGINATION_IDENTITIES_FOUND", "account", region.account_id)
    return _of_number(fitting[0], fitting[0]["OptOutListName"])


def _of_number(number: dict[str, Any], opt_out_list: str) -> Origin:
    simulated = number["NumberType"] == "SIMULATOR"
    shown, country = number["PhoneNumber"], number["IsoCountryCode"]
    return Origin(shown, opt_out_list, number["MessageType"], country, simulated)


def _text(
    region: Region,
    params: dict[str, Any],
    origin: Origin,
    destination: str,
    country: str,
    held: dict[str, Any] | None,
) -> Text:
    body = params.get("MessageBody", "")
    count = parts.count(body)
    kind = params.get("MessageType") or (held or {}).get("DefaultMessageType") or origin.message_type
    return Text(
        message_id=str(uuid.uuid4()),
        origination=origin.shown,
        destination=destination,
        country=country,
        international=bool(origin.country) and origin.country != country,
        requested=region.clock(),
        encoding=parts.encoding(body),
        message_type=kind,
        parts=count,
        price=float(PRICE * count),
        carrier_fee=float(CARRIER_FEE * count),
        context=dict(params.get("Context", {})),
    )


OPERATIONS: dict[str, Operation] = {"SendTextMessage": send}
