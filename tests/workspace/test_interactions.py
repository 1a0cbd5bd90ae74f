"""Commands, response_urls, presses, modals and shortcuts, against a real Bolt app."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.errors import NotDelivered, NothingToPress, Refused
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject, as_list, as_object
from tests.workspace.support import EchoBot

PLAIN: JsonObject = {"type": "plain_text", "text": "x"}
BUTTONS: list[JsonObject] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "text": PLAIN, "value": "v"},
            {"type": "static_select", "action_id": "pick", "options": [{"text": PLAIN, "value": "one"}]},
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rate",
                "positive_button": {"text": PLAIN, "value": "up"},
                "negative_button": {"text": PLAIN, "value": "down"},
            }
        ],
    },
]


def allow(bot: EchoBot, action_id: str) -> None:
    """Let the bot ack presses of an element."""

    async def acked(ack: Any) -> None:  # noqa: ANN401 - Bolt's own callable
        await ack()

    bot.app.action(action_id)(acked)


async def posted(workspace: RunningWorkspace, client: AsyncWebClient) -> Message:
    """A message of the bot's with things to press."""
    await client.chat_postMessage(channel=workspace.channel("general").id, text="x", blocks=BUTTONS)
    return workspace.messages("general")[-1]


def response_url(body: JsonObject) -> AsyncWebhookClient:
    """A client of a body's response_url."""
    return AsyncWebhookClient(str(body["response_url"]))


# --- commands ------------------------------------------------------------------------------------------


@pytest.fixture
def asked(bot: EchoBot) -> EchoBot:
    """The bot with a listener for `/ask` that acks with the response_type it is asked for."""

    async def ask(ack: Any, command: JsonObject) -> None:  # noqa: ANN401 - Bolt's own callable
        if command["text"] == "quiet":
            await ack()
        elif command["text"] == "bad blocks":
            await ack({"text": "x", "blocks": [{"type": "nonesuch"}]})
        elif command["text"] == "never":
            await asyncio.sleep(1)
        else:
            await ack({"text": f"asked {command['text']}", "response_type": command["text"]})

    bot.app.command("/ask")(ask)
    return bot


async def test_an_ack_is_shown_to_who_asked(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """Ephemeral by default."""
    shown = await workspace.slash("general", "/ask", "ephemeral")
    assert shown is not None
    assert (shown.text, shown.ephemeral_for) == ("asked ephemeral", workspace.user().id)
    assert workspace.messages("general") == []


async def test_an_ack_in_channel_is_shown_to_all(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """When it says so."""
    await workspace.slash("general", "/ask", "in_channel")
    assert [m.text for m in workspace.messages("general")] == ["asked in_channel"]


async def test_an_empty_ack_shows_nothing(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """The bot answers later, or not."""
    assert await workspace.slash("general", "/ask", "quiet") is None
    assert workspace.messages("general", ephemeral=True) == []


async def test_a_command_that_is_not_acked_fails_visibly(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """The person is told, as Slack tells them, and it isn't sent again."""
    with pytest.raises(NotDelivered, match="operation_timeout"):
        await workspace.slash("general", "/ask", "never")
    told = workspace.messages("general", ephemeral=True)[-1].text
    assert told == "/ask failed with the error “operation_timeout”"


async def test_an_ack_with_bad_blocks_fails_visibly(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """Rather than losing the answer in silence."""
    with pytest.raises(NotDelivered, match="invalid_blocks"):
        await workspace.slash("general", "/ask", "bad blocks")


async def test_a_command_without_a_bot_fails(workspace: RunningWorkspace) -> None:
    """Commands don't wait as events do."""
    with pytest.raises(NotDelivered, match="dispatch_failed"):
        await workspace.slash("general", "/ask", "x")


async def test_a_command_that_nobody_registered_is_refused(workspace: RunningWorkspace) -> None:
    """The bot hears nothing of it."""
    with pytest.raises(Refused, match="unknown_command"):
        await workspace.slash("general", "/nonesuch")


# --- response_url --------------------------------------------------------------------------------------


async def test_a_response_url_is_good_five_times(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """The sixth answer is refused as used_url."""
    await workspace.slash("general", "/ask", "quiet")
    url = response_url(asked.received[-1])
    answers = [await url.send(text=str(number), response_type="in_channel") for number in range(6)]
    assert [(a.status_code, a.body) for a in answers] == [(200, "ok")] * 5 + [(404, "used_url")]
    assert [m.text for m in workspace.messages("general")] == list("01234")


async def test_a_refused_answer_is_not_counted(workspace: RunningWorkspace, asked: EchoBot) -> None:
    """And says why; a made-up address isn't found."""
    await workspace.slash("general", "/ask", "quiet")
    url = response_url(asked.received[-1])
    refused = await url.send(text="x", blocks=[{"type": "nonesuch"}])
    unknown = await AsyncWebhookClient(f"{workspace.base_url}/hooks/made-up").send(text="x")
    assert (refused.status_code, refused.body) == (400, "invalid_blocks")
    assert (unknown.status_code, unknown.body) == (404, "not_found")


async def test_a_response_url_replaces_and_deletes_its_message(
    workspace: RunningWorkspace, bot: EchoBot, client: AsyncWebClient
) -> None:
    """An ephemeral one too, which no other call can change."""
    allow(bot, "go")
    user, channel = workspace.user().id, workspace.channel("general").id
    await client.chat_postEphemeral(channel=channel, user=user, text="x", blocks=BUTTONS)
    message = workspace.messages("general", ephemeral=True)[-1]
    await workspace.press(message, "go")
    url = response_url(bot.of_type("block_actions")[-1])
    await url.send(text="replaced", replace_original=True)
    assert message.text == "replaced"
    await url.send(delete_original=True)
    assert workspace.messages("general", ephemeral=True) == []


async def test_an_answer_without_a_word_on_the_original_is_a_new_message(
    workspace: RunningWorkspace, bot: EchoBot, client: AsyncWebClient
) -> None:
    """Ephemeral, in the thread that it names."""
    allow(bot, "go")
    message = await posted(workspace, client)
    await workspace.press(message, "go")
    url = response_url(bot.of_type("block_actions")[-1])
    await url.send_dict({"text": "new", "thread_ts": message.ts})
    shown = workspace.messages("general", ephemeral=True)[-1]
    assert (shown.text, shown.thread_ts, message.text) == ("new", message.ts, "x")


# --- presses -------------------------------------------------------------------------------------------


async def test_a_press_tells_where_and_what(
    workspace: RunningWorkspace, bot: EchoBot, client: AsyncWebClient
) -> None:
    """Message, container, channel, person and action."""
    allow(bot, "go")
    message = await posted(workspace, client)
    await workspace.press(message, "go")
    body = bot.of_type("block_actions")[-1]
    action, container = as_object(as_list(body["actions"])[0]), as_object(body["container"])
    assert (action["type"], action["block_id"], action["value"]) == ("button", "row", "v")
    assert (container["message_ts"], container["is_ephemeral"]) == (message.ts, False)
    assert as_object(body["message"])["ts"] == message.ts
    assert as_object(body["user"])["id"] == workspace.user().id


@pytest.mark.parametrize(
    ("choice", "held"),
    [
        (("rate", "down"), ("value", "down")),
        (("pick", "one"), ("selected_option", {"text": PLAIN, "value": "one"})),
    ],
)
async def test_a_choice_tells_what_was_chosen(
    workspace: RunningWorkspace,
    bot: EchoBot,
    client: AsyncWebClient,
    choice: tuple[str, str],
    held: tuple[str, object],
) -> None:
    """Each kind of element by its own field."""
    allow(bot, choice[0])
    await workspace.press(await posted(workspace, client), *choice)
    action = as_object(as_list(bot.of_type("block_actions")[-1]["actions"])[0])
    assert action[held[0]] == held[1]


async def test_an_ephemeral_press_has_no_message(
    workspace: RunningWorkspace, bot: EchoBot, client: AsyncWebClient
) -> None:
    """Only a container that says so."""
    allow(bot, "go")
    channel = workspace.channel("general").id
    await client.chat_postEphemeral(channel=channel, user=workspace.user().id, text="x", blocks=BUTTONS)
    await workspace.press(workspace.messages("general", ephemeral=True)[-1], "go")
    body = bot.of_type("block_actions")[-1]
    assert as_object(body["container"])["is_ephemeral"] is True
    assert "message" not in body


async def test_what_is_not_there_cannot_be_pressed(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """A test that presses it learns so at once."""
    with pytest.raises(NothingToPress):
        await workspace.press(await posted(workspace, client), "nonesuch")


# --- shortcuts -----------------------------------------------------------------------------------------


async def test_a_message_shortcut_brings_the_message(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """With its channel and a response_url."""

    async def used(ack: Any) -> None:  # noqa: ANN401 - Bolt's callable
        await ack()

    bot.app.message_shortcut("on-message")(used)
    message = workspace.post_as_user("general", "help")
    await workspace.shortcut("on-message", message)
    body = bot.of_type("message_action")[-1]
    assert as_object(body["message"])["text"] == "help"
    assert as_object(body["channel"])["id"] == message.channel
    assert "response_url" in body


async def test_a_global_shortcut_has_no_message(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """And one that nobody registered is refused."""

    async def used(ack: Any) -> None:  # noqa: ANN401 - Bolt's callable
        await ack()

    bot.app.global_shortcut("global")(used)
    await workspace.shortcut("global")
    assert "message" not in bot.of_type("shortcut")[-1]
    with pytest.raises(Refused, match="unknown_shortcut"):
        await workspace.shortcut("nonesuch")
