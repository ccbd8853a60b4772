"""The inbox without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

Message = Callable[..., EmailMessage]
UP, DOWN, LEFT, RIGHT, ESCAPE, ENTER, TAB = "\ue013\ue015\ue012\ue014\ue00c\ue007\ue004"


@pytest.fixture
def ids(post: Any, message: Message) -> list[str]:
    """Three mails with all views, the newest first."""
    sent = [
        post.send(message(f"Number {number}", text="The text", html="<p>The HTML"), minutes_ago=10 - number)
        for number in range(3)
    ]
    return sent[::-1]


def test_a_walk_through_the_inbox(window: Any, ids: list[str]) -> None:
    """List, mail, its views, the next mail, back to where one was, search, and out of it."""
    first, second, third = ids
    window.open()
    window.press("j")
    assert window.focus() == f"m-{first}"
    window.press(DOWN, "j", "j")
    assert window.focus() == f"m-{third}"
    window.press("k", UP, UP)
    assert window.focus() == f"m-{first}"
    window.press("j", ENTER)
    window.until("location.pathname.endsWith(arguments[0])", second)
    assert window.run("return document.querySelector('[aria-current=page]').id") == "tab-html"
    for view in ("text", "headers", "source", "events"):
        window.press(RIGHT)
        window.until("location.search === arguments[0]", f"?view={view}")
        window.until("document.activeElement.id === arguments[0]", f"tab-{view}")
    window.press(RIGHT)  # there is no further one
    window.press(LEFT)
    window.until("location.search === '?view=source'")
    window.press("j")
    window.until("location.pathname.endsWith(arguments[0])", third)
    window.press("k")
    window.until("location.pathname.endsWith(arguments[0])", second)
    window.press(ESCAPE)
    window.until("document.activeElement.id === arguments[0]", f"m-{second}")
    window.press("/")
    assert window.focus() == "q"
    window.press("subject:2", ENTER)
    window.until("location.search === '?q=subject%3A2'")
    window.until("document.querySelectorAll('.row').length === 1")
    window.press("j", ENTER)
    window.until("location.pathname.endsWith(arguments[0])", first)
    window.press(ESCAPE)
    window.until(
        "location.search === '?q=subject%3A2' && document.activeElement.id === arguments[0]", f"m-{first}"
    )
    window.press("g")
    window.until("location.search === '' && document.querySelectorAll('.row').length === 3")
    assert window.complaints() == []


def test_back_leads_to_the_list(window: Any, ids: list[str]) -> None:
    """Views that were looked at are no stops on the way back."""
    window.open()
    window.press("j", ENTER)
    window.until("document.querySelector('#tabs')")
    window.press(RIGHT)
    window.until("location.search === '?view=text'")
    window.driver.back()
    window.until("document.querySelector('#mails')")


def test_keys_are_told_and_left_alone_where_one_types(window: Any, ids: list[str]) -> None:
    """? lists them, Escape closes the list; letters in the search are letters; shortcuts of the browser stay."""
    window.open()
    window.press("?")
    assert window.run("return document.getElementById('keys').open")
    window.press("j")
    assert window.run("return document.getElementById('keys').open")
    window.press(ESCAPE)
    assert not window.run("return document.getElementById('keys').open")
    window.press("/", "j", "?", "k")
    assert window.run("return document.getElementById('q').value") == "j?k"
    window.press(ESCAPE)
    assert window.focus() == "main"


def test_tab_goes_everywhere_and_is_seen(window: Any, ids: list[str]) -> None:
    """The skip link first, then each thing once; whatever has the focus shows it."""
    window.open()
    window.press(TAB)
    assert window.run("return document.activeElement.className") == "skip"
    assert window.run("return document.activeElement.getBoundingClientRect().top") >= 0
    seen = []
    for _ in range(40):
        window.press(TAB)
        if window.run("return document.activeElement === document.body"):
            break
        seen.append(window.focus() or window.run("return document.activeElement.className"))
        visible = window.run(
            "const look = getComputedStyle(document.activeElement);"
            "return parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== 'none'"
        )
        assert visible, seen[-1]
    assert [one for one in seen if one.startswith("m-")] == [f"m-{one}" for one in ids]
    assert {"brand", "q", "show-keys"} <= set(seen)
    window.open()
    window.press(TAB, ENTER, TAB)
    assert window.run("return Boolean(document.activeElement.closest('main'))")


def test_arrows_scroll_a_mail(window: Any, post: Any, message: Message) -> None:
    """Up and down do in a mail what they do everywhere; j and k go to other mails."""
    sent = post.send(message("Long", text="line\n" * 400))
    window.open(f"/{sent}")
    window.press(*[DOWN] * 5)
    window.until("window.scrollY > 0")
    assert window.run("return location.pathname").endswith(sent)
