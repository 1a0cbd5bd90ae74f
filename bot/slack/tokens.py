"""Tries the tokens on Slack before anything rests on them, and says in one line why one does not do."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.slack.refusals import advice, code_of, is_passing, needed_by

log: FilteringBoundLogger = structlog.get_logger(__name__)

BOT_TOKEN: Final = "SLACK_BOT_TOKEN"  # noqa: S105 - a variable's name
APP_TOKEN: Final = "SLACK_APP_TOKEN"  # noqa: S105 - a variable's name
TRY_SECONDS: Final = 3
UNREACHABLE: Final = (OSError, TimeoutError, aiohttp.ClientError)


class SlackConnectionError(BotError):
    """Slack refused a token, or could not be reached, when the bot started."""


class TokenRefusedError(SlackConnectionError):
    """Slack refused a token for good: it has to be mended before the bot can run."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Whom Slack knows a bot token to be. `scopes` is None where the answer did not tell them."""

    team_id: str
    user_id: str
    scopes: frozenset[str] | None


def quiet_client(token: str | None, api_url: str | None, seconds: int = TRY_SECONDS) -> AsyncWebClient:
    """A client that tries once, waits shortly, and writes no log."""
    return AsyncWebClient(
        token=token,
        base_url=api_url or AsyncWebClient.BASE_URL,
        timeout=seconds,
        logger=logging.Logger("quiet", logging.CRITICAL + 1),
        retry_handlers=[],
    )


async def try_bot_token(client: AsyncWebClient) -> Accepted:
    """Ask Slack whose bot token the client has (auth.test).

    Raises:
        TokenRefusedError: Slack refused it.
        SlackConnectionError: Slack could not be reached or could not say.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise refused(BOT_TOKEN, error) from None
    except UNREACHABLE as error:
        raise unreachable(client, error) from None
    told = answer.headers.get("x-oauth-scopes") if answer.headers else None
    scopes = frozenset(part.strip() for part in told.split(",") if part.strip()) if told is not None else None
    return Accepted(str(answer.get("team_id")), str(answer.get("user_id")), scopes)


async def try_app_token(client: AsyncWebClient, app_token: str) -> str:
    """Ask Slack for the address of a Socket Mode connection (apps.connections.open). It is a secret.

    Raises:
        TokenRefusedError: Slack refused the token.
        SlackConnectionError: Slack could not be reached or could not say.
    """
    try:
        answer = await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        raise refused(APP_TOKEN, error) from None
    except UNREACHABLE as error:
        raise unreachable(client, error) from None
    return str(answer["url"])


async def try_before_serving(bot_token: str | None, api_url: str | None) -> None:
    """See that Slack does not refuse the bot token. That Slack is out of reach just now is only logged.

    Raises:
        TokenRefusedError: Slack refused it.
    """
    if bot_token is None:
        return
    try:
        await try_bot_token(quiet_client(bot_token, api_url))
    except TokenRefusedError:
        raise
    except SlackConnectionError as error:
        log.warning("bot_token_not_tried", reason=str(error))


def refused(variable: str, error: SlackApiError) -> SlackConnectionError:
    """The error that says in one line why Slack did not take a token."""
    code = code_of(error)
    what = advice(code, needed_by(error))
    if is_passing(code):
        return SlackConnectionError(f"Slack did not say whether {variable} is good ({code}): {what}")
    return TokenRefusedError(f"Slack refused {variable} ({code}): {what}")


def unreachable(client: AsyncWebClient, error: Exception) -> SlackConnectionError:
    """The error that says in one line that Slack does not answer."""
    parts = urlsplit(client.base_url)
    return SlackConnectionError(
        f"Slack cannot be reached at {parts.hostname}: {_reason(error, client.timeout)}"
    )


def _reason(error: Exception, seconds: float) -> str:
    """In own words: the library's may hold an address with a secret in it."""
    if isinstance(error, TimeoutError):
        return f"no answer in {seconds:g} seconds; see the network, a firewall or a proxy (HTTPS_PROXY)"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not found; see the network, or set the proxy (HTTPS_PROXY)"
    if isinstance(error, aiohttp.ClientSSLError):
        return "its certificate is not trusted here; a proxy in between needs its own in SSL_CERT_FILE"
    if isinstance(error, aiohttp.ClientConnectorError):
        why = os.strerror(error.os_error.errno or 0)
        return f"no connection ({why}); see the network, a firewall or a proxy (HTTPS_PROXY)"
    return f"the connection broke ({type(error).__name__}); try again"
