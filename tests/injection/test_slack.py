"""Whatever people send the bot on Slack, what it posts is text: nobody is mentioned, nothing is linked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Final

import pytest

from bot.presenting.blocks import CHOICE_ACTION, SHARE_ACTION, WHY_ACTION
from bot.presenting.payload import Message
from bot.slack.app import SlackBot
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message as Posted
from tests.injection.hostile import HIDDEN, PAYLOADS, faults
from tests.slack.support import CLARIFY, CannedAsk, dispatch, event_body, mention, message

CITED: Final = ["https://example.org/a?b=1&c=2"]
ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def live(posted: Iterable[Posted]) -> list[str]:
    """What is not inert in messages as Slack got them."""
    told = [Message(item.text, tuple(item.blocks or ()), "table") for item in posted]
    assert told
    return [fault for item in told for fault in faults(item, CITED)]


def stamp(number: int) -> str:
    """A timestamp for each message."""
    return f"17000000{number:02d}.000100"


def pressed(
    workspace: RunningWorkspace, action: str, value: str, ts: str, *, private: bool
) -> dict[str, object]:
    """A pressed button, whose value anybody might have made up."""
    channel, user = workspace.channel("general").id, workspace.user().id
    return {
        "type": "block_actions",
        "response_url": workspace.workspace.response_urls.new(channel, user),
        "team": {"id": "T1"},
        "user": {"id": user},
        "channel": {"id": channel},
        "container": {"channel_id": channel, "message_ts": ts, "is_ephemeral": private},
        "message": {"ts": ts, "text": value},
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value}],
    }


@pytest.mark.parametrize("form", ["raw", "escaped"])
async def test_a_direct_message_is_told_as_text(
    bot: SlackBot, workspace: RunningWorkspace, form: str
) -> None:
    """As a client sends it, with what was typed escaped, and as no client would."""
    for number, evil in enumerate(PAYLOADS):
        text = evil.translate(ESCAPED) if form == "escaped" else evil
        await dispatch(bot, event_body(message(workspace.dm.id, f"a {text} b", stamp(number))))
    posted = workspace.messages("@you")
    assert len(posted) == len(PAYLOADS)
    assert live(posted) == []


async def test_a_mention_is_told_as_text(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """In the thread of a channel, where a mention would reach everybody."""
    channel = workspace.channel("general").id
    root = workspace.post_as_user("general", f"<@{workspace.bot_user_id}> hello")
    for number, evil in enumerate(PAYLOADS):
        text = f"<@{workspace.bot_user_id}> {evil.translate(ESCAPED)}"
        event = mention(channel, text, stamp(number), thread_ts=root.ts)
        await dispatch(bot, event_body(event))
    posted = [
        item for item in workspace.messages("general", thread_ts=root.ts) if item.user != workspace.user().id
    ]
    assert len(posted) == len(PAYLOADS)
    assert live(posted) == []


async def test_a_command_is_told_as_text(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """To the user alone, with a button that carries the question on."""
    channel, user = workspace.channel("general").id, workspace.user().id
    for number, evil in enumerate(PAYLOADS):
        url = workspace.workspace.response_urls.new(channel, user)
        body: dict[str, object] = {
            "command": "/torch", "text": f"a {evil} b", "response_url": url, "channel_id": channel,
            "user_id": user, "team_id": "T1", "trigger_id": str(number),
        }  # fmt: skip
        await dispatch(bot, body)
    posted = workspace.messages("general", ephemeral=True)
    assert len(posted) == len(PAYLOADS)
    assert live(posted) == []


@pytest.mark.parametrize("action", [f"{CHOICE_ACTION}1", SHARE_ACTION, WHY_ACTION])
@pytest.mark.parametrize("private", [True, False])
async def test_a_forged_button_is_told_as_text(
    bot: SlackBot, workspace: RunningWorkspace, action: str, private: bool
) -> None:
    """A choice, sharing and why: the value is a question and nothing else."""
    root = workspace.post_as_user("general", "a message with buttons")
    for evil in PAYLOADS:
        await dispatch(bot, pressed(workspace, action, evil, root.ts, private=private))
    shared = [f"<@{workspace.user().id}>"] if action == SHARE_ACTION else []
    posted = [*workspace.messages("general"), *workspace.messages("general", ephemeral=True)]
    assert len(posted) > len(PAYLOADS) / 2
    assert live(without(posted, shared)) == []


def without(posted: Sequence[Posted], said: Sequence[str]) -> list[Posted]:
    """The messages without who shared them, whom the bot does mention."""

    def cut(item: Posted) -> Posted:
        text, blocks = item.text, json.dumps(item.blocks)
        for one in said:
            text, blocks = text.replace(one, ""), blocks.replace(one, "")
        return dataclasses.replace(item, text=text, blocks=json.loads(blocks))

    return [cut(item) for item in posted]


@pytest.mark.parametrize("evil", HIDDEN)
async def test_who_pressed_is_mentioned_by_an_id_alone(
    bot: SlackBot, workspace: RunningWorkspace, evil: str
) -> None:
    """A made-up id of a user is no way to mention a channel."""
    root = workspace.post_as_user("general", "a message with buttons")
    body = pressed(workspace, SHARE_ACTION, "torch", root.ts, private=True)
    await dispatch(bot, body | {"user": {"id": f"U1> <!channel> {evil}"}})
    assert live(workspace.messages("general")) == []


async def test_the_name_of_an_uploaded_file_is_not_told(
    bot: SlackBot, workspace: RunningWorkspace, ask: CannedAsk
) -> None:
    """A file may come with a question; its name, title and address are nobody's words to the bot."""
    files = [
        {"name": evil, "title": evil, "url_private": "https://evil.example/x", "mimetype": evil}
        for evil in PAYLOADS
    ]
    event = message(workspace.dm.id, "torch", stamp(1), subtype="file_share", files=files)
    await dispatch(bot, event_body(event))
    assert ask.asked == ["torch"]
    (posted,) = workspace.messages("@you")
    assert "evil" not in posted.text + str(posted.blocks)
    assert live([posted]) == []


async def test_the_choices_of_a_question_back_are_text(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """Buttons show and carry plain text."""
    await dispatch(bot, event_body(message(workspace.dm.id, CLARIFY, stamp(1))))
    assert live(workspace.messages("@you")) == []
