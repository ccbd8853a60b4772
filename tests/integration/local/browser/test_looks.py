"""How the inbox looks: on a desk, on a phone, by day and by night; and that everybody can use it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

Message = Callable[..., EmailMessage]
VIEWS = ("html", "text", "headers", "source", "files", "events")
NEWSLETTER = """<html><head><style>.btn{background:#2a5bd7;color:#fff;padding:12px 22px;border-radius:8px;
text-decoration:none;display:inline-block} @import url("https://fonts.example/x.css");</style></head>
<body bgcolor="#eef1f6" style="margin:0"><table width="600" align="center" cellpadding="0" cellspacing="0"
style="background:#fff;border-radius:12px;max-width:600px;width:100%;margin:24px auto"><tr><td style="padding:28px 32px">
<img src="cid:logo@mail.example" width="120" height="40" alt="Logo">
<h1 style="font-size:24px;margin:20px 0 8px">Your files are ready, Anna</h1>
<p style="color:#445">We took two attachments out of the mail that you got and keep them for 30 days.</p>
<p><a class="btn" href="https://links.mail.example/x/3f9a">See the files</a></p>
<img src="https://pixel.tracker.example/o.gif?u=1" width="1" height="1">
<img src="https://cdn.shop.example/banner.jpg" width="536" height="120" alt="A banner of our spring sale">
<p style="color:#667;font-size:13px">Questions? <a href="mailto:help@mail.example">Write to us</a>.</p>
</td></tr></table></body></html>"""


def png(width: int, height: int, blue: int) -> bytes:
    """A picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(
        b"\0" + b"".join(bytes((x % 256, y * 2 % 256, blue)) for x in range(width)) for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def letter(message: Message) -> EmailMessage:
    """A mail that has everything."""
    made = message(
        "Your files are ready",
        text="Your files are ready, Anna\n\nhttps://links.mail.example/x/3f9a\n",
        html=NEWSLETTER,
    )
    made["DKIM-Signature"] = (
        "v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple; s=tvqoc7jxk2; d=mail.example; t=1795781823; "
        "h=From:To:Subject:MIME-Version; bh=g3zLYH4xKxcPrHOD18z9YfpQcnk/GaJedfustWU5uGs=; b=Zr8kRwQkVwYk0m1Yp0b1p2d2o7N2=="
    )
    made["Reply-To"] = "=?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <juergen@mail.example>"
    html = list(made.iter_parts())[1]
    html.add_related(png(120, 40, 215), "image", "png", cid="<logo@mail.example>", filename="logo.png")
    made.add_attachment(
        b"%PDF-1.7 " * 9000, maintype="application", subtype="pdf", filename="drawing 12, second floor.pdf"
    )
    made.add_attachment(png(160, 120, 180), maintype="image", subtype="png", filename="photo.png")
    long = "a-file-name-that-does-not-want-to-end-and-goes-on-and-on-until-nobody-reads-it.csv"
    made.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename=long)
    return made


SUBJECTS = (
    "Welcome aboard", "Your invoice 2026-1142 of November", "Re: delivery window on Thursday", "Password reset",
    "Weekly digest: 14 new orders", "Ihre Bestellung wurde versandt",
    "Reminder: sensor 12 has not reported for two days and nobody has looked at it since Monday morning",
    "Averyveryverylongwordthatnobodywouldeverwriteandstillsomebodydidandsentittoeverybodyintheworld",
)  # fmt: skip


def ordinary(post: Any, message: Message) -> None:
    """Five days of mails that were delivered."""
    for number in range(120):
        to = f"person{number}@far.example"
        made = message(
            SUBJECTS[number % len(SUBJECTS)], text=f"Hello,\n\nthis is number {number}, with some words."
        )
        sent = post.send(
            made,
            to=(to,),
            minutes_ago=60 * (120 - number),
            configuration_set="inbound" if number % 3 else "transactional",
        )
        post.tell(
            sent,
            "Delivery",
            recipients=[to],
            smtpResponse="250 2.6.0 Message received",
            processingTimeMillis=880,
        )


def troubled(post: Any, message: Message) -> str:
    """One mail that came back, whose id it is, and one that is late."""
    bounced = post.send(
        message("Your parcel could not be delivered"),
        to=("gone@far.example",),
        minutes_ago=42,
        configuration_set="transactional",
    )
    unknown = {
        "emailAddress": "gone@far.example",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 User unknown",
    }
    post.tell(
        bounced, "Bounce", 1.3, bounceType="Permanent", bounceSubType="General", bouncedRecipients=[unknown]
    )
    slow = post.send(
        message("Statement for October"),
        to=("slow@far.example",),
        minutes_ago=31,
        configuration_set="inbound",
    )
    post.tell(
        slow,
        "DeliveryDelay",
        61,
        delayType="MailboxFull",
        delayedRecipients=[{"emailAddress": "slow@far.example"}],
    )
    return str(bounced)


def newsletter(post: Any, message: Message) -> str:
    """A mail to four people, to whom different things happened; its id."""
    people = ("anna@far.example", "bert@far.example", "carl@far.example", "dora@far.example")
    news = post.send(
        message("November newsletter", html="<p>News"), sender="news@mail.example", to=people, minutes_ago=12,
        suppressed=people[3:], configuration_set="newsletter", tags=(("campaign", "november"),),
    )  # fmt: skip
    post.tell(news, "Send")
    post.tell(news, "Delivery", 0.8, recipients=list(people[:2]), smtpResponse="250 ok")
    post.tell(news, "Delivery", 4.1, recipients=[people[2]], smtpResponse="250 ok")
    post.tell(news, "Open", 95, ipAddress="192.0.2.7", userAgent="Mozilla/5.0 Thunderbird/140.0")
    post.tell(news, "Click", 107, ipAddress="192.0.2.7", link="https://shop.mail.example/november")
    post.tell(
        news,
        "Complaint",
        410,
        complaintFeedbackType="abuse",
        complainedRecipients=[{"emailAddress": people[1]}],
    )
    return str(news)


@pytest.fixture
def full(post: Any, message: Message) -> dict[str, str]:
    """An inbox as it is after a day's work; some of its ids by name."""
    ordinary(post, message)
    bounced = troubled(post, message)
    news = newsletter(post, message)
    whole = post.send(letter(message), minutes_ago=2, configuration_set="inbound")
    post.tell(whole, "Delivery", 0.7, recipients=["anna@far.example"])
    return {"news": news, "whole": whole, "bounced": bounced}


def pages(full: dict[str, str]) -> dict[str, str]:
    """Every kind of page by name."""
    views = {view: f"/{full['whole']}?view={view}" for view in VIEWS}
    return {
        "full": "", "older": "?page=1", "found": "?q=is%3Abounced", "none": "?q=nothing+at+all", "problem": "?q=is%3Alost",
        "gone": "/no-such-mail", **views, "timeline": f"/{full['news']}?view=events",
    }  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_everybody_can_use_every_page(window: Any, full: dict[str, str], theme: str, device: str) -> None:
    """Contrast as computed, names and labels, one heading, no doubled ids, 44 pixels to touch, nothing sideways."""
    phone = device == "phone"
    window.size(360 if phone else 1280, 740 if phone else 860, phone=phone)
    window.media(prefers_color_scheme=theme, prefers_reduced_motion="reduce")
    for name, path in pages(full).items():
        window.open(path)
        for details in ("", "for (const one of document.querySelectorAll('details')) one.open = true;"):
            window.run(details)
            faults = window.faults(44 if phone else 24)
            assert faults == [], f"{name}, {theme}, {device}"
    window.open()
    window.press("?")
    assert window.faults() == []
    heard = [one for one in window.complaints() if "no-such-mail" not in one]
    assert heard == []


@pytest.mark.parametrize("width", [320, 412, 768, 1920])
def test_nothing_is_wider_than_the_window(window: Any, full: dict[str, str], width: int) -> None:
    """From the smallest phone to a wide desk, long words and names included."""
    window.size(width, 740, phone=width < 800)
    for name, path in pages(full).items():
        window.open(path)
        assert window.run("return document.documentElement.scrollWidth - innerWidth") <= 0, (
            f"{name} at {width}"
        )


def test_motion_can_be_turned_off(window: Any, full: dict[str, str]) -> None:
    """Who wants none sees none."""
    window.media(prefers_reduced_motion="reduce")
    for path in ("", f"/{full['whole']}"):
        window.open(path)
        moving = window.run(
            "return [...document.querySelectorAll('*')].filter(one => { const look = getComputedStyle(one);"
            "return look.animationName !== 'none' || parseFloat(look.transitionDuration) > 0 }).length"
        )
        assert moving == 0


def test_it_works_without_its_script(window: Any, full: dict[str, str]) -> None:
    """Search, pages, mails and views, with JavaScript off."""
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    late = [
        NoSuchElementException,
        StaleElementReferenceException,
    ]  # the page before it is still there, or gone

    def says(place: str, words: str) -> Any:
        """What is at a place of the page once it says these words."""
        waiting = WebDriverWait(window.driver, 10, ignored_exceptions=late)
        return waiting.until(
            lambda driver: words in (one := driver.find_element(By.CSS_SELECTOR, place)).text and one
        )

    window.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        window.open()
        says("header", "local inbox")
        assert not window.driver.find_element(By.ID, "show-keys").is_displayed()
        window.driver.find_element(By.ID, "q").send_keys("is:bounced\n")
        says("#count", "1 mail")
        says(".row a", "min ago").click()
        says("h1", "Your parcel could not be delivered")
        says("#tab-events", "Events").click()
        says("#panel", "User unknown")
        says("#back", "Found mail").click()
        says("#count", "1 mail")
        assert window.driver.current_url.partition("#")[0].endswith("?q=is%3Abounced")
        window.shot("without-script")
    finally:
        window.command("Emulation.setScriptExecutionDisabled", value=False)


def test_screenshots(window: Any, post: Any, full: dict[str, str]) -> None:
    """For people: the list, a mail and its timeline, each on a desk and a phone, by day and by night."""
    for theme in ("light", "dark"):
        window.media(prefers_color_scheme=theme)
        for device, width, height in (("desk", 1280, 860), ("phone", 360, 740)):
            window.size(width, height, phone=device == "phone")
            for name in ("full", "html", "text", "headers", "files", "timeline", "none"):
                window.open(pages(full)[name])
                assert window.shot(f"{name}-{device}-{theme}").stat().st_size > 10_000
    assert window.complaints() == []


def test_screenshot_of_an_empty_inbox(window: Any) -> None:
    """The first thing that anybody sees."""
    window.open()
    assert window.shot("empty").stat().st_size > 10_000
    assert window.faults() == []
    window.size(360, 740, phone=True)
    assert window.shot("empty-phone").stat().st_size > 10_000
    assert window.run("return document.documentElement.scrollWidth") == 360


def test_html_is_looked_at_in_other_widths(window: Any, full: dict[str, str]) -> None:
    """The frame as wide as a phone, chosen by keys as any radio button."""
    window.open(f"/{full['whole']}?view=html")
    width = "return document.querySelector('iframe').getBoundingClientRect().width"
    assert window.run(width) > 900
    window.run("document.getElementById('w-full').focus()")
    window.press("\ue014", "\ue014")
    window.until("document.getElementById('w-360').checked")
    window.until("document.querySelector('iframe').getBoundingClientRect().width === 360")
