"""The workspace that stands for Slack, in the test's own process, and bots as processes of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.workspace.delivery import DeliverySettings
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.events import DEFAULT_SUBSCRIPTIONS
from bot.workspace.workspace import WorkspaceOptions
from tests.faults.nursery import Nursery, open_nursery
from tests.faults.processes import Spawner, spawning

# Slack waits three seconds for an ack and gives up after three retries; a test's Slack is as patient with an
# ack, retries sooner and for longer, and takes as many events at once as a test has.
OPTIONS = WorkspaceOptions(
    subscriptions=DEFAULT_SUBSCRIPTIONS | {"message.channels"},
    delivery=DeliverySettings(retry_delays=(0.0, *[0.5] * 120), waiting_at_most=20_000),
)


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[RunningWorkspace]:
    """A running workspace that delivers a mention both as such and as a message."""
    async with running_workspace(OPTIONS) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def loaded_nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """The process that the tests of one test process fork their bots from."""
    with open_nursery(tmp_path_factory.mktemp("nursery")) as opened:
        yield opened


@pytest.fixture
def nursery(loaded_nursery: Nursery) -> Iterator[Nursery]:
    """Starts bots within milliseconds; none outlives the test."""
    yield loaded_nursery
    loaded_nursery.kill_all()


@pytest.fixture
def spawner(tmp_path: Path) -> Iterator[Spawner]:
    """Starts bots as people do."""
    with spawning(tmp_path) as opened:
        yield opened
