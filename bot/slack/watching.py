"""Watches the websocket: the SDK connects anew by itself, for ever and without a word about why it cannot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.slack.probes import Health, Reason
from bot.slack.seldom import Seldom
from bot.slack.tokens import SlackConnectionError, try_app_token

log: FilteringBoundLogger = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
LOST_SECONDS: Final = 12.0
"""Slack closes a connection now and then, and the SDK looks at it every ten seconds: that is no loss."""

PROMISING: Final = "Slack takes the token: it should connect soon"


@asynccontextmanager
async def watched_connection(
    is_connected: Callable[[], Awaitable[bool]], client: AsyncWebClient, app_token: str, health: Health
) -> AsyncIterator[None]:
    """While there is no connection, within a block, the process is not ready and the log says why."""
    watching = asyncio.create_task(_watch(is_connected, client, app_token, health))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(
    is_connected: Callable[[], Awaitable[bool]], client: AsyncWebClient, app_token: str, health: Health
) -> None:
    may_tell, seen = Seldom(), time.monotonic()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if await is_connected():
            seen = time.monotonic()
            if health.recovered(Reason.SLACK):
                log.info("slack_connected")
        elif time.monotonic() - seen > LOST_SECONDS:
            health.failed(Reason.SLACK)
            if may_tell():
                log.error("slack_lost", what=await _why(client, app_token))


async def _why(client: AsyncWebClient, app_token: str) -> str:
    """Why there is no connection, and what to do, in a line."""
    try:
        await try_app_token(client, app_token)
    except SlackConnectionError as error:
        return str(error)
    return PROMISING
