"""The database is gone for a while: what the bot acknowledged is answered, the rest it does not take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import pytest
import pytest_asyncio

from bot.storage.opening import upgrade_database
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.workspace import WorkspaceOptions
from tests.faults.delivering import Deliverer, assert_nothing_lost, channels_for
from tests.faults.disks import locked, small_disk
from tests.faults.nursery import Nursery
from tests.faults.processes import HOST, BotProcess, answers, environment_for
from tests.faults.proxy import proxy_to
from tests.ports import free_port
from tests.postgres import PostgresServer

pytestmark = pytest.mark.timed

RED_SECONDS: Final = 8.0
GREEN_SECONDS: Final = 15.0
ACK_SECONDS: Final = 3.0
DISK_KILOBYTES: Final = 16_384

Change = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[RunningWorkspace]:
    """A workspace that delivers nothing by itself."""
    async with running_workspace(WorkspaceOptions(subscriptions=frozenset())) as workspace:
        yield workspace


@dataclass
class Outage:
    """A bot over HTTP that is asked all along while its database goes and comes."""

    bot: BotProcess
    port: int
    deliverer: Deliverer

    async def take_place(self, begin: Change, end: Change, seconds: float) -> None:
        """Let the database go for a time; the bot says when it is not ready, and when it is again."""
        async with self.deliverer.delivering(0.25):
            await asyncio.sleep(1)
            began = time.monotonic()
            await begin()
            await self.bot.wait_until(answers(self.port, "/readyz", 503), RED_SECONDS)
            assert await readiness(self.port) == "database"
            await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
            assert await readiness(self.port) == "database"
            await end()
            await self.bot.wait_until(answers(self.port, "/readyz"), GREEN_SECONDS)
            await asyncio.sleep(1)
        await self.deliverer.wait_answered(20)

    def assert_survived(self) -> None:
        """Nothing acked is lost, all else was refused before Slack gave up, and the log is no flood."""
        assert_nothing_lost(self.deliverer)
        assert self.deliverer.refused
        assert len(self.deliverer.refused) + len(self.deliverer.acked) == len(self.deliverer.delivered)
        assert self.deliverer.slowest < ACK_SECONDS
        assert self.deliverer.delivered[-1].status == 200
        assert self.bot.logs().count('"event": "database_failed"') <= 2
        assert "Traceback" not in self.bot.logs()


async def readiness(port: int) -> str:
    """The word of the probe."""
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}/readyz") as answer:
        return await answer.text()


@pytest.fixture
def start(slack: RunningWorkspace, nursery: Nursery) -> Callable[[str], Awaitable[Outage]]:
    """Starts a bot on a database and waits until it is ready."""

    async def started(database_url: str) -> Outage:
        port = free_port()
        environment = environment_for(slack, database_url, PORT=port, QUESTIONS_PER_MINUTE=1_000)
        bot = nursery.start(environment, http=True)
        await bot.wait_until(answers(port, "/readyz"))
        return Outage(bot, port, Deliverer(slack, port, channels_for(slack, 12)))

    return started


Start = Callable[[str], Awaitable[Outage]]


@pytest.mark.parametrize(("how", "seconds"), [("stop", 10), ("crash", 3)])
async def test_postgres_is_stopped_and_started(
    own_postgres: PostgresServer, start: Start, how: str, seconds: float
) -> None:
    """By its administrator for ten seconds, or by a crash that it recovers from."""
    await upgrade_database(own_postgres.url)
    outage = await start(own_postgres.url)
    end = own_postgres.stop if how == "stop" else own_postgres.crash
    await outage.take_place(
        lambda: asyncio.to_thread(end), lambda: asyncio.to_thread(own_postgres.start), seconds
    )
    outage.assert_survived()


async def test_postgres_hangs(shared_postgres: PostgresServer, postgres_url: str, start: Start) -> None:
    """As behind a firewall that drops packets: connections stay open, and nothing comes back."""
    await upgrade_database(postgres_url)
    async with proxy_to(shared_postgres.port) as between:
        outage = await start(shared_postgres.url_through(between.port))
        await outage.take_place(between.hang, between.open, 8)
        outage.assert_survived()
        await outage.bot.kill()


async def test_sqlite_is_locked_by_another_process(tmp_path: Path, start: Start) -> None:
    """A backup or a curious maintainer holds the write lock for seconds."""
    path = tmp_path / "bot.db"
    outage = await start(f"sqlite:///{path}")
    lock = locked(path)

    async def take() -> None:
        lock.__enter__()

    async def give_back() -> None:
        lock.__exit__(None, None, None)

    await outage.take_place(take, give_back, 5)
    outage.assert_survived()


async def test_the_disk_is_full(tmp_path: Path, start: Start) -> None:
    """Not a byte more fits, until somebody makes room."""
    with small_disk(tmp_path / "disk", DISK_KILOBYTES) as disk:
        outage = await start(f"sqlite:///{disk.folder}/bot.db")

        async def fill() -> None:
            disk.fill()

        async def free() -> None:
            disk.free()

        await outage.take_place(fill, free, 5)
        outage.assert_survived()
        await outage.bot.kill()


async def test_the_process_may_write_no_more(tmp_path: Path, start: Start) -> None:
    """The same where no small disk can be mounted: a limit to the size of its files, its log included."""
    outage = await start(f"sqlite:///{tmp_path}/bot.db")

    async def limit() -> None:
        outage.bot.limit_file_size(4_096)

    async def lift() -> None:
        outage.bot.limit_file_size(None)

    await outage.take_place(limit, lift, 5)
    outage.assert_survived()
