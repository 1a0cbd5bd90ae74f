"""A burst over many channels: all are answered at Slack's pace, acks stay quick, memory bounded."""

from __future__ import annotations

import pytest

from bot.workspace.embedded import running_workspace
from tests.faults.burst import BURST_OPTIONS, ask_in_a_burst, check_burst
from tests.faults.nursery import Nursery
from tests.faults.replicas import Replicas

QUESTIONS = 500
SLACK_WAITS_SECONDS = 3.0


@pytest.mark.timed
async def test_a_burst_is_answered_at_slacks_pace(nursery: Nursery, postgres_url: str) -> None:
    """What waits, waits in the database; no ack comes too late. `soak` holds the acks to less."""
    async with running_workspace(BURST_OPTIONS) as slack:
        replicas = Replicas(slack, nursery, postgres_url, LEASE_SECONDS=30, QUESTIONS_PER_MINUTE=20)
        burst = await ask_in_a_burst(slack, await replicas.start(), QUESTIONS)
        nursery.kill_all()
    check_burst(burst)
    assert burst.ack_most < SLACK_WAITS_SECONDS, burst
