"""Follow-ups in a workspace: what was asked before in a thread or a direct message, and what is not."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.slack.app import SlackBot
from bot.slack.holding import Hold
from bot.slack.incoming import Incoming, Place
from bot.slack.socket import run_socket
from bot.slack.work import Asked, Sender, WorkCodec
from bot.storage import QuestionNote, Recalled, StorageError, Store, open_store
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message
from tests.questions.cases import pipeline
from tests.slack.support import dispatch, event_body, finish, message, quick_bot
from tests.storage import support

QUESTION = "torchvision for torch 1.6.0"
FOLLOW_UP = "and torchaudio?"
ANSWER = "0.6.0"
OTHER_ANSWER = "0.4.0"
ASKED_BACK = "What about torchaudio?"
NOW = 1_700_000_000


@pytest.fixture
def bot(store: Store, settings: Settings) -> SlackBot:
    """The app with the real pipeline."""
    pipeline().warm()  # or the first question waits for it
    return quick_bot(pipeline(), store, settings)


def posted(workspace: RunningWorkspace) -> list[str]:
    """What the bot wrote in the direct message, in order."""
    return [item.text for item in workspace.messages("@you") if item.bot_id]


async def in_thread(workspace: RunningWorkspace, text: str, count: int) -> tuple[Message, Message]:
    """A question in the channel with a follow-up under it, and the bot's last reply."""
    question = workspace.post_as_user("general", f"@torchdesk {QUESTION}")
    await workspace.wait_for_reply(question)
    follow_up = workspace.post_as_user("general", text, thread_ts=question.ts)
    await workspace.wait_for(lambda: len(workspace.replies(question)) == count)
    return follow_up, workspace.replies(question)[-1]


async def test_a_mention_in_the_thread_follows_up(connected: RunningWorkspace) -> None:
    """The answer is about the release that was asked about before."""
    _, reply = await in_thread(connected, f"@torchdesk {FOLLOW_UP}", 3)
    assert ANSWER in reply.text


async def test_an_edited_follow_up_builds_on_the_question_before_it(connected: RunningWorkspace) -> None:
    """Not on what it asked itself before the edit."""
    follow_up, _ = await in_thread(connected, "@torchdesk and for torch 1.4.0?", 3)
    connected.edit_as_user(follow_up, f"@torchdesk {FOLLOW_UP}")
    await connected.wait_for(
        lambda: ANSWER in connected.messages("general", thread_ts=follow_up.thread_ts)[-1].text
    )


async def test_another_thread_is_another_conversation(connected: RunningWorkspace) -> None:
    """Nothing is taken over from one thread to another."""
    await in_thread(connected, f"@torchdesk {FOLLOW_UP}", 3)
    other = connected.post_as_user("general", f"@torchdesk {FOLLOW_UP}")
    assert ASKED_BACK in (await connected.wait_for_reply(other)).text


async def test_a_choice_is_followed_up_on(connected: RunningWorkspace) -> None:
    """What a button asked is what the thread is about."""
    question = connected.post_as_user("general", "@torchdesk torch")
    offer = await connected.wait_for_reply(question)
    await connected.press(offer, "ask:1")
    await connected.wait_for_reply(question, count=2)
    connected.post_as_user("general", "@torchdesk and torchvision?", thread_ts=question.ts)
    await connected.wait_for(lambda: len(connected.replies(question)) == 4)
    assert "newest torchvision" in connected.replies(question)[-1].text


async def test_a_direct_message_follows_up_without_a_thread(
    bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """Within half an hour; later the question is forgotten."""
    for text, minute in ((QUESTION, 0), ("thanks", 10), (FOLLOW_UP, 29), (FOLLOW_UP, 60)):
        body = event_body(message(workspace.dm.id, text, f"{NOW + 60 * minute}.000100"))
        await dispatch(bot, body)
    asked, _, followed, alone = posted(workspace)
    assert "0.7.0" in asked
    assert ANSWER in followed
    assert ASKED_BACK in alone


async def test_an_edit_that_asks_nothing_leaves_the_question_before_it(
    bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """A question that was edited away is not followed up on."""
    channel = workspace.dm.id
    await dispatch(bot, event_body(message(channel, QUESTION, f"{NOW}.000100")))
    second = message(channel, "torchvision for torch 1.4.0", f"{NOW + 1}.000100")
    await dispatch(bot, event_body(second))
    edit: dict[str, object] = {
        "type": "message",
        "subtype": "message_changed",
        "channel": channel,
        "channel_type": "im",
        "message": {**second, "text": "thanks", "edited": {"user": "U0PERSON", "ts": f"{NOW + 2}.000000"}},
        "previous_message": second,
    }
    await dispatch(bot, event_body(edit))
    await dispatch(bot, event_body(message(channel, FOLLOW_UP, f"{NOW + 3}.000100")))
    assert ANSWER in posted(workspace)[-1]


async def test_a_deleted_question_is_not_followed_up_on(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """What is gone is no longer what the conversation is about."""
    channel = workspace.dm.id
    await dispatch(bot, event_body(message(channel, QUESTION, f"{NOW}.000100")))
    deletion: dict[str, object] = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": channel,
        "channel_type": "im",
        "deleted_ts": f"{NOW}.000100",
    }
    await dispatch(bot, event_body(deletion))
    await dispatch(bot, event_body(message(channel, FOLLOW_UP, f"{NOW + 1}.000100")))
    assert ASKED_BACK in posted(workspace)[-1]


async def test_an_answer_that_is_found_standing_is_remembered(
    bot: SlackBot, store: Store, workspace: RunningWorkspace
) -> None:
    """Three processes died over it, the last after it had posted: what is asked next builds on it."""
    channel, ts = workspace.dm.id, f"{NOW}.000100"
    question = Incoming("Ev1", "U0PERSON", channel, ts, QUESTION, Place(channel, None), "")
    sender = Sender("T1", "", "U0PERSON")
    await store.inbox.accept(WorkCodec().entry(Asked(question), sender, "Ev1", question.key))
    for last in (False, False, True):
        for suspects in (False, True):
            for claimed in await store.inbox.claim("dead", 1, -1, suspects=suspects):
                if last:
                    await bot.worker._settling.hands.handle(claimed, Hold(30, time.monotonic() + 30))
        await store.inbox.recover()
    bot.worker._suspects = True  # as the worker itself notices, some seconds later
    await finish(bot)
    assert len(posted(workspace)) == 1
    await dispatch(bot, event_body(message(channel, FOLLOW_UP, f"{NOW + 1}.000100")))
    assert ANSWER in posted(workspace)[-1]
    assert ASKED_BACK not in posted(workspace)[-1]


async def test_a_follow_up_waits_for_a_store_that_fails(
    bot: SlackBot, store: Store, workspace: RunningWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read by itself it would ask something else."""
    recall, failures = store.recall, iter(range(2))

    async def fail(*where: str) -> Recalled:
        if next(failures, None) is not None:
            raise StorageError("disk full")
        return await recall(*where)

    channel = workspace.dm.id
    await dispatch(bot, event_body(message(channel, QUESTION, f"{NOW}.000100")))
    monkeypatch.setattr(store, "recall", fail)
    await dispatch(bot, event_body(message(channel, FOLLOW_UP, f"{NOW + 1}.000100")))
    assert next(failures, None) is None
    assert len(posted(workspace)) == 2
    assert ASKED_BACK not in posted(workspace)[-1]


async def test_what_was_noted_by_another_version_is_passed_over(
    bot: SlackBot, store: Store, workspace: RunningWorkspace
) -> None:
    """Knowledge and program change; an answer comes all the same."""
    noted = QuestionNote(workspace.dm.id, f"{NOW}.000100", None, '{"form": 0, "want": ["gone"]}')
    await support.note(store, noted)
    await dispatch(bot, event_body(message(workspace.dm.id, FOLLOW_UP, f"{NOW + 1}.000100")))
    assert ASKED_BACK in posted(workspace)[-1]


@pytest.fixture
async def restarted(
    workspace: RunningWorkspace, settings: Settings, tmp_path: Path
) -> AsyncIterator[RunningWorkspace]:
    """A workspace whose bot, which keeps no texts, answered a question, stopped, and came back."""
    own = dataclasses.replace(settings, database_url=f"sqlite:///{tmp_path}/bot.db", retention_days=0)
    for first in (True, False):
        async with open_store(str(own.database_url)) as store:
            bot = quick_bot(pipeline(), store, own)
            stop, started = asyncio.Event(), asyncio.Event()
            serving = asyncio.create_task(run_socket(bot, workspace.app_token, stop=stop, started=started))
            await asyncio.wait_for(started.wait(), 5)
            await workspace.wait_for_bot()
            if first:
                question = workspace.post_as_user("general", f"@torchdesk {QUESTION} please, Quarkfeather")
                await workspace.wait_for_reply(question)
            else:
                yield workspace
            stop.set()
            await asyncio.wait_for(serving, 10)


async def test_a_conversation_survives_a_restart_without_its_words(
    restarted: RunningWorkspace, tmp_path: Path
) -> None:
    """Columns and versions are stored, and nothing that people wrote."""
    question = restarted.messages("general")[0]
    restarted.post_as_user("general", f"@torchdesk {FOLLOW_UP}", thread_ts=question.ts)
    await restarted.wait_for(lambda: len(restarted.replies(question)) == 3)
    assert ANSWER in restarted.replies(question)[-1].text
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        dump = "\n".join(database.iterdump())
    assert "torchaudio" in dump
    assert "Quarkfeather" not in dump
    assert "please" not in dump
