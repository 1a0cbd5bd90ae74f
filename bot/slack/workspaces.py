"""Workspaces that the bot serves, each with its token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace in which the bot is installed."""

    enterprise_id: str | None
    team_id: str
    bot_token: str = field(repr=False)
    bot_user_id: str
    bot_id: str


class Workspaces(Protocol):
    """Finds the workspace of an event."""

    async def find(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace, or None where the bot is not installed. Raises `StorageError`."""
        ...

    async def forget(self, enterprise_id: str | None, team_id: str | None) -> None:
        """Drop what is known of a workspace."""
        ...


class OneWorkspace:
    """The workspace of the single bot token."""

    def __init__(self, client: AsyncWebClient) -> None:
        """`client` carries the token."""
        self._client = client
        self._known: Workspace | None = None

    async def find(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace; asks Slack once."""
        if self._known is None:
            answer = await self._client.auth_test()
            self._known = Workspace(
                answer.get("enterprise_id"),
                str(answer["team_id"]),
                self._client.token or "",
                str(answer["user_id"]),
                str(answer.get("bot_id")),
            )
        return self._known

    async def forget(self, enterprise_id: str | None, team_id: str | None) -> None:
        """Ask again next time."""
        self._known = None


def authorizer(workspaces: Workspaces) -> Callable[..., Awaitable[AuthorizeResult | None]]:
    """What Bolt asks whose token goes with an event; Slack is not asked."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        found = await workspaces.find(enterprise_id, team_id)
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=found.team_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.bot_token,
        )

    return authorize
