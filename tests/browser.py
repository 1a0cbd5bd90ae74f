"""The browser of the tests that drive a page: a real Chromium, or a skip that says how to get one."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = "TORCHDESK_REQUIRE_BROWSER"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
PATIENCE_MILLISECONDS = 10_000

OpenPage: TypeAlias = Callable[..., Awaitable[Page]]


@pytest.fixture
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where a browser is required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return found
    why = f"no {' or '.join(NAMES)} on the PATH: apt-get install chromium"
    if os.environ.get(REQUIRED):
        pytest.fail(why)
    pytest.skip(why)


@pytest_asyncio.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens addresses in pages of their own; the test fails if a page reported an error.

    Keywords: `width`, `height`, `color_scheme`, and `init_script` to run before the page's own.
    """
    errors: list[str] = []
    outside: list[str] = []

    async def opened(
        url: str, *, width: int = 1280, height: int = 800, color_scheme: str = "light", init_script: str = ""
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if color_scheme == "dark" else "light",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: _note(message, errors))
        page.on(
            "request", lambda request: None if request.url.startswith(url) else outside.append(request.url)
        )
        if init_script:
            await page.add_init_script(init_script)
        await page.goto(url)
        return page

    yield opened
    assert errors == [], "errors that the page reported"
    assert outside == [], "requests to elsewhere"


def _note(message: ConsoleMessage, errors: list[str]) -> None:
    if message.type == "error":
        errors.append(message.text)
