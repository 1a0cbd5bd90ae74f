"""The clock of the bot's machine is ten minutes off: it says so, and replicas agree all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest_asyncio

from bot.storage.opening import upgrade_database
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.faults import Silence
from bot.workspace.workspace import WorkspaceOptions
from tests.faults.asking import Asking
from tests.faults.delivering import Deliverer, channels_for
from tests.faults.processes import Spawner, answers, environment_for
from tests.ports import free_port

TEN_MINUTES: Final = 600
LEASE_SECONDS: Final = 3
PROGRAM: Final = """
import sys, time
off, real = float(sys.argv.pop(1)), time.time
time.time = lambda: real() + off
from bot.cli import main
main()
"""


def off_by(seconds: int) -> tuple[str, ...]:
    """The bot on a machine whose clock is so many seconds ahead."""
    return ("-c", PROGRAM, str(seconds))


@pytest_asyncio.fixture
async def silent() -> AsyncIterator[RunningWorkspace]:
    """A workspace that delivers nothing by itself."""
    async with running_workspace(WorkspaceOptions(subscriptions=frozenset())) as workspace:
        yield workspace


async def test_a_clock_that_is_off_is_said_in_one_line(
    silent: RunningWorkspace, spawner: Spawner, tmp_path: Path
) -> None:
    """Slack's requests look stale and are refused; the log says by how much and what to do."""
    port = free_port()
    environment = environment_for(silent, f"sqlite:///{tmp_path}/bot.db", PORT=port)
    bot = spawner.start(environment, "serve", program=off_by(TEN_MINUTES))
    await bot.wait_until(answers(port, "/readyz"))
    deliverer = Deliverer(silent, port, channels_for(silent, 1))
    async with deliverer.delivering(0.3):
        await asyncio.sleep(2.5)
    assert {each.status for each in deliverer.delivered} == {401}
    (told,) = bot.events("clock_off")
    assert abs(int(str(told["seconds"])) - TEN_MINUTES) <= 3
    assert "NTP" in str(told["what"])


async def test_replicas_whose_clocks_differ_do_not_steal_from_each_other(
    slack: RunningWorkspace, spawner: Spawner, postgres_url: str
) -> None:
    """PostgreSQL's clock rules: what one holds while Slack is slow is not taken over by the other."""
    await upgrade_database(postgres_url)
    environment = environment_for(slack, postgres_url, LEASE_SECONDS=LEASE_SECONDS)
    for off in (TEN_MINUTES, -TEN_MINUTES):
        spawner.start(environment, program=off_by(off))
    await slack.wait_for(lambda: slack.workspace.socket_mode.connection_count == 2, 30)
    asking = Asking(slack, channels_for(slack, 6))
    slow = slack.faults.inject(
        "chat.postMessage", Silence(seconds=2 * LEASE_SECONDS, carried_out=True), times=6
    )
    asking.ask(6)
    await asking.wait_answered(30)
    assert (asking.lost, asking.repeated, slow.hits) == (0, 0, 6)
    assert await noted(postgres_url) == {("done", 0, 0, 0)}


async def noted(url: str) -> set[tuple[object, ...]]:
    """What became of all events, once none is in hand any more."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(20):
            while await connection.fetchval("SELECT count(*) FROM inbox WHERE state <> 'done'"):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        return set(map(tuple, await connection.fetch("SELECT state, losses, failures, delays FROM inbox")))
    finally:
        await connection.close()
