"""The call of a REST API that is being answered."""

from __future__ import annotations

from contextvars import ContextVar

from ...engine.rest_api.call import Call

current: ContextVar[Call | None] = ContextVar("mailroom_rest_api_call", default=None)
