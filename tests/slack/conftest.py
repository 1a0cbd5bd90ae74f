"""A local workspace as Slack, a store in memory, and the app between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.settings import Settings
from bot.slack.app import SlackBot
from bot.slack.socket import run_socket
from bot.storage import Store, open_store
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.model import Command
from bot.workspace.workspace import WorkspaceOptions
from tests.slack.support import SECRET, CannedAsk, quick_bot


@pytest.fixture
async def workspace() -> AsyncIterator[RunningWorkspace]:
    """A workspace that is served on a port of this machine."""
    options = WorkspaceOptions(
        commands=(Command("/torch"), Command("/other")), signing_secret=SECRET, team_id="T1"
    )
    async with running_workspace(options) as running:
        yield running


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty store in memory."""
    async with open_store("sqlite+aiosqlite:///:memory:") as opened:
        yield opened


@pytest.fixture
def ask() -> CannedAsk:
    """A pipeline that repeats what it is asked."""
    return CannedAsk()


@pytest.fixture
def settings(workspace: RunningWorkspace) -> Settings:
    """Settings that point at the workspace, in which one person may ask any number of questions."""
    return Settings(
        questions_per_minute=0,
        slack_bot_token=workspace.bot_token,
        slack_app_token=workspace.app_token,
        slack_signing_secret=SECRET,
        slack_api_url=workspace.api_url,
    )


@pytest.fixture
def bot(ask: CannedAsk, store: Store, settings: Settings) -> SlackBot:
    """The app, not connected to anything yet."""
    return quick_bot(ask, store, settings)


@pytest.fixture
async def connected(bot: SlackBot, workspace: RunningWorkspace) -> AsyncIterator[RunningWorkspace]:
    """The workspace with the bot connected over Socket Mode."""
    stop, started = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(run_socket(bot, workspace.app_token, stop=stop, started=started))
    await asyncio.wait_for(started.wait(), 5)
    await workspace.wait_for_bot()
    yield workspace
    stop.set()
    await asyncio.wait_for(serving, 10)
