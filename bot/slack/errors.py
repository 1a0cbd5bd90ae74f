"""The one error handler: logs what happened and tells the user in one plain sentence, in the right place."""

from __future__ import annotations

from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.presenting.mrkdwn import escape
from bot.presenting.payload import Message
from bot.presenting.surface import SurfacePhrases
from bot.slack.authorizing import NotInstalledError
from bot.slack.desk import Desk
from bot.slack.incoming import Payload, Place, string_at
from bot.slack.posting import PostingError, post, respond_with

log: FilteringBoundLogger = structlog.get_logger(__name__)

_PLACE: Final = "torchdesk_place"
_ASKED: Final = "torchdesk_asked"


def expect_answer(context: AsyncBoltContext, asked: str, place: Place | None) -> None:
    """Note that somebody waits for an answer: a failure from here on is told to them.

    `place` is None where the answer goes through a response_url.
    """
    context[_ASKED] = asked
    context[_PLACE] = place


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the error handler."""

    @app.error
    async def on_error(
        error: Exception, body: Payload, context: AsyncBoltContext, response: BoltResponse | None
    ) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError):
            return await _on_unhandled(desk, body, context)
        if isinstance(error, NotInstalledError):  # said in the log already; there is nobody to tell
            return BoltResponse(status=403)
        log.error("failed", **_where(body), exc_info=error)
        sentence = Message(escape(_phrases(desk, error, context).failure), (), "text")
        await _tell(sentence, body, context)
        return response


async def _on_unhandled(desk: Desk, body: Payload, context: AsyncBoltContext) -> BoltResponse:
    """What nobody listens for: an event is acknowledged, a user's command or button gets a sentence."""
    log.info("unhandled", **_where(body))
    if not context.response_url and string_at(body, "type") != "event_callback":
        return BoltResponse(status=404)
    await _tell(Message(escape(desk.phrases_for(None).unhandled), (), "text"), body, context)
    return BoltResponse(status=200)


async def _tell(sentence: Message, body: Payload, context: AsyncBoltContext) -> None:
    """Say the sentence where the answer was expected; if even that fails, the log has it."""
    place = context.get(_PLACE)
    try:
        if isinstance(place, Place):
            key = f"{string_at(body, 'event_id') or place}/failure"
            await post(context.client, place, [sentence], key=key)
        elif context.response_url and context.respond is not None:
            await respond_with(context.respond, [sentence])
    except PostingError as silent:
        log.error("failure_not_told", **_where(body), code=silent.code)


def _phrases(desk: Desk, error: Exception, context: AsyncBoltContext) -> SurfacePhrases:
    """The words in the question's language, unless it may be the pipeline itself that broke."""
    asked = context.get(_ASKED)
    if isinstance(error, BotError) and isinstance(asked, str):
        return desk.phrases_for(desk.ask.ask(asked).lang)
    return desk.phrases_for(None)


def _where(body: Payload) -> dict[str, str]:
    """Which request it was, without anything that a user wrote."""
    found = {
        "type": string_at(body, "event", "type") or string_at(body, "command") or string_at(body, "type"),
        "event_id": string_at(body, "event_id"),
        "channel": string_at(body, "event", "channel")
        or string_at(body, "channel", "id")
        or string_at(body, "channel_id"),
        "team": string_at(body, "team_id") or string_at(body, "team", "id"),
    }
    return {name: value for name, value in found.items() if value}
