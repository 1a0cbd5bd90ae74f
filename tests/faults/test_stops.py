"""A graceful stop: what is claimed is finished, the rest is left to the other replica, nothing is lost."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import MessageIds, Silence
from tests.faults.asking import Asking
from tests.faults.nursery import Nursery
from tests.faults.replicas import Replicas

CHANNELS = 20
LEASE_SECONDS = 300  # so that whatever a stopped replica left claimed would not be answered in a test's time
DRAIN_SECONDS = 10
SLACK_SECONDS = 2


@pytest.mark.parametrize(
    ("store_url", "http"),
    [("postgresql", True), ("sqlite", False)],
    indirect=["store_url"],
    ids=["postgresql-http", "sqlite-socket"],
)
async def test_a_stop_in_full_work_leaves_nothing_behind(
    slack: RunningWorkspace, nursery: Nursery, store_url: str, http: bool
) -> None:
    """Each replica is stopped once, with questions in hand and more waiting; another takes its place."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, store_url, http=http, LEASE_SECONDS=LEASE_SECONDS)
    await replicas.start()
    asking = Asking(slack, [slack.add_channel(f"stops-{number}").name for number in range(CHANNELS)])
    for number in range(len(replicas.bots)):
        asking.ask(2 * CHANNELS)
        before = asking.lost
        await slack.wait_for(lambda before=before: asking.lost < before)  # type: ignore[misc]
        begun = time.monotonic()
        assert await replicas.bots[number].terminate() == 0
        assert time.monotonic() - begun < DRAIN_SECONDS + SLACK_SECONDS
        await replicas.replace(number)
        await replicas.wait_ready(number)
    await asking.wait_answered(30)
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)


async def test_a_post_that_hangs_is_handed_over(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str
) -> None:
    """The stopped replica lets go within ten seconds; the next one sees that it was posted, and works on."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, postgres_url, LEASE_SECONDS=LEASE_SECONDS, count=1)
    (bot,) = await replicas.start()
    fault = slack.faults.inject("chat.postMessage", Silence(seconds=60, carried_out=True))
    asking = Asking(slack, ["general"])
    asking.ask()
    await slack.wait_for(lambda: fault.hits)
    asking.ask(2)
    begun = time.monotonic()
    assert await bot.terminate() == 0
    assert time.monotonic() - begun < DRAIN_SECONDS + SLACK_SECONDS
    assert asking.lost == 2
    await replicas.replace(0)
    await asking.wait_answered(15, quiet=2)
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)


@pytest.mark.parametrize("http", [True, False], ids=["http", "socket"])
async def test_a_second_signal_lets_what_is_in_hand_be_finished(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path, http: bool
) -> None:
    """A process manager that asks twice, or a second Ctrl-C, changes nothing: the answer counts as given."""
    replicas = Replicas(slack, nursery, f"sqlite:///{tmp_path}/bot.db", http=http, count=1)
    (bot,) = await replicas.start()
    fault = slack.faults.inject("chat.postMessage", Silence(seconds=SLACK_SECONDS, carried_out=True))
    Asking(slack, ["general"]).ask()
    await slack.wait_for(lambda: fault.hits)
    bot.send(signal.SIGTERM)
    await asyncio.sleep(SLACK_SECONDS / 4)
    assert await bot.terminate() == 0
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        assert database.execute("SELECT state FROM inbox").fetchall() == [("done",)]
