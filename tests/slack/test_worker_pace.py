"""The worker leaves room for receiving: while the bot gets ready, and while events pour in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.slack.gauges import Gauges
from bot.slack.holding import Hold
from bot.slack.probes import Reason
from bot.slack.rush import RUSH_PER_SECOND
from bot.slack.settling import Keeping, Settling
from bot.slack.verdicts import Done, Verdict
from bot.slack.worker import AT_ONCE_IN_A_RUSH, Worker
from bot.storage import Claimed, Entry, Store, open_store
from tests.storage.support import entry


@dataclass
class Hands:
    """Does nothing until it is let go; notes what it was given."""

    free: asyncio.Event = field(default_factory=asyncio.Event)
    given: list[Claimed] = field(default_factory=list)

    async def handle(self, claimed: Claimed, hold: Hold) -> Verdict:
        """Wait to be let go."""
        self.given.append(claimed)
        await self.free.wait()
        return Done("answered")

    async def has_answered(self, claimed: Claimed) -> bool:
        """Never asked."""
        raise AssertionError(claimed)

    async def apologize(self, claimed: Claimed, error: BaseException | None) -> None:
        """Never."""
        raise AssertionError(claimed)

    async def keep_waiting(self, entry: Entry) -> None:
        """Nothing."""


@asynccontextmanager
async def working(
    hands: Hands, gauges: Gauges, prepare: Callable[[], None]
) -> AsyncIterator[tuple[Store, Worker]]:
    """A worker that runs over an empty store."""
    async with open_store("sqlite://") as store:
        keeping = Keeping(timedelta(days=1), str)
        settling = Settling("w", store.inbox, hands, gauges.metrics, keeping, retry_seconds=1)
        worker = Worker(store, settling, gauges, lease_seconds=30, prepare=prepare)
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        try:
            yield store, worker
        finally:
            hands.free.set()
            stop.set()
            await running


async def until(reached: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


async def test_events_are_stored_before_the_bot_is_prepared() -> None:
    """It is ready for them, and answers once it is prepared."""
    hands, gauges, prepared = Hands(), Gauges(), threading.Event()
    gauges.health.recovered(Reason.STARTING)
    async with working(hands, gauges, lambda: assert_in_time(prepared)) as (store, _):
        await until(lambda: gauges.health.ready)
        await store.inbox.accept(entry())
        await asyncio.sleep(0.05)
        assert not hands.given
        prepared.set()
        await until(lambda: bool(hands.given))


def assert_in_time(prepared: threading.Event) -> None:
    """Wait in a thread, but not for ever."""
    assert prepared.wait(10)


async def test_few_answers_are_made_at_once_while_events_arrive() -> None:
    """Then more, once few events arrived since the last look."""
    hands, prepared = Hands(), threading.Event()
    async with working(hands, Gauges(), lambda: assert_in_time(prepared)) as (store, worker):
        for number in range(3 * AT_ONCE_IN_A_RUSH):
            await store.inbox.accept(entry(channel=f"C{number}"))
        for _ in range(10 * RUSH_PER_SECOND):
            worker.wake()
        prepared.set()
        await until(lambda: bool(hands.given))
        assert len(hands.given) == AT_ONCE_IN_A_RUSH
        await until(lambda: len(hands.given) == 3 * AT_ONCE_IN_A_RUSH)
