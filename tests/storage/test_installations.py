"""Installations and states: found again, sealed at rest, renewed with a new key."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from slack_sdk.oauth.installation_store.models.installation import Installation
from sqlalchemy import Connection, inspect, update

import bot.storage
from bot.storage.database import Database
from bot.storage.errors import UnreadableTokenError
from bot.storage.installations import Installations, OAuthStates, oauth_stores, rotate
from bot.storage.opening import open_database
from bot.storage.schema import slack_bots
from bot.storage.sealing import Seal, TokenKeysError, new_key
from tests.storage.databases import SQLITE, TABLES, installations_database, stored_text

APP = "1.2"
OLD, NEW = new_key(), new_key()
MIGRATION = Path(bot.storage.__file__).parent / "migrations" / "versions" / "0002_installations.py"
SECRETS = {
    "bot_token": "xoxb-bot",
    "bot_refresh_token": "xoxe-bot",
    "user_token": "xoxp-user",
    "user_refresh_token": "xoxe-user",
    "incoming_webhook_url": "https://hooks.example.org/secret",
}


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    """Empty tables in each kind of database."""
    async with installations_database(store_url) as opened:
        yield opened


@pytest.fixture
def installations(database: Database) -> Installations:
    """The store of one app, with one key."""
    return Installations(database.connection, APP, Seal([OLD]))


def installation(team: str | None = "T1", user: str = "U1", **more: object) -> Installation:
    """An installation with every secret that there is, unless `more` says otherwise."""
    fields: dict[str, object] = {
        "app_id": "A1",
        "team_id": team,
        "bot_id": "B1",
        "bot_user_id": "UBOT",
        "bot_scopes": "chat:write,commands",
        "bot_token_expires_in": 3600,
        "user_id": user,
        "user_token_expires_in": 3600,
        **SECRETS,
        **more,
    }
    return Installation(**fields)  # type: ignore[arg-type]


async def test_what_is_saved_is_found(installations: Installations) -> None:
    """With every token as it was, and the times to the second."""
    saved = installation()
    await installations.async_save(saved)
    found = await installations.async_find_installation(enterprise_id=None, team_id="T1")
    bot = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert found is not None
    assert {name: getattr(found, name) for name in SECRETS} == SECRETS
    assert bot is not None
    assert (bot.bot_token, bot.bot_refresh_token) == ("xoxb-bot", "xoxe-bot")
    assert bot.bot_token_expires_at == found.bot_token_expires_at == saved.bot_token_expires_at
    assert bot.bot_scopes == ["chat:write", "commands"]


async def test_saving_leaves_the_callers_object_as_it_is(installations: Installations) -> None:
    """Whoever saves goes on working with the open token."""
    saved = installation()
    await installations.async_save(saved)
    assert saved.bot_token == "xoxb-bot"


async def test_no_secret_stands_in_the_database(database: Database, installations: Installations) -> None:
    """Every token and secret address is sealed, in every row."""
    await installations.async_save(installation())
    text = await stored_text(database)
    assert "UBOT" in text
    assert [secret for secret in SECRETS.values() if secret in text] == []


async def test_teams_do_not_cross(installations: Installations) -> None:
    """Each team has its own token; another app's and an unknown team's are not found."""
    await installations.async_save(installation("T1", bot_token="xoxb-one"))
    await installations.async_save(installation("T2", bot_token="xoxb-two"))
    tokens = []
    for team in ("T1", "T2"):
        bot = await installations.async_find_bot(enterprise_id=None, team_id=team)
        tokens.append(None if bot is None else bot.bot_token)
    assert tokens == ["xoxb-one", "xoxb-two"]
    assert await installations.async_find_bot(enterprise_id=None, team_id="T3") is None
    assert await installations.async_find_bot(enterprise_id="E1", team_id="T1") is None


async def test_apps_do_not_cross(database: Database, installations: Installations) -> None:
    """Two bots may share a database."""
    await installations.async_save(installation())
    other = Installations(database.connection, "another", Seal([OLD]))
    assert await other.async_find_bot(enterprise_id=None, team_id="T1") is None


async def test_an_organisation_has_its_own_installation(installations: Installations) -> None:
    """It is found without a team, and not as any team's."""
    await installations.async_save(
        installation(None, enterprise_id="E1", is_enterprise_install=True, bot_token="xoxb-org")
    )
    found = await installations.async_find_bot(enterprise_id="E1", team_id="T9", is_enterprise_install=True)
    assert found is not None
    assert (found.bot_token, found.team_id) == ("xoxb-org", None)
    assert await installations.async_find_bot(enterprise_id="E1", team_id="T9") is None


async def test_installing_again_drops_the_earlier_tokens(
    database: Database, installations: Installations
) -> None:
    """One row for the bot, one for each person who installed it."""
    now = time.time()
    await installations.async_save(installation(installed_at=now - 60))
    await installations.async_save(installation(user="U2", installed_at=now - 30))
    await installations.async_save(installation(bot_token="xoxb-again", installed_at=now))
    async with database.connection() as connection:
        rows = [len((await connection.execute(table.select())).all()) for table in TABLES[:2]]
    assert rows == [1, 2]
    for user in ("U1", "U2"):
        found = await installations.async_find_installation(enterprise_id=None, team_id="T1", user_id=user)
        assert found is not None
        assert found.bot_token == "xoxb-again"


async def test_a_rotated_token_replaces_the_spent_one_everywhere(
    database: Database, installations: Installations
) -> None:
    """The bot and the installation give the new token; no more rows than before."""
    await installations.async_save(installation())
    bot = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    bot.bot_token, bot.bot_refresh_token, bot.bot_token_expires_at = "xoxb-new", "xoxe-new", 2_000_000_000
    await installations.async_save_bot(bot)
    found = await installations.async_find_installation(enterprise_id=None, team_id="T1")
    again = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    for kept in (found, again):
        assert kept is not None
        assert (kept.bot_token, kept.bot_refresh_token) == ("xoxb-new", "xoxe-new")
        assert kept.bot_token_expires_at == 2_000_000_000
    async with database.connection() as connection:
        assert len((await connection.execute(slack_bots.select())).all()) == 1


async def test_a_user_can_go_without_the_bot(installations: Installations) -> None:
    """Only that user's row is dropped."""
    await installations.async_save(installation(user="U1"))
    await installations.async_save(installation(user="U2"))
    await installations.async_delete_installation(enterprise_id=None, team_id="T1", user_id="U1")
    gone = await installations.async_find_installation(enterprise_id=None, team_id="T1", user_id="U1")
    stays = await installations.async_find_installation(enterprise_id=None, team_id="T1", user_id="U2")
    assert gone is None
    assert stays is not None
    assert await installations.async_find_bot(enterprise_id=None, team_id="T1") is not None


async def test_all_of_a_team_can_go(database: Database, installations: Installations) -> None:
    """Nothing of it is left; another team stays."""
    await installations.async_save(installation("T1"))
    await installations.async_save(installation("T2"))
    await installations.async_delete_all(enterprise_id=None, team_id="T1")
    text = await stored_text(database)
    assert "'T1'" not in text
    assert await installations.async_find_bot(enterprise_id=None, team_id="T2") is not None


async def test_a_second_key_opens_and_the_first_seals(database: Database) -> None:
    """While a key is replaced, both are given; what is saved then needs the new one alone."""
    await Installations(database.connection, APP, Seal([OLD])).async_save(installation("T1"))
    both = Installations(database.connection, APP, Seal([NEW, OLD]))
    assert await both.async_find_bot(enterprise_id=None, team_id="T1") is not None
    await both.async_save(installation("T2"))
    only_new = Installations(database.connection, APP, Seal([NEW]))
    found = await only_new.async_find_bot(enterprise_id=None, team_id="T2")
    assert found is not None
    assert found.bot_token == "xoxb-bot"


async def test_a_row_that_no_key_opens_is_one_workspaces_trouble(database: Database) -> None:
    """The error names the workspace and what to do, not a token; other workspaces are found."""
    await Installations(database.connection, APP, Seal([OLD])).async_save(installation("T1"))
    store = Installations(database.connection, APP, Seal([NEW]))
    await store.async_save(installation("T2"))
    with pytest.raises(UnreadableTokenError, match=r"T1.*TOKEN_KEYS.*install"):
        await store.async_find_bot(enterprise_id=None, team_id="T1")
    assert await store.async_find_bot(enterprise_id=None, team_id="T2") is not None


async def test_rotating_seals_every_row_with_the_first_key(
    database: Database, installations: Installations
) -> None:
    """Afterwards the old key opens nothing and is not needed."""
    await installations.async_save(installation("T1"))
    await installations.async_save(installation("T2", user_token=None, incoming_webhook_url=None))
    rotation = await rotate(database.connection, Seal([NEW, OLD]))
    assert (rotation.renewed, rotation.unreadable) == (4, ())
    renewed = Installations(database.connection, APP, Seal([NEW]))
    for team in ("T1", "T2"):
        found = await renewed.async_find_installation(enterprise_id=None, team_id=team)
        assert found is not None
        assert (found.bot_token, found.bot_refresh_token) == ("xoxb-bot", "xoxe-bot")
    with pytest.raises(UnreadableTokenError):
        await installations.async_find_bot(enterprise_id=None, team_id="T1")


async def test_rotating_passes_over_what_no_key_opens(database: Database) -> None:
    """It is named, and the rest is renewed."""
    await Installations(database.connection, APP, Seal([new_key()])).async_save(installation("T1"))
    await Installations(database.connection, APP, Seal([OLD])).async_save(installation("T2"))
    rotation = await rotate(database.connection, Seal([NEW, OLD]))
    assert (rotation.renewed, rotation.unreadable) == (2, ("T1",))


async def test_a_changed_seal_is_noticed(database: Database, installations: Installations) -> None:
    """Who can write to the database cannot make up a token."""
    await installations.async_save(installation())
    async with database.connection() as connection:
        await connection.execute(update(slack_bots).values(bot_token="xoxb-evil"))
    with pytest.raises(UnreadableTokenError):
        await installations.async_find_bot(enterprise_id=None, team_id="T1")


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "not-a-key-" * 4]])
def test_keys_that_are_none_are_refused(keys: list[str]) -> None:
    """The message says which and how to make one, and repeats none of them."""
    with pytest.raises(TokenKeysError, match="TOKEN_KEYS") as caught:
        Seal(keys)
    assert not any(key in str(caught.value) for key in keys)


async def test_a_state_is_good_once(database: Database) -> None:
    """The second return with it is refused, and so is one that was never issued."""
    states = OAuthStates(database.connection)
    state = await states.async_issue()
    assert await states.async_consume("made-up") is False
    assert await states.async_consume(state) is True
    assert await states.async_consume(state) is False


async def test_two_returns_at_once_do_not_both_win(database: Database) -> None:
    """Whatever the order, one state lets one in."""
    states = OAuthStates(database.connection)
    state = await states.async_issue()
    assert sorted(await asyncio.gather(*(states.async_consume(state) for _ in range(5)))) == [False] * 4 + [
        True
    ]


async def test_a_state_expires_and_is_swept(database: Database) -> None:
    """It lets nobody in any more, and the next one that is issued drops it."""
    late = OAuthStates(database.connection, expiration_seconds=-1)
    state = await late.async_issue()
    assert await late.async_consume(state) is False
    assert state in await stored_text(database)
    await OAuthStates(database.connection).async_issue()
    assert state not in await stored_text(database)


async def test_the_migration_makes_the_tables_of_the_schema(database: Database) -> None:
    """Column by column and index by index; run once more, it changes nothing."""
    async with database.connection() as connection:
        expected = await connection.run_sync(_described)
        await connection.run_sync(_drop)
        await connection.run_sync(_migrate)
        await connection.run_sync(_migrate)
        assert await connection.run_sync(_described) == expected


def _described(connection: Connection) -> dict[str, object]:
    looked = inspect(connection)
    return {
        table.name: (
            [
                (column["name"], str(column["type"]), column["nullable"])
                for column in looked.get_columns(table.name)
            ],
            [(index["name"], index["column_names"]) for index in looked.get_indexes(table.name)],
        )
        for table in TABLES
    }


def _drop(connection: Connection) -> None:
    for table in TABLES:
        table.drop(connection)


def _migrate(connection: Connection) -> None:
    spec = importlib.util.spec_from_file_location("migration", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with Operations.context(MigrationContext.configure(connection)):
        module.upgrade()


async def test_stores_come_together() -> None:
    """One call makes both, from the keys of the settings."""
    async with open_database(SQLITE) as database:
        stores = oauth_stores(database.connection, APP, [NEW, OLD])
        assert stores.states.expiration_seconds == 600
        with pytest.raises(TokenKeysError):
            oauth_stores(database.connection, APP, [])
