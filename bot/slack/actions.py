"""Listeners for buttons: a choice of a clarification, why an answer is so, and sharing a private answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.presenting.blocks import CHOICE_ACTION, SHARE_ACTION, WHY_ACTION, Extras
from bot.presenting.mrkdwn import escape
from bot.presenting.payload import Message
from bot.slack.desk import Desk
from bot.slack.errors import expect_answer
from bot.slack.incoming import Payload, Place, string_at, value_at
from bot.slack.memory import explaining, remember_question
from bot.slack.posting import PostingError, delete_original, post, respond_with

log: FilteringBoundLogger = structlog.get_logger(__name__)

CHOICE: Final = re.compile(rf"^{re.escape(CHOICE_ACTION)}\d+$")


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: the question it carries, on which message, by whom."""

    question: str
    user: str
    team: str
    channel: str
    message_ts: str
    thread_ts: str | None
    private: bool

    def key(self, kind: str) -> str:
        """Names this button of this message, whoever presses it and however often."""
        digest = hashlib.sha256(self.question.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{kind}/{self.channel}/{self.message_ts}/{digest}"

    @property
    def place(self) -> Place:
        """Where its answer goes: the thread of the message; in a DM outside threads, the DM."""
        if self.thread_ts is None and self.channel.startswith("D"):
            return Place(self.channel, None)
        return Place(self.channel, self.thread_ts or self.message_ts)


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the listeners for buttons."""

    @app.action(CHOICE)
    async def on_choice(
        ack: AsyncAck,
        body: Payload,
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        await ack()
        press = read_press(body)
        if press.private:
            expect_answer(context, press.question, None)
            await _replace_private_answer(desk, respond, press)
        else:
            expect_answer(context, press.question, press.place)
            await _answer_choice(desk, client, press)

    @app.action(WHY_ACTION)
    async def on_why(ack: AsyncAck, body: Payload, context: AsyncBoltContext, client: AsyncWebClient) -> None:
        await ack()
        press = read_press(body)
        expect_answer(context, "", press.place)
        await _explain(desk, client, press)

    @app.action(SHARE_ACTION)
    async def on_share(
        ack: AsyncAck,
        body: Payload,
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        await ack()
        press = read_press(body)
        expect_answer(context, press.question, None)
        await _share(desk, client, respond, press)


def read_press(body: Payload) -> Press:
    """The pressed button in a `block_actions` payload."""
    actions = value_at(body, "actions")
    first = actions[0] if isinstance(actions, list) and actions else {}
    return Press(
        question=string_at(first, "value") if isinstance(first, dict) else "",
        user=string_at(body, "user", "id"),
        team=string_at(body, "team", "id"),
        channel=string_at(body, "container", "channel_id") or string_at(body, "channel", "id"),
        message_ts=string_at(body, "container", "message_ts") or string_at(body, "message", "ts"),
        thread_ts=string_at(body, "message", "thread_ts")
        or string_at(body, "container", "thread_ts")
        or None,
        private=value_at(body, "container", "is_ephemeral") is True,
    )


async def _replace_private_answer(desk: Desk, respond: AsyncRespond, press: Press) -> None:
    reply = await desk.answer(press.question)
    await respond_with(respond, desk.render(reply, Extras(share=press.question)), replace_original=True)
    log.info("chosen", team=press.team, channel=press.channel, status=reply.status, intent=reply.intent)


async def _answer_choice(desk: Desk, client: AsyncWebClient, press: Press) -> None:
    """Answer in the thread, once per choice; after a failure it may be pressed again."""
    key = press.key("choice")
    if not await desk.store.claim(key, press.channel, key):
        log.info("already_chosen", channel=press.channel)
        return
    async with _released_on_failure(desk, key):
        reply = await desk.answer(press.question)
        await remember_question(desk, press.place, press.message_ts, reply)
        await post(client, press.place, desk.render(reply, explaining(reply)), key=key)
    log.info("chosen", team=press.team, channel=press.channel, status=reply.status, intent=reply.intent)


async def _explain(desk: Desk, client: AsyncWebClient, press: Press) -> None:
    """Post in the thread how an answer came about, once per answer; after a failure it may be pressed again.

    What the button carries may name what is no longer known: then a sentence says so.
    """
    key = press.key("why")
    if not await desk.store.claim(key, press.channel, key):
        log.info("already_explained", channel=press.channel)
        return
    async with _released_on_failure(desk, key):
        place = Place(press.channel, press.thread_ts or press.message_ts)
        await post(client, place, _derivation(desk, press.question), key=key)
    log.info("explained", team=press.team, channel=press.channel)


def _derivation(desk: Desk, noted: str) -> Iterable[Message]:
    """How the answer to a noted question comes about."""
    question = desk.ask.recall(noted)
    if question is None:
        return [Message(escape(desk.phrases_for(None).unhandled), (), "text")]
    return desk.render(desk.ask.why(question))


async def _share(desk: Desk, client: AsyncWebClient, respond: AsyncRespond, press: Press) -> None:
    """Post the answer for everybody, once per private message, and remove that message."""
    key = press.key("share")
    if not await desk.store.claim(key, press.channel, key):
        log.info("already_shared", channel=press.channel)
        return
    async with _released_on_failure(desk, key):
        await _post_shared(desk, client, respond, press, key)
    try:
        await delete_original(respond)
    except PostingError as error:
        log.warning("private_answer_not_removed", channel=press.channel, code=error.code)


@asynccontextmanager
async def _released_on_failure(desk: Desk, key: str) -> AsyncIterator[None]:
    """Give a claim back unless the block ends well, so that the button may be pressed again."""
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            await desk.store.release(key)


async def _post_shared(
    desk: Desk, client: AsyncWebClient, respond: AsyncRespond, press: Press, key: str
) -> None:
    """As the bot where it is a member of the channel, else through the response_url, which works anywhere."""
    reply = await desk.answer(press.question)
    extras = replace(explaining(reply), shared_by=press.user)
    try:
        await post(client, Place(press.channel, press.thread_ts), desk.render(reply, extras), key=key)
    except PostingError as error:
        log.info("shared_by_response_url", channel=press.channel, code=error.code)
        await respond_with(respond, desk.render(reply, extras), in_channel=True)
    log.info("shared", team=press.team, channel=press.channel, status=reply.status, intent=reply.intent)
