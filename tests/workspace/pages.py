"""What the tests of the page share: opening it, typing into it, and a message with all kinds of blocks."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.payloads import JsonObject
from tests.browser import OpenPage

PLAIN = "plain_text"
BLOCKS: list[JsonObject] = [
    {"type": "header", "text": {"type": PLAIN, "text": "A header"}},
    {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": f"{row}, column {column} of the table"} for column in range(6)]
            for row in ("head", "first", "second")
        ],
    },
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*bold* _it_ `code` :rocket: &lt;b&gt;\n```run --me```"},
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "from <https://example.com|the source>"}]},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "more", "text": {"type": PLAIN, "text": "Tell me more"}},
            {"type": "button", "action_id": "report", "text": {"type": PLAIN, "text": "Report"}},
        ],
    },
]


async def opened(open_page: OpenPage, workspace: RunningWorkspace, **settings: Any) -> Page:  # noqa: ANN401
    """The page, ready for use."""
    page = await open_page(workspace.base_url, **settings)
    await page.wait_for_selector("[data-ready]")
    return page


async def say(page: Page, text: str, box: str = "#composer-text") -> None:
    """Type a message key by key, and send it."""
    await page.locator(box).press_sequentially(text)
    await page.keyboard.press("Enter")
