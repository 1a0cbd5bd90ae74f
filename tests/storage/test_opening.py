"""Opening a database: its tables are of the right revision, or it is said what to do."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import bot.storage.opening
import bot.storage.revisions
from bot.storage import ReplyNote, StorageError, open_store
from bot.storage.opening import open_database, revision_at, upgrade_database
from bot.storage.revisions import LOCK, REVISIONS
from bot.storage.schema import metadata
from tests.storage.support import entry, note, upgraded

MIGRATIONS = Path(bot.storage.revisions.__file__).parent / "migrations"


@pytest.mark.parametrize("url", ["not a url", "nosuchdatabase://x/y", "sqlite:////proc/nowhere/bot.db"])
async def test_unusable_url_is_a_storage_error(url: str) -> None:
    """A maintainer gets the project's own error, whatever the driver raised."""
    with pytest.raises(StorageError):
        async with open_store(url):
            pass


async def test_password_stays_out_of_the_error() -> None:
    """The URL in a message hides its password."""
    with pytest.raises(StorageError) as raised:
        async with open_store("nosuchdatabase://user:hunter2@host/name"):
            pass
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("name", ["sslmode", "ssl"])
async def test_an_address_may_ask_for_encryption_as_hosters_write_it(name: str) -> None:
    """`sslmode`, which the driver does not know, reaches it under its own name."""
    async with open_database(f"postgres://user:pw@db.example.com/bot?{name}=require") as database:
        assert database.engine.url.query == {"ssl": "require"}


async def test_failed_database_is_a_storage_error_without_the_statement(tmp_path: Path) -> None:
    """A database that breaks while running is reported as such, and what was to be written is not told."""
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}") as store:
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE inbox")
        with pytest.raises(StorageError) as raised:
            await store.inbox.accept(entry(1))
    told = f"{raised.value} {raised.value.__cause__}"
    assert "text 1" not in told


def test_the_revisions_are_those_of_the_migrations() -> None:
    """The list that a start looks at is the list that Alembic has."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert tuple(reversed([each.revision for each in script.walk_revisions()])) == REVISIONS


async def test_migrations_make_the_tables_of_the_schema(store_url: str) -> None:
    """Column by column and index by index, on both kinds of database."""
    await upgrade_database(store_url)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with open_database(store_url) as database, database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_upgrade_twice_changes_nothing(store_url: str) -> None:
    """The revision is the newest, and what was stored stays."""
    assert await upgrade_database(store_url) == REVISIONS[-1]
    async with open_store(store_url) as store:
        await store.inbox.accept(entry(1))
    assert await upgrade_database(store_url) == REVISIONS[-1]
    async with open_store(store_url) as store:
        assert (await store.inbox.depth()).waiting == 1


async def test_two_processes_may_upgrade_at_once(store_url: str) -> None:
    """One does the work, the others wait and find it done."""
    assert await asyncio.gather(*(upgrade_database(store_url) for _ in range(4))) == [REVISIONS[-1]] * 4


class BusyCursor:
    """A cursor of a file that is busy for so many tries."""

    def __init__(self, tries: int) -> None:
        self.left = tries

    def execute(self, _statement: str, /) -> object:
        """Fail, while tries are left."""
        self.left -= 1
        if self.left >= 0:
            raise sqlite3.OperationalError("database is locked")
        return None

    def close(self) -> object:
        """Nothing."""


def test_a_new_file_that_another_process_sets_up_just_now_is_tried_again() -> None:
    """SQLite does not wait there by itself; for a file that stays locked there is an end."""
    bot.storage.opening._switch_to_wal(BusyCursor(3), time.monotonic() + 10)
    with pytest.raises(sqlite3.OperationalError):
        bot.storage.opening._switch_to_wal(BusyCursor(1_000), time.monotonic() + 0.05)


async def test_an_upgrade_waits_for_its_twin_on_postgres(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For longer than any statement of a running bot may take."""
    monkeypatch.setattr(bot.storage.opening, "COMMAND_SECONDS", 0.1)
    async with open_database(postgres_url) as twin:
        async with twin.engine.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            upgrading = asyncio.create_task(upgrade_database(postgres_url))
            await asyncio.sleep(0.5)
            assert not upgrading.done()
        assert await upgrading == REVISIONS[-1]


async def test_an_upgrade_waits_for_its_twin_on_sqlite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For longer than a running bot waits for another process."""
    monkeypatch.setattr(bot.storage.opening, "BUSY_MILLISECONDS", 1)
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path)) as twin:
        twin.execute("PRAGMA journal_mode = WAL")
        twin.execute("BEGIN IMMEDIATE")
        upgrading = asyncio.create_task(upgrade_database(f"sqlite:///{path}"))
        await asyncio.sleep(0.5)
        assert not upgrading.done()
        twin.rollback()
    assert await upgrading == REVISIONS[-1]


async def test_an_error_without_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that takes too long says nothing by itself."""

    def too_long(_connection: Connection) -> str:
        raise TimeoutError

    monkeypatch.setattr(bot.storage.opening, "current_revision", too_long)
    with pytest.raises(StorageError, match=r"does not open: TimeoutError$"):
        await revision_at("sqlite://")


async def test_who_logs_in_stays_out_of_the_error() -> None:
    """Wherever in the address it stands."""
    with pytest.raises(StorageError, match=r"\(postgresql, 127\.0\.0\.1/desk\) does not open") as raised:
        await upgrade_database("postgresql://127.0.0.1:9/desk?user=somebody&password=hunter2")
    assert "hunter2" not in str(raised.value)
    assert "somebody" not in str(raised.value)


async def test_postgres_that_is_behind_is_not_served(postgres_url: str) -> None:
    """A replica does not change the tables under the others; it says what to run."""
    with pytest.raises(StorageError, match="bot db upgrade"):
        async with open_store(postgres_url):
            pass


async def test_a_newer_revision_is_served(store_url: str) -> None:
    """While a new program is rolled out, the old one goes on."""
    await upgrade_database(store_url)
    async with open_database(store_url) as database, database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    async with open_store(store_url) as store:
        await store.inbox.accept(entry(1))


def make_tables(path: Path, *statements: str) -> None:
    """Make tables with other hands than the bot's."""
    with closing(sqlite3.connect(path)) as other:
        for statement in statements:
            other.execute(statement)
        other.commit()


async def test_a_file_of_before_migrations_is_taken_over(tmp_path: Path) -> None:
    """Its tables of the same name, which had no workspaces, make way."""
    path = tmp_path / "bot.db"
    make_tables(
        path,
        "CREATE TABLE claims (event_id TEXT, channel TEXT, ts TEXT, claimed_at FLOAT)",
        "CREATE TABLE replies (channel TEXT, message_ts TEXT, reply_channel TEXT, reply_ts TEXT, lang TEXT, "
        "digest TEXT, remembered_at FLOAT)",
        "CREATE TABLE questions (channel TEXT, message_ts TEXT, thread_ts TEXT, noted TEXT, "
        "remembered_at FLOAT)",
    )
    async with upgraded(f"sqlite:///{path}") as store:
        await note(store, ReplyNote("C1", "1.1", "C1", "1.2", "en", "d"))


@pytest.mark.parametrize("table", ["claims", "replies", "questions"])
async def test_another_programs_table_of_the_same_name_is_left_alone(tmp_path: Path, table: str) -> None:
    """One line says which; nothing is changed."""
    path = tmp_path / "bot.db"
    make_tables(path, f"CREATE TABLE {table} (id INTEGER, channel TEXT)")
    with pytest.raises(StorageError, match=f"a table named {table} that is not the bot's") as raised:
        await upgrade_database(f"sqlite:///{path}")
    assert "\n" not in str(raised.value)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [(table,)]


async def test_memory_has_its_tables_without_migrations() -> None:
    """A passing database is made new each time."""
    async with open_store("sqlite://") as store:
        await store.inbox.accept(entry(1))
        assert (await store.inbox.depth()).waiting == 1
