"""Which events the bot answers, and how often."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from sqlalchemy import select

from bot.settings import Settings
from bot.slack.app import SlackBot
from bot.storage import Store
from bot.storage.schema import inbox
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import MessageIds
from tests.slack.support import CannedAsk, dispatch, event_body, mention, message, quick_bot


@pytest.fixture
def dm(workspace: RunningWorkspace) -> str:
    """The id of the direct message between the bot and a person."""
    return workspace.dm.id


@pytest.fixture
def general(workspace: RunningWorkspace) -> str:
    """The id of a public channel."""
    return workspace.channel("general").id


def test_building_an_app_needs_no_network(ask: CannedAsk, store: Store) -> None:
    """Nothing is sent before the first request."""
    settings = Settings(slack_bot_token="xoxb-1", slack_api_url="http://127.0.0.1:9/api")
    built = quick_bot(ask, store, settings)
    assert built.client.base_url == "http://127.0.0.1:9/api/"


async def test_same_event_id_is_answered_once(bot: SlackBot, workspace: RunningWorkspace, dm: str) -> None:
    """A retry of Slack's has the same event id."""
    body = event_body(message(dm, "torch 2.1", "1700000000.000100"))
    await dispatch(bot, body)
    await dispatch(bot, body, retry=1)
    await dispatch(bot, body, retry=2)
    assert len(workspace.messages(dm)) == 1


async def test_retry_of_an_unseen_event_is_answered(
    bot: SlackBot, workspace: RunningWorkspace, dm: str
) -> None:
    """A retry counts as the question if the first delivery never arrived."""
    await dispatch(bot, event_body(message(dm, "torch 2.1", "1700000000.000100")), retry=1)
    assert len(workspace.messages(dm)) == 1


async def test_mention_and_message_of_one_question(
    bot: SlackBot, ask: CannedAsk, general: str, workspace: RunningWorkspace
) -> None:
    """Slack may deliver a question both as app_mention and as message, with two event ids."""
    ts, text = "1700000000.000100", f"<@{workspace.bot_user_id}> torch 2.1"
    await asyncio.gather(
        dispatch(bot, event_body(mention(general, text, ts))),
        dispatch(bot, event_body(message(general, text, ts, channel_type="channel"))),
    )
    assert ask.asked == ["torch 2.1"]


async def test_claims_outlive_the_app(
    bot: SlackBot, ask: CannedAsk, store: Store, settings: Settings, dm: str
) -> None:
    """After a restart a redelivery is still known."""
    body = event_body(message(dm, "torch 2.1", "1700000000.000100"))
    await dispatch(bot, body)
    await dispatch(quick_bot(ask, store, settings), body, retry=1)
    assert len(ask.asked) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0OTHER"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"subtype": "channel_join"},
        {"subtype": "me_message"},
        {"hidden": True},
        {"user": "USLACKBOT"},
        {"user": ""},
    ],
)
async def test_what_no_person_said_is_ignored(
    bot: SlackBot, ask: CannedAsk, dm: str, more: dict[str, object]
) -> None:
    """Bots, notices and hidden messages get no answer."""
    await dispatch(bot, event_body({**message(dm, "torch 2.1", "1700000000.000100"), **more}))
    assert ask.asked == []


async def test_mention_by_a_bot_is_ignored(bot: SlackBot, ask: CannedAsk, general: str) -> None:
    """Two bots must not talk to each other."""
    await dispatch(bot, event_body(mention(general, "torch", "1700000000.000100", bot_id="B0OTHER")))
    assert ask.asked == []


async def test_own_message_is_ignored(
    bot: SlackBot, ask: CannedAsk, dm: str, workspace: RunningWorkspace
) -> None:
    """The bot does not answer itself."""
    await dispatch(bot, event_body(message(dm, "torch", "1700000000.000100", user=workspace.bot_user_id)))
    assert ask.asked == []


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
async def test_message_with_a_file_is_answered(bot: SlackBot, ask: CannedAsk, dm: str, subtype: str) -> None:
    """These subtypes are ordinary messages with something more."""
    await dispatch(bot, event_body(message(dm, "torch", "1700000000.000100", subtype=subtype)))
    assert ask.asked == ["torch"]


async def test_empty_mention_reaches_the_pipeline(
    bot: SlackBot, ask: CannedAsk, general: str, workspace: RunningWorkspace
) -> None:
    """A mention alone is answered with what the pipeline says to nothing."""
    said = workspace.post_as_user(general, "hello")
    await dispatch(bot, event_body(mention(general, f"<@{workspace.bot_user_id}>", said.ts)))
    assert ask.asked == [""]
    assert len(workspace.replies(said)) == 1


async def test_other_peoples_mentions_stay_out(
    bot: SlackBot, ask: CannedAsk, general: str, workspace: RunningWorkspace
) -> None:
    """The pipeline sees words, not user ids."""
    text = f"<@{workspace.bot_user_id}> <@U0OTHER> asks about torch"
    await dispatch(bot, event_body(mention(general, text, "1700000000.000100")))
    assert ask.asked == ["asks about torch"]


async def test_external_channel_is_silent(bot: SlackBot, ask: CannedAsk, general: str) -> None:
    """A channel shared with another organisation gets nothing unless that is allowed."""
    body = event_body(mention(general, "torch", "1700000000.000100"), is_ext_shared_channel=True)
    await dispatch(bot, body)
    assert ask.asked == []


async def test_external_channel_may_be_allowed(
    ask: CannedAsk, store: Store, settings: Settings, general: str
) -> None:
    """The operator can allow it."""
    bot = quick_bot(ask, store, dataclasses.replace(settings, answer_external=True))
    body = event_body(mention(general, "torch", "1700000000.000100"), is_ext_shared_channel=True)
    await dispatch(bot, body)
    assert ask.asked == ["torch"]


def edit(channel: str, old: str, new: str, ts: str, **more: object) -> dict[str, object]:
    """A `message_changed` of a person's message."""
    inner = {"type": "message", "user": "U0PERSON", "text": new, "ts": ts, "edited": {"ts": "1.0"}, **more}
    previous = {"type": "message", "user": "U0PERSON", "text": old, "ts": ts}
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel,
        "channel_type": "im" if channel.startswith("D") else "channel",
        "message": inner,
        "previous_message": previous,
        "ts": "1700000099.000100",
    }


async def test_edit_of_an_unanswered_direct_message_is_answered_once(
    bot: SlackBot, workspace: RunningWorkspace, dm: str
) -> None:
    """What the bot missed it answers when it is edited, once however often it is edited."""
    ts = "1700000000.000100"
    await dispatch(bot, event_body(edit(dm, "torhc", "torch", ts)))
    await dispatch(bot, event_body(edit(dm, "torch", "torch 2", ts)))
    assert [m.text.splitlines()[0] for m in workspace.messages(dm)] == ["You asked: torch 2"]


async def test_edit_waits_for_the_answer(bot: SlackBot, workspace: RunningWorkspace, dm: str) -> None:
    """An edit that overtakes the answer revises it rather than making a second one."""
    ts = "1700000000.000100"
    await asyncio.gather(
        dispatch(bot, event_body(message(dm, "torch 1", ts))),
        dispatch(bot, event_body(edit(dm, "torch 1", "torch 2", ts))),
    )
    assert [m.text.splitlines()[0] for m in workspace.messages(dm)] == ["You asked: torch 2"]


@pytest.mark.parametrize("ids", list(MessageIds))
async def test_an_edit_that_comes_before_its_question_is_answered_once(
    bot: SlackBot, workspace: RunningWorkspace, dm: str, ids: MessageIds
) -> None:
    """In its new words, whether Slack honours message ids or not."""
    workspace.faults.message_ids = ids
    ts = "1700000000.000100"
    await dispatch(bot, event_body(edit(dm, "torch 1", "torch 2", ts)))
    await dispatch(bot, event_body(message(dm, "torch 1", ts)))
    assert [m.text.splitlines()[0] for m in workspace.messages(dm)] == ["You asked: torch 2"]


async def test_an_edit_that_was_overtaken_changes_nothing(
    bot: SlackBot, workspace: RunningWorkspace, dm: str
) -> None:
    """The last words count, in whatever order they arrive."""
    ts = "1700000000.000100"
    await dispatch(bot, event_body(message(dm, "torch 1", ts)))
    await dispatch(bot, event_body(edit(dm, "torch 1", "torch 3", ts, edited={"ts": "1700000009.0"})))
    await dispatch(bot, event_body(edit(dm, "torch 1", "torch 2", ts, edited={"ts": "1700000005.0"})))
    assert [m.text.splitlines()[0] for m in workspace.messages(dm)] == ["You asked: torch 3"]


async def test_what_people_write_to_each_other_is_not_stored(
    bot: SlackBot, store: Store, general: str
) -> None:
    """An edit in a channel of what was no question leaves no trace."""
    await dispatch(bot, event_body(edit(general, "my salary", "my new salary", "1700000000.000100")))
    async with store.connection() as connection:
        assert (await connection.execute(select(inbox.c.id))).all() == []


async def test_edit_in_a_channel_without_an_answer_is_ignored(
    bot: SlackBot, ask: CannedAsk, general: str
) -> None:
    """Other people's edits are none of the bot's business."""
    await dispatch(bot, event_body(edit(general, "a", "b", "1700000000.000100")))
    assert ask.asked == []


async def test_edit_that_drops_the_mention_still_revises(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """The answer follows its question even when that no longer names the bot."""
    question = workspace.post_as_user("general", "@torchdesk torch 1")
    await dispatch(bot, event_body(mention(question.channel, question.text, question.ts)))
    await dispatch(bot, event_body(edit(question.channel, question.text, "torch 2", question.ts)))
    assert "torch 2" in workspace.replies(question)[0].text


async def test_edit_after_the_answer_was_removed_posts_a_new_one(
    bot: SlackBot, workspace: RunningWorkspace, dm: str
) -> None:
    """If somebody deleted the answer, the edited question gets another."""
    ts = "1700000000.000100"
    await dispatch(bot, event_body(message(dm, "torch 1", ts)))
    workspace.faults.refuse_next("chat.update", "message_not_found")
    await dispatch(bot, event_body(edit(dm, "torch 1", "torch 2", ts)))
    assert "torch 2" in workspace.messages(dm)[-1].text


async def test_deletion_removes_the_answer(
    bot: SlackBot, workspace: RunningWorkspace, dm: str, store: Store
) -> None:
    """A deleted question takes its answer along, and a second notice of it does nothing."""
    ts = "1700000000.000100"
    await dispatch(bot, event_body(message(dm, "torch 1", ts)))
    gone = {"type": "message", "subtype": "message_deleted", "channel": dm, "deleted_ts": ts, "hidden": True}
    await dispatch(bot, event_body(gone))
    await dispatch(bot, event_body(gone))
    assert workspace.messages(dm) == []
    assert await store.reply_for("T1", dm, ts) is None


async def test_tombstone_removes_the_answer(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """A deleted message that has replies is left as a tombstone: its answer goes all the same."""
    question = workspace.post_as_user("general", "@torchdesk torch")
    await dispatch(bot, event_body(mention(question.channel, question.text, question.ts)))
    buried = edit(
        question.channel, question.text, "This message was deleted.", question.ts, subtype="tombstone"
    )
    await dispatch(bot, event_body(buried))
    assert workspace.replies(question) == []


@pytest.mark.parametrize("kind", ["app_home_opened", "app_uninstalled", "tokens_revoked", "reaction_added"])
async def test_other_events_are_acknowledged(bot: SlackBot, ask: CannedAsk, kind: str) -> None:
    """Slack must not repeat an event that the bot has no answer to."""
    response = await dispatch(bot, event_body({"type": kind, "user": "U0PERSON"}))
    assert response.status == 200
    assert ask.asked == []
