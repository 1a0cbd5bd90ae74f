"""Modals and home tabs, opened and answered by a real Bolt app."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.errors import NotDelivered, Refused
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject, as_object
from bot.workspace.triggers import Triggers
from tests.workspace.support import EchoBot

PLAIN: JsonObject = {"type": "plain_text", "text": "x"}
BUTTON: JsonObject = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": PLAIN}]}
FORM: JsonObject = {
    "type": "modal",
    "callback_id": "form",
    "title": PLAIN,
    "submit": PLAIN,
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": PLAIN,
            "element": {"type": "plain_text_input", "action_id": "a"},
        }
    ],
}


@pytest_asyncio.fixture
async def button(workspace: RunningWorkspace, client: AsyncWebClient) -> Message:
    """A message of the bot's with a button."""
    await client.chat_postMessage(channel=workspace.channel("general").id, text="x", blocks=[BUTTON])
    return workspace.messages("general")[-1]


@pytest.fixture
def forms(bot: EchoBot) -> EchoBot:
    """The bot with a button that opens a form, and a form that answers by what is typed into it."""

    async def opens(ack: Any, client: AsyncWebClient, body: JsonObject) -> None:  # noqa: ANN401 - Bolt's callable
        await client.views_open(trigger_id=str(body["trigger_id"]), view=FORM)
        await ack()

    async def submitted(ack: Any, view: JsonObject) -> None:  # noqa: ANN401 - Bolt's callable
        values = as_object(as_object(view["state"])["values"])
        typed = as_object(as_object(values["b"])["a"])["value"]
        answers: dict[object, JsonObject] = {
            "wrong": {"response_action": "errors", "errors": {"b": "no"}},
            "next": {"response_action": "push", "view": FORM},
            "all": {"response_action": "clear"},
        }
        await ack(**answers.get(typed, {}))

    bot.app.action("go")(opens)
    bot.app.view("form")(submitted)
    return bot


def typed(text: str) -> JsonObject:
    """The values of the form."""
    return {"b": {"a": {"type": "plain_text_input", "value": text}}}


async def test_a_press_opens_a_modal_and_submitting_closes_it(
    workspace: RunningWorkspace, forms: EchoBot, button: Message
) -> None:
    """The plain way."""
    await workspace.press(button, "go")
    (modal,) = workspace.modals()
    assert (await workspace.submit(modal, typed("fine"))).errors == {}
    assert workspace.modals() == []


async def test_errors_keep_a_modal_open(workspace: RunningWorkspace, forms: EchoBot, button: Message) -> None:
    """By block id."""
    await workspace.press(button, "go")
    assert (await workspace.submit(workspace.modals()[0], typed("wrong"))).errors == {"b": "no"}
    assert len(workspace.modals()) == 1


async def test_modals_stack_three_deep_and_clear_at_once(
    workspace: RunningWorkspace, forms: EchoBot, button: Message
) -> None:
    """A fourth is refused; `clear` closes them all."""
    await workspace.press(button, "go")
    for _ in range(2):
        await workspace.submit(workspace.modals()[-1], typed("next"))
    with pytest.raises(NotDelivered, match="push_limit_reached"):
        await workspace.submit(workspace.modals()[-1], typed("next"))
    assert len(workspace.modals()) == 3
    await workspace.submit(workspace.modals()[-1], typed("all"))
    assert workspace.modals() == []


async def test_a_closed_modal_is_told_if_it_asked(
    workspace: RunningWorkspace, forms: EchoBot, button: Message, client: AsyncWebClient
) -> None:
    """view_closed comes with notify_on_close alone."""

    async def closed(ack: Any) -> None:  # noqa: ANN401 - Bolt's callable
        await ack()

    forms.app.view_closed("form")(closed)
    await workspace.press(button, "go")
    (modal,) = workspace.modals()
    await client.views_update(view_id=modal.id, view={**FORM, "notify_on_close": True}, hash=modal.hash)
    await workspace.close(modal)
    assert len(forms.of_type("view_closed")) == 1


async def test_an_update_of_an_old_hash_is_refused(
    workspace: RunningWorkspace, forms: EchoBot, button: Message, client: AsyncWebClient
) -> None:
    """Someone else was faster."""
    await workspace.press(button, "go")
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=workspace.modals()[0].id, view=FORM, hash="old")


@pytest.mark.parametrize(
    ("age", "uses", "error"),
    [(4.0, 0, "expired_trigger_id"), (0.0, 1, "exchanged_trigger_id")],
)
def test_a_trigger_is_good_once_and_briefly(age: float, uses: int, error: str) -> None:
    """Three seconds, one modal."""
    now = 100.0
    triggers = Triggers(lambda: now)
    trigger_id = triggers.new("U1")
    for _ in range(uses):
        triggers.exchange(trigger_id)
    now += age
    with pytest.raises(Refused, match=error):
        triggers.exchange(trigger_id)


async def test_a_made_up_trigger_is_refused(client: AsyncWebClient) -> None:
    """By its own name."""
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=FORM)


async def test_a_home_tab_is_published(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """For one person."""
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id=workspace.user().id, view=view)
    home = workspace.home()
    assert home is not None
    assert home.kind == "home"
