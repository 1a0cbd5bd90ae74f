"""The Events API: which change becomes which event."""

from __future__ import annotations

import dataclasses

from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.events import DEFAULT_SUBSCRIPTIONS
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject, as_list, as_object
from tests.workspace.support import OPTIONS


def bodies(workspace: RunningWorkspace) -> list[JsonObject]:
    """All event bodies sent so far."""
    return [delivery.payload for delivery in workspace.workspace.outbox.sent]


def events(workspace: RunningWorkspace) -> list[JsonObject]:
    """All inner events sent so far."""
    return [as_object(body["event"]) for body in bodies(workspace)]


def kinds(workspace: RunningWorkspace) -> list[object]:
    """Subtype or type of each event sent so far."""
    return [event.get("subtype") or event["type"] for event in events(workspace)]


def answered(workspace: RunningWorkspace, question: Message) -> None:
    """Let someone reply in a message's thread."""
    workspace.post_as_user(question.channel, "a reply", thread_ts=question.ts)


async def test_a_mention_comes_twice_to_who_reads_channels(workspace: RunningWorkspace) -> None:
    """As app_mention and as message, of one ts and two event ids."""
    message = workspace.post_as_user("general", "@torchdesk which <b> & c?")
    mention, plain = events(workspace)
    assert (mention["type"], plain["type"], plain["channel_type"]) == ("app_mention", "message", "channel")
    assert mention["ts"] == plain["ts"] == message.ts
    assert mention["text"] == f"<@{workspace.bot_user_id}> which &lt;b&gt; &amp; c?"
    first, second = bodies(workspace)
    assert first["event_id"] != second["event_id"]


async def test_a_body_names_team_app_and_bot(workspace: RunningWorkspace) -> None:
    """What Bolt reads to authorise an event."""
    workspace.post_as_user("general", "@torchdesk x")
    body, identity = bodies(workspace)[0], workspace.workspace.identity
    assert (body["type"], body["team_id"], body["api_app_id"]) == (
        "event_callback",
        identity.team_id,
        identity.app_id,
    )
    authorization = as_object(as_list(body["authorizations"])[0])
    assert (authorization["user_id"], authorization["is_bot"]) == (identity.bot_user_id, True)


async def test_a_persons_message_has_its_fields(workspace: RunningWorkspace) -> None:
    """client_msg_id, blocks and team are there; bot_id isn't."""
    workspace.post_as_user("@you", "x")
    event = events(workspace)[0]
    assert {"client_msg_id", "blocks", "team", "user", "ts", "event_ts", "channel", "channel_type"} <= set(
        event
    )
    assert "bot_id" not in event


async def test_only_what_is_subscribed_to_is_sent() -> None:
    """By default channels' messages aren't."""
    options = dataclasses.replace(OPTIONS, subscriptions=DEFAULT_SUBSCRIPTIONS)
    async with running_workspace(options) as workspace:
        workspace.post_as_user("general", "not for the bot")
        workspace.edit_as_user(workspace.post_as_user("general", "@torchdesk x"), "@torchdesk y")
        assert kinds(workspace) == ["app_mention", "app_mention"]


async def test_a_direct_message_is_no_mention(workspace: RunningWorkspace) -> None:
    """Even when it mentions the bot."""
    workspace.post_as_user("@you", "@torchdesk x")
    assert [(event["type"], event["channel_type"]) for event in events(workspace)] == [("message", "im")]


async def test_the_bots_own_message_comes_back_in_a_direct_message(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """With its bot_id: a trap for bots that answer themselves."""
    await client.chat_postMessage(channel=workspace.dm.id, text="x")
    event = events(workspace)[0]
    assert (event["bot_id"], event["channel_type"]) == (workspace.bot_id, "im")


async def test_an_edited_mention_is_a_mention_again(workspace: RunningWorkspace) -> None:
    """Marked `edited`, and beside the message_changed event."""
    message = workspace.post_as_user("general", "@torchdesk a")
    workspace.edit_as_user(message, "@torchdesk b")
    mention, changed = events(workspace)[2:]
    assert (mention["type"], mention["ts"], "edited" in mention) == ("app_mention", message.ts, True)
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    texts = [as_object(changed[name])["text"] for name in ("previous_message", "message")]
    assert [str(text)[-1] for text in texts] == ["a", "b"]
    assert changed["ts"] != message.ts


async def test_an_edit_that_changes_nothing_is_none(workspace: RunningWorkspace) -> None:
    """No event, no mark."""
    message = workspace.post_as_user("general", "same")
    workspace.edit_as_user(message, "same")
    assert kinds(workspace) == ["message"]
    assert message.edited is None


async def test_an_unfurled_link_is_a_change_without_an_edit(workspace: RunningWorkspace) -> None:
    """The text is as it was."""
    workspace.unfurl(workspace.post_as_user("@you", "see https://example.com"))
    changed = events(workspace)[-1]
    message, previous = as_object(changed["message"]), as_object(changed["previous_message"])
    assert changed["subtype"] == "message_changed"
    assert (message["text"], "edited" in message) == (previous["text"], False)


async def test_a_deleted_message_is_told_with_what_it_was(workspace: RunningWorkspace) -> None:
    """As message_deleted."""
    message = workspace.post_as_user("@you", "x")
    workspace.delete_as_user(message)
    deleted = events(workspace)[-1]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", message.ts)
    assert as_object(deleted["previous_message"])["text"] == "x"


async def test_a_deleted_question_with_replies_becomes_a_tombstone(workspace: RunningWorkspace) -> None:
    """Slack tells of it as message_changed: a trap for who waits for message_deleted."""
    question = workspace.post_as_user("general", "x")
    answered(workspace, question)
    workspace.delete_as_user(question)
    changed = events(workspace)[-1]
    message = as_object(changed["message"])
    assert (changed["subtype"], message["subtype"], message["user"]) == (
        "message_changed",
        "tombstone",
        "USLACKBOT",
    )


async def test_a_tombstone_goes_with_its_last_reply(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """Then nothing is left of the thread."""
    question = workspace.post_as_user("general", "x")
    reply = await client.chat_postMessage(channel=question.channel, text="y", thread_ts=question.ts)
    workspace.delete_as_user(question)
    await client.chat_delete(channel=question.channel, ts=reply["ts"])
    assert workspace.messages("general") == []


async def test_a_channel_without_the_bot_tells_nothing(workspace: RunningWorkspace) -> None:
    """Not even of a mention."""
    workspace.add_channel("elsewhere", with_bot=False)
    workspace.post_as_user("elsewhere", "@torchdesk x")
    assert events(workspace) == []


async def test_opening_the_app_is_told(workspace: RunningWorkspace) -> None:
    """With the tab that was opened."""
    workspace.open_home("messages")
    event = events(workspace)[0]
    assert (event["type"], event["tab"], event["channel"]) == ("app_home_opened", "messages", workspace.dm.id)


async def test_a_reaction_is_told_to_who_asked(workspace: RunningWorkspace) -> None:
    """reaction_removed was not subscribed to."""
    message = workspace.post_as_user("@you", "x")
    workspace.react_as_user(message, "eyes")
    workspace.react_as_user(message, "eyes")
    assert kinds(workspace)[1:] == ["reaction_added"]


async def test_timestamps_rise(workspace: RunningWorkspace) -> None:
    """However fast the messages follow each other."""
    stamps = [workspace.post_as_user("general", "x").ts for _ in range(50)]
    assert stamps == sorted(set(stamps))
