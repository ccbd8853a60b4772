"""The pages for links that do not lead to their files."""

from html.parser import HTMLParser

import pytest

from lambda_src.links.pages import CONTENT_SECURITY_POLICY, REFUSALS, page


class Reader(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


STATUS = {"unknown": 404, "expired": 410, "revoked": 410, "infected": 410, "checking": 503, "unchecked": 403}


def test_every_reason_has_its_page() -> None:
    """Each reason has a status, and words of its own."""
    assert {reason: refusal.status for reason, refusal in REFUSALS.items()} == STATUS
    assert len({refusal.title for refusal in REFUSALS.values()}) == len(REFUSALS)


@pytest.mark.parametrize("reason", REFUSALS)
def test_pages(reason: str) -> None:
    """Each page says why and what to do, for a phone, light and dark, without script or outside resource."""
    status, source = page(reason, "1 May <2026>")
    read = Reader(source)
    assert status == STATUS[reason]
    assert ("eply to the mail" in read.text) == (reason != "checking")
    assert not {"script", "img", "iframe", "form"} & set(read.tags)
    assert [value for name, value in read.attributes if name in ("src", "href")] == ["data:,"]
    assert not any(name.startswith("on") for name, _ in read.attributes)
    assert "width=device-width" in source
    assert "prefers-color-scheme: dark" in source
    assert 'lang="en"' in source
    assert ("1 May <2026>" in read.text) == (reason == "expired")
    assert "{" not in read.text.partition("</style>")[2]


@pytest.mark.parametrize("reason", REFUSALS)
def test_only_what_is_being_checked_asks_again(reason: str) -> None:
    """The page of a file that is being checked loads itself again, without a script; no other does."""
    assert (("http-equiv", "refresh") in Reader(page(reason)[1]).attributes) == (reason == "checking")


def test_the_policy_allows_the_style_alone() -> None:
    """Nothing may be loaded, run, framed or sent from a page; its own style and an empty icon are allowed."""
    directives = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert directives.pop("style-src") == "'unsafe-inline'"
    assert directives.pop("img-src") == "data:"
    assert set(directives) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert set(directives.values()) == {"'none'"}
