"""Whose request it is: gives Bolt the token of the workspace, without asking Slack for each event."""

from __future__ import annotations

import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.slack.workspaces import Workspaces

log: FilteringBoundLogger = structlog.get_logger(__name__)


class NotInstalledError(BotError):
    """A request of a workspace where the bot is not installed. Over HTTP it is refused with 403."""


class Authorize(AsyncAuthorize):
    """For `AsyncApp(authorize=…)`. Bolt keeps the result in the request's context, and its client's token.

    The token may have run out: whoever calls Slack later than in the listener asks `Workspaces.find`.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        """Requests are let in of these workspaces alone."""
        super().__init__()  # type: ignore[no-untyped-call]  # unannotated in slack_bolt
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        """The bot in the workspace of a request.

        Raises:
            NotInstalledError: the bot is not installed there.
            StorageError: the database failed; nothing may be acknowledged.
        """
        found = await self._workspaces.known(enterprise_id, team_id)
        if found is None:
            log.warning("not_installed", team=team_id, enterprise=enterprise_id)
            raise NotInstalledError(f"the bot is not installed in {team_id or enterprise_id}")
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=found.team_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.bot_token,
            user_id=user_id,
        )
