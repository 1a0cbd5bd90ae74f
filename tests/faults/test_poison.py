"""Questions that kill the process that answers them: parked with an apology, and no innocent with them."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import MessageIds
from bot.workspace.model import Message
from tests.faults.asking import Asking
from tests.faults.nursery import Nursery
from tests.faults.poison import DEADLY, FAILING, STATUS
from tests.faults.replicas import Replicas

CHANNELS = 12
TRIES = 3
PATIENCE_SECONDS = 45.0


@asynccontextmanager
async def kept_alive(replicas: Replicas) -> AsyncIterator[list[int]]:
    """Starts a replica anew when it died, as a process manager would; gives how each ended."""
    ends: list[int] = []

    async def watch() -> None:
        while True:
            for number, bot in enumerate(replicas.bots):
                if (code := bot.poll()) is not None:
                    ends.append(code)
                    await replicas.replace(number)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield ends
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def replies(slack: RunningWorkspace, question: Message) -> list[bool]:
    """Of each reply to a question, whether it is an answer, and no apology."""
    return [bool(reply.blocks) for reply in slack.replies(question)]


def outcomes(database: Path) -> list[tuple[str, int, int]]:
    """Of what was parked: the reason, and how often it failed and was lost."""
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT outcome, failures, losses FROM inbox WHERE state = 'parked'"
        return [(str(outcome), int(failed), int(lost)) for outcome, failed, lost in connection.execute(query)]


async def test_poison_is_parked_and_innocents_are_answered(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path
) -> None:
    """Three processes die over it, its asker gets one apology, and all beside it are answered once."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, f"sqlite:///{tmp_path}/bot.db", deadly=True)
    await replicas.start()
    innocent = Asking(slack, [slack.add_channel(f"poison-{number}").name for number in range(CHANNELS)])
    async with kept_alive(replicas) as ends:
        innocent.ask(CHANNELS)
        poisoned = slack.post_as_user("general", f"@torchdesk torch {DEADLY}?")
        innocent.ask(CHANNELS)
        await slack.wait_for(lambda: slack.replies(poisoned), PATIENCE_SECONDS)
        await innocent.wait_answered(PATIENCE_SECONDS)
    assert (innocent.lost, innocent.repeated, innocent.apologies) == (0, 0, 0)
    assert replies(slack, poisoned) == [False]
    assert ends == [STATUS] * TRIES
    assert outcomes(tmp_path / "bot.db") == [("lost", 0, TRIES)]


async def test_a_question_that_fails_is_parked(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path
) -> None:
    """After three tries, with an apology; no process dies, and what comes after it is answered."""
    replicas = Replicas(slack, nursery, f"sqlite:///{tmp_path}/bot.db", deadly=True)
    bots = await replicas.start()
    innocent = Asking(slack, ["general", "ml-help"])
    failing = slack.post_as_user("general", f"@torchdesk torch {FAILING}?")
    innocent.ask(4)
    await slack.wait_for(lambda: slack.replies(failing), PATIENCE_SECONDS)
    await innocent.wait_answered(PATIENCE_SECONDS)
    assert (innocent.lost, innocent.repeated, innocent.apologies) == (0, 0, 0)
    assert replies(slack, failing) == [False]
    assert all(bot.is_running for bot in bots)
    assert sum(len(bot.events("failed")) for bot in bots) == TRIES
    assert outcomes(tmp_path / "bot.db") == [("Poisoned", TRIES - 1, 0)]
