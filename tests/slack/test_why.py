"""The "Why?" button: where it stands, what it posts, and how often."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.settings import Settings
from bot.slack.app import SlackBot
from bot.storage import Store
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message
from tests.questions.cases import pipeline
from tests.slack.support import dispatch, quick_bot

QUESTION = "Dear Quarkfeather, torchvision for torch 1.6.0"
BUTTON = '"action_id": "why"'
DERIVED = "This is how that answer came about."
ROW = "PyTorch 1.6.0 · torchvision 0.7.0"


@pytest.fixture
def bot(store: Store, settings: Settings) -> SlackBot:
    """The app with the real pipeline."""
    pipeline().warm()  # or the first question waits for it
    return quick_bot(pipeline(), store, settings)


def blocks(message: Message) -> str:
    """A message's blocks as JSON."""
    return json.dumps(message.blocks, ensure_ascii=False)


async def answered(workspace: RunningWorkspace, text: str = QUESTION) -> tuple[Message, Message]:
    """A question in the channel and its answer."""
    question = workspace.post_as_user("general", f"@torchdesk {text}")
    return question, await workspace.wait_for_reply(question)


async def test_a_press_posts_the_derivation_in_the_thread(connected: RunningWorkspace) -> None:
    """What was understood and the rows, with their sources."""
    question, answer = await answered(connected)
    await connected.press(answer, "why")
    derivation = await connected.wait_for_reply(question, count=2)
    assert derivation.text.startswith(DERIVED)
    assert ROW in blocks(derivation)
    assert BUTTON not in blocks(derivation)


async def test_two_presses_are_one(connected: RunningWorkspace) -> None:
    """Whoever presses, and however often."""
    question, answer = await answered(connected)
    await asyncio.gather(connected.press(answer, "why"), connected.press(answer, "why"))
    await connected.wait_for_reply(question, count=2)
    await connected.settle()
    assert len(connected.replies(question)) == 2


async def test_an_answer_in_a_direct_message_is_explained_in_a_thread_under_it(
    connected: RunningWorkspace,
) -> None:
    """The conversation goes on at the foot."""
    connected.post_as_user("@you", QUESTION)
    await connected.wait_for(lambda: len(connected.messages("@you")) == 2)
    answer = connected.messages("@you")[-1]
    await connected.press(answer, "why")
    assert (await connected.wait_for_reply(answer)).text.startswith(DERIVED)


async def test_the_button_carries_no_word_of_the_asker(connected: RunningWorkspace) -> None:
    """Columns and versions alone."""
    _, answer = await answered(connected)
    assert BUTTON in blocks(answer)
    assert "Quarkfeather" not in blocks(answer)


async def test_a_revised_answer_is_explained_as_it_is_now(connected: RunningWorkspace) -> None:
    """The button goes with the question's last form."""
    question, answer = await answered(connected)
    connected.edit_as_user(question, "@torchdesk torchvision for torch 1.4.0")
    await connected.wait_for(lambda: "0.5.0" in connected.replies(question)[-1].text)
    await connected.press(connected.replies(question)[-1], "why")
    derivation = await connected.wait_for_reply(question, count=2)
    assert "PyTorch 1.4.0 · torchvision 0.5.0" in blocks(derivation)
    assert answer.ts != derivation.ts


async def test_the_answer_to_a_choice_has_the_button(connected: RunningWorkspace) -> None:
    """And it is that choice's own question that is explained."""
    question, offer = await answered(connected, "torch")
    await connected.press(offer, "ask:1")
    answer = await connected.wait_for_reply(question, count=2)
    await connected.press(answer, "why")
    derivation = await connected.wait_for_reply(question, count=3)
    assert "The newest PyTorch on record is" in derivation.text


@pytest.mark.parametrize(
    "text", ["torch", "which torch works with CUDA 99.9", "thanks", "help", "torch==2.4.0\ntorchtext==0.17.0"]
)
async def test_what_cannot_be_explained_has_no_button(connected: RunningWorkspace, text: str) -> None:
    """Asked back, not known, chatter, help, and a pasted list, which is not kept."""
    _, answer = await answered(connected, text)
    assert BUTTON not in blocks(answer)


async def test_a_private_answer_has_no_button_and_the_shared_one_has(connected: RunningWorkspace) -> None:
    """There is no thread under what one person alone sees."""
    await connected.slash("general", "/torch", QUESTION)
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    private = connected.messages("general", ephemeral=True)[-1]
    assert BUTTON not in blocks(private)
    await connected.press(private, "share")
    await connected.wait_for(lambda: len(connected.messages("general")) == 1)
    assert BUTTON in blocks(connected.messages("general")[0])


async def test_a_button_of_other_knowledge_gets_a_sentence(
    bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """What it names may be gone; a press is never without an answer."""
    channel = workspace.post_as_user("general", "an old answer")
    body: dict[str, object] = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U0PERSON"},
        "container": {"type": "message", "channel_id": channel.channel, "message_ts": channel.ts},
        "channel": {"id": channel.channel},
        "message": {"ts": channel.ts},
        "actions": [{"type": "button", "action_id": "why", "block_id": "b", "value": '{"form": 0}'}],
    }
    await dispatch(bot, body)
    assert [reply.text for reply in workspace.replies(channel)] == ["I do not know that button."]
