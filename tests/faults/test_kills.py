"""Two workers, killed at random points 200 times and more: every question is answered once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import MessageIds, ServerError, Silence
from tests.faults.asking import Asking
from tests.faults.killing import check_killing, kill_rounds, new_seed
from tests.faults.nursery import Nursery
from tests.faults.processes import until
from tests.faults.replicas import Replicas

ROUNDS = 50
FEW_ROUNDS = 10
LEASE_SECONDS = 1
PATIENCE_SECONDS = 20


@pytest.mark.parametrize("ids", list(MessageIds))
async def test_killed_workers_on_postgres(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str, ids: MessageIds
) -> None:
    """Where Slack honours no message id, the look-up alone prevents a second."""
    slack.faults.message_ids = ids
    replicas = Replicas(slack, nursery, postgres_url)
    await replicas.start()
    check_killing(await kill_rounds(slack, replicas, ROUNDS, new_seed()))


async def test_killed_workers_on_sqlite(slack: RunningWorkspace, nursery: Nursery, tmp_path: Path) -> None:
    """Two processes on one file."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, f"sqlite:///{tmp_path}/bot.db")
    await replicas.start()
    check_killing(await kill_rounds(slack, replicas, FEW_ROUNDS, new_seed()))


async def test_killed_workers_by_socket_mode(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str
) -> None:
    """What was sent into a socket that died is delivered again, and answered once."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, postgres_url, http=False)
    await replicas.start()
    check_killing(await kill_rounds(slack, replicas, ROUNDS, new_seed()))


async def test_a_worker_that_stood_still_does_not_post_what_another_has(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str
) -> None:
    """It looked, saw nothing, and froze; when it goes on, another has posted, and it holds its tongue."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, postgres_url, count=1, LEASE_SECONDS=LEASE_SECONDS)
    (frozen,) = await replicas.start()
    slack.faults.inject("chat.postMessage", ServerError())
    look = slack.faults.inject("conversations.replies", Silence(seconds=0.5, carried_out=True))
    asking = Asking(slack)
    asking.ask()
    await until(lambda: look.hits)
    frozen.freeze()
    await Replicas(slack, nursery, postgres_url, count=1, LEASE_SECONDS=LEASE_SECONDS).start()
    await asking.wait_answered(PATIENCE_SECONDS, quiet=0)
    assert not asking.lost
    frozen.thaw()
    await asyncio.sleep(2 * LEASE_SECONDS)
    assert (asking.lost, asking.repeated) == (0, 0)
    assert frozen.is_running
