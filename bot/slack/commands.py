"""The listener for the slash command."""

from __future__ import annotations

import time
from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from structlog.typing import FilteringBoundLogger

from bot.presenting.blocks import Extras
from bot.slack.desk import Desk
from bot.slack.errors import expect_answer
from bot.slack.incoming import Payload, string_at
from bot.slack.posting import respond_with
from bot.slack.text import plain_text

log: FilteringBoundLogger = structlog.get_logger(__name__)

COMMAND: Final = "/torch"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the listener for `/torch`.

    The acknowledgement is empty and the answer goes through the response_url: only there does Slack tell
    whether it took the blocks.
    """

    @app.command(COMMAND)
    async def on_command(
        ack: AsyncAck, body: Payload, context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        await ack()
        started = time.perf_counter()
        text = plain_text(string_at(body, "text"))
        expect_answer(context, text, None)
        if not await _is_first_delivery(desk, body):
            return
        reply = await desk.answer(text)
        await respond_with(respond, desk.render(reply, Extras(share=text)))
        log.info(
            "answered_command",
            team=string_at(body, "team_id"),
            channel=string_at(body, "channel_id"),
            ms=round((time.perf_counter() - started) * 1_000, 1),
            status=reply.status,
            intent=reply.intent,
        )


async def _is_first_delivery(desk: Desk, body: Payload) -> bool:
    """Over Socket Mode a command may come again after a reconnect; its trigger_id tells."""
    trigger = string_at(body, "trigger_id")
    if not trigger:
        return True
    return await desk.store.claim(f"command/{trigger}", string_at(body, "channel_id"), f"command/{trigger}")
