"""How many signed events a bot takes in a second beside an app that stores nothing, and how soon it acks."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.databases import Database, NoDatabaseError, postgres, prepared, sqlite_in
from tests.benchmarks.servers import Server, environment_for, serving_bare, serving_bot
from tests.benchmarks.slack import Sent, StubApi, send, signed_events
from tests.benchmarks.timing import quantile

BURST: Final = 2_000
CHANNELS: Final = 50
FIRST: Final = 300
"""What is sent before the clock runs."""

PAIRS: Final = 3
NAMES: Final = ("SQLite", "PostgreSQL")


@dataclass(frozen=True, slots=True)
class Beside:
    """One run of the bot and one of the bare app, one after the other, with the same events."""

    bare: Sent
    bot: Sent
    answered: int

    @property
    def ratio(self) -> float:
        """How much of the bare app's rate the bot reaches."""
        return self.bot.rate / self.bare.rate


async def compare(database: Database, api: StubApi, api_url: str, folder: Path) -> Beside:
    """Send the burst to the bare app, then to the bot. Both are a process of their own, this is another."""
    async with serving_bare(api_url, folder) as server:
        bare = await burst([server])
    url = await prepared(database)
    async with serving_bot(environment_for(api_url, url), folder) as server:
        before = api.posts
        bot = await burst([server], api)
        return Beside(bare, bot, api.posts - before)


async def burst(servers: Sequence[Server], answering: StubApi | None = None) -> Sent:
    """Send the burst to servers, over a connection for each channel, each event as soon as one is acked.

    Some events go before; those that are `answering` have begun to.
    """
    ports = [server.port for server in servers]
    events = signed_events(CHANNELS, "bench")
    await send(itertools.islice(events, FIRST), ports, CHANNELS)
    if answering is not None:
        await answering.until_posted(answering.posts + 1)
    return await send(list(itertools.islice(events, BURST)), ports, CHANNELS)


async def several(database: Database, api: StubApi, api_url: str, folder: Path, count: int) -> Sent:
    """The burst, to so many bots over one database."""
    url = await prepared(database)
    async with AsyncExitStack() as stack:
        environment = environment_for(api_url, url)
        bots = [await stack.enter_async_context(serving_bot(environment, folder)) for _ in range(count)]
        return await burst(bots, api)


@asynccontextmanager
async def stubbed() -> AsyncIterator[tuple[StubApi, str, Path]]:
    """A stub of Slack, its address, and a folder, for the time of a block."""
    api = StubApi()
    with tempfile.TemporaryDirectory() as folder:
        async with api.serve() as url:
            yield api, url, Path(folder)


def accepting(pairs: int = PAIRS) -> dict[str, list[Beside] | str]:
    """The comparison on each database, several times; a text where it could not be made."""
    return {name: asyncio.run(_on(name, pairs)) for name in NAMES}


async def _on(name: str, pairs: int) -> list[Beside] | str:
    async with stubbed() as (api, url, folder):
        if name == "SQLite":
            return [await compare(sqlite_in(folder), api, url, folder) for _ in range(pairs)]
        try:
            with postgres() as database:
                return [await compare(database, api, url, folder) for _ in range(pairs)]
        except NoDatabaseError as error:
            return f"no PostgreSQL could be started: {error}"


def lines(found: dict[str, list[Beside] | str]) -> list[str]:
    """The figures, a line each; the median of the runs."""
    heads = f"{'bare/s':>10}{'bot/s':>10}{'ratio':>18}{'p99 bare':>12}{'p99 bot':>12}"
    said = [f"{'signed events accepted, the bot answering too':<46}{heads}"]
    for name, runs in found.items():
        said.append(
            f"  {name + ', one process':<44}" + (f"  {runs}" if isinstance(runs, str) else _figures(runs))
        )
    said.append("  the ratio's target is ≥ 0.5, the ack's ≤ 250 ms")
    return said


def _figures(runs: Sequence[Beside]) -> str:
    bare, bot = (statistics.median(side.rate for side in sides) for sides in _sides(runs))
    ratios = sorted(run.ratio for run in runs)
    acks = [statistics.median(quantile(side.acks, 0.99) for side in sides) * 1e3 for sides in _sides(runs)]
    ratio = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
    refused = sum(run.bot.refused for run in runs)
    said = f"{bare:>10.0f}{bot:>10.0f}{ratio:>18}" + "".join(f"{f'{ack:.0f} ms':>12}" for ack in acks)
    return f"{said}  {refused} refused" if refused else said


def _sides(runs: Sequence[Beside]) -> tuple[list[Sent], list[Sent]]:
    return [run.bare for run in runs], [run.bot for run in runs]


async def scale(counts: Sequence[int] = (1, 4)) -> AsyncIterator[str]:
    """Events a second that so many processes take over one PostgreSQL, after a bare app each time; twice."""
    async with stubbed() as (api, url, folder):
        try:
            with postgres() as database:
                for count in (*counts, *counts):
                    async with serving_bare(url, folder) as server:
                        bare = await burst([server])
                    yield _scaled(count, bare, await several(database, api, url, folder, count))
        except NoDatabaseError as error:
            yield f"no PostgreSQL could be started: {error}"


def _scaled(count: int, bare: Sent, bots: Sent) -> str:
    ack = quantile(bots.acks, 0.99) * 1e3
    return f"{count} on PostgreSQL: {bots.rate:.0f}/s, p99 ack {ack:.0f} ms; one bare app {bare.rate:.0f}/s"


async def print_scale() -> None:
    """Print them as they come."""
    async for line in scale():
        print(line, flush=True)


if __name__ == "__main__":
    if "scale" in sys.argv:
        asyncio.run(print_scale())
    else:
        print("\n".join(lines(accepting())))
