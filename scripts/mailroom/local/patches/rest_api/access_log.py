"""Access logs: a line for each call in the log group that a stage names.

AWS writes them as API Gateway's role of the account, so nothing is written where the account has none.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from ...engine.rest_api.call import Call
from ...engine.rest_api.variables import log_line

log = logging.getLogger(__name__)


def write(call: Call, stage: dict[str, Any], status: int, length: int, latency: int) -> None:
    """Write the line of an answered call, where its stage has a format and a log group to write to."""
    from ministack.services import apigateway_v1 as v1
    from ministack.services import cloudwatch_logs

    settings = stage.get("accessLogSettings") or {}
    destination, form = str(settings.get("destinationArn") or ""), settings.get("format")
    if not form or ":log-group:" not in destination:
        return
    group = destination.partition(":log-group:")[2].removesuffix(":*")
    if not (v1._account_settings.get("settings") or {}).get("cloudwatchRoleArn"):
        return
    if group not in cloudwatch_logs._log_groups:
        log.warning("stage %s of REST API %s logs to %s, which is not there", call.stage, call.api, group)
        return
    stream = hashlib.md5(f"{call.api}/{call.stage}".encode(), usedforsecurity=False).hexdigest()
    named = {"logGroupName": group, "logStreamName": stream}
    if stream not in cloudwatch_logs._log_groups[group]["streams"]:
        cloudwatch_logs._create_log_stream(named)
    line = {"timestamp": int(call.at * 1000), "message": log_line(form, call, status, length, latency)}
    cloudwatch_logs._put_log_events({**named, "logEvents": [line]})
