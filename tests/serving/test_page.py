"""A person at the page of the local workspace, in a real browser, talking to the whole bot."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.workspace.embedded import RunningWorkspace
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


async def opened(open_page: OpenPage, workspace: RunningWorkspace, **settings: int) -> Page:
    """The page, ready for use."""
    page = await open_page(workspace.base_url, **settings)
    await page.wait_for_selector("[data-ready]")
    return page


async def say(page: Page, text: str) -> None:
    """Type a message key by key, and send it."""
    await page.locator("#composer-text").press_sequentially(text)
    await page.keyboard.press("Enter")


async def test_question_is_answered_with_table_command_and_source(
    open_page: OpenPage, workspace: RunningWorkspace
) -> None:
    """A mention opens a thread with the headline, the command, a table and where it is written."""
    page = await opened(open_page, workspace)
    await say(page, "@torchdesk which torch works with CUDA 10.2")
    headline = "Official CUDA 10.2 builds exist for PyTorch 1.5.0–1.12.1"
    await expect(page.locator("strong", has_text=headline)).to_be_visible()
    await expect(page.locator("pre", has_text="pip install torch==1.12.1+cu102")).to_be_visible()
    await expect(page.get_by_role("cell", name="1.5.0–1.10.2 (13 releases)").first).to_be_visible()
    await expect(page.get_by_text("checked 2026-11-23").first).to_be_visible()


async def test_command_answer_is_shared_by_its_button(
    open_page: OpenPage, workspace: RunningWorkspace
) -> None:
    """/torch answers for one person's eyes; its button puts the answer into the channel."""
    page = await opened(open_page, workspace)
    await say(page, "/torch torch 1.6 配哪个 torchvision")
    await expect(page.locator("strong", has_text="PyTorch 1.6 对应 torchvision 0.7.0")).to_be_visible()
    await page.get_by_role("button", name="分享到频道").click()
    await workspace.wait_for(lambda: len(workspace.messages("general")) == 1)
    assert "0.7.0" in workspace.messages("general")[0].text


async def test_why_button_opens_up_an_answer(open_page: OpenPage, workspace: RunningWorkspace) -> None:
    """The rows and their sources appear in the thread."""
    page = await opened(open_page, workspace)
    await say(page, "@torchdesk torchvision for torch 1.6.0")
    await page.get_by_role("button", name="Why?").click()
    await expect(page.locator("strong", has_text="This is how that answer came about.")).to_be_visible()
    await expect(page.get_by_role("cell", name="PyTorch 1.6.0 · torchvision 0.7.0")).to_be_visible()


async def test_choice_of_a_clarification_can_be_pressed(
    open_page: OpenPage, workspace: RunningWorkspace
) -> None:
    """A bare name is asked back with buttons, and a button's question is answered."""
    page = await opened(open_page, workspace, width=390, height=844)
    await say(page, "@torchdesk torch")
    await page.get_by_text("1 reply").click()
    await page.get_by_role("button", name="What it is").click()
    await expect(page.get_by_text("PyTorch is an open-source deep-learning framework").first).to_be_visible()
