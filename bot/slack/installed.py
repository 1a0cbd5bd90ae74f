"""The workspaces that installed the bot: found in the store, remembered for a minute, tokens kept fresh."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from structlog.typing import FilteringBoundLogger

from bot.slack.refusals import code_of
from bot.slack.workspaces import Workspace
from bot.storage import StorageError
from bot.storage.errors import UnreadableTokenError

log: FilteringBoundLogger = structlog.get_logger(__name__)

REMEMBERED_SECONDS: Final = 60.0
REMEMBERED_AT_MOST: Final = 1_000
ROTATE_BEFORE_MINUTES: Final = 120
SPENT_BEFORE_SECONDS: Final = 60.0
AGAIN_AFTER_SECONDS: Final = 60.0
SAVING_DELAYS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0)

Key = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Remembered:
    bot: Bot
    until: float


class InstalledWorkspaces:
    """Workspaces by their installations. Call `close` at the end.

    A token that runs out within two hours is exchanged for a new one in the background, and before it is
    handed out by `find` if it has run out. `now` gives seconds since 1970.
    """

    def __init__(
        self,
        store: AsyncInstallationStore,
        rotator: AsyncTokenRotator,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Nothing is read yet."""
        self._store = store
        self._rotator = rotator
        self._now = now
        self._sleep = sleep
        self._remembered: OrderedDict[Key, _Remembered] = OrderedDict()
        self._rotating: dict[Key, asyncio.Task[Bot]] = {}
        self._again_at: dict[Key, float] = {}

    async def known(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace as it is stored; a token that is about to run out is exchanged meanwhile."""
        bot = await self._bot(enterprise_id, team_id)
        if bot is None:
            return None
        if self._runs_out_within(bot, ROTATE_BEFORE_MINUTES * 60):
            self._rotation_of(bot)
        return _workspace(bot, team_id)

    async def find(self, enterprise_id: str | None, team_id: str | None) -> Workspace | None:
        """The workspace, with a new token if the one that is stored has run out."""
        found = await self.known(enterprise_id, team_id)
        bot = await self._bot(enterprise_id, team_id)
        if found is None or bot is None or not self._runs_out_within(bot, SPENT_BEFORE_SECONDS):
            return found
        rotation = self._rotation_of(bot)
        return found if rotation is None else _workspace(await asyncio.shield(rotation), team_id)

    async def installed_at(self, enterprise_id: str | None, team_id: str | None) -> float | None:
        """When the latest of the installations that `forget` drops was made, in seconds since 1970.

        One whose tokens no key opens does not count: it is of no use.
        """
        found = [await self._readable(*key) for key in _own_keys(enterprise_id, team_id)]
        return max((bot.installed_at for bot in found if bot is not None), default=None)

    async def forget(self, enterprise_id: str | None, team_id: str | None) -> None:
        """Drop the installation and tokens of exactly this team, or of the organisation without a team."""
        for enterprise, team in _own_keys(enterprise_id, team_id):
            await self._store.async_delete_all(enterprise_id=enterprise, team_id=team)
        self.forget_remembered()

    async def forget_user(self, enterprise_id: str | None, team_id: str | None, user_id: str) -> None:
        """Drop one user's installations; the bot's own token stays."""
        team = _team_of(enterprise_id, team_id)
        await self._store.async_delete_installation(
            enterprise_id=enterprise_id, team_id=team, user_id=user_id
        )

    def forget_remembered(self) -> None:
        """Read from the store next time, as after somebody installed the bot anew."""
        self._remembered.clear()

    async def close(self) -> None:
        """Wait for tokens that are being exchanged: a new one that is not saved would be lost."""
        await asyncio.gather(*self._rotating.values(), return_exceptions=True)

    async def _bot(self, enterprise_id: str | None, team_id: str | None) -> Bot | None:
        key = (enterprise_id, _team_of(enterprise_id, team_id))
        remembered = self._remembered.get(key)
        if remembered is not None and self._now() < remembered.until:
            return remembered.bot
        bot = await self._stored(*key)
        if bot is not None:
            self._remember(key, bot)
        return bot

    async def _readable(self, enterprise_id: str | None, team_id: str | None) -> Bot | None:
        try:
            return await self._store.async_find_bot(enterprise_id=enterprise_id, team_id=team_id)
        except UnreadableTokenError:
            return None

    async def _stored(self, enterprise_id: str | None, team_id: str | None) -> Bot | None:
        """The team's own bot, else its organisation's, else one of before the team joined that."""
        keys: list[Key] = [(enterprise_id, team_id)]
        if enterprise_id and team_id:
            keys += [(enterprise_id, None), (None, team_id)]
        for enterprise, team in keys:
            if enterprise or team:
                bot = await self._store.async_find_bot(enterprise_id=enterprise, team_id=team)
                if bot is not None:
                    return bot
        return None

    def _remember(self, key: Key, bot: Bot) -> None:
        self._remembered[key] = _Remembered(bot, self._now() + REMEMBERED_SECONDS)
        self._remembered.move_to_end(key)
        if len(self._remembered) > REMEMBERED_AT_MOST:
            self._remembered.popitem(last=False)

    def _runs_out_within(self, bot: Bot, seconds: float) -> bool:
        expires_at = bot.bot_token_expires_at
        return bool(bot.bot_refresh_token) and expires_at is not None and expires_at < self._now() + seconds

    def _rotation_of(self, bot: Bot) -> asyncio.Task[Bot] | None:
        """The exchange of a token, one at a time for each bot; None shortly after one that was in vain."""
        key = (bot.enterprise_id, bot.team_id)
        task = self._rotating.get(key)
        if task is None and self._again_at.get(key, 0) <= self._now():
            self._again_at[key] = self._now() + AGAIN_AFTER_SECONDS
            task = asyncio.create_task(self._rotate(bot))
            self._rotating[key] = task
            task.add_done_callback(lambda done: self._rotation_ended(key, done))
        return task

    def _rotation_ended(self, key: Key, task: asyncio.Task[Bot]) -> None:
        self._rotating.pop(key, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("token_rotation_failed", team=key[1], enterprise=key[0], reason=type(error).__name__)

    async def _rotate(self, bot: Bot) -> Bot:
        """The bot with a new token, else with the one that another process got, else as it was."""
        stored = await self._store.async_find_bot(enterprise_id=bot.enterprise_id, team_id=bot.team_id)
        if stored is None or stored.bot_token != bot.bot_token:
            self.forget_remembered()
            return stored or bot
        try:
            new = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=ROTATE_BEFORE_MINUTES
            )
        except (SlackTokenRotationError, TimeoutError, aiohttp.ClientError, OSError) as error:
            return await self._rotated_elsewhere(bot, error)
        if new is None:
            return bot
        await self._save(new)
        self.forget_remembered()
        self._again_at.pop((bot.enterprise_id, bot.team_id), None)
        log.info("token_rotated", team=new.team_id, enterprise=new.enterprise_id)
        return new

    async def _rotated_elsewhere(self, bot: Bot, error: Exception) -> Bot:
        self.forget_remembered()
        stored = await self._store.async_find_bot(enterprise_id=bot.enterprise_id, team_id=bot.team_id)
        if stored is not None and stored.bot_token != bot.bot_token:
            return stored
        log.warning(
            "token_not_rotated", team=bot.team_id, enterprise=bot.enterprise_id, reason=_reason(error)
        )
        return bot

    async def _save(self, new: Bot) -> None:
        """Keep trying while the database is away: the old refresh token is spent already."""
        for delay in SAVING_DELAYS:
            try:
                await self._store.async_save_bot(new)
                return
            except StorageError:
                log.warning("rotated_token_not_saved_yet", team=new.team_id)
                await self._sleep(delay)
        await self._store.async_save_bot(new)


def _workspace(bot: Bot, team_id: str | None) -> Workspace:
    return Workspace(
        enterprise_id=bot.enterprise_id,
        team_id=bot.team_id or team_id or bot.enterprise_id or "",
        bot_token=bot.bot_token or "",
        bot_user_id=bot.bot_user_id or "",
        bot_id=bot.bot_id or "",
    )


def _team_of(enterprise_id: str | None, team_id: str | None) -> str | None:
    """Slack names an organisation in place of the team where it means all of it."""
    return None if not team_id or team_id == enterprise_id else team_id


def _own_keys(enterprise_id: str | None, team_id: str | None) -> list[Key]:
    """What a team's own installation stands under, one of before it joined its organisation too."""
    team = _team_of(enterprise_id, team_id)
    return [(enterprise_id, team), (None, team)] if enterprise_id and team else [(enterprise_id, team)]


def _reason(error: Exception) -> str:
    return code_of(error.api_error) if isinstance(error, SlackTokenRotationError) else type(error).__name__
