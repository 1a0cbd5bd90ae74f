"""The page under harder conditions: a phone, hostile text, addresses, a reload."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.payloads import JsonObject, as_text
from tests.browser import OpenPage
from tests.workspace.pages import BLOCKS, opened, say

pytestmark = pytest.mark.browser

OWN = "document.title='owned'"
HOSTILE = f'<script>{OWN}</script><img src=x onerror="{OWN}"> \u202egnp.exe <b>b</b>'


async def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_all_without_scrolling_sideways(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage, scheme: str
) -> None:
    """The table scrolls in its own box, the thread covers the channel, the sidebar folds away."""
    page = await opened(open_page, workspace, width=390, height=844, color_scheme=scheme)
    question = workspace.post_as_user("general", "a question " + "x" * 120)
    await client.chat_postMessage(channel=question.channel, text="x", blocks=BLOCKS, thread_ts=question.ts)
    await page.locator(".thread-link").click()
    box = page.locator("#thread .table")
    assert await box.evaluate("node => node.scrollWidth > node.clientWidth")
    assert await sideways(page) <= 0
    assert await page.locator("#thread").evaluate("node => node.getBoundingClientRect().width") == 390
    await page.get_by_role("button", name="Close the thread").click()
    await page.get_by_role("button", name="Show the channel list").click()
    await page.locator("#channels .channel", has_text="ml-help").click()
    await expect(page.locator("#channel-title")).to_have_text("# ml-help")
    await expect(page.locator("#sidebar")).to_be_hidden()
    assert await sideways(page) <= 0


async def test_hostile_text_is_shown_and_not_run(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """Typed by a person, or posted by a bot in each kind of text."""
    markdown = f"{HOSTILE}\n\n[x](javascript:alert(1))"
    mrkdwn = f"{HOSTILE} <javascript:alert(1)|x>"
    rows = [[{"type": "raw_text", "text": HOSTILE}]]
    rich = [
        {
            "type": "rich_text_section",
            "elements": [{"type": "link", "url": "javascript:alert(1)", "text": "x"}],
        }
    ]
    blocks: list[JsonObject] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn}},
        {"type": "markdown", "text": markdown},
        {"type": "table", "rows": rows},
        {"type": "rich_text", "elements": rich},
    ]
    await client.chat_postMessage(channel=workspace.channel("general").id, text=HOSTILE, blocks=blocks)
    page = await opened(open_page, workspace)
    await page.locator("#composer-text").fill(HOSTILE)
    await page.keyboard.press("Enter")
    typed = page.locator("#messages .message").last
    await expect(typed).to_contain_text("<script>document.title='owned'</script>")
    assert await page.title() != "owned"
    assert await page.locator("#messages :is(script, img, b)").count() == 0
    assert await page.locator("#messages a[href^='javascript']").count() == 0


async def test_a_permalink_opens_the_thread(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """As chat.getPermalink gives it."""
    question = workspace.post_as_user("ml-help", "a question")
    reply = await client.chat_postMessage(channel=question.channel, text="an answer", thread_ts=question.ts)
    answer = await client.chat_getPermalink(channel=question.channel, message_ts=reply["ts"])
    page = await open_page(workspace.base_url)
    await page.goto(as_text(answer["permalink"]))
    await expect(page.locator("#channel-title")).to_have_text("# ml-help")
    await expect(page.locator("#thread-messages")).to_contain_text("an answer")


async def test_the_page_finds_its_way_back(workspace: RunningWorkspace, open_page: OpenPage) -> None:
    """After a reload everything is as it was."""
    page = await opened(open_page, workspace)
    await page.locator("#channels .channel", has_text="ml-help").click()
    await say(page, "still here?")
    await expect(page.locator("#messages .message")).to_have_count(1)
    await page.reload()
    await expect(page.locator("#channel-title")).to_have_text("# ml-help")
    await expect(page.locator("#messages .message")).to_contain_text("still here?")
