"""Listeners for buttons: a choice of a clarification, why an answer is so, and sharing a private answer."""

from __future__ import annotations

import re
from typing import Final, Literal

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.presenting.blocks import CHOICE_ACTION, SHARE_ACTION, WHY_ACTION
from bot.slack.incoming import Payload, read_press, string_at, value_at
from bot.slack.receiving import Reception
from bot.slack.work import Pressed

CHOICE: Final = re.compile(rf"^{re.escape(CHOICE_ACTION)}\d+$")


def register(app: AsyncApp, reception: Reception) -> None:
    """Register the listeners for buttons. Each stores the press; a worker acts on it."""

    @app.action(CHOICE)
    async def on_choice(ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        await _take(reception, body, context, "choice")
        await ack()

    @app.action(WHY_ACTION)
    async def on_why(ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        await _take(reception, body, context, "why")
        await ack()

    @app.action(SHARE_ACTION)
    async def on_share(ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        await _take(reception, body, context, "share")
        await ack()


async def _take(
    reception: Reception, body: Payload, context: AsyncBoltContext, action: Literal["choice", "why", "share"]
) -> None:
    """A button in a channel works once, whoever presses it; a choice in a private answer, each time."""
    press = read_press(body)
    work = Pressed(action, press, string_at(body, "response_url"))
    event = f"{action}/{_press_id(body) or press.key(action)}"
    subject = event if press.private and action == "choice" else press.key(action)
    await reception.take(context, work, press.user, event, subject)


def _press_id(body: Payload) -> str:
    """What names one press: the trigger that Slack sends along, else the time of the action."""
    actions = value_at(body, "actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    moment = string_at(first, "action_ts") if isinstance(first, dict) else ""
    return string_at(body, "trigger_id") or moment
