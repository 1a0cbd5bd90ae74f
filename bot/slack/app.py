"""Build the Bolt app: its client, its listeners, its error handler."""

from __future__ import annotations

import logging
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.pipeline import Ask
from bot.settings import Settings, SettingsError
from bot.slack import actions, commands, errors, events, lifecycle
from bot.slack.desk import Desk, PhrasesFor
from bot.storage import Store

NAME: Final = "torchdesk"
RETRIES: Final = 2


def build_app(
    ask: Ask, store: Store, phrases_for: PhrasesFor, settings: Settings, *, answer_external: bool = False
) -> AsyncApp:
    """The Bolt app for one workspace. Nothing is sent to Slack before the first request arrives.

    Bolt acknowledges an event before its listener runs (`process_before_response` off): an answer may have
    to wait for a rate limit longer than the three seconds that Slack allows.

    Args:
        ask: the pipeline.
        store: claims and replies.
        phrases_for: the surface's words in a language, or in the default one for None.
        settings: the bot token is needed; the signing secret only over HTTP; `slack_api_url` moves the Web
            API elsewhere.
        answer_external: also answer in channels shared with other organisations.

    Raises:
        SettingsError: there is no bot token.
    """
    if not settings.slack_bot_token:
        raise SettingsError("SLACK_BOT_TOKEN is not set: Slack needs a bot token (xoxb-...)")
    desk = Desk(ask, store, phrases_for, answer_external)
    app = AsyncApp(
        name=NAME,
        logger=_bolt_logger(),
        token=settings.slack_bot_token,
        signing_secret=settings.slack_signing_secret or "",
        process_before_response=False,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
        user_facing_authorize_error_message=phrases_for(None).failure,
    )
    _set_up_client(app.client, settings.slack_api_url)
    lifecycle.watch(app)
    for listeners in (events, commands, actions, errors):
        listeners.register(app, desk)
    return app


def _set_up_client(client: AsyncWebClient, api_url: str | None) -> None:
    """Bolt copies these onto the client of each request."""
    if api_url:
        client.base_url = AsyncWebClient(base_url=api_url).base_url
    client.retry_handlers = [
        AsyncConnectionErrorRetryHandler(max_retry_count=RETRIES),
        AsyncServerErrorRetryHandler(max_retry_count=RETRIES),
        AsyncRateLimitErrorRetryHandler(max_retry_count=RETRIES),
    ]


def _bolt_logger() -> logging.Logger:
    """Bolt's loggers take the level of this one; at DEBUG they print whole payloads, so never lower."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(max(logging.INFO, logging.getLogger().getEffectiveLevel()))
    return logger
