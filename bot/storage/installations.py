"""Installed workspaces and begun installations: slack_sdk's stores, with every token sealed.

Import this module only where many workspaces are served: it loads the cipher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar, cast

from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import ColumnElement, MetaData, RowMapping, Table, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.errors import UnreadableTokenError
from bot.storage.schema import slack_bots, slack_installations, slack_oauth_states
from bot.storage.sealing import Seal

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Opens a transaction that is committed where its block ends well; raises `StorageError`."""

SECRETS: Final = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
)
STATE_SECONDS: Final = 600

_Kept = TypeVar("_Kept", Bot, Installation)


class _Engine:
    """What slack_sdk's stores use of an engine, so that they take their turn like everybody else."""

    def __init__(self, connect: Connect) -> None:
        self.begin = connect
        self.connect = connect


class _SdkInstallations(AsyncSQLAlchemyInstallationStore):
    """slack_sdk's store over our tables: its own have no room for a sealed token."""

    @classmethod
    def build_installations_table(cls, metadata: MetaData, table_name: str) -> Table:
        return slack_installations

    @classmethod
    def build_bots_table(cls, metadata: MetaData, table_name: str) -> Table:
        return slack_bots


class Installations(AsyncInstallationStore):
    """Who installed the bot where, with which tokens. Safe to share between tasks.

    A team or an organisation has one bot token at a time: saving drops what an earlier installation left.
    Every method raises `StorageError` where the database fails; one that finds raises
    `UnreadableTokenError` where no key opens what was found.
    """

    def __init__(self, connect: Connect, client_id: str, seal: Seal) -> None:
        """Installations of the app `client_id`; those of another are not seen."""
        self._connect = connect
        self._client_id = client_id
        self._seal = seal
        self._sdk = _SdkInstallations(client_id, cast("AsyncEngine", _Engine(connect)))

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation and its bot."""
        sealed = self._sealed(Installation(**installation.to_dict_for_copying()))
        await self._sdk.async_save(sealed)
        user = slack_installations.c.user_id == sealed.user_id
        await self._drop_older(slack_installations, sealed, user)
        await self._settle(sealed.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot, as after its token was rotated."""
        sealed = self._sealed(Bot(**bot.to_dict_for_copying()))
        await self._sdk.async_save_bot(sealed)
        await self._settle(sealed)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The bot of a team, or of an organisation where `team_id` is None."""
        found = await self._sdk.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return None if found is None else self._opened(found)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The latest installation of a team or an organisation, or a user's own."""
        found = await self._sdk.async_find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if found is None else self._opened(found)

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Drop the bot of a team or an organisation."""
        await self._sdk.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Drop the installations of a team or an organisation, or one user's there."""
        await self._sdk.async_delete_installation(
            enterprise_id=enterprise_id, team_id=team_id, user_id=user_id
        )

    async def _settle(self, sealed: Bot) -> None:
        """One token wherever it stands: a rotated one replaces the spent ones in all rows."""
        await self._drop_older(slack_bots, sealed)
        if not sealed.bot_token:
            return
        expires_at = sealed.bot_token_expires_at
        token = {
            "bot_token": sealed.bot_token,
            "bot_refresh_token": sealed.bot_refresh_token,
            "bot_token_expires_at": None if expires_at is None else _utc(expires_at),
        }
        same = self._is_of(slack_installations, sealed)
        async with self._connect() as connection:
            await connection.execute(update(slack_installations).where(same).values(**token))

    async def _drop_older(self, table: Table, kept: Bot | Installation, *also: ColumnElement[bool]) -> None:
        older = table.c.installed_at < _utc(kept.installed_at)
        async with self._connect() as connection:
            await connection.execute(delete(table).where(self._is_of(table, kept), older, *also))

    def _is_of(self, table: Table, kept: Bot | Installation) -> ColumnElement[bool]:
        return and_(
            table.c.client_id == self._client_id,
            table.c.enterprise_id == kept.enterprise_id,
            table.c.team_id == kept.team_id,
        )

    def _sealed(self, kept: _Kept) -> _Kept:
        for name in _secrets_of(kept):
            setattr(kept, name, self._seal.close(getattr(kept, name)))
        return kept

    def _opened(self, kept: _Kept) -> _Kept:
        try:
            for name in _secrets_of(kept):
                setattr(kept, name, self._seal.open(getattr(kept, name)))
        except UnreadableTokenError as error:
            where = kept.team_id or kept.enterprise_id
            message = (
                f"the tokens of {where} open with no key in TOKEN_KEYS: "
                "add the key that they were sealed with, or install the bot there again"
            )
            raise UnreadableTokenError(message) from error
        return kept


class OAuthStates(AsyncSQLAlchemyOAuthStateStore):
    """Installations that were begun. A state is good for one return from Slack, within `STATE_SECONDS`."""

    def __init__(self, connect: Connect, expiration_seconds: int = STATE_SECONDS) -> None:
        """States that stand in the database which `connect` reaches."""
        super().__init__(expiration_seconds, cast("AsyncEngine", _Engine(connect)))

    @classmethod
    def build_oauth_states_table(cls, metadata: MetaData, table_name: str) -> Table:
        """Our table, which the migrations make."""
        return slack_oauth_states

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """A new state; those that nobody came back with in time are dropped.

        Raises:
            StorageError: the database failed.
        """
        async with self.engine.begin() as connection:
            await connection.execute(
                delete(slack_oauth_states).where(slack_oauth_states.c.expire_at < _now())
            )
        return await super().async_issue()

    async def async_consume(self, state: str) -> bool:
        """Use a state up: True once, and only in time. One statement, so that two at once cannot both win.

        Raises:
            StorageError: the database failed.
        """
        columns = slack_oauth_states.c
        used = delete(slack_oauth_states).where(columns.state == state, columns.expire_at > _now())
        async with self.engine.begin() as connection:
            result = await connection.execute(used)
        return bool(result.rowcount == 1)


@dataclass(frozen=True, slots=True)
class OAuthStores:
    """What an installation needs stored."""

    installations: Installations
    states: OAuthStates


def oauth_stores(connect: Connect, client_id: str, keys: Sequence[str]) -> OAuthStores:
    """The stores of the app `client_id`, sealed with the first of `keys`.

    Raises:
        TokenKeysError: there is no key, or one is none.
    """
    return OAuthStores(Installations(connect, client_id, Seal(keys)), OAuthStates(connect))


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many rows were sealed anew, and which workspaces have a row that no key opens."""

    renewed: int
    unreadable: tuple[str, ...]


async def rotate(connect: Connect, seal: Seal) -> Rotation:
    """Seal every row anew with the first key, so that the other keys can go. May run beside the bot.

    Raises:
        StorageError: the database failed.
    """
    renewed, unreadable = 0, []
    for table in (slack_bots, slack_installations):
        async with connect() as connection:
            rows = (await connection.execute(select(table))).mappings().all()
        for row in rows:
            try:
                renewed += await _renew(connect, table, row, seal)
            except UnreadableTokenError:
                unreadable.append(str(row["team_id"] or row["enterprise_id"]))
    return Rotation(renewed, tuple(dict.fromkeys(unreadable)))


async def _renew(connect: Connect, table: Table, row: RowMapping, seal: Seal) -> int:
    """Only a row that is still as it was read: a token that was replaced meanwhile has the first key."""
    names = [name for name in SECRETS if name in table.c]
    sealed = {name: seal.renew(row[name]) for name in names if row[name]}
    unchanged = [table.c[name].is_not_distinct_from(row[name]) for name in names]
    if not sealed:
        return 0
    async with connect() as connection:
        statement = update(table).where(table.c.id == row["id"], *unchanged).values(**sealed)
        return (await connection.execute(statement)).rowcount


def _secrets_of(kept: Bot | Installation) -> list[str]:
    return [name for name in SECRETS if getattr(kept, name, None)]


def _utc(timestamp: float) -> datetime:
    """A time as slack_sdk stores it: UTC, without a zone."""
    return datetime.fromtimestamp(timestamp, tz=UTC).replace(tzinfo=None)


def _now() -> datetime:
    return datetime.now(tz=UTC).replace(tzinfo=None)
