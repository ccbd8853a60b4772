"""A headless Chromium and what tests do with it, for every page of ours.

Skipped, with a line for each file, where there is no Chromium. Selenium drives the one that is there and
downloads none.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailroom import paths

CHECKS = (Path(__file__).parent / "checks.js").read_text()
SHOTS = paths.BUILD / "screenshots"
NO_BROWSER = "no Chromium with its chromedriver here: apt-get install chromium chromium-driver"


def find(*names: str) -> str:
    """The first of these programs that is there, "" for none."""
    return next(filter(None, map(shutil.which, names)), "")


# The shell draws the same in half the time: it is Chromium without what a person sees around a page. Debian's
# script on the PATH starts it as a child, which outlives the script.
SHELL = "/usr/lib/chromium/chromium-headless-shell"
BROWSER = find(SHELL, "chromium", "chromium-browser", "google-chrome")
DRIVER = find("chromedriver")


LEAN = (
    "process-per-site",
    "renderer-process-limit=1",
    "disable-features=SpareRendererForSitePerProcess,BackForwardCache",
    "disable-extensions",
    "disable-background-networking",
    "disable-component-update",
)
"""A process for each page and what a person's browser does besides take a sixth of the time."""


def skip_without(items: list[pytest.Item]) -> None:
    """Skip those that need a browser where there is none."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()) and not (BROWSER and DRIVER):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of this test run."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("headless=new", "disable-dev-shm-usage", "no-first-run", "no-proxy-server", *LEAN):
        options.add_argument(f"--{flag}")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's own sandbox refuses to work for root
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    # With the driver's path given, Selenium looks for no other.
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield started
    started.quit()


@dataclass
class Window:
    """What tests do with the browser."""

    driver: Any
    address: str
    """The origin of the page."""
    base: str = ""
    """The path below which it is."""

    def open(self, path: str = "") -> None:
        """A page, as its own script leaves it."""
        self.driver.get(f"{self.address}{self.base}{path}")

    def run(self, script: str, *arguments: Any) -> Any:
        """The answer of JavaScript in the page."""
        return self.driver.execute_script(script, *arguments)

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of Chromium's DevTools."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def size(self, width: int, height: int, *, phone: bool = False) -> None:
        """The size of the window, as a phone's with touch."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    def media(self, **features: str) -> None:
        """What the reader prefers: prefers_color_scheme="dark"."""
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", features=listed)

    def shot(self, name: str) -> Path:
        """A screenshot in build/screenshots."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        file = SHOTS / f"{name}.png"
        self.driver.save_screenshot(str(file))
        return file

    def press(self, *keys: str) -> None:
        """Keys, one after the other, to whatever has the focus, once the page listens."""
        from selenium.webdriver import ActionChains

        for key in keys:
            self.until("document.readyState === 'complete' && document.querySelector('.scripted')")
            ActionChains(self.driver).send_keys(key).perform()

    def until(self, condition: str, *arguments: Any, seconds: float = 10) -> Any:
        """What a JavaScript expression says once it is true."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(f"return {condition}", *arguments), condition
        )

    def faults(self, size: int = 24) -> list[str]:
        """What an accessibility checker would find; `size` in pixels is the least that one can touch."""
        return list(self.run(f"{CHECKS}; return faults(arguments[0])", size))

    def focus(self) -> str:
        """The id of what has the focus."""
        return str(self.run("return document.activeElement.id"))

    def ready(self) -> None:
        """A desk's window, light, with nothing open and nothing heard yet."""
        self.size(1280, 860)
        self.media(prefers_color_scheme="light")
        self.driver.get("about:blank")
        self.asked(), self.complaints()

    def asked(self) -> list[str]:
        """The addresses that the browser asked for since this was called last."""
        messages = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        return [
            one["params"]["request"]["url"]
            for one in messages
            if one["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What the browser's console said since this was called last, warnings and errors."""
        return [line["message"] for line in self.driver.get_log("browser") if line["level"] != "INFO"]
