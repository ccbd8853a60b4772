"""An engine behind its signing name: what the front asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from .adapter.backend import Signed
from .engine.guardduty import plans
from .engine.guardduty.permissions import needed as needed_by_plans
from .engine.guardduty.state import GuardDuty
from .engine.pinpoint import operations as pinpoint
from .engine.pinpoint.permissions import needed as needed_by_pinpoint
from .engine.pinpoint.state import Region as PinpointRegion
from .engine.protocol.aws_json import JsonService
from .engine.protocol.messages import Request, Response, ServiceError
from .engine.protocol.rest_json import RestJsonService
from .engine.protocol.service import Service
from .engine.regions import Regions
from .engine.ses.permissions import Needed
from .engine.sms import operations as sms
from .engine.sms.permissions import needed as needed_by_sms
from .engine.sms.state import Region as SmsRegion


class State(Protocol):
    """An engine's Regions; `lock` is held while an operation runs."""

    lock: Any

    def region(self, name: str) -> Any:
        """The engine in a Region."""

    def reset(self) -> None:
        """Forget everything."""


@dataclass(frozen=True)
class Fronted:
    """A service, its state, and what IAM is asked before an operation. `denied` is the service's own name for
    IAM's refusal."""

    service: Service
    state: State
    needed: Callable[[Any, str, dict[str, Any]], Iterable[Needed]]
    denied: str = "AccessDeniedException"

    def answer(self, signed: Signed, request: Request) -> Response:
        """The answer to a request. For a thread that may wait."""
        region = self.state.region(signed.region)

        def authorize(operation: str, params: dict[str, Any]) -> None:
            for one in self.needed(region, operation, params):
                try:
                    signed.check(one.action, one.resource, one.context)
                except ServiceError as refused:
                    if refused.code != "AccessDeniedException":
                        raise
                    raise ServiceError(self.denied, refused.message, 403) from refused

        lock: AbstractContextManager[Any] = self.state.lock
        with lock:
            return self.service.respond(request, region, authorize)


def engines(
    guardduty: GuardDuty, pinpoint_state: Regions[PinpointRegion], sms_state: Regions[SmsRegion]
) -> Mapping[str, Fronted]:
    """All engines but SES's, by the names that signatures have for them."""
    return {
        "guardduty": Fronted(
            RestJsonService("guardduty", plans.OPERATIONS, plans.WIDER), guardduty, needed_by_plans
        ),
        "mobiletargeting": Fronted(
            RestJsonService("pinpoint", pinpoint.OPERATIONS),
            pinpoint_state,
            needed_by_pinpoint,
            "ForbiddenException",
        ),
        "sms-voice": Fronted(JsonService("pinpoint-sms-voice-v2", sms.OPERATIONS), sms_state, needed_by_sms),
    }
