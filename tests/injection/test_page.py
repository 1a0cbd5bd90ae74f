"""The local workspace's page in a real browser: what is sent to it is shown, and nothing of it runs."""

from __future__ import annotations

import pytest
from playwright.async_api import Page
from slack_sdk.web.async_client import AsyncWebClient

from bot.presenting.blocks import LOOKS, render_blocks
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.payloads import JsonObject
from tests.browser import OpenPage
from tests.injection.hostile import MARKUP, TOKENS
from tests.injection.test_rendering import filled
from tests.slack.support import ENGLISH
from tests.workspace.pages import opened, say

pytestmark = pytest.mark.browser

EVIL = [*TOKENS, *MARKUP, "javascript:alert(1)", "\u202egnp.exe", "</p></body><script>0</script>"]


async def harmless(page: Page) -> None:
    """No script ran, and no element or address of the payloads' is there."""
    assert await page.evaluate("document.body.dataset.ran ?? null") is None
    found = "#messages, #thread-messages"
    assert (
        await page.locator(found).locator("img, script, iframe, svg[onload], [onerror], [onclick]").count()
        == 0
    )
    links = await page.locator(found).locator("a").evaluate_all("nodes => nodes.map(node => node.href)")
    assert [link for link in links if not link.startswith(("http://", "https://", "mailto:"))] == []


async def test_what_a_person_types_is_shown(workspace: RunningWorkspace, open_page: OpenPage) -> None:
    """Key by key, as the message of the person and in every list that names it."""
    page = await opened(open_page, workspace)
    for evil in (
        "<img src=x onerror=\"document.body.dataset.ran='yes'\">",
        "<script>0</script>",
        "javascript:alert(1)",
    ):
        await say(page, evil)
        await page.locator("#messages").get_by_text(evil[:12]).first.wait_for()
    await harmless(page)


async def test_what_a_bot_posts_is_shown(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """Raw in its text and in every field of its blocks, escaped by nobody."""
    channel = workspace.channel("general").id
    page = await opened(open_page, workspace)
    for evil in EVIL:
        kinds = ("plain_text", "mrkdwn")
        blocks: list[JsonObject] = [
            {"type": "section", "text": {"type": kind, "text": evil}} for kind in kinds
        ]
        rich: JsonObject = {"type": "rich_text_section", "elements": [{"type": "text", "text": evil}]}
        blocks += [{"type": "markdown", "text": evil}, {"type": "rich_text", "elements": [rich]}]
        blocks += [{"type": "table", "rows": [[{"type": "raw_text", "text": evil}]]}]
        await client.chat_postMessage(channel=channel, text=evil, blocks=blocks)
        await client.chat_postMessage(channel=channel, text=evil)
    await client.chat_postMessage(channel=channel, text="the last of all")
    await page.locator("#messages").get_by_text("the last of all").wait_for()
    await harmless(page)


async def test_an_answer_full_of_it_is_shown(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """As the bot renders it, in every look: the only links are the answer's own sources."""
    channel = workspace.channel("general").id
    page = await opened(open_page, workspace)
    for look in LOOKS:
        for evil in EVIL:
            message = render_blocks(filled(evil), ENGLISH, look=look)
            await client.chat_postMessage(channel=channel, text=message.text, blocks=message.blocks)
    await client.chat_postMessage(channel=channel, text="the last of all")
    await page.locator("#messages").get_by_text("the last of all").wait_for()
    await harmless(page)
    links = await page.locator("#messages a").evaluate_all("nodes => nodes.map(node => node.href)")
    assert {link for link in links if "/archives/" not in link} == {"https://docs.example/a"}
    assert await page.locator("#messages .mention").count() == 0
