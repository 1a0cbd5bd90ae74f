"""Which workspaces the bot is in, and as whom: one by its token, or those that installed it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.slack.api_errors import UnreachableError
from bot.slack.incoming import string_at, value_at
from bot.slack.refusals import advice, code_of, is_passing

ASK_SECONDS: Final = 2.0
AGAIN_SECONDS: Final = 1.0


class TokenUnknownError(BotError):
    """Slack did not say whose the bot token is: it refused it."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace that the bot is in, and who the bot is there.

    `team_id` is what everything of this workspace is kept under. An organisation that installed the bot for
    all of its workspaces has one token, and one `Workspace` for each of them.
    """

    enterprise_id: str | None
    team_id: str
    bot_token: str = field(repr=False)
    bot_user_id: str
    bot_id: str


class Workspaces(Protocol):
    """Finds workspaces by the ids that Slack sends. An organisation's own installation has no team id.

    What is found here never belongs to another team: None, where the bot is not (any more) installed.
    All methods raise `StorageError` where the database fails.
    """

    async def known(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace as it is known, at once: its token may have run out. For whoever must not wait."""

    async def find(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace with a token that is good now; may wait for Slack."""

    async def installed_at(self, enterprise_id: str | None, team_id: str | None) -> float | None:
        """When the installation that `forget` would drop was made, in seconds since 1970; None: unknown."""

    async def forget(self, enterprise_id: str | None, team_id: str | None) -> None:
        """Drop its installation and tokens."""

    async def forget_user(self, enterprise_id: str | None, team_id: str | None, user_id: str) -> None:
        """Drop what one user granted, whose own tokens were revoked; the bot stays."""


class OneWorkspace:
    """The workspace of the client's bot token. Slack is asked once whose it is, when first needed."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], float] = time.monotonic) -> None:
        """`client` carries the bot token; nothing is asked yet. `now` gives seconds from any point on."""
        self._client = client
        self._now = now
        self._asking = asyncio.Lock()
        self._own: Workspace | None = None
        self._failure: TokenUnknownError | UnreachableError | None = None
        self._again_at = 0.0
        self._is_of_organisation = False

    async def known(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """As `find`: the token does not run out."""
        return await self.find(enterprise_id, team_id)

    async def find(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace, if the ids are its team or its organisation.

        Raises:
            TokenUnknownError, UnreachableError: Slack refused the token, or could not be reached; it is asked
                again a second later.
        """
        own = await self._ask()
        if team_id == own.team_id and team_id is not None:
            return own
        if enterprise_id is None or enterprise_id != own.enterprise_id:
            return None
        if not self._is_of_organisation or team_id is None:
            return own
        return Workspace(own.enterprise_id, team_id, own.bot_token, own.bot_user_id, own.bot_id)

    async def installed_at(self, enterprise_id: str | None, team_id: str | None) -> float | None:
        """None: a token has no date."""
        return None

    async def forget(self, enterprise_id: str | None, team_id: str | None) -> None:
        """Ask Slack again next time."""
        self._own = None

    async def forget_user(self, enterprise_id: str | None, team_id: str | None, user_id: str) -> None:
        """Nothing: the bot token is the one that there is."""

    async def _ask(self) -> Workspace:
        async with self._asking:
            if self._own is not None:
                return self._own
            if self._failure is not None and self._now() < self._again_at:
                raise self._failure  # who waited meanwhile does not ask once more
            try:
                self._own = await self._ask_slack()
            except (TokenUnknownError, UnreachableError) as error:
                self._failure, self._again_at = error, self._now() + AGAIN_SECONDS
                raise
            return self._own

    async def _ask_slack(self) -> Workspace:
        try:
            async with asyncio.timeout(ASK_SECONDS):  # an event waits to be acknowledged
                answer = await self._client.auth_test()
        except SlackApiError as error:
            code = code_of(error)
            if is_passing(code):
                raise UnreachableError(code) from error
            raise TokenUnknownError(f"Slack refused SLACK_BOT_TOKEN ({code}): {advice(code)}") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise UnreachableError("network") from error
        said = answer.data if isinstance(answer.data, dict) else {}
        self._is_of_organisation = value_at(said, "is_enterprise_install") is True
        return Workspace(
            enterprise_id=string_at(said, "enterprise_id") or None,
            team_id=string_at(said, "team_id"),
            bot_token=self._client.token or "",
            bot_user_id=string_at(said, "user_id"),
            bot_id=string_at(said, "bot_id"),
        )
