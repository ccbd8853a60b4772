"""The colours of the inbox, read from its style sheet: everybody must be able to read them, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mailroom.local.inbox

CSS = (Path(mailroom.local.inbox.__file__).parent / "assets" / "inbox.css").read_text()
ENOUGH = 4.5
"""WCAG 2.2, 1.4.3 (AA): text against what is behind it."""
VISIBLE = 3.0
"""WCAG 2.2, 1.4.11 (AA): what shows where the focus is."""


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


LIGHT = colours(CSS.split("@media", 1)[0])
DARK = {**LIGHT, **colours(CSS.split("prefers-color-scheme: dark", 1)[1].split("box-sizing", 1)[0])}
TEXTS = [
    *[("ink", behind) for behind in ("ground", "card", "raised", "tint")],
    *[("soft", behind) for behind in ("ground", "card", "raised", "tint")],
    *[("accent", behind) for behind in ("ground", "card")],
    ("on-accent", "accent"),
    ("bad", "card"),
    *[(hue, behind) for hue in ("good", "bad", "warn", "spam", "calm", "info") for behind in (f"{hue}-tint", "card", "ground")],
]  # fmt: skip


def contrast(one: str, other: str) -> float:
    """The ratio of two colours as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_computed_right() -> None:
    """Black on white is 21, a colour on itself 1, and WebAIM's known grey just passes."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#123456", "#123456") == 1
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "behind"), TEXTS)
def test_text_can_be_read(theme: dict[str, str], text: str, behind: str) -> None:
    """Each colour of text on each ground that it stands on."""
    assert contrast(theme[text], theme[behind]) >= ENOUGH


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("behind", ["ground", "card", "tint"])
def test_the_focus_can_be_seen(theme: dict[str, str], behind: str) -> None:
    """The ring around what has it."""
    assert contrast(theme["ring"], theme[behind]) >= VISIBLE


def test_every_colour_is_named_twice() -> None:
    """By day and by night; a colour that only one of them has would be forgotten in the other."""
    assert set(colours(CSS.split("prefers-color-scheme: dark", 1)[1].split("box-sizing", 1)[0])) == set(LIGHT)


def test_the_style_sheet_loads_nothing() -> None:
    """No fonts, no pictures, no other sheet."""
    assert "url(" not in CSS
    assert "@import" not in CSS
