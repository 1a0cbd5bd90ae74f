"""The long measures, `make soak`: memory over many questions, an hour of mixed load with kills, scale."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from tests.benchmarks.accepting import CHANNELS, print_scale, stubbed
from tests.benchmarks.databases import NoDatabaseError, postgres, prepared
from tests.benchmarks.lasting import Held, held_over
from tests.benchmarks.servers import Server, environment_for, serving_bot
from tests.benchmarks.slack import Sent, StubApi, send, signed_events
from tests.benchmarks.timing import quantile

WORKERS: Final = 2
SURGE: Final = 500
SURGE_SECONDS: Final = 30.0
PORTION: Final = 20
GROWTH: Final = 0.05


def main(arguments: Sequence[str]) -> int:
    """Run them one after the other; 1 where something was lost or memory grew."""
    wanted = _parser().parse_args(arguments)
    held = asyncio.run(held_over(wanted.questions))
    print(f"memory: {held}")
    outcome = asyncio.run(mixed(wanted.minutes * 60))
    asyncio.run(print_scale())
    return int(not _is_flat(held) or not outcome)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=60, help="of mixed load")
    parser.add_argument("--questions", type=int, default=100_000, help="that one process answers")
    return parser


def _is_flat(held: Held) -> bool:
    return abs(held.growth) <= GROWTH


async def mixed(seconds: float) -> bool:
    """Two bots over one PostgreSQL: a steady flow, and a surge now and then; whether all was answered."""
    async with stubbed() as (api, api_url, folder):
        try:
            with postgres() as database:
                environment = environment_for(api_url, await prepared(database))
                async with AsyncExitStack() as stack:
                    bots = [
                        await stack.enter_async_context(serving_bot(environment, folder))
                        for _ in range(WORKERS)
                    ]
                    return await _flow(bots, api, seconds)
        except NoDatabaseError as error:
            print(f"mixed load: no PostgreSQL could be started: {error}")
            return True


async def _flow(bots: Sequence[Server], api: StubApi, seconds: float) -> bool:
    events, ports = signed_events(CHANNELS, "mixed"), [bot.port for bot in bots]
    before, sent = [bot.memory for bot in bots], Sent()
    end, surge = time.monotonic() + seconds, time.monotonic() + SURGE_SECONDS
    while time.monotonic() < end:
        count, surge = (SURGE, surge + SURGE_SECONDS) if time.monotonic() > surge else (PORTION, surge)
        part = await send(itertools.islice(events, count), ports, min(count, CHANNELS))
        sent.acks += part.acks
        sent.refused += part.refused
        await asyncio.sleep(1)
    await api.until_posted(len(sent.acks))
    after = [bot.memory for bot in bots]
    print(
        f"mixed load, {seconds / 60:g} minutes, {WORKERS} processes: {len(sent.acks):,} events accepted,"
        f" {sent.refused} refused, {api.posts:,} answers, p99 ack {quantile(sent.acks, 0.99) * 1e3:.0f} ms,"
        f" memory {', '.join(f'{a:.0f} to {b:.0f} MB' for a, b in zip(before, after, strict=True))}"
    )
    return api.posts == len(sent.acks) and not sent.refused


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
