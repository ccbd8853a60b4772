"""The Lambda function of the query API: a request of a REST API (proxy event 1.0) in, an answer out.

Its routes and answers are described in assets/openapi.json. Who may ask is API Gateway's to decide, by an API
key or by IAM; a call that comes here has been let in.
"""

import os
import time
import traceback
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from lambda_src.shared.clients import client
from lambda_src.shared.logs import Log
from lambda_src.status.rest import answers, request
from lambda_src.status.rest.answers import Answer
from lambda_src.status.rest.lookup import Lookup
from lambda_src.status.rest.refusals import Refused, busy
from lambda_src.status.rest.routes import Desk, answer
from lambda_src.status.rest.settings import Settings
from lambda_src.status.table import Busy, Table

# Every request has one line with this message, with its route and no word of what was asked for.
LOGGED_AS = "status asked for"
# A caller waits, and API Gateway no longer than 29 seconds: two tries, where the queue's function takes more.
ATTEMPTS = 2
_THROTTLED = frozenset(
    (
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
    )
)


def handle(event: dict[str, Any], context: Any) -> Answer:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    settings, lookup = _wired()
    log = Log(settings.log_level, {"request": context.aws_request_id})
    desk = Desk(lookup, lambda: client("cloudwatch", ATTEMPTS), settings.function, time.time())
    given = respond(event, desk, context.aws_request_id, log)
    log.info(
        LOGGED_AS,
        route=event.get("resource"),
        method=event.get("httpMethod"),
        answer=given["statusCode"],
        milliseconds=int((time.time() - desk.now) * 1000),
    )
    return answers.shared_with(request.origin(event), settings.page_origins, given)


def respond(event: dict[str, Any], desk: Desk, request_id: str, log: Log) -> Answer:
    """The answer to an event, whatever happens. `request_id` is what the log has for this call."""
    try:
        return answer(desk, request.read(event))
    except Refused as refused:
        return answers.refusal(refused)
    except (Busy, ClientError) as problem:
        if isinstance(problem, ClientError) and problem.response["Error"].get("Code") not in _THROTTLED:
            return _trouble(problem, request_id, log)
        log.warning("the table is busy", kind=type(problem).__name__)
        return answers.refusal(busy())
    except Exception as problem:  # A caller learns no detail, whatever it is.
        return _trouble(problem, request_id, log)


def _trouble(problem: Exception, request_id: str, log: Log) -> Answer:
    """Logged without its text, which may quote what was asked for: its kind, AWS's code, and where it was."""
    given = getattr(problem, "response", None) or {}
    frames = traceback.extract_tb(problem.__traceback__)[-6:]
    log.error(
        "request failed",
        kind=type(problem).__name__,
        code=given.get("Error", {}).get("Code"),
        operation=getattr(problem, "operation_name", None),
        where=[f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    )
    return answers.trouble(request_id)


@cache
def _wired() -> tuple[Settings, Lookup]:
    """Settings and the table: made once, at the first call."""
    settings = Settings.from_env(os.environ)
    dynamodb = client("dynamodb", ATTEMPTS)
    # Nothing is written here, so no days of retention matter.
    table = Table(dynamodb, settings.table, retention_days=0)
    return settings, Lookup(dynamodb, settings.table, table, settings.stuck_hours)
