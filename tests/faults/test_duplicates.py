"""Each event three times, out of order, as a mention and as a message, at two replicas: one reply."""

from __future__ import annotations

import pytest

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import MessageIds
from tests.faults.asking import Asking
from tests.faults.nursery import Nursery
from tests.faults.replicas import Replicas

CHANNELS = 20
QUESTIONS = 60
COPIES = 3
DELIVERED_AS = ("app_mention", "message")
DISORDER_SECONDS = 2.0


async def ask_in_disorder(slack: RunningWorkspace) -> Asking:
    """Ask, and wait until each is answered and all copies have come."""
    slack.faults.copies, slack.faults.disorder_seconds = COPIES, DISORDER_SECONDS
    slack.faults.message_ids = MessageIds.DROPPED
    asking = Asking(slack, [slack.add_channel(f"copies-{number}").name for number in range(CHANNELS)])
    asking.ask(QUESTIONS)
    await asking.wait_answered(30)
    await slack.settle(30)
    return asking


def check(slack: RunningWorkspace, asking: Asking) -> None:
    """Each was delivered as often as it should, and answered once."""
    sent = [delivery.payload["event"] for delivery in slack.workspace.outbox.sent]
    kinds = [event["type"] for event in sent if isinstance(event, dict) and not event.get("bot_id")]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(DELIVERED_AS, QUESTIONS)
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)


@pytest.mark.parametrize(
    ("store_url", "http"),
    [("sqlite", True), ("postgresql", False)],
    indirect=["store_url"],
    ids=["sqlite-http", "postgresql-socket"],
)
async def test_copies_in_disorder_are_one_question(
    slack: RunningWorkspace, nursery: Nursery, store_url: str, http: bool
) -> None:
    """The copies reach both replicas, some long after the answer, and none is answered again."""
    bots = await Replicas(slack, nursery, store_url, http=http).start()
    check(slack, await ask_in_disorder(slack))
    assert all(bot.events("answered") for bot in bots)
