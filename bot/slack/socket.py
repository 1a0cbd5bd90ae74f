"""Socket Mode: Slack's events over a websocket that the bot opens."""

from __future__ import annotations

import asyncio

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.slack.lifecycle import running, stopping_on_signals

log: FilteringBoundLogger = structlog.get_logger(__name__)


class SlackConnectionError(BotError):
    """Slack refused a token, or could not be reached, when the bot started."""


async def run_socket(
    app: AsyncApp, app_token: str, *, stop: asyncio.Event | None = None, started: asyncio.Event | None = None
) -> None:
    """Serve the app over Socket Mode until `stop` is set, SIGINT or SIGTERM comes, or the task is cancelled.

    Both tokens are tried first: the SDK would retry a refused one for ever. Afterwards the SDK reconnects
    by itself. `started` is set once the websocket stands.

    Raises:
        SlackConnectionError: Slack refused a token or could not be reached.
    """
    stop = stop or asyncio.Event()
    async with running(app):
        handler = AsyncSocketModeHandler(app, app_token)
        try:
            with stopping_on_signals(stop):
                await _connect(handler, app)
                if started is not None:
                    started.set()
                await stop.wait()
        finally:
            await _close(handler)
    log.info("socket_mode_stopped")


async def _connect(handler: AsyncSocketModeHandler, app: AsyncApp) -> None:
    try:
        identity = await app.client.auth_test()
        handler.client.wss_uri = await handler.client.issue_new_wss_url()
    except SlackApiError as error:
        raise SlackConnectionError(f"Slack refused a token: {error.response['error']}") from error
    except (TimeoutError, aiohttp.ClientError) as error:
        raise SlackConnectionError(f"Slack cannot be reached at {app.client.base_url}: {error}") from error
    await handler.connect_async()  # type: ignore[no-untyped-call]  # unannotated in slack_bolt
    log.info("socket_mode_started", team=str(identity.get("team_id")), bot_user=str(identity.get("user_id")))


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close the socket and see its tasks end; what was not acknowledged Slack sends again."""
    client = handler.client
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    await handler.close_async()  # type: ignore[no-untyped-call]  # unannotated in slack_bolt
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
