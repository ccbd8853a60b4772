"""The page without a mouse, and as a screen reader hears it."""

from __future__ import annotations

import pytest

from tests.browser.window import Window
from tests.unit.status.page import scenes
from tests.unit.status.page.fake import World

UP, DOWN, LEFT, RIGHT, ESCAPE, ENTER, TAB, HOME, END = (
    "\ue013\ue015\ue012\ue014\ue00c\ue007\ue004\ue011\ue010"
)
READY = (
    "document.querySelector('#overview:not([hidden]) #numbers:not([aria-busy]) ~ div #last:not([aria-busy])')"
)


@pytest.fixture
def full(window: Window, world: World) -> dict[str, str]:
    """A day's messages, the overview open."""
    ids = scenes.full(world)
    window.open()
    window.until(READY)
    return ids


def test_a_walk(window: Window, full: dict[str, str]) -> None:
    """Search, list, message, back to the row, the other lists, and the search again, by keys alone."""
    window.press("/")
    assert window.focus() == "q"
    window.press("anna.berg@far.example", ENTER)
    window.until("document.querySelectorAll('#results .row').length === 13")
    window.press("j")
    assert window.focus() == "results-0"
    window.press("j", DOWN, DOWN, "k", UP)
    assert window.focus() == "results-1"
    window.press("j", ENTER)
    window.until("location.hash.startsWith('#message/') && document.querySelector('#message .timeline')")
    assert window.run("return document.activeElement.matches('#message h1')")
    length = window.run("return history.length")
    window.press(ESCAPE)
    window.until("location.hash === '#results' && document.activeElement.id === 'results-2'")
    assert window.run("return history.length") == length
    assert window.run("return document.querySelector('#views [aria-current=page]').hash") == "#results"
    window.press("f")
    window.until("location.hash === '#failures' && document.querySelectorAll('#failures .row').length === 8")
    window.press("s")
    window.until("location.hash === '#stuck' && document.querySelectorAll('#stuck .row').length === 2")
    window.press("o")
    window.until(READY)
    window.press("j", "j", ENTER)
    window.until("document.querySelector('#message:not([hidden]) .timeline')")
    window.driver.back()
    window.until("document.activeElement.id === 'failed-1'")
    assert window.complaints() == []


def test_letters_are_letters_where_one_types(window: Window, full: dict[str, str]) -> None:
    """No key of ours in the search, in a dialog, or together with Ctrl; Esc leaves the search."""
    window.press("/", "j?fso/r")
    assert window.run("return document.getElementById('q').value") == "j?fso/r"
    assert window.run("return location.hash") == ""
    window.press(ESCAPE)
    assert window.focus() == "main"
    window.press("?")
    assert window.run("return document.getElementById('keys').open")
    window.press("f")
    assert window.run("return location.hash") == ""
    window.press(ESCAPE)
    assert not window.run("return document.getElementById('keys').open")


def test_tab_goes_everywhere_and_is_seen(window: Window, full: dict[str, str]) -> None:
    """The skip link first; whatever has the focus shows it and is not under the bar."""
    window.press(TAB)
    assert window.focus() == "skip"
    assert window.run("return document.activeElement.getBoundingClientRect().top") >= 0
    seen = []
    for _ in range(60):
        window.press(TAB)
        if window.run("return document.activeElement === document.body"):
            break
        seen.append(
            window.run(
                "const it = document.activeElement; return it.id || it.getAttribute('href') || it.textContent"
            )
        )
        assert window.run(
            "const it = document.activeElement.matches('input[type=radio]') ? document.activeElement.nextElementSibling ?? document.activeElement : document.activeElement;"
            "const look = getComputedStyle(it); return parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== 'none'"
        ), seen[-1]
    assert [one for one in seen if one.startswith("#")][:4] == [
        "#overview",
        "#overview",
        "#failures",
        "#stuck",
    ]
    assert {"kind", "q", "go", "show-key", "show-keys", "chart", "#failures", "failed-0", "failed-7"} <= set(
        seen
    )
    window.press(TAB, ENTER)
    assert window.focus() == "main"
    assert window.run("return location.hash") == ""


def test_the_chart_is_read_by_its_keys(window: Window, full: dict[str, str]) -> None:
    """One stop of Tab; arrows, Home and End go by hours and are read out as they are shown."""
    window.run("document.getElementById('chart').focus()")
    chart = "const it = document.getElementById('chart'); return [it.getAttribute('role'), it.getAttribute('aria-valuenow'), it.getAttribute('aria-valuetext')]"
    window.press(END)
    role, now, last = window.run(chart)
    assert (role, now) == ("slider", "23")
    assert last.startswith(f"{window.run('return new Date().getUTCDate()')} ")
    window.press(LEFT, LEFT, LEFT, LEFT)
    assert window.run(chart)[1:][0] == "19"
    assert window.run(chart)[2].endswith("UTC: nothing")
    window.press(HOME)
    assert window.run(chart)[1] == "0"
    window.press(*[RIGHT] * 14)
    told = window.run(chart)[2]
    assert "% delivered;" in told
    assert "failed" in told
    assert window.run("return document.querySelector('.readout').textContent") == told
    window.press(END, RIGHT)
    assert window.run(chart)[1] == "23"


def test_the_chart_is_read_by_the_mouse_and_as_a_table(window: Window, full: dict[str, str]) -> None:
    """The hour under the pointer; a table has the same numbers."""
    window.run(
        "const it = document.getElementById('chart'), at = it.getBoundingClientRect();"
        "it.dispatchEvent(new PointerEvent('pointermove', { clientX: at.left + 46 + (at.width - 54) * 14.5 / 24, bubbles: true }))"
    )
    shown = window.run("return document.querySelector('.readout').textContent")
    assert (
        window.run("return document.querySelector('.canvas .column').getAttribute('visibility')") == "visible"
    )
    window.run("document.querySelector('#numbers details').open = true")
    row = window.run("return [...document.querySelectorAll('#numbers tbody tr')][9].innerText.split('\\t')")
    assert row[0].replace(",", "") in shown.replace(",", "")
    assert f"{row[2]} delivered, {row[3]} failed" in shown
    assert row[4] in shown
    assert window.run("return document.querySelectorAll('#numbers tbody tr').length") == 24
    window.run("document.getElementById('chart').dispatchEvent(new PointerEvent('pointerleave'))")
    assert window.run("return document.querySelector('.readout').textContent").startswith("Point at")


def test_channels_and_spans(window: Window, world: World, full: dict[str, str]) -> None:
    """E-mail and SMS apart; 7 and 30 days are asked for, and as many bars are drawn as can be seen."""
    tile = "return document.querySelector('#numbers .tile dd').textContent"
    both = int(window.run(tile).replace(",", ""))
    window.run("document.getElementById('channel-sms').click()")
    sms = int(window.run(tile).replace(",", ""))
    window.run("document.getElementById('channel-email').click()")
    assert int(window.run(tile).replace(",", "")) + sms == both
    window.run("document.getElementById('span-720').click()")
    window.until("document.querySelector('#numbers:not([aria-busy]) .canvas')")
    assert world.questions()[-1].path.endswith(("rates?hours=720", "failures?limit=8"))
    assert 0 < int(window.run("return document.getElementById('chart').getAttribute('aria-valuemax')")) < 180


def test_what_happens_is_said(window: Window, full: dict[str, str]) -> None:
    """How many were found, in a live region."""
    window.press("/", "gone@far.example", ENTER)
    window.until("document.getElementById('say').textContent === '2 messages'")
    assert window.run("return document.getElementById('say').getAttribute('aria-live')") == "polite"
    window.press("/", "nobody@far.example", ENTER)
    window.until("document.getElementById('say').textContent === 'No message found.'")


def test_recipients_are_gone_through(window: Window, full: dict[str, str]) -> None:
    """j and k go from one recipient to the next, Enter opens and closes; the arrows scroll as everywhere."""
    window.open(f"#message/{full['news']}")
    window.until("document.querySelectorAll('#message .person').length === 4")
    name = "return document.activeElement.querySelector('.to')?.textContent"
    window.press("j", "j")
    assert window.run(name) == "gone@far.example"
    window.press("k")
    assert window.run(name) == "bert@far.example"
    window.press(ENTER)
    assert not window.run("return document.activeElement.parentElement.open")
    window.press(DOWN)
    assert window.run(name) == "gone@far.example"
    window.run("document.activeElement.blur()")
    window.press(*[DOWN] * 5)
    window.until("scrollY > 0")
