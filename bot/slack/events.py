"""Listeners for events: mentions, direct messages, edits and deletions."""

from __future__ import annotations

from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from structlog.typing import FilteringBoundLogger

from bot.slack.incoming import (
    Payload,
    is_addressed,
    is_direct,
    is_external,
    mapping_at,
    read_message,
    string_at,
)
from bot.slack.receiving import Reception, delivery
from bot.slack.work import Asked, Deleted, Edited

log: FilteringBoundLogger = structlog.get_logger(__name__)

TOMBSTONE: Final = "tombstone"


def register(app: AsyncApp, reception: Reception) -> None:
    """Register the listeners for events. Each stores what is to be done; a worker does it."""

    @app.event("app_mention")
    async def on_mention(body: Payload, context: AsyncBoltContext) -> None:
        await _on_question(reception, body, context)

    @app.event("message")
    async def on_message(body: Payload, context: AsyncBoltContext) -> None:
        subtype = string_at(body, "event", "subtype")
        if subtype == "message_changed":
            await _on_edit(reception, body, context)
        elif subtype == "message_deleted":
            await _on_deletion(reception, body, context, string_at(body, "event", "deleted_ts"))
        else:
            await _on_question(reception, body, context)

    @app.event("app_home_opened")
    async def on_home_opened() -> None:
        log.debug("home_opened")


async def _on_question(reception: Reception, body: Payload, context: AsyncBoltContext) -> None:
    """Slack delivers one message as `app_mention` and as `message`: together they are one question.

    An edited mention comes as a new `app_mention` of the same message: that is one more.
    """
    question = read_message(body, mapping_at(body, "event"), context.bot_user_id)
    if question is None or not _may_answer(reception, body):
        return
    subject = question.key + (f"/{question.edited}" if question.edited else "")
    await reception.take(context, Asked(question), question.user, question.event_id, subject)


async def _on_edit(reception: Reception, body: Payload, context: AsyncBoltContext) -> None:
    """Revise what was answered; in a direct message, answer what was not."""
    event = mapping_at(body, "event")
    message = mapping_at(event, "message")
    text = string_at(message, "text")
    if string_at(message, "subtype") == TOMBSTONE:  # what Slack leaves of a deleted message with replies
        await _on_deletion(reception, body, context, string_at(message, "ts"))
    elif text != string_at(event, "previous_message", "text"):
        question = read_message(body, message, context.bot_user_id, anyhow=True)
        if question is None or not _may_answer(reception, body):
            return
        expected = is_addressed(event, text, context.bot_user_id)
        if not expected and not await reception.knows(context, question):
            return  # what people write to each other is none of the bot's business
        work = Edited(question, answer_new=is_direct(event), expected=expected)
        await reception.take(context, work, question.user, question.event_id, question.event_id)


async def _on_deletion(reception: Reception, body: Payload, context: AsyncBoltContext, ts: str) -> None:
    channel = string_at(body, "event", "channel")
    if channel and ts:
        event = delivery(body, f"{channel}/{ts}/deleted")
        await reception.take(context, Deleted(channel, ts), "", event, event)


def _may_answer(reception: Reception, body: Payload) -> bool:
    if reception.answer_external or not is_external(body):
        return True
    log.info("external_channel", event_id=string_at(body, "event_id"))
    return False
