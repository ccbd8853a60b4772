"""The click: an HTTP API request in, a redirect or a page out, and one line in the log."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lambda_src.links import handler
from lambda_src.links.aws import Files, LinksTable
from lambda_src.links.check import Verdict
from lambda_src.links.settings import Settings
from lambda_src.shared.clients import signing_client
from lambda_src.shared.links_table import Link, token_hash
from lambda_src.shared.settings import SettingsError

TOKEN = "A" * 43
NOW = 1_795_000_000
LINK = Link(
    token_hash(TOKEN), "m#v", "a@b.example", "attachments/x/1", "ä.pdf", "application/pdf", 5, "s",
    NOW - 600, NOW + 60, NOW + 99,
)  # fmt: skip
CONTEXT = SimpleNamespace(aws_request_id="r1")
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"}


class Bucket:
    """The attachments bucket of the tests: its files' verdict, and what was signed and looked at."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.looked: list[str] = []

    def scanned(self, object_key: str) -> Verdict:
        self.looked.append(object_key)
        return Verdict(self.status, "v7")

    def sign(self, link: Link, version: str = "") -> str:
        return f"https://signed/{link.object_key}?{version}"


def request(
    monkeypatch: pytest.MonkeyPatch,
    link: Link = LINK,
    method: str = "GET",
    token: str | None = TOKEN,
    verdict: str | None = None,
) -> tuple[dict[str, Any], Bucket]:
    """One request; `verdict` switches malware protection on, `token` None is the $default route."""
    settings = Settings("links", "bucket", 60, verdict is not None, "INFO")
    bucket = Bucket(verdict or "")
    table = SimpleNamespace(find={link.token_hash: link}.get)
    monkeypatch.setattr(handler, "_wired", lambda: (settings, table, bucket))
    monkeypatch.setattr(handler.time, "time", lambda: NOW)
    event: dict[str, Any] = {"requestContext": {"http": {"method": method}}, "headers": BROWSER}
    event |= {"pathParameters": {"token": token}} if token is not None else {}
    return handler.handle(event, CONTEXT), bucket


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one line that was written, but for its time."""
    (line,) = capsys.readouterr().out.splitlines()
    assert TOKEN not in line
    assert "a@b.example" not in line
    assert "Firefox" not in line
    return {name: value for name, value in json.loads(line).items() if name != "timestamp"}


def test_a_good_click(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A good click goes to the signed URL, costs no look at the file, and nothing of it is kept or passed on."""
    answer, bucket = request(monkeypatch)
    assert (answer["statusCode"], answer["headers"]["location"]) == (302, "https://signed/attachments/x/1?")
    assert bucket.looked == []
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    assert answer["headers"]["strict-transport-security"].startswith("max-age=")
    assert logged(capsys) == {
        "level": "INFO", "message": "link asked for", "request": "r1",
        "answer": "open", "who": "person", "because": "",
        "mail": "m#v", "object": "attachments/x/1", "link": LINK.token_hash[:16],
    }  # fmt: skip


def test_head_signs_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A HEAD, as scanners send it, is answered, signs nothing, and is no person."""
    answer, _ = request(monkeypatch, method="HEAD")
    assert answer["statusCode"] == 200
    assert "location" not in answer["headers"]
    line = logged(capsys)
    assert (line["answer"], line["who"], line["because"]) == ("open", "scanner", "asks with HEAD")


def test_a_scanner_gets_what_a_person_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is taken for a scanner is served alike: nobody is refused by a guess."""
    person, _ = request(monkeypatch)
    monkeypatch.setitem(BROWSER, "user-agent", "curl/8.5")
    assert request(monkeypatch)[0] == person


REFUSED = [
    ("revoked", replace(LINK, revoked_at=NOW), TOKEN, 410),
    ("expired", replace(LINK, expires_at=NOW), TOKEN, 410),
    ("unknown", LINK, "B" * 43, 404),
    ("unknown", LINK, "favicon.ico", 404),
    ("unknown", LINK, None, 404),
]


@pytest.mark.parametrize(("reason", "link", "token", "status"), REFUSED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    method: str,
    reason: str,
    link: Link,
    token: str | None,
    status: int,
) -> None:
    """A refused link, and any other path, gets a page that nobody keeps, and no location."""
    answer, _ = request(monkeypatch, link, method, token)
    headers = answer["headers"]
    assert answer["statusCode"] == status
    assert not {"location", "retry-after"} & set(headers)
    assert (headers["content-type"], headers["content-language"]) == ("text/html; charset=utf-8", "en")
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert logged(capsys)["answer"] == reason


def test_unknown_links_are_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess learns nothing from its answer: malformed, altered or never given out are the same to the byte."""
    answers = [
        request(monkeypatch, token=token)[0] for token in ("B" * 43, TOKEN[:-1] + "B", "x", "x" * 5000)
    ]
    assert all(answer == answers[0] for answer in answers)


SCANNED = [
    ("NO_THREATS_FOUND", 302, "open"),
    ("THREATS_FOUND", 410, "infected"),
    ("", 503, "checking"),
    ("UNSUPPORTED", 403, "unchecked"),
]


@pytest.mark.parametrize(("verdict", "status", "said"), SCANNED)
def test_malware_protection(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verdict: str, status: int, said: str
) -> None:
    """With malware protection a file opens when it was found clean, in the very version that was looked at."""
    answer, bucket = request(monkeypatch, verdict=verdict)
    assert answer["statusCode"] == status
    assert bucket.looked == ["attachments/x/1"]
    assert answer["headers"].get("location") == (
        "https://signed/attachments/x/1?v7" if status == 302 else None
    )
    assert answer["headers"].get("retry-after") == ("15" if status == 503 else None)
    assert logged(capsys)["answer"] == said


class Client:
    """DynamoDB and S3 as far as the function asks them; remembers what it was asked."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def get_item(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return self.answer

    get_object_tagging = get_item


def test_the_read_is_consistent() -> None:
    """The table is read consistently, so that a revocation counts at the next click."""
    client = Client({})
    assert LinksTable(client, "links").find("h") is None
    assert client.asked == [{"TableName": "links", "Key": {"token_hash": {"S": "h"}}, "ConsistentRead": True}]


OTHER, CLEAN = {"Key": "a", "Value": "b"}, {"Key": "GuardDutyMalwareScanStatus", "Value": "NO_THREATS_FOUND"}


@pytest.mark.parametrize(("tags", "status"), [([], ""), ([OTHER], ""), ([OTHER, CLEAN], "NO_THREATS_FOUND")])
def test_the_verdict_is_the_tag_of_the_newest_version(tags: list[dict[str, str]], status: str) -> None:
    """GuardDuty's tag is read from the newest version, and which version that is is kept."""
    client = Client({"TagSet": tags, "VersionId": "v3"})
    assert Files(client, "bucket", 60).scanned("attachments/x/1") == Verdict(status, "v3")
    assert client.asked == [{"Bucket": "bucket", "Key": "attachments/x/1"}]


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """Files with boto3's own signing, and keys of nobody."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    signing_client.cache_clear()
    yield Files(signing_client(), "bucket", 60)
    signing_client.cache_clear()


@pytest.mark.parametrize(("version", "expected"), [("", None), ("v7", ["v7"])])
def test_signed_for_a_minute(signer: Files, version: str, expected: list[str] | None) -> None:
    """The URL is of SigV4, for this object and version, for a minute, with disposition and type set."""
    url = urlsplit(signer.sign(LINK, version))
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("s3.eu-west-1.amazonaws.com", "/bucket/attachments/x/1")
    assert (query["X-Amz-Algorithm"], query["X-Amz-Expires"]) == (["AWS4-HMAC-SHA256"], ["60"])
    assert query["response-content-disposition"][0].endswith("filename*=UTF-8''%C3%A4.pdf")
    assert query["response-content-type"] == ["application/pdf"]
    assert query.get("versionId") == expected


GOOD = {
    "LINKS_TABLE": "links",
    "ATTACHMENTS_BUCKET": "bucket",
    "SIGNED_URL_SECONDS": "60",
    "MALWARE_PROTECTION": "true",
}
BAD = [
    ("SIGNED_URL_SECONDS", "4"),
    ("SIGNED_URL_SECONDS", "901"),
    ("LINKS_TABLE", ""),
    ("ATTACHMENTS_BUCKET", "a/b"),
    ("MALWARE_PROTECTION", ""),
    ("MALWARE_PROTECTION", "yes"),
]


def test_settings() -> None:
    """What Terraform sets is taken."""
    assert Settings.from_env(GOOD) == Settings("links", "bucket", 60, True, "INFO")


@pytest.mark.parametrize(("name", "value"), BAD)
def test_wrong_settings(name: str, value: str) -> None:
    """A missing or wrong variable is named."""
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**GOOD, name: value})
