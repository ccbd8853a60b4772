"""Clicks on links, against what Terraform made."""

import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from lambda_src.shared.links_table import token_hash
from mailroom.demo import post
from mailroom.environment import Environment

NOW = int(time.time())


def put(environment: Environment, token: str, **changes: int) -> str:
    """A link to a stored file, made by hand; answers its URL."""
    environment.client("s3").put_object(
        Bucket=environment.output("attachments_bucket"),
        Key="attachments/test/1",
        Body=b"<script>alert(1)</script>",
    )
    values = {"size": 25, "created_at": NOW, "expires_at": NOW + 86400, "removed_at": NOW + 90000, **changes}
    item: dict[str, Any] = {name: {"N": str(value)} for name, value in values.items()}
    texts = {
        "token_hash": token_hash(token), "mail": "incoming/x#1", "recipient": "a@x.example", "sha256": "0" * 64,
        "object_key": "attachments/test/1", "name": "../pay\r\nload <1>.html", "content_type": "text/html",
    }  # fmt: skip
    item |= {name: {"S": value} for name, value in texts.items()}
    environment.client("dynamodb").put_item(TableName=environment.output("links_table"), Item=item)
    return f"{environment.output('links_url')}/{token}"


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
    with urllib.request.urlopen(urllib.request.Request(put(environment, "h" * 43), method="HEAD")) as answer:
        assert (answer.status, answer.headers["Location"]) == (200, None)
    unknown = urllib.request.Request(f"{environment.output('links_url')}/{'n' * 43}", method="HEAD")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(unknown)
    assert refused.value.code == 404


@pytest.mark.parametrize(
    ("token", "changes", "status", "words"),
    [
        ("e" * 43, {"expires_at": NOW - 1}, 410, "expired"),
        ("r" * 43, {"revoked_at": NOW - 1}, 410, "withdrawn"),
    ],
)
def test_a_dead_link_says_why(
    environment: Environment, token: str, changes: dict[str, int], status: int, words: str
) -> None:
    """An expired and a revoked link each answer 410 with a page that says which it is."""
    click = post.click(put(environment, token, **changes))
    assert click.status == status
    assert words in click.page


@pytest.mark.parametrize("token", ["u" * 43, "short", "x" * 5000, "%2e%2e%2fetc"])
def test_a_guessed_link_is_unknown(environment: Environment, token: str) -> None:
    """A token that was never given out, whatever its form, answers 404 with a page (414 when it is too long)."""
    click = post.click(f"{environment.output('links_url')}/{token}")
    assert click.status in (404, 414)


def test_a_signed_address_of_another_role_is_no_way_around(environment: Environment) -> None:
    """Without a signature S3 gives nothing away, and a changed signature is refused."""
    bucket = environment.output("attachments_bucket")
    put(environment, "s" * 43)
    signed = environment.client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "attachments/test/1"}, ExpiresIn=60
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(signed[:-6] + "000000")
    assert refused.value.code == 403
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(signed.partition("?")[0])
    assert refused.value.code == 403
