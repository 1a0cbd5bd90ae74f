"""The whole bot, with the real knowledge, in a local workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.serving import bot_in_workspace
from bot.settings import bundled_knowledge, load_settings
from bot.workspace.embedded import RunningWorkspace


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The pipeline over the knowledge that comes with the program."""
    return Pipeline(load_knowledge([bundled_knowledge()]))


@pytest_asyncio.fixture
async def workspace(pipeline: Pipeline) -> AsyncIterator[RunningWorkspace]:
    """A workspace that the bot has joined."""
    async with bot_in_workspace(pipeline, load_settings({})) as (running, _):
        yield running
