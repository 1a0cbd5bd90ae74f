"""What happens when a workspace removes the bot: its tokens go, and everything that it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from structlog.typing import FilteringBoundLogger

from bot.slack.incoming import Payload, value_at
from bot.slack.workspaces import Workspaces

log: FilteringBoundLogger = structlog.get_logger(__name__)


class Memory(Protocol):
    """What the store must do for a workspace that goes. Both raise `StorageError`."""

    async def forget_team(self, team: str, /) -> None:
        """Delete all that is kept of a workspace: events, replies, questions."""

    async def teams_of(self, enterprise: str, /) -> Sequence[str]:
        """The workspaces of an organisation of which anything is kept."""


def register(app: AsyncApp, workspaces: Workspaces, memory: Memory) -> None:
    """Listen for the end of an installation. Acknowledged once all is removed, so that Slack tries again."""

    @app.event("app_uninstalled")
    async def on_uninstalled(body: Payload, context: AsyncBoltContext) -> None:
        await uninstall(workspaces, memory, context.enterprise_id, context.team_id, _time_of(body))

    @app.event("tokens_revoked")
    async def on_tokens_revoked(body: Payload, context: AsyncBoltContext) -> None:
        bots, users = revoked(body)
        if bots:
            await uninstall(workspaces, memory, context.enterprise_id, context.team_id, _time_of(body))
            return
        for user in users:
            await workspaces.forget_user(context.enterprise_id, context.team_id, user)
        log.info("user_tokens_revoked", team=context.team_id, users=len(users))


async def uninstall(
    workspaces: Workspaces,
    memory: Memory,
    enterprise_id: str | None,
    team_id: str | None,
    at: int | None = None,
) -> None:
    """Remove a workspace's installation and tokens, then all that is kept of it. May be repeated.

    `at` is the second since 1970 in which it was uninstalled: what is installed later stays, as Slack may
    tell late, and more than once.

    Without a team (or with the organisation in its place) the organisation's own installation goes, and
    what is kept of its workspaces, except of those that installed the bot for themselves.

    Raises:
        StorageError: the database failed; do it again.
    """
    if at is not None and await _is_installed_since(workspaces, enterprise_id, team_id, at):
        log.info("uninstalled_before", team=team_id, enterprise=enterprise_id)
        return
    await workspaces.forget(enterprise_id, team_id)
    for team in await _teams(workspaces, memory, enterprise_id, team_id):
        await memory.forget_team(team)
        log.info("uninstalled", team=team, enterprise=enterprise_id)


def revoked(body: Payload) -> tuple[list[str], list[str]]:
    """The bot users and the people whose tokens a `tokens_revoked` event names."""
    return _names(body, "bot"), _names(body, "oauth")


async def _is_installed_since(
    workspaces: Workspaces, enterprise_id: str | None, team_id: str | None, at: int
) -> bool:
    """Whether it was installed after that second."""
    installed = await workspaces.installed_at(enterprise_id, team_id)
    return installed is not None and installed >= at + 1


async def _teams(
    workspaces: Workspaces, memory: Memory, enterprise_id: str | None, team_id: str | None
) -> list[str]:
    if team_id and team_id != enterprise_id:
        return [team_id]
    if not enterprise_id:
        return []
    teams = dict.fromkeys((*await memory.teams_of(enterprise_id), enterprise_id))
    return [team for team in teams if await workspaces.known(enterprise_id, team) is None]


def _time_of(body: Payload) -> int | None:
    time = value_at(body, "event_time")
    return time if isinstance(time, int) else None


def _names(body: Payload, kind: str) -> list[str]:
    names = value_at(body, "event", "tokens", kind)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
