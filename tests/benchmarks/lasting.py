"""What a bot holds at the start and after many questions, and how long it takes to get ready."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.accepting import CHANNELS, stubbed
from tests.benchmarks.databases import sqlite_in
from tests.benchmarks.servers import UNPACED, environment_for, serving_bot
from tests.benchmarks.slack import send, signed_events

STARTS: Final = 5
IDLE_SECONDS: Final = 4.0
PORTION: Final = 500
WARM_UP: Final = 2_000


@dataclass(frozen=True, slots=True)
class Started:
    """One start, by tables that are there already: seconds until /readyz says so, MB when idle then."""

    seconds: float
    idle: float


async def starts(count: int = STARTS) -> list[Started]:
    """Start the bot several times; a first time, which makes the tables and the caches, is not counted."""
    found = []
    async with stubbed() as (_, api_url, folder):
        environment = environment_for(api_url, sqlite_in(folder)())
        for _ in range(count + 1):
            async with serving_bot(environment, folder) as server:
                await asyncio.sleep(IDLE_SECONDS)
                found.append(Started(server.seconds, server.memory))
    return found[1:]


@dataclass(frozen=True, slots=True)
class Held:
    """Resident memory in MB, once the first questions are answered and after so many in all."""

    first: float
    last: float
    questions: int

    @property
    def growth(self) -> float:
        """By which share of the first it has grown."""
        return self.last / self.first - 1

    def __str__(self) -> str:
        """The figures."""
        return (
            f"{self.first:.1f} MB after {WARM_UP:,} questions, {self.last:.1f} MB after {self.questions:,}:"
            f" {self.growth:+.1%}"
        )


async def held_over(questions: int) -> Held:
    """Have one process answer so many questions, a portion after the other, each stored as always.

    Without the pauses of a second between two messages in a channel.
    """
    async with stubbed() as (api, api_url, folder):
        environment = environment_for(api_url, sqlite_in(folder)())
        events = signed_events(CHANNELS, "held")
        async with serving_bot(environment, folder, UNPACED) as server:
            first = 0.0
            for done in range(PORTION, questions + 1, PORTION):
                await send(itertools.islice(events, PORTION), [server.port], CHANNELS)
                await api.until_posted(done)
                if done == WARM_UP:
                    first = server.memory
                if done % (10 * PORTION) == 0:
                    print(f"  {done:>7,} questions: {server.memory:.1f} MB", flush=True)
            return Held(first, server.memory, questions)
