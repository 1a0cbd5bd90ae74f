"""The listener for the slash command."""

from __future__ import annotations

import hashlib
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.incoming import Payload, string_at
from bot.slack.receiving import Reception
from bot.slack.redaction import redact
from bot.slack.text import plain_text
from bot.slack.work import Commanded

COMMAND: Final = "/torch"


def register(app: AsyncApp, reception: Reception) -> None:
    """Register the listener for `/torch`.

    The acknowledgement is empty and the answer goes through the response_url: only there does Slack tell
    whether it took the blocks. Over Socket Mode a command may come again after a reconnect; its trigger_id
    tells.
    """

    @app.command(COMMAND)
    async def on_command(ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        url = string_at(body, "response_url")
        work = Commanded(string_at(body, "channel_id"), redact(plain_text(string_at(body, "text"))), url)
        trigger = f"command/{string_at(body, 'trigger_id') or hashlib.sha256(url.encode()).hexdigest()}"
        await reception.take(context, work, string_at(body, "user_id"), trigger, trigger)
        await ack()
