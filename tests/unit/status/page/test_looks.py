"""How the page looks: on a desk and a phone, by day and by night, empty, full and in trouble; and that everybody can use it."""

from __future__ import annotations

import pytest

from tests.browser.window import Window
from tests.unit.status.page import scenes
from tests.unit.status.page.fake import World

ENTER, ESCAPE = "\ue007", "\ue00c"
SETTLED = "document.querySelector('.view:not([hidden])') && !document.querySelector('.view:not([hidden]) [aria-busy]')"


@pytest.fixture
def full(world: World) -> dict[str, str]:
    """A day's messages; ids by name."""
    return scenes.full(world)


def look(window: Window, hash: str = "") -> None:
    """A view, loaded anew and settled."""
    window.driver.get("about:blank")
    window.open(hash)
    window.until(SETTLED)


def found(window: Window, typed: str) -> None:
    """What a search shows."""
    look(window)
    window.press("/", typed, ENTER)
    window.until(
        "location.hash !== '' && document.querySelector('#results:not([hidden]) :is(.row, .nothing)')"
    )


def views(full: dict[str, str]) -> dict[str, str]:
    """Every kind of view by name."""
    return {
        "full": "", "failures": "#failures", "stuck": "#stuck", "timeline": f"#message/{full['full']}",
        "several": f"#message/{full['news']}", "sms": f"#message/{full['silent']}", "missing": "#message/no-such-message",
    }  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_everybody_can_use_every_view(window: Window, full: dict[str, str], theme: str, device: str) -> None:
    """Contrast as computed, names and labels, one heading, no doubled ids, 44 pixels to touch, nothing sideways."""
    phone = device == "phone"
    window.size(360 if phone else 1280, 740 if phone else 860, phone=phone)
    window.media(prefers_color_scheme=theme, prefers_reduced_motion="reduce")
    least = 44 if phone else 24
    for name, hash in views(full).items():
        look(window, hash)
        for details in ("", "for (const one of document.querySelectorAll('details')) one.open = true;"):
            window.run(details)
            assert window.faults(least) == [], f"{name}, {theme}, {device}"
    for typed in ("anna.berg@far.example", "nobody@far.example"):
        found(window, typed)
        assert window.faults(least) == [], f"{typed}, {theme}, {device}"
    window.run("document.getElementById('show-keys').click()")
    assert window.faults(least) == []
    window.press(ESCAPE)
    window.run("document.getElementById('show-key').click()")
    assert window.faults(least) == []
    assert [one for one in window.complaints() if "no-such-message" not in one] == []


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_is_wider_than_the_window(
    window: Window, world: World, full: dict[str, str], width: int
) -> None:
    """From the smallest phone to a wide desk, long words, ids and names included."""
    long = "averyveryverylongnamethatnobodywouldeverchooseandstillsomebodydid@a-domain-that-does-not-want-to-end.example"
    world.tell(
        "m" * 200, long, "send", 3, facts={**scenes.FROM, "campaign_id": "c" * 200, "reference": "r" * 200}
    )
    world.tell("m" * 200, long, "hardbounce", 2, "x" * 900, kind="Permanent")
    window.size(width, 740, phone=width < 800)
    for name, hash in {**views(full), "long": f"#message/{'m' * 200}"}.items():
        look(window, hash)
        window.run("for (const one of document.querySelectorAll('details')) one.open = true")
        assert window.run("return document.documentElement.scrollWidth - innerWidth") <= 0, (
            f"{name} at {width}"
        )
        assert window.run("return innerWidth") == width, f"{name} at {width}"


def test_the_chart_fits_its_place(window: Window, full: dict[str, str]) -> None:
    """It is drawn anew when the window changes, and never beyond it."""
    look(window)
    for width in (1280, 360, 800):
        window.size(width, 740)
        window.until(
            "Math.abs(document.querySelector('.canvas svg').getBoundingClientRect().width - document.querySelector('.canvas').clientWidth) < 2"
        )
        assert (
            window.run(
                "return [...document.querySelectorAll('.canvas svg *')].filter((one) => one.getBoundingClientRect().right > innerWidth).length"
            )
            == 0
        )


def test_motion_can_be_turned_off(window: Window, full: dict[str, str]) -> None:
    """Who wants none sees none."""
    window.media(prefers_reduced_motion="reduce")
    for hash in ("", f"#message/{full['news']}"):
        look(window, hash)
        moving = window.run(
            "return [...document.querySelectorAll('*')].filter((one) => { const look = getComputedStyle(one);"
            "return look.animationName !== 'none' || parseFloat(look.transitionDuration) > 0 }).length"
        )
        assert moving == 0


def test_without_scripts_it_says_so(window: Window) -> None:
    """What is needed, and the command that does without."""
    window.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        window.open()
        from selenium.webdriver.common.by import By

        assert "mailroom status show" in window.driver.find_element(By.ID, "main").text
    finally:
        window.command("Emulation.setScriptExecutionDisabled", value=False)


DEVICES = (("", 1280, 860), ("-phone", 360, 740))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screenshots(window: Window, full: dict[str, str], theme: str) -> None:
    """For people: every view on a desk and a phone, by day and by night."""
    window.media(prefers_color_scheme=theme)
    after = "" if theme == "light" else f"-{theme}"
    for device, width, height in DEVICES:
        window.size(width, height, phone=bool(device))
        for name in ("full", "failures", "timeline", "several", "sms"):
            look(window, views(full)[name])
            window.shot(f"status-{name}{device}{after}".replace("full-", ""))
        found(window, "anna.berg@far.example")
        window.shot(f"status-found{device}{after}")
    assert window.complaints() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screenshots_of_less_happy_moments(window: Window, world: World, theme: str) -> None:
    """Empty, asking for the key, refused, failed, and the help."""
    window.media(prefers_color_scheme=theme)
    after = "" if theme == "light" else f"-{theme}"
    for device, width, height in DEVICES:
        window.size(width, height, phone=bool(device))
        look(window)
        window.shot(f"status-empty{device}{after}")
        found(window, "nobody@far.example")
        window.shot(f"status-none{device}{after}")
        window.run("document.getElementById('show-keys').click()")
        window.shot(f"status-help{device}{after}")
        world.trouble["/rates"] = [
            (
                500,
                {},
                '{"error":"internal_error","message":"Something went wrong here. The operator finds the reason in the log under 5f1c."}',
            )
        ]
        world.trouble["/failures"] = [(429, {"retry-after": "0.01"}, '{"message":"Too Many Requests"}')] * 3
        look(window)
        window.until("document.querySelectorAll('.fault').length === 2")
        assert window.faults() == []
        window.shot(f"status-error{device}{after}")
        world.trouble.clear()
        world.key = "k-1"
        look(window)
        window.until("document.getElementById('key').open")
        assert window.faults() == []
        window.shot(f"status-key{device}{after}")
        world.key = ""
