"""The emulator (ministack) in this very process."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..cloud import ACCOUNT_ID, ROOT
from . import iam
from .backend import ASGIApp, LambdaWorker, Scope, Signed, SmtpUser

TICK_SECONDS = 1.0

log = logging.getLogger(__name__)


def configure(port: int, region: str, state: Path) -> None:
    """Set what the emulator reads from the environment. Before its first import: it reads some of it then."""
    temporary = state / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": region,
            "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LAMBDA_EXECUTOR": "local",
            "PERSIST_STATE": "0",
            "TMPDIR": str(temporary),
            "AWS_ACCESS_KEY_ID": ROOT,
            "AWS_SECRET_ACCESS_KEY": ROOT,
        }
    )


class Embedded:
    """See adapter.backend.Backend."""

    def __init__(self) -> None:
        from ministack.app import app

        from .. import patches

        patches.apply()
        self.app: ASGIApp = app

    def caller(self, scope: Scope, body: bytes) -> Signed:
        """See Backend.caller. The signature is checked with the first question that is asked."""
        return iam.caller(scope, body)

    def smtp_user(self, access_key: str, region: str, source_ip: str) -> SmtpUser | None:
        """See Backend.smtp_user."""
        return iam.smtp_user(ACCOUNT_ID, access_key, region, source_ip)

    def worker(self, access_key: str) -> LambdaWorker | None:
        """See Backend.worker."""
        from ..patches import lambda_sessions

        return lambda_sessions.worker(access_key)

    def watch_answers(self, loses: Callable[[str], bool]) -> None:
        """See Backend.watch_answers."""
        from ..patches import lambda_sessions

        lambda_sessions.loses = loses

    def watch_objects(self, created: Callable[[str, str, str | None], None]) -> None:
        """See Backend.watch_objects."""
        from ..patches import object_events

        object_events.created = created

    def watch_permissions(self, asked: Callable[[str, str, str, bool], None]) -> None:
        """See Backend.watch_permissions."""
        from . import questions

        questions.asked = asked

    def struck(self, scope: Scope, service: str, operation: str, kind: str, body: bytes) -> None:
        """See Backend.struck."""
        from ministack.core.responses import request_scope

        from ..patches import service_metrics

        if service == "dynamodb":
            with request_scope(ACCOUNT_ID, iam.region_of(scope)):
                service_metrics.struck(operation, kind, body)

    async def run(self) -> None:
        """See Backend.run: publish SQS's metrics and look at the alarms."""
        from ministack.services import cloudwatch

        from ..patches import metrics

        def work(now: float) -> None:
            metrics.tick(now)
            cloudwatch._evaluate_all_alarms()

        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                metrics.every_region(work)
            except Exception:
                log.exception("the alarms were not looked at")


def put_event(region: str, entry: dict[str, Any]) -> None:
    """See service_writes.PutEvent: below the API, which lets nobody speak as an AWS service."""
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    with request_scope(ACCOUNT_ID, region):
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
