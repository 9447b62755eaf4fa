"""A page in a headless Chromium, as somebody sees and uses it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.support.processes import wait_until

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_DESKTOP = (1280, 900)


class Page:
    """What tests do with a page.

    Parameters
    ----------
    driver
        Of the browser.
    url
        Where the page is.
    """

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver, self.url = driver, url

    def open(self, rest: str = "") -> None:
        """Load it anew, and wait until it shows a word."""
        self.driver.get("about:blank")
        self.driver.get(self.url + rest)
        self.until("a word is shown", lambda: self.texts(".asked"))

    def show(self, width: int = _DESKTOP[0], height: int = _DESKTOP[1], dark: bool = False) -> None:
        """Give the page a screen of this size, and its reader's taste."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        taste = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [taste]})

    def find(self, selector: str) -> WebElement:
        """The first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What all elements of a CSS selector say."""
        return [element.text for element in self.driver.find_elements(By.CSS_SELECTOR, selector)]

    def neighbours(self, road: str, within: str = "#neighbours") -> list[str]:
        """The words in the list of a road."""
        return self.texts(f"{within} [data-road={road}] li > :first-child")

    def search(self, word: str) -> None:
        """Type a word, press Enter, and wait for the answer."""
        box = self.find("#word")
        box.clear()
        box.send_keys(word, Keys.ENTER)
        self.until(f"{word} is shown", lambda: self.texts(".asked") == [word])

    def press(self, *keys: str) -> None:
        """Keys, wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def script(self, body: str) -> Any:
        """What a script returns."""
        return self.driver.execute_script(body)

    def until(self, what: str, condition: Callable[[], Any]) -> Any:
        """What a condition comes to once it is true; what is being replaced meanwhile is looked at again."""

        def settled() -> Any:
            with suppress(StaleElementReferenceException):
                return condition()

        return wait_until(what, settled, seconds=60)

    def complaints(self) -> list[str]:
        """What the browser's console has to say since the last time, but for notes."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


@contextmanager
def opened_browser(folder: Path) -> Iterator[Chrome]:
    """A browser with an empty profile in ``folder``; the test is skipped where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS.split(), f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    try:
        yield browser
    finally:
        browser.quit()
