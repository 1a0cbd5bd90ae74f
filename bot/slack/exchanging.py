"""A code for a token: what Slack says of an installation, read into what is kept of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import BotError
from bot.slack.incoming import Payload, string_at, value_at
from bot.slack.refusals import code_of

TIMEOUT_SECONDS: Final = 10
SPENT_CODES: Final = frozenset({"invalid_code", "code_already_used", "code_expired", "bad_redirect_uri"})


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What the app shows to Slack to get a token; without `redirect_uri` Slack takes the registered one."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str | None = None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the bot by https: always, unless its own address says otherwise."""
        return self.redirect_uri is None or self.redirect_uri.startswith("https:")


class ExchangeError(BotError):
    """Slack gave no token that the bot can use; `status` is what the browser is answered with."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class OAuthClient(AsyncWebClient):
    """slack_sdk's client, for installations and the rotation of tokens; it has no token of its own.

    The app's id and secret go in a header that is made here: slack_sdk makes it with a class of aiohttp that
    is on its way out.
    """

    async def oauth_v2_access(
        self,
        *,
        client_id: str,
        client_secret: str,
        code: str | None = None,
        redirect_uri: str | None = None,
        grant_type: str | None = None,
        refresh_token: str | None = None,
        **kwargs: object,
    ) -> AsyncSlackResponse:
        """oauth.v2.access: tokens for a code or a refresh token."""
        fields = {
            "code": code,
            "redirect_uri": redirect_uri,
            "grant_type": grant_type,
            "refresh_token": refresh_token,
            **kwargs,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        app = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        return await self.api_call("oauth.v2.access", data=given, headers={"Authorization": f"Basic {app}"})


def oauth_client(api_url: str | None = None) -> OAuthClient:
    """A client of Slack, or of the Web API at `api_url`."""
    address = api_url or AsyncWebClient.BASE_URL
    return OAuthClient(base_url=address, timeout=TIMEOUT_SECONDS)


async def exchange(client: OAuthClient, app: AppCredentials, code: str) -> Installation:
    """The installation that a code stands for.

    Raises:
        ExchangeError: there is no code, Slack does not take it or cannot be reached, or there is no bot in
            what it says.
    """
    if not code:
        raise ExchangeError("no_code", 400)
    try:
        answer = await client.oauth_v2_access(
            client_id=app.client_id,
            client_secret=app.client_secret,
            code=code,
            redirect_uri=app.redirect_uri,
        )
        said = _object(answer.data)
        token = string_at(said, "access_token")
        bot = _object((await client.auth_test(token=token)).data) if token else {}
    except SlackApiError as error:
        reason = code_of(error)
        raise ExchangeError(reason, 401 if reason in SPENT_CODES else 502) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise ExchangeError(type(error).__name__, 502) from error
    return _read_installation(said, bot)


def _read_installation(said: Payload, bot: Payload) -> Installation:
    """`said` is the answer of oauth.v2.access, `bot` that of auth.test, which knows the bot's id."""
    is_organisation = value_at(said, "is_enterprise_install") is True
    enterprise_id, team_id = _id(said, "enterprise"), _id(said, "team")
    expires_in = value_at(said, "expires_in")
    found = Installation(
        app_id=string_at(said, "app_id"),
        enterprise_id=enterprise_id,
        enterprise_name=string_at(said, "enterprise", "name") or None,
        enterprise_url=string_at(bot, "url") if is_organisation else None,
        team_id=None if is_organisation else team_id,
        team_name=string_at(said, "team", "name") or None,
        bot_token=string_at(said, "access_token") or None,
        bot_id=string_at(bot, "bot_id"),
        bot_user_id=string_at(said, "bot_user_id"),
        bot_scopes=string_at(said, "scope"),
        bot_refresh_token=string_at(said, "refresh_token") or None,
        bot_token_expires_in=expires_in if isinstance(expires_in, int) else None,
        user_id=string_at(said, "authed_user", "id"),
        is_enterprise_install=is_organisation,
        token_type=string_at(said, "token_type"),
    )
    if (
        not found.bot_token
        or not found.bot_user_id
        or not (found.team_id or (is_organisation and enterprise_id))
    ):
        raise ExchangeError("unexpected_answer", 502)
    return found


def _id(said: Payload, name: str) -> str | None:
    return string_at(said, name, "id") or None


def _object(data: object) -> Mapping[str, object]:
    return data if isinstance(data, dict) else {}
