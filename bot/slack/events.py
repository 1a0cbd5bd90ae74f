"""Listeners for events: mentions, direct messages, edits and deletions."""

from __future__ import annotations

from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.slack.conversation import answer_question, revise_answer, withdraw_answer
from bot.slack.desk import Desk
from bot.slack.errors import expect_answer
from bot.slack.incoming import (
    Payload,
    is_addressed,
    is_direct,
    is_external,
    mapping_at,
    read_message,
    string_at,
)

log: FilteringBoundLogger = structlog.get_logger(__name__)

TOMBSTONE: Final = "tombstone"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the listeners for events."""

    @app.event("app_mention")
    async def on_mention(body: Payload, context: AsyncBoltContext, client: AsyncWebClient) -> None:
        await _on_question(desk, body, context, client)

    @app.event("message")
    async def on_message(body: Payload, context: AsyncBoltContext, client: AsyncWebClient) -> None:
        subtype = string_at(body, "event", "subtype")
        if subtype == "message_changed":
            await _on_edit(desk, body, context, client)
        elif subtype == "message_deleted":
            await _on_deletion(desk, body, client, string_at(body, "event", "deleted_ts"))
        else:
            await _on_question(desk, body, context, client)

    @app.event("app_home_opened")
    async def on_home_opened() -> None:
        log.debug("home_opened")

    @app.event("app_uninstalled")
    async def on_uninstalled(body: Payload) -> None:
        log.warning("app_uninstalled", team=string_at(body, "team_id"))

    @app.event("tokens_revoked")
    async def on_tokens_revoked(body: Payload) -> None:
        log.warning("tokens_revoked", team=string_at(body, "team_id"))


async def _on_question(desk: Desk, body: Payload, context: AsyncBoltContext, client: AsyncWebClient) -> None:
    question = read_message(body, mapping_at(body, "event"), context.bot_user_id)
    if question is not None and _may_answer(desk, body):
        expect_answer(context, question.text, question.place)
        await answer_question(desk, client, question)


async def _on_edit(desk: Desk, body: Payload, context: AsyncBoltContext, client: AsyncWebClient) -> None:
    """Revise what was answered; in a direct message, answer what was not."""
    event = mapping_at(body, "event")
    message = mapping_at(event, "message")
    text = string_at(message, "text")
    if string_at(message, "subtype") == TOMBSTONE:  # what Slack leaves of a deleted message with replies
        await _on_deletion(desk, body, client, string_at(message, "ts"))
    elif text != string_at(event, "previous_message", "text"):
        question = read_message(body, message, context.bot_user_id, anyhow=True)
        if question is None or not _may_answer(desk, body):
            return
        if is_addressed(event, text, context.bot_user_id):
            expect_answer(context, question.text, question.place)
        await revise_answer(desk, client, question, answer_new=is_direct(event))


async def _on_deletion(desk: Desk, body: Payload, client: AsyncWebClient, ts: str) -> None:
    channel = string_at(body, "event", "channel")
    if channel and ts:
        await withdraw_answer(desk, client, channel, ts)


def _may_answer(desk: Desk, body: Payload) -> bool:
    if desk.answer_external or not is_external(body):
        return True
    log.info("external_channel", event_id=string_at(body, "event_id"))
    return False
