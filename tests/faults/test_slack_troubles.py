"""Slack answers with errors, halves and silence, or cuts the socket: the reply comes afterwards, once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import (
    HalfBody,
    MessageIds,
    Refuse,
    Reset,
    ServerError,
    Silence,
    Trouble,
)
from tests.faults.asking import Asking
from tests.faults.nursery import Nursery
from tests.faults.processes import until
from tests.faults.replicas import Replicas

POST = "chat.postMessage"
LOOK = "conversations.replies"
SILENCE_SECONDS = 20.0
MARGIN_SECONDS = 5.0
PATIENCE_SECONDS = 45.0
TROUBLES: tuple[Trouble, ...] = (
    Refuse("ratelimited", retry_after=2),
    Refuse("internal_error"),
    ServerError(),
    ServerError(carried_out=True),
    ServerError(status=503, carried_out=True),
    Reset(),
    Reset(carried_out=True),
    HalfBody(),
    HalfBody(carried_out=True),
    HalfBody(cut=True),
    HalfBody(cut=True, carried_out=True),
    Silence(seconds=SILENCE_SECONDS),
    Silence(seconds=SILENCE_SECONDS, carried_out=True),
)
"""What meets the posts, each in a channel of its own."""

LATE = Silence(seconds=SILENCE_SECONDS, late=True)
"""Carried out long after the bot gave it up and posted again. Where Slack honours the message id, the two are
one; where it does not, nothing that a bot can do would prevent the second.
"""


@pytest.mark.parametrize(
    ("ids", "troubles"),
    [(MessageIds.HONOURED, (*TROUBLES, LATE)), (MessageIds.DROPPED, TROUBLES)],
    ids=["honoured", "dropped"],
)
async def test_each_trouble_of_slack_is_survived(
    slack: RunningWorkspace,
    nursery: Nursery,
    postgres_url: str,
    ids: MessageIds,
    troubles: tuple[Trouble, ...],
) -> None:
    """Each in its own channel, all at once, beside channels without any: each question is answered once."""
    slack.faults.message_ids = ids
    channels = [slack.add_channel(f"trouble-{number}") for number in range(len(troubles))]
    await Replicas(slack, nursery, postgres_url).start()
    faults = [
        slack.faults.inject(POST, trouble, times=times(trouble), channel=channel.id)
        for trouble, channel in zip(troubles, channels, strict=True)
    ]
    asking, calm = Asking(slack, [channel.name for channel in channels]), Asking(slack)
    begun = time.monotonic()
    asking.ask(2 * len(troubles))
    calm.ask(4)
    await calm.wait_answered(PATIENCE_SECONDS, quiet=0)
    assert (calm.lost, calm.repeated) == (0, 0)
    await asking.wait_answered(PATIENCE_SECONDS)
    if LATE in troubles:
        await asyncio.sleep(max(1.0, begun + SILENCE_SECONDS + MARGIN_SECONDS - time.monotonic()))
    assert [fault.hits for fault in faults] == list(map(times, troubles))
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)


def times(trouble: Trouble) -> int:
    """How many posts a trouble meets: a long silence one, which is long enough."""
    return 1 if isinstance(trouble, Silence) else 2


async def test_troubles_of_the_look_up_lead_to_no_second_post(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str
) -> None:
    """A bot that cannot see whether it posted does not post."""
    slack.faults.message_ids = MessageIds.DROPPED
    await Replicas(slack, nursery, postgres_url).start()
    slack.faults.inject(POST, ServerError(carried_out=True), times=2)
    looks = [slack.faults.inject(LOOK, trouble) for trouble in (ServerError(), HalfBody(), Reset())]
    asking = Asking(slack)
    asking.ask(2)
    await asking.wait_answered(PATIENCE_SECONDS)
    await until(lambda: all(look.hits for look in looks))
    await asyncio.sleep(1)
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)


async def test_a_limit_of_one_channel_holds_up_no_other(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str
) -> None:
    """For the seconds that Slack asks for, nothing is tried there; the rest goes on at its pace."""
    limited, seconds = slack.channel("general"), 8
    await Replicas(slack, nursery, postgres_url).start()
    fault = slack.faults.rate_limit(POST, seconds, limited.id)
    held, free = Asking(slack, [limited.name]), Asking(slack, ["ml-help"])
    held.ask(3)
    free.ask(3)
    await free.wait_answered(seconds - 0.5, quiet=0)
    assert (free.lost, held.lost) == (0, 3)
    await held.wait_answered(PATIENCE_SECONDS)
    assert (held.lost, held.repeated, free.repeated) == (0, 0, 0)
    assert fault.hits == 1


CUTS: dict[str, Callable[[RunningWorkspace], object]] = {
    "cut before the ack": lambda slack: setattr(slack.faults, "sockets_to_cut", 2),
    "reset": lambda slack: slack.cut_connections(),
    "refresh_requested": lambda slack: asyncio.ensure_future(slack.ask_to_reconnect()),
    "warning": lambda slack: asyncio.ensure_future(slack.warn_connections()),
}


@pytest.mark.parametrize("cut", CUTS)
async def test_a_socket_that_closes_loses_nothing(
    slack: RunningWorkspace, nursery: Nursery, postgres_url: str, cut: str
) -> None:
    """What was under way in it comes again, and is answered once."""
    slack.faults.message_ids = MessageIds.DROPPED
    await Replicas(slack, nursery, postgres_url, http=False).start()
    asking = Asking(slack)
    asking.ask(2)
    await asking.wait_answered(PATIENCE_SECONDS, quiet=0)
    asking.ask(2)
    CUTS[cut](slack)
    asking.ask(4)
    await asking.wait_answered(PATIENCE_SECONDS)
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)
