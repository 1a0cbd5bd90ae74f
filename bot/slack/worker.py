"""The worker of a process: claims what waits in the inbox, has it done, and notes what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from bot.slack.gauges import Gauges
from bot.slack.holding import Hold
from bot.slack.logs import about
from bot.slack.probes import Reason
from bot.slack.rush import Rush
from bot.slack.settling import Settling, ended
from bot.storage import Claimed, Counted, StorageError, Store

log: FilteringBoundLogger = structlog.get_logger(__name__)

AT_ONCE: Final = 64
"""How much one process has in hand; the rest waits in the database, so that memory stays bounded."""

AT_ONCE_IN_A_RUSH: Final = 4
RUSH_SECONDS: Final = 0.1
"""How much is in hand while events pour in, and how seldom more is looked for: Slack waits three seconds for
each to be stored, its asker longer."""

QUIET_SECONDS: Final = 1.0
BUSY_SECONDS: Final = 0.1
"""How often the inbox is looked into for what other processes left or what became due: when nothing is going
on, and when something is. What arrives in this process is seen at once."""

LOOK_SECONDS: Final = 0.02
"""The least time between two looks: in a burst one look finds what a hundred would."""

BEAT_SECONDS: Final = 5.0
DRAIN_SECONDS: Final = 10.0
WAIT_TOLD_SECONDS: Final = 5.0
TOLD_AT_ONCE: Final = 5
TIDY_SECONDS: Final = 3_600.0
ROWS_KEPT: Final = timedelta(days=365)
CONVERSATIONS_KEPT: Final = timedelta(days=1)
"""The least time for which a conversation is remembered: in columns and versions, without anybody's words."""


class Worker:
    """One for each process."""

    def __init__(
        self,
        store: Store,
        settling: Settling,
        gauges: Gauges,
        *,
        lease_seconds: float,
        counted: Counted | None = None,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """`lease_seconds`: after so long without a sign of life others take what it had claimed.

        `counted`: what is to be known of a person's earlier questions.
        `prepare`: what `run` does before the first piece of work, in a thread, so that events are stored
        meanwhile.
        """
        self._store = store
        self._inbox = store.inbox
        self._settling = settling
        self._metrics, self._health = gauges.metrics, gauges.health
        self._owner = settling.owner
        self._lease = lease_seconds
        self._counted = counted
        self._prepare = prepare
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._holds: dict[int, Hold] = {}
        self._woken = asyncio.Event()
        self._suspects = False
        self._rush, self._rushing = Rush(), False

    def wake(self) -> None:
        """Look into the inbox now: something arrived."""
        self._rush.arrive()
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then finish what is in hand, and leave the rest to others."""
        self._health.failed(Reason.DATABASE)  # until the first word of life is written
        await self._do(self._beat)
        chores = [
            asyncio.create_task(self._repeat(self._beat, BEAT_SECONDS)),
            asyncio.create_task(self._repeat(self._hold, self._lease / 3)),
            asyncio.create_task(self._repeat(self._tell_waiting, WAIT_TOLD_SECONDS / 5)),
            asyncio.create_task(self._repeat(self._tidy, TIDY_SECONDS)),
        ]
        stopping = asyncio.create_task(self._wake_at(stop))
        for chore in chores:
            chore.add_done_callback(lambda _: self._woken.set())
        try:
            await asyncio.to_thread(self._prepare)
            while not stop.is_set():
                _raise_what_ended(chores)
                found = await self._look()
                await self._rest(BUSY_SECONDS if found or self._in_hand else QUIET_SECONDS)
            await self._wind_up()
        finally:
            for task in (*chores, stopping):
                task.cancel()
            await asyncio.gather(*chores, stopping, return_exceptions=True)

    async def work_off(self) -> bool:
        """Do all that is due now; whether something is left that is due later. For tests and one-off runs."""
        while await self._look() or self._in_hand:
            await asyncio.gather(*self._in_hand.values())
        return (await self._inbox.depth()).waiting > 0

    async def _look(self) -> bool:
        """Claim what there is room for and begin with it; whether there was anything.

        What a process was holding when it died may be why it died: it is tried with nothing beside it.
        """
        suspects, since = self._suspects, time.monotonic()
        self._rushing = self._rush.look()
        at_once = AT_ONCE_IN_A_RUSH if self._rushing else AT_ONCE
        room = int(not self._in_hand) if suspects else at_once - len(self._in_hand)
        if room <= 0:
            return suspects
        try:
            claimed = await self._inbox.claim(
                self._owner, room, self._lease, suspects=suspects, counted=self._counted
            )
        except StorageError as error:
            self._failed(error)
            return False
        for each in claimed:
            self._begin(each, since)
        if suspects and not claimed:
            self._suspects = False
        return suspects or bool(claimed)

    def _begin(self, claimed: Claimed, since: float) -> None:
        hold = self._holds[claimed.id] = Hold(self._lease, since + self._lease)
        task = asyncio.create_task(self._work(claimed, hold))
        self._in_hand[claimed.id] = task
        task.add_done_callback(lambda _: self._put_down(claimed.id))

    def _put_down(self, id: int) -> None:
        del self._in_hand[id], self._holds[id]
        self._woken.set()

    async def _work(self, claimed: Claimed, hold: Hold) -> None:
        """Do one piece and note what became of it, however long the database is gone."""
        with about(claimed.entry.event_id, claimed.entry.team):
            settle = await self._settling.attempt(claimed, hold)
            while True:
                try:
                    await settle()
                    return
                except StorageError as error:
                    self._failed(error)
                    await asyncio.sleep(QUIET_SECONDS)

    async def _hold(self) -> None:
        """Keep what is in hand, and let go of what others held and died over."""
        if self._in_hand:
            held, since = dict(self._holds), time.monotonic()
            kept = await self._inbox.renew(self._owner, tuple(held), self._lease)
            for id, hold in held.items():
                hold.until = since + self._lease if id in kept else since
        if await self._inbox.recover():
            self._suspects = True
            self._woken.set()

    async def _beat(self) -> None:
        await self._store.processes.beat(self._owner)
        depth = await self._inbox.depth()
        self._metrics.queue(depth.waiting, depth.oldest / 1_000)
        self._metrics.in_flight(len(self._in_hand))
        if self._health.recovered(Reason.DATABASE):
            log.info("database_ready")

    async def _tell_waiting(self) -> None:
        for entry in await self._inbox.kept_waiting(WAIT_TOLD_SECONDS, TOLD_AT_ONCE):
            trouble = (await ended(self._settling.hands.keep_waiting(entry))).exception()
            if trouble is not None:
                log.error("not_told", exc_info=trouble)

    async def _tidy(self) -> None:
        """Forget what is older than it may be."""
        keeping = self._settling.keeping
        while await self._inbox.expire(keeping.texts, ROWS_KEPT, keeping.digest):
            pass
        await self._store.prune(max(keeping.texts, CONVERSATIONS_KEPT))
        await self._store.empty_log()

    async def _repeat(self, chore: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            await self._do(chore)
            await asyncio.sleep(seconds if self._health.reason is not Reason.DATABASE else QUIET_SECONDS)

    async def _do(self, chore: Callable[[], Awaitable[None]]) -> None:
        try:
            await chore()
        except StorageError as error:
            self._failed(error)

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(RUSH_SECONDS if self._rushing else LOOK_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()

    async def _wind_up(self) -> None:
        if self._in_hand:
            _, left = await asyncio.wait(self._in_hand.values(), timeout=DRAIN_SECONDS)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        try:
            await self._inbox.release(self._owner)
            await self._store.processes.leave(self._owner)
        except StorageError as error:
            self._failed(error)

    def _failed(self, error: StorageError) -> None:
        """The first failure is worth a line; that it goes on shows in the readiness."""
        if self._health.failed(Reason.DATABASE):
            log.error("database_failed", error=str(error))


def _raise_what_ended(chores: Sequence[asyncio.Task[None]]) -> None:
    """Chores never end: the error of one that did is the worker's own."""
    for chore in chores:
        if chore.done():
            chore.result()
