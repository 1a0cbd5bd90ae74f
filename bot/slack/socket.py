"""Socket Mode: Slack's events over a websocket that the bot opens."""

from __future__ import annotations

import asyncio

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from structlog.typing import FilteringBoundLogger

from bot.slack.app import SlackBot
from bot.slack.lifecycle import stopping_on_signals
from bot.slack.probes import Reason
from bot.slack.tokens import SlackConnectionError, try_app_token, try_bot_token
from bot.slack.watching import watched_connection

__all__ = ["SlackConnectionError", "run_socket"]

log: FilteringBoundLogger = structlog.get_logger(__name__)


async def run_socket(
    bot: SlackBot, app_token: str, *, stop: asyncio.Event | None = None, started: asyncio.Event | None = None
) -> None:
    """Serve over Socket Mode until `stop` is set, SIGINT or SIGTERM comes, or the task is cancelled.

    The tokens are tried first: the SDK would retry a refused one for ever. There is no bot token where each
    workspace has its own. Afterwards the SDK reconnects by itself. `started` is set once the websocket
    stands. At the end the socket goes first, and what was stored is finished within some seconds or left to
    others; a second signal changes nothing.

    Raises:
        SlackConnectionError: Slack refused a token or could not be reached.
    """
    stop = stop or asyncio.Event()
    with stopping_on_signals(stop):
        async with bot.working():
            await _serve(bot, app_token, stop, started)
    log.info("socket_mode_stopped")


async def _serve(bot: SlackBot, app_token: str, stop: asyncio.Event, started: asyncio.Event | None) -> None:
    handler = AsyncSocketModeHandler(bot.app, app_token)
    try:
        await _connect(handler, bot)
        bot.health.recovered(Reason.STARTING)
        if started is not None:
            started.set()
        async with watched_connection(handler.client.is_connected, bot.client, app_token, bot.health):
            await stop.wait()
        bot.health.failed(Reason.STOPPING)
    finally:
        await _close(handler)


async def _connect(handler: AsyncSocketModeHandler, bot: SlackBot) -> None:
    accepted = await try_bot_token(bot.client) if bot.client.token else None
    handler.client.wss_uri = await try_app_token(bot.client, handler.client.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # unannotated in slack_bolt
    whose = {"team": accepted.team_id, "bot_user": accepted.user_id} if accepted else {}
    log.info("socket_mode_started", **whose)


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close the socket and see its tasks end; what was not acknowledged Slack sends again."""
    client = handler.client
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    await handler.close_async()  # type: ignore[no-untyped-call]  # unannotated in slack_bolt
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
