"""Many people ask in many channels at the same time: how long acks take, what memory, which pace."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from bot.workspace.delivery import Acked, Attempt, Delivery, Outcome, Transport
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.events import DEFAULT_SUBSCRIPTIONS
from tests.faults.asking import Asking
from tests.faults.conftest import OPTIONS
from tests.faults.processes import BotProcess

CHANNELS: Final = 50
PER_SECOND: Final = 100
"""How fast Slack delivers the burst: twice what can be answered in 50 channels in a second."""

BURST_OPTIONS: Final = replace(OPTIONS, subscriptions=DEFAULT_SUBSCRIPTIONS)
"""A mention is delivered as such alone, as to a bot that does not read along."""

PAUSE_SECONDS: Final = 1.0
MEMORY_BYTES: Final = 24 * 2**20
"""How much more a bot may hold at any time of a burst than before, however long the burst."""

TICK_SECONDS: Final = 0.02
LOOK_SECONDS: Final = 0.1
PATIENCE: Final = 3.0
"""How many seconds each question of a channel may take; one is the least."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Figures of a burst; times in seconds, memory in bytes for each bot before, at most and afterwards."""

    asked: int
    lost: int
    repeated: int
    apologies: int
    seconds: float
    shortest_pause: float
    ack_p99: float
    ack_most: float
    failed_deliveries: int
    memory: tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class TimedTransport:
    """Times each attempt of a delivery, as Slack does: from its sending to the end of its ack."""

    inner: Transport
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Deliver once."""
        begun = time.perf_counter()
        outcome = await self.inner.attempt(delivery, attempt)
        self.seconds.append(time.perf_counter() - begun)
        self.failed += not isinstance(outcome, Acked)
        return outcome

    @property
    def p99(self) -> float:
        """The time that one ack in a hundred took longer than."""
        return sorted(self.seconds)[int(0.99 * len(self.seconds))]


async def ask_in_a_burst(slack: RunningWorkspace, bots: Sequence[BotProcess], count: int) -> Burst:
    """Ask `count` questions, each by somebody else, in all channels in turn, and wait for the answers.

    The bots are warm: each channel is asked in once before.
    """
    slack.faults.limit_posts = True
    channels = [slack.add_channel(f"burst-{number}").name for number in range(CHANNELS)]
    people = [slack.add_user(f"person-{number}").id for number in range(count)]
    await Asking(slack, channels, people).ask_and_wait(CHANNELS)
    asking = Asking(slack, channels, people)
    slack.workspace.outbox.transport = timed = TimedTransport(slack.workspace.outbox.transport)
    async with _watching(bots) as memory:
        begun = time.monotonic()
        await _ask_at_pace(asking, count, begun)
        await asking.wait_answered(PATIENCE * count / CHANNELS + 10)
        seconds = time.monotonic() - begun
    return Burst(
        asked=asking.asked,
        lost=asking.lost,
        repeated=asking.repeated,
        apologies=asking.apologies,
        seconds=seconds,
        shortest_pause=asking.shortest_pause,
        ack_p99=timed.p99,
        ack_most=max(timed.seconds),
        failed_deliveries=timed.failed,
        memory=tuple((figures[0], max(figures), figures[-1]) for figures in memory),
    )


def check_burst(burst: Burst) -> None:
    """Nothing lost, nothing twice, one message a second in a channel, and no more memory than so much."""
    print(burst)
    assert (burst.lost, burst.repeated, burst.apologies, burst.failed_deliveries) == (0, 0, 0, 0), burst
    assert burst.shortest_pause >= PAUSE_SECONDS, burst
    assert all(most - before <= MEMORY_BYTES for before, most, _ in burst.memory), burst


async def _ask_at_pace(asking: Asking, count: int, begun: float) -> None:
    while asking.asked < count:
        due = int((time.monotonic() - begun) * PER_SECOND) + 1
        asking.ask(min(due, count) - asking.asked)
        await asyncio.sleep(TICK_SECONDS)


@asynccontextmanager
async def _watching(bots: Sequence[BotProcess]) -> AsyncIterator[list[list[int]]]:
    """The memory of each bot, again and again, the last time at the end."""
    figures: list[list[int]] = [[] for _ in bots]

    def look() -> None:
        for bot, seen in zip(bots, figures, strict=True):
            seen.append(bot.memory)

    async def watch() -> None:
        while True:
            look()
            await asyncio.sleep(LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield figures
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        look()
