"""The page in a real browser: what a person does and sees."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.payloads import JsonObject, as_text
from tests.browser import OpenPage
from tests.workspace.pages import BLOCKS, PLAIN, opened, say
from tests.workspace.support import EchoBot

pytestmark = pytest.mark.browser

FORM: JsonObject = {
    "type": "modal",
    "callback_id": "report",
    "title": {"type": PLAIN, "text": "A report"},
    "submit": {"type": PLAIN, "text": "Send it"},
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": PLAIN, "text": "What is wrong?"},
            "element": {"type": "plain_text_input", "action_id": "words"},
        }
    ],
}


@pytest_asyncio.fixture
async def rich_bot(bot: EchoBot) -> EchoBot:
    """The echo bot, with listeners for `/ask`, two buttons and a form."""

    async def ask(ack: Any, command: JsonObject) -> None:  # noqa: ANN401 - Bolt's callable
        await ack(f"asked: {command['text']}")

    async def more(ack: Any, respond: Any, body: JsonObject) -> None:  # noqa: ANN401 - Bolt's callables
        await ack()
        await respond(text="here is more", response_type="ephemeral")

    async def report(ack: Any, client: AsyncWebClient, body: JsonObject) -> None:  # noqa: ANN401 - Bolt's callable
        await ack()
        await client.views_open(trigger_id=as_text(body["trigger_id"]), view=FORM)

    async def reported(ack: Any, view: dict[str, Any]) -> None:  # noqa: ANN401 - Bolt's callable
        words = view["state"]["values"]["what"]["words"]["value"]
        await ack(
            **({"response_action": "errors", "errors": {"what": "Too short"}} if len(words) < 3 else {})
        )

    bot.app.command("/ask")(ask)
    bot.app.action("more")(more)
    bot.app.action("report")(report)
    bot.app.view("report")(reported)
    return bot


async def show_blocks(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """Have the bot post all kinds of blocks in #general."""
    await client.chat_postMessage(channel=workspace.channel("general").id, text="blocks", blocks=BLOCKS)


async def test_a_mention_is_answered_in_the_thread_pane(
    workspace: RunningWorkspace, bot: EchoBot, open_page: OpenPage
) -> None:
    """Typed as a person types it."""
    page = await opened(open_page, workspace)
    await say(page, "@torchdesk hello there")
    await expect(page.locator("#thread-messages")).to_contain_text("echo: @torchdesk hello there")
    await expect(page.locator("#messages .thread-link")).to_contain_text("1 reply")
    assert workspace.messages("general")[0].text == f"<@{workspace.bot_user_id}> hello there"


async def test_a_mention_is_completed(workspace: RunningWorkspace, bot: EchoBot, open_page: OpenPage) -> None:
    """By a few letters and Tab."""
    page = await opened(open_page, workspace)
    await page.locator("#composer-text").press_sequentially("hey @to")
    await expect(page.get_by_role("option", name="@torchdesk")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.locator("#composer-text")).to_have_value("hey @torchdesk ")
    await expect(page.get_by_role("option")).to_have_count(0)


async def test_a_suggestion_asks_its_question(
    workspace: RunningWorkspace, bot: EchoBot, open_page: OpenPage
) -> None:
    """The empty channel offers some, and is empty no longer."""
    page = await opened(open_page, workspace)
    await page.get_by_role("button", name="What goes with what?").click()
    await expect(page.locator("#thread-messages")).to_contain_text("echo: @torchdesk What goes with what?")
    await expect(page.locator("#empty")).to_be_hidden()


async def test_a_command_is_answered_to_oneself(
    workspace: RunningWorkspace, rich_bot: EchoBot, open_page: OpenPage
) -> None:
    """The answer says that nobody else sees it, and can be put away."""
    page = await opened(open_page, workspace)
    await say(page, "/ask something")
    shown = page.locator("#messages .ephemeral")
    await expect(shown).to_contain_text("Only visible to you")
    await expect(shown).to_contain_text("asked: something")
    await shown.hover()
    await shown.get_by_role("button", name="Dismiss").click()
    await expect(shown).to_have_count(0)


async def test_commands_are_explained_and_refused_where_slack_does(
    workspace: RunningWorkspace, bot: EchoBot, open_page: OpenPage
) -> None:
    """An unknown one, and any inside a thread."""
    page = await opened(open_page, workspace)
    await page.locator("#composer-text").press_sequentially("/")
    await expect(page.get_by_role("option")).to_contain_text("Ask a question")
    await page.keyboard.press("Escape")
    await page.locator("#composer-text").fill("/nonesuch x")
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer .composer-note")).to_contain_text("not a valid command")
    await page.locator("#composer-text").fill("@torchdesk x")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread")).to_be_visible()
    await say(page, "/ask x", "#thread-text")
    await expect(page.locator("#thread-composer .composer-note")).to_contain_text("not supported in threads")


async def test_blocks_look_as_they_should(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """A table is a table, code has its copy button, formatting is formatting."""
    await show_blocks(workspace, client)
    page = await opened(open_page, workspace)
    content = page.locator("#messages .content")
    await expect(content.get_by_role("columnheader")).to_have_count(6)
    await expect(content.get_by_role("row")).to_have_count(3)
    await expect(content.get_by_role("heading", name="A header")).to_be_visible()
    await expect(content.locator("strong", has_text="bold")).to_be_visible()
    await expect(content.locator("em", has_text="it")).to_be_visible()
    await expect(content.locator(".block-section .text > code")).to_have_text("code")
    await expect(content.locator("pre")).to_have_text("run --me")
    await expect(content.locator(".block-section")).to_contain_text("🚀 <b>")
    link = content.get_by_role("link", name="the source")
    await expect(link).to_have_attribute("href", "https://example.com")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_code_is_copied(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """By its button, to the last character."""
    await show_blocks(workspace, client)
    page = await opened(open_page, workspace)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "run --me"


async def test_a_button_reaches_the_bot(
    workspace: RunningWorkspace, rich_bot: EchoBot, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """Whose answer is shown."""
    await show_blocks(workspace, client)
    page = await opened(open_page, workspace)
    await page.get_by_role("button", name="Tell me more").click()
    await expect(page.locator("#messages .ephemeral")).to_contain_text("here is more")


async def test_a_button_without_a_bot_says_that_it_failed(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """And the page says that the bot is away."""
    await show_blocks(workspace, client)
    page = await opened(open_page, workspace)
    await expect(page.locator("#banner")).to_contain_text("not connected")
    await page.get_by_role("button", name="Tell me more").click()
    await expect(page.locator(".press-error")).to_contain_text("did not answer")


async def test_a_modal_is_filled_in_corrected_and_sent(
    workspace: RunningWorkspace, rich_bot: EchoBot, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """Empty, too short, then right."""
    await show_blocks(workspace, client)
    page = await opened(open_page, workspace)
    await page.get_by_role("button", name="Report").click()
    dialog = page.get_by_role("dialog", name="A report")
    await expect(dialog.get_by_label("What is wrong?")).to_be_focused()
    await dialog.get_by_role("button", name="Send it").click()
    await expect(dialog.get_by_role("alert").first).to_contain_text("required")
    await dialog.get_by_label("What is wrong?").fill("no")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert").first).to_contain_text("Too short")
    await dialog.get_by_label("What is wrong?").fill("quite a lot")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    assert workspace.modals() == []


async def test_escape_closes_a_modal(
    workspace: RunningWorkspace, rich_bot: EchoBot, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """And the workspace knows that it is closed."""
    await show_blocks(workspace, client)
    page = await opened(open_page, workspace)
    await page.get_by_role("button", name="Report").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert workspace.modals() == []


async def test_ones_own_message_is_edited_and_deleted(
    workspace: RunningWorkspace, open_page: OpenPage
) -> None:
    """Edited by the up arrow, deleted after a question."""
    page = await opened(open_page, workspace)
    await say(page, "@torchdesk wich?")
    await expect(page.locator("#messages .message")).to_have_count(1)
    await page.keyboard.press("ArrowUp")
    editor = page.get_by_label("Edit message").and_(page.get_by_role("textbox"))
    await expect(editor).to_have_value("@torchdesk wich?")
    await editor.fill("@torchdesk which?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .message")).to_contain_text("@torchdesk which? (edited)")
    await page.locator("#messages .message").hover()
    await page.get_by_role("button", name="Delete message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#messages .message")).to_have_count(0)


async def test_all_is_done_by_keyboard(
    workspace: RunningWorkspace, rich_bot: EchoBot, open_page: OpenPage
) -> None:
    """Ask, go to the answer, reply in its thread, and come back."""
    page = await opened(open_page, workspace)
    await expect(page.locator("#composer-text")).to_be_focused()
    await page.keyboard.type("@torchdesk one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-messages .message")).to_have_count(2)
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "thread-text":
            break
    await page.keyboard.type("and three")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-messages .message")).to_have_count(3)
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()
    await expect(page.locator(".thread-link")).to_be_focused()
    assert workspace.messages("general")[0].text.endswith("one\ntwo")


async def test_new_messages_are_announced(
    workspace: RunningWorkspace, bot: EchoBot, open_page: OpenPage
) -> None:
    """To who cannot see them come."""
    page = await opened(open_page, workspace)
    await say(page, "@torchdesk hello")
    await expect(page.get_by_role("log", name="New messages")).to_contain_text("torchdesk: echo:")


async def test_a_direct_message_needs_no_mention(
    workspace: RunningWorkspace, bot: EchoBot, open_page: OpenPage
) -> None:
    """Opening it is told to the bot, and the answer stands below the question."""
    page = await opened(open_page, workspace)
    await page.locator("#direct .channel").click()
    await say(page, "hello")
    await expect(page.locator("#messages .message")).to_have_count(2)
    await workspace.settle()
    assert len(bot.of_type("app_home_opened")) == 1


async def test_messages_elsewhere_are_counted(
    workspace: RunningWorkspace, client: AsyncWebClient, open_page: OpenPage
) -> None:
    """Until one goes there."""
    page = await opened(open_page, workspace)
    await client.chat_postMessage(channel=workspace.channel("ml-help").id, text="news")
    badge = page.locator("#channels .badge")
    await expect(badge).to_have_text("1")
    await page.locator("#channels .channel", has_text="ml-help").click()
    await expect(badge).to_have_count(0)
