"""A running workspace for each test, the SDK's client, and a bot connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace, running_workspace
from tests.workspace.support import OPTIONS, EchoBot, connected, echo_bot


@pytest_asyncio.fixture
async def workspace() -> AsyncIterator[RunningWorkspace]:
    """A running workspace with short times, subscribed to all that the tests look at."""
    async with running_workspace(OPTIONS) as running:
        yield running


@pytest_asyncio.fixture
async def client(workspace: RunningWorkspace) -> AsyncWebClient:
    """The SDK's own client, with the bot's token."""
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)


@pytest_asyncio.fixture
async def bot(workspace: RunningWorkspace, client: AsyncWebClient) -> AsyncIterator[EchoBot]:
    """The echo bot, connected by Socket Mode."""
    bot = echo_bot(client)
    async with connected(bot, workspace):
        yield bot
