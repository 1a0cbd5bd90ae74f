"""The one handler for what goes wrong while an event is received; answering has its own, in the worker."""

from __future__ import annotations

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.presenting.mrkdwn import escape
from bot.presenting.payload import Message
from bot.slack.api_errors import PostingError
from bot.slack.authorizing import NotInstalledError
from bot.slack.desk import PhrasesFor
from bot.slack.incoming import Payload, string_at
from bot.slack.posting import respond_with

log: FilteringBoundLogger = structlog.get_logger(__name__)


def register(app: AsyncApp, phrases_for: PhrasesFor) -> None:
    """Register the error handler."""

    @app.error
    async def on_error(error: Exception, body: Payload, context: AsyncBoltContext) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return await _on_unhandled(phrases_for, body, context)
        if isinstance(error, NotInstalledError):  # said in the log already; there is nobody to tell
            return BoltResponse(status=403)
        if isinstance(error, BotError):  # it says itself what it is, maybe at each request for a while
            log.error("not_received", **_where(body), error=str(error))
        else:
            log.error("not_received", **_where(body), exc_info=error)
        if await _tell(phrases_for(None).failure, body, context):
            return BoltResponse(status=200)
        return BoltResponse(status=503)  # an event: Slack delivers it again


async def _on_unhandled(phrases_for: PhrasesFor, body: Payload, context: AsyncBoltContext) -> BoltResponse:
    """What nobody listens for: an event is acknowledged, a user's command or button gets a sentence."""
    log.info("unhandled", **_where(body))
    if not context.response_url and string_at(body, "type") != "event_callback":
        return BoltResponse(status=404)
    await _tell(phrases_for(None).unhandled, body, context)
    return BoltResponse(status=200)


async def _tell(text: str, body: Payload, context: AsyncBoltContext) -> bool:
    """Whether a command or a button could be told a sentence; Slack sends those no second time."""
    if not context.response_url:
        return False
    try:
        await respond_with(context.client, context.response_url, [Message(escape(text), (), "text")])
    except PostingError as silent:
        log.error("failure_not_told", **_where(body), code=silent.code)
    return True


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
