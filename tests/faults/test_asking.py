"""The count of what was lost and repeated is right."""

from __future__ import annotations

import asyncio
import time

from bot.workspace.content import Content
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject
from tests.faults.asking import Asking


def reply(slack: RunningWorkspace, question: Message) -> Message:
    """Answer a question as the bot."""
    return slack.workspace.posting.post(question.channel, Content("x", [], [], None), thread_ts=question.ts)


async def test_replies_are_counted_by_question(slack: RunningWorkspace) -> None:
    """One lost, one answered once, one twice; what is said elsewhere counts nothing."""
    asking = Asking(slack)
    _, once, twice = asking.ask(3)
    for question in (once, twice, twice):
        reply(slack, question)
    slack.post_as_user("general", "thanks", thread_ts=once.ts)
    reply(slack, slack.post_as_user("general", "not a question"))
    assert (asking.asked, asking.lost, asking.repeated) == (3, 1, 1)


async def test_a_revised_reply_is_still_one(slack: RunningWorkspace) -> None:
    """An edit is no second answer."""
    asking = Asking(slack)
    (question,) = asking.ask()
    slack.workspace.posting.revise(reply(slack, question), Content("y", [], [], None))
    assert (asking.lost, asking.repeated) == (0, 0)


async def test_waiting_sees_a_late_second_reply(slack: RunningWorkspace) -> None:
    """It ends when nothing more is said, and not with the first reply."""
    asking = Asking(slack)
    (question,) = asking.ask()

    async def answer_twice() -> None:
        for _ in range(2):
            await asyncio.sleep(0.1)
            reply(slack, question)

    answering = asyncio.create_task(answer_twice())
    await asking.wait_answered(5, quiet=0.3)
    await answering
    assert asking.repeated == 1


async def test_waiting_for_what_is_lost_ends(slack: RunningWorkspace) -> None:
    """When the time is up."""
    asking = Asking(slack)
    asking.ask()
    begun = time.monotonic()
    await asking.wait_answered(0.2, quiet=0.1)
    assert time.monotonic() - begun < 2
    assert asking.lost == 1


async def test_the_pause_is_that_of_one_channel(slack: RunningWorkspace) -> None:
    """Two channels may be answered at once."""
    asking = Asking(slack)
    questions = asking.ask(4)
    for question in questions[:2]:
        reply(slack, question)
    assert asking.shortest_pause == float("inf")
    await asyncio.sleep(0.1)
    for question in questions[2:]:
        reply(slack, question)
    assert 0.1 <= asking.shortest_pause < 2


async def test_an_apology_is_told_from_an_answer(slack: RunningWorkspace) -> None:
    """Both are replies, and only an answer has blocks."""
    asking = Asking(slack)
    first, second = asking.ask(2)
    blocks: list[JsonObject] = [{"type": "divider"}]
    slack.workspace.posting.post(first.channel, Content("x", blocks, [], None), thread_ts=first.ts)
    reply(slack, second)
    assert (asking.lost, asking.apologies) == (0, 1)


async def test_what_only_the_asker_sees_is_no_reply(slack: RunningWorkspace) -> None:
    """The word that a question is queued answers nothing."""
    asking = Asking(slack)
    (question,) = asking.ask()
    slack.workspace.posting.post(
        question.channel, Content("x", [], [], None), thread_ts=question.ts, ephemeral_for=question.user
    )
    assert (asking.lost, asking.apologies) == (1, 0)


async def test_people_ask_in_turn(slack: RunningWorkspace) -> None:
    """Each in the next channel."""
    asking = Asking(slack, people=[slack.add_user(name).name for name in ("ada", "bob", "eve")])
    assert len({question.user for question in asking.ask(4)}) == 3
