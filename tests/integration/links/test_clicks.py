"""Clicks on links, against what Terraform made."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import replace
from email.message import Message
from typing import Any

import pytest
from typer.testing import CliRunner

from lambda_src.shared.links_table import Link, to_item, token_hash
from mailroom.environment import Environment
from mailroom.links import app
from mailroom.local.cloud import LocalCloud

NOW = int(time.time())
KEY = "attachments/test/1"
LINK = Link(
    "", "incoming/x#1", "a@x.example", KEY, "../pay\r\nload <1>.html", "text/html", 25, "0" * 64,
    NOW - 600, NOW + 86400, NOW + 90000,
)  # fmt: skip
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def put(environment: Environment, token: str, **changes: Any) -> str:
    """A link to a stored file, made by hand; answers its URL."""
    environment.client("s3").put_object(
        Bucket=environment.output("attachments_bucket"), Key=KEY, Body=b"<script>alert(1)</script>"
    )
    link = replace(LINK, token_hash=token_hash(token), **changes)
    environment.client("dynamodb").put_item(TableName=environment.output("links_table"), Item=to_item(link))
    return f"{environment.output('links_url')}/{token}"


def ask(url: str, method: str = "GET", agent: str = BROWSER) -> tuple[int, Message, str]:
    """One request, redirects not followed: status, headers, page."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *arguments: Any) -> None:
            return None

    request = urllib.request.Request(url, method=method, headers={"User-Agent": agent})
    try:
        with urllib.request.build_opener(Stay).open(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.headers, problem.read().decode()


def command(cloud: LocalCloud, *arguments: str) -> Any:
    """What a command of `mailroom links` answers in JSON."""
    result = CliRunner().invoke(app, [*arguments, "--json", "--name", cloud.name], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_an_open_link_brings_the_file_and_nothing_that_harms(environment: Environment) -> None:
    """A link to an HTML file with a hostile name is a download of a harmless type with a safe name."""
    with urllib.request.urlopen(put(environment, "o" * 43)) as answer:
        assert answer.read() == b"<script>alert(1)</script>"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert not any(bad in disposition for bad in ("\r", "\n", "/", "<"))


def test_a_scanner_that_only_asks_is_answered(environment: Environment) -> None:
    """A HEAD on an open link is answered without a signed address; on an unknown one it is 404."""
    status, headers, _ = ask(put(environment, "h" * 43), "HEAD")
    assert (status, headers["Location"]) == (200, None)
    assert ask(f"{environment.output('links_url')}/{'n' * 43}", "HEAD")[0] == 404


@pytest.mark.parametrize(
    ("token", "changes", "words"),
    [("e" * 43, {"expires_at": NOW - 1}, "expired"), ("r" * 43, {"revoked_at": NOW - 1}, "withdrawn")],
)
def test_a_dead_link_says_why(
    environment: Environment, token: str, changes: dict[str, int], words: str
) -> None:
    """An expired and a revoked link each answer 410 with a page that says which it is."""
    status, _, page = ask(put(environment, token, **changes))
    assert status == 410
    assert words in page


@pytest.mark.parametrize("token", ["u" * 43, "short", "%2e%2e%2fetc", "o" * 42 + "0", "O" * 43])
def test_a_guessed_link_is_unknown(environment: Environment, token: str) -> None:
    """A token that was never given out, or was altered, answers 404 with a page."""
    put(environment, "o" * 43)
    status, _, page = ask(f"{environment.output('links_url')}/{token}")
    assert status == 404
    assert "not known" in page


def test_a_very_long_token_is_refused(environment: Environment) -> None:
    """A token of 5,000 characters is unknown, or too long for the API."""
    assert ask(f"{environment.output('links_url')}/{'x' * 5000}")[0] in (404, 414)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/a/b", f"/a/{'o' * 43}"])
def test_any_other_path_is_our_page(environment: Environment, method: str, path: str) -> None:
    """Whoever cut a link to its host, or added to it, sees our page and not the API's JSON."""
    status, headers, page = ask(environment.output("links_url") + path, method)
    assert status == 404
    assert headers["Content-Type"].startswith("text/html")
    assert "This link is not known" in page


def test_a_signed_address_of_another_role_is_no_way_around(environment: Environment) -> None:
    """Without a signature S3 gives nothing away, and a changed signature is refused."""
    put(environment, "s" * 43)
    signed = environment.client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": environment.output("attachments_bucket"), "Key": KEY}, ExpiresIn=60
    )
    assert ask(signed)[0] == 200
    assert ask(signed[:-6] + "000000")[0] == 403
    assert ask(signed.partition("?")[0])[0] == 403


def test_a_revoked_link_is_refused_within_a_second(environment: Environment, cloud: LocalCloud) -> None:
    """The first click after a revocation is refused, a second at the latest; restored, the link opens again."""
    url = put(environment, "v" * 43)
    assert ask(url)[0] == 302
    assert command(cloud, "revoke", url)["revoked"] == 1
    asked = time.monotonic()
    status = ask(url)[0]
    assert (status, time.monotonic() - asked < 1) == (410, True)
    assert command(cloud, "restore", url)["restored"] == 1
    assert ask(url)[0] == 302


def test_links_are_found_by_recipient_and_by_file(environment: Environment, cloud: LocalCloud) -> None:
    """The commands find a recipient's links in any letters, and a file's, by the table's indexes."""
    put(
        environment,
        "i" * 43,
        recipient="Index@X.example",
        object_key="attachments/index/1",
        mail="incoming/i#1",
    )
    found = command(cloud, "list", "--recipient", "INDEX@x.example")
    assert [row["object_key"] for row in found] == ["attachments/index/1"]
    assert command(cloud, "list", "--attachment", "attachments/index/1") == found
    assert command(cloud, "list", "--message", "incoming/i#1") == found


def test_who_clicked(environment: Environment, cloud: LocalCloud) -> None:
    """A person's click and a scanner's look are told apart, and who has not opened anything is named."""
    mail = "incoming/clicks#1"
    ann = put(environment, "a" * 43, mail=mail, recipient="ann@x.example")
    bob = put(environment, "b" * 43, mail=mail, recipient="bob@x.example")
    put(environment, "c" * 43, mail=mail, recipient="carol@x.example")
    ask(bob, "HEAD")
    ask(bob, agent="curl/8.5")
    ask(ann)
    found = command(cloud, "clicks", "--message", mail)
    assert [row["recipient"] for row in found["people"]] == ["ann@x.example"]
    assert [(row["recipient"], row["because"]) for row in found["scanners"]] == [
        ("bob@x.example", "asks with HEAD"),
        ("bob@x.example", "User-Agent of a program"),
    ]
    assert found["not_opened"] == ["bob@x.example", "carol@x.example"]
