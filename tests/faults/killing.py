"""Kills two replicas again and again, at random points, while questions flow in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from dataclasses import dataclass
from typing import Final

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.payloads import JsonObject
from tests.faults.asking import Asking
from tests.faults.replicas import Replicas

CHANNELS: Final = 30
LIFE_SECONDS: Final = 0.4
"""The longest time between two kills, of which every second one hits the same replica: some are killed while
they start, some at their first words, some in full work."""

POST_SECONDS: Final = 5.0
"""How long a kill waits for a post: on a slow machine longer, so that something is answered there too."""

QUESTION_SECONDS: Final = 0.25
RECOVERY_SECONDS: Final = 180.0
APOLOGIES: Final = 0.05
FEW_APOLOGIES: Final = 3
MANY: Final = 50
SEED_NAME: Final = "FAULT_SEED"


@dataclass(frozen=True, slots=True)
class Killing:
    """What became of the questions; `at_posts` of the kills came in the moment of a post."""

    seed: int
    kills: int
    at_posts: int
    asked: int
    lost: int
    repeated: int
    apologies: int


def check_killing(killed: Killing) -> None:
    """None lost, none twice. A question over which three processes died by chance got an apology, once."""
    print(killed)
    assert (killed.lost, killed.repeated) == (0, 0), killed
    assert killed.apologies <= max(FEW_APOLOGIES, APOLOGIES * killed.asked), killed
    assert killed.at_posts or killed.kills < MANY, killed


def new_seed() -> int:
    """A seed for a run: the one that the environment gives, to repeat a run, else a new one."""
    return int(os.environ.get(SEED_NAME, "") or random.randrange(1_000_000))  # noqa: S311 - a test's dice


async def kill_rounds(slack: RunningWorkspace, replicas: Replicas, rounds: int, seed: int) -> Killing:
    """Kill one of the replicas `rounds` times, the next and the other in turn, and count.

    Half of the kills come after a random time, half in the moment in which the workspace has carried out a
    post and its answer has not left: then nobody knows of it who lives. The seed settles the dice, not what
    the machine's scheduler does.
    """
    print(f"{SEED_NAME}={seed}")
    dice = random.Random(seed)  # noqa: S311
    asking = Asking(slack, [slack.add_channel(f"kills-{number}").name for number in range(CHANNELS)])
    flowing = asyncio.create_task(_ask_on(asking, random.Random(seed + 1)))  # noqa: S311
    try:
        at_posts = [await _kill(slack, replicas, number, dice) for number in range(rounds)]
    finally:
        flowing.cancel()
    await asyncio.gather(flowing, return_exceptions=True)
    await asking.wait_answered(RECOVERY_SECONDS)
    return Killing(seed, rounds, sum(at_posts), asking.asked, asking.lost, asking.repeated, asking.apologies)


async def _ask_on(asking: Asking, dice: random.Random) -> None:
    while True:
        asking.ask(dice.choice((1, 1, 1, 3)))
        await asyncio.sleep(dice.uniform(0, 2 * QUESTION_SECONDS))


async def _kill(slack: RunningWorkspace, replicas: Replicas, number: int, dice: random.Random) -> bool:
    """One kill; whether it came in the moment of a post."""
    victim = number % len(replicas.bots)
    await asyncio.sleep(dice.uniform(0, LIFE_SECONDS))
    at_post = dice.random() < 0.5 and await _kill_at_post(slack, replicas, victim)
    await replicas.replace(victim)
    return at_post


async def _kill_at_post(slack: RunningWorkspace, replicas: Replicas, victim: int) -> bool:
    """Kill in the moment of the next post, whichever replica's it is; False where none comes soon."""
    listeners, posted = slack.workspace.store.listeners, asyncio.Event()

    def see(kind: str, payload: JsonObject) -> None:
        if kind == "message" and payload.get("bot_id") and not posted.is_set():
            replicas.bots[victim].send(signal.SIGKILL)
            posted.set()

    listeners.append(see)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(posted.wait(), POST_SECONDS)
    listeners.remove(see)
    return posted.is_set()
