"""The life of an answer: posted once, revised with its question, removed with it."""

from __future__ import annotations

import time

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.presenting.reply import Reply
from bot.slack.desk import Desk
from bot.slack.incoming import Incoming
from bot.slack.memory import explaining, question_before, remember_question
from bot.slack.posting import MessageGoneError, delete, post, update
from bot.storage import RememberedReply, StorageError

log: FilteringBoundLogger = structlog.get_logger(__name__)


async def answer_question(desk: Desk, client: AsyncWebClient, question: Incoming) -> None:
    """Answer a question that Slack delivered, unless it was answered before.

    Slack delivers an edited mention as a new `app_mention` of the same message: that revises the answer.

    Raises:
        PostingError: the answer could not be posted.
        StorageError: the question could not be claimed.
    """
    async with desk.turns.of(question.channel, question.ts):
        if await desk.store.claim(question.event_id, question.channel, question.ts):
            await _post_answer(desk, client, question, key=f"{question.channel}/{question.ts}")
        elif question.edited:
            await _revise(desk, client, question, answer_new=True)
        else:
            log.info("already_answered", event_id=question.event_id, channel=question.channel)


async def revise_answer(desk: Desk, client: AsyncWebClient, question: Incoming, *, answer_new: bool) -> None:
    """Bring the answer of an edited question up to date; with `answer_new`, answer it where it never was.

    Raises:
        PostingError: the answer could not be updated or posted.
        StorageError: the reply could not be looked up.
    """
    async with desk.turns.of(question.channel, question.ts):
        await _revise(desk, client, question, answer_new=answer_new)


async def withdraw_answer(desk: Desk, client: AsyncWebClient, channel: str, ts: str) -> None:
    """Delete the answer of a question that was deleted.

    Raises:
        PostingError: Slack did not delete the answer.
        StorageError: the reply could not be looked up.
    """
    async with desk.turns.of(channel, ts):
        known = await desk.store.reply_for(channel, ts)
        if known is None:
            return
        await delete(client, known.channel, known.ts)
        await desk.store.forget_reply(channel, ts)
        log.info("withdrawn", channel=channel)


async def _revise(desk: Desk, client: AsyncWebClient, question: Incoming, *, answer_new: bool) -> None:
    known = await desk.store.reply_for(question.channel, question.ts)
    if known is None:
        if answer_new and await _claim_edit(desk, question):
            await _post_answer(desk, client, question, key=f"{question.channel}/{question.ts}/edited")
    elif known.digest != question.digest:
        await _update_answer(desk, client, question, known)


async def _claim_edit(desk: Desk, question: Incoming) -> bool:
    """Claim an edited question that has no answer: once as the question, once more after a failure."""
    channel, ts = question.channel, question.ts
    if await desk.store.claim(question.event_id, channel, ts):
        return True
    return await desk.store.claim(f"{question.event_id}/edited", channel, f"{ts}/edited")


async def _post_answer(desk: Desk, client: AsyncWebClient, question: Incoming, *, key: str) -> None:
    started = time.perf_counter()
    reply = await desk.answer(question.text, await question_before(desk, question))
    await remember_question(desk, question.place, question.ts, reply)
    ts = await post(client, question.place, desk.render(reply, explaining(reply)), key=key)
    if ts is not None:
        await _remember(desk, question, reply, question.place.channel, ts)
    _log_answer("answered", question, reply, started)


async def _update_answer(
    desk: Desk, client: AsyncWebClient, question: Incoming, known: RememberedReply
) -> None:
    started = time.perf_counter()
    reply = await desk.answer(question.text, await question_before(desk, question))
    await remember_question(desk, question.place, question.ts, reply, again=True)
    ts = known.ts
    try:
        await update(client, known.channel, ts, desk.render(reply, explaining(reply)))
    except MessageGoneError as error:
        log.warning("reply_gone", channel=known.channel, code=error.code)
        key = f"{question.channel}/{question.ts}/{question.digest}"
        posted = await post(client, question.place, desk.render(reply, explaining(reply)), key=key)
        ts = posted or ts
    await _remember(desk, question, reply, known.channel, ts)
    _log_answer("revised", question, reply, started)


async def _remember(desk: Desk, question: Incoming, reply: Reply, channel: str, ts: str) -> None:
    """An answer that is posted stays a success, even if it cannot be noted for a later edit."""
    try:
        await desk.store.remember_reply(
            question.channel, question.ts, channel, ts, lang=reply.lang, digest=question.digest
        )
    except StorageError:
        log.exception("reply_not_remembered", event_id=question.event_id, channel=question.channel)


def _log_answer(event: str, question: Incoming, reply: Reply, started: float) -> None:
    log.info(
        event,
        event_id=question.event_id,
        team=question.team,
        channel=question.channel,
        ms=round((time.perf_counter() - started) * 1_000, 1),
        status=reply.status,
        intent=reply.intent,
        lang=reply.lang,
    )
