"""The Lambda function `links`: an HTTP API request (payload 2.0) in; a redirect or a page out."""

import os
import time
from functools import cache
from typing import Any

from lambda_src.links.aws import Files, LinksTable
from lambda_src.links.check import Answer, check
from lambda_src.links.pages import CONTENT_SECURITY_POLICY, RETRY_SECONDS, page
from lambda_src.links.settings import Settings
from lambda_src.links.visitors import visitor
from lambda_src.shared.clients import client, signing_client
from lambda_src.shared.links_table import logged_hash
from lambda_src.shared.logs import Log

# Every request has one line with this message; `mailroom links clicks` reads them.
LOGGED_AS = "link asked for"
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": CONTENT_SECURITY_POLICY,
}


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    settings, table, files = _wired()
    # Any other path than /{token} comes here too, by the API's $default route, and has no token.
    token = (event.get("pathParameters") or {}).get("token", "")
    now = int(time.time())
    answer = check(token, table.find, now, files.scanned if settings.malware_protection else None)
    _log(Log(settings.log_level, {"request": context.aws_request_id}), event, answer, now)
    if answer.refusal or answer.link is None:
        return _refused(answer)
    if _method(event) == "HEAD":  # a scanner asks whether there is something; what we sign is for a GET only
        return {"statusCode": 200, "headers": _HEADERS}
    return {"statusCode": 302, "headers": {**_HEADERS, "location": files.sign(answer.link, answer.version)}}


def _refused(answer: Answer) -> dict[str, Any]:
    until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(answer.link.expires_at)) if answer.link else ""
    status, body = page(answer.refusal, until)
    about = {"content-type": "text/html; charset=utf-8", "content-language": "en"}
    later = {"retry-after": str(RETRY_SECONDS)} if status == 503 else {}
    return {"statusCode": status, "headers": {**_HEADERS, **about, **later}, "body": body}


def _log(log: Log, event: dict[str, Any], answer: Answer, now: int) -> None:
    """One line a request: which link, mail and file, by whom it seems; no address, token or User-Agent."""
    link = answer.link
    asked = visitor(_method(event), event.get("headers") or {}, now - link.created_at if link else None)
    fields = {"answer": answer.refusal or "open", "who": asked.who, "because": asked.because}
    if link:
        fields |= {"mail": link.mail, "object": link.object_key, "link": logged_hash(link.token_hash)}
    log.info(LOGGED_AS, **fields)


def _method(event: dict[str, Any]) -> str:
    return str(event.get("requestContext", {}).get("http", {}).get("method", "GET"))


@cache
def _wired() -> tuple[Settings, LinksTable, Files]:
    """Settings and clients: made once, at the first call."""
    settings = Settings.from_env(os.environ)
    table = LinksTable(client("dynamodb"), settings.links_table)
    return settings, table, Files(signing_client(), settings.attachments_bucket, settings.signed_url_seconds)
