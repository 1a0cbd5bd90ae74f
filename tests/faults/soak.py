"""The long faults, for `make soak`: thousands of kills, and the whole burst.

`python -m tests.faults.soak --rounds 10000 --questions 2000`; `--seed N` repeats the kills of a run.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.workspace.embedded import running_workspace
from bot.workspace.faults import MessageIds
from tests.faults.burst import BURST_OPTIONS, ask_in_a_burst, check_burst
from tests.faults.conftest import OPTIONS
from tests.faults.killing import check_killing, kill_rounds, new_seed
from tests.faults.nursery import Nursery, open_nursery
from tests.faults.replicas import Replicas
from tests.postgres import PostgresServer, running_postgres

BATCH: Final = 200
"""Kills before all starts afresh: a workspace that remembers everything said gets slow."""

BURST_LEASE_SECONDS: Final = 30
ACK_SECONDS: Final = 0.25
"""What 99 of 100 acks stay under in the burst."""


@dataclass(frozen=True, slots=True)
class _Batch:
    rounds: int
    seed: int
    ids: MessageIds
    http: bool


def main() -> None:
    """Run what the arguments ask for; the first question that is lost or answered twice ends it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000, help="kills of a worker")
    parser.add_argument("--questions", type=int, default=2_000, help="questions of the burst")
    parser.add_argument("--seed", type=int, default=None, help="of the first batch of kills")
    given = parser.parse_args()
    seed = new_seed() if given.seed is None else given.seed
    asyncio.run(soak(given.rounds, given.questions, seed))


async def soak(rounds: int, questions: int, seed: int) -> None:
    """So many kills in batches, each with all settings of message ids in turn, and one burst.

    Raises:
        AssertionError: a question was lost or answered twice, or a bound was broken.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        running_postgres() as postgres,
        open_nursery(Path(folder)) as nursery,
    ):
        for batch in _batches(rounds, seed):
            await _kill(nursery, postgres, batch)
        if questions:
            await _burst(nursery, postgres, questions)


def _batches(rounds: int, seed: int) -> Iterator[_Batch]:
    settings = itertools.cycle(itertools.product(MessageIds, (True, False)))
    for begin in range(0, rounds, BATCH):
        ids, http = next(settings)
        yield _Batch(min(BATCH, rounds - begin), seed + begin, ids, http)


async def _kill(nursery: Nursery, postgres: PostgresServer, batch: _Batch) -> None:
    print(batch, flush=True)
    async with running_workspace(OPTIONS) as slack:
        slack.faults.message_ids = batch.ids
        replicas = Replicas(slack, nursery, postgres.url, http=batch.http)
        await replicas.start()
        killed = await kill_rounds(slack, replicas, batch.rounds, batch.seed)
        nursery.kill_all()
    postgres.clear()
    check_killing(killed)


async def _burst(nursery: Nursery, postgres: PostgresServer, questions: int) -> None:
    async with running_workspace(BURST_OPTIONS) as slack:
        replicas = Replicas(slack, nursery, postgres.url, LEASE_SECONDS=BURST_LEASE_SECONDS)
        burst = await ask_in_a_burst(slack, await replicas.start(), questions)
        nursery.kill_all()
    postgres.clear()
    check_burst(burst)
    assert burst.ack_p99 <= ACK_SECONDS, burst


if __name__ == "__main__":
    main()
