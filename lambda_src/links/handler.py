"""The Lambda function `links`: an HTTP API request (payload 2.0) in; a redirect or a page out."""

import os
import time
from functools import cache
from typing import Any

from lambda_src.links.aws import LinksTable, Signer
from lambda_src.links.check import Answer, check
from lambda_src.links.pages import CONTENT_SECURITY_POLICY, page
from lambda_src.links.settings import Settings
from lambda_src.shared.clients import client, signing_client
from lambda_src.shared.logs import Log

_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "content-security-policy": CONTENT_SECURITY_POLICY,
}


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    settings, table, signer = _wired()
    method = event.get("requestContext", {}).get("http", {}).get("method", "GET")
    token = (event.get("pathParameters") or {}).get("token", "")
    answer = check(token, table.find, int(time.time()))
    _log(Log(settings.log_level, {"request": context.aws_request_id}), method, answer)
    if answer.refusal or answer.link is None:
        return _refused(answer)
    if method == "HEAD":  # a scanner asks whether there is something; what we sign is for a GET only
        return {"statusCode": 200, "headers": _HEADERS}
    return {"statusCode": 302, "headers": {**_HEADERS, "location": signer.sign(answer.link)}}


def _refused(answer: Answer) -> dict[str, Any]:
    until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(answer.link.expires_at)) if answer.link else ""
    status, body = page(answer.refusal, until)
    return {
        "statusCode": status,
        "headers": {**_HEADERS, "content-type": "text/html; charset=utf-8"},
        "body": body,
    }


def _log(log: Log, method: str, answer: Answer) -> None:
    """One line a request: which mail and which file, never whose link it is. Only a GET is a click."""
    link = answer.link
    what = "link followed" if not answer.refusal else "link refused"
    fields = {"mail": link.mail, "object": link.object_key, "link": link.token_hash[:16]} if link else {}
    log.info(what, click=method == "GET" and not answer.refusal, method=method, why=answer.refusal, **fields)


@cache
def _wired() -> tuple[Settings, LinksTable, Signer]:
    """Settings and clients: made once, at the first call."""
    settings = Settings.from_env(os.environ)
    table = LinksTable(client("dynamodb"), settings.links_table)
    return settings, table, Signer(signing_client(), settings.attachments_bucket, settings.signed_url_seconds)
