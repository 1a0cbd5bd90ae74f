"""The whole bot in a local workspace: an edit is answered from, a mistake is told to who is at the page."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.pipeline import Pipeline
from bot.serving import bot_in_workspace
from bot.settings import load_settings
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message

SOURCES = "sources.yaml"
QUESTION = "@torchdesk which spark works with scala 2.11"


@pytest.fixture
async def workspace(build: Callable[[], Pipeline]) -> AsyncIterator[RunningWorkspace]:
    """A workspace that the bot has joined."""
    async with bot_in_workspace(build(), load_settings({})) as (running, _):
        yield running


def edit(folder: Path, old: str, new: str) -> None:
    """Change the sources."""
    path = folder / SOURCES
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def shown(message: Message) -> str:
    """Everything of a message, as it travels."""
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


async def answer(workspace: RunningWorkspace) -> str:
    """What the bot answers now."""
    question = workspace.post_as_user("general", QUESTION)
    return shown(await workspace.wait_for_reply(question))


async def until_cited(workspace: RunningWorkspace, title: str) -> None:
    """Ask until an answer cites a title."""
    async with asyncio.timeout(15):
        while title not in await answer(workspace):  # noqa: ASYNC110  # each look is a question
            await asyncio.sleep(0.2)


async def test_an_edit_is_taken_over_and_a_mistake_is_told(folder: Path, workspace: RunningWorkspace) -> None:
    """The answers stay right all along."""
    assert "Spark release notes" in await answer(workspace)
    edit(folder, "Spark release notes", "Edited notes")
    await until_cited(workspace, "Edited notes")
    assert workspace.messages("@you") == []
    edit(folder, "title: Edited notes", "titel: <Edited> notes")
    await workspace.wait_for(lambda: len(workspace.messages("@you")) == 1, seconds=10)
    told = shown(workspace.messages("@you")[0])
    assert f"{folder / SOURCES}:2: sources.spark-notes.titel: unknown key" in told
    assert "Edited notes" in await answer(workspace)
    edit(folder, "titel: <Edited> notes", "title: Mended notes")
    await workspace.wait_for(lambda: len(workspace.messages("@you")) == 2, seconds=10)
    assert "in order again" in workspace.messages("@you")[1].text
    assert "Mended notes" in await answer(workspace)


async def test_hangup_reloads(folder: Path, workspace: RunningWorkspace) -> None:
    """SIGHUP does not end the bot."""
    os.kill(os.getpid(), signal.SIGHUP)
    await asyncio.sleep(0.5)
    assert "Spark release notes" in await answer(workspace)
