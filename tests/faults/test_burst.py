"""A burst over many channels: all are answered at Slack's pace, acks stay quick, memory bounded."""

from __future__ import annotations

import pytest

from bot.workspace.embedded import RunningWorkspace
from tests.faults.burst import Burst, ask_in_a_burst
from tests.faults.nursery import Nursery
from tests.faults.replicas import Replicas

QUESTIONS = 500
PAUSE_SECONDS = 1.0
ACK_SECONDS = 0.25
MEMORY_BYTES = 24 * 2**20
"""How much more a bot may hold at any time of a burst than before, however long the burst."""


def check(burst: Burst) -> None:
    """Nothing lost, nothing twice, one message a second in a channel, and no more memory than so much."""
    print(burst)
    assert (burst.lost, burst.repeated, burst.apologies, burst.failed_deliveries) == (0, 0, 0, 0), burst
    assert burst.shortest_pause >= PAUSE_SECONDS, burst
    assert all(most - before <= MEMORY_BYTES for before, most, _ in burst.memory), burst


@pytest.mark.timed
async def test_a_burst_is_answered_at_slacks_pace(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str
) -> None:
    """What waits, waits in the database; an ack takes no longer for it."""
    bots = await Replicas(slack, nursery, postgres_url, LEASE_SECONDS=30, QUESTIONS_PER_MINUTE=20).start()
    burst = await ask_in_a_burst(slack, bots, QUESTIONS)
    check(burst)
    assert burst.ack_p99 <= ACK_SECONDS, burst
