"""Open a database by its URL: the engine, its settings, and tables of the right revision."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from sqlite3 import OperationalError
from typing import Final, Protocol

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import Pool, StaticPool

from bot.storage import sqlite
from bot.storage.addresses import file_to_come, shown
from bot.storage.connections import Queue, try_idle_connections
from bot.storage.database import DRIVER_ERRORS, Database
from bot.storage.errors import StorageError, TablesBehindError
from bot.storage.revisions import current_revision, is_behind, upgrade
from bot.storage.schema import metadata
from bot.storage.store import Store

BUSY_MILLISECONDS: Final = 2_000
"""How long a write waits for another process's: less than the three seconds that Slack waits for an ack."""

CONNECT_SECONDS: Final = 2.0
COMMAND_SECONDS: Final = 5.0
UPGRADE_SECONDS: Final = 600.0
"""How long a step of an upgrade may take: a table may be large, and another process may be at it already."""

CONNECTIONS: Final = 5
SWITCHING_SECONDS: Final = 0.01

_ASYNC_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


class _Cursor(Protocol):
    def execute(self, statement: str, /) -> object: ...
    def close(self) -> object: ...


class _Connection(Protocol):
    def cursor(self) -> _Cursor: ...


@asynccontextmanager
async def open_store(database_url: str, *, now: Callable[[], float] | None = None) -> AsyncIterator[Store]:
    """Open the database and close it at the end. An SQLite database is brought up to date first.

    `database_url` is one of SQLAlchemy's; a bare `sqlite:` or `postgres:` gets its asynchronous driver.
    `now` gives seconds since 1970; by default see `Database`.

    Raises:
        StorageError: the URL cannot be read, its driver is not installed, the database does not open, or
            it is a PostgreSQL whose tables are older than this program.
    """
    async with open_database(database_url, now=now) as database:
        await _make_ready(database)
        yield Store(database)


@asynccontextmanager
async def open_database(
    database_url: str, *, now: Callable[[], float] | None = None, seconds: float | None = None
) -> AsyncIterator[Database]:
    """Open the database as it is, whatever tables are in it, and close it at the end.

    `seconds` is how long a statement may take, or wait for another process; by default less than Slack waits.

    Raises:
        StorageError: the URL cannot be read, or its driver is not installed.
    """
    url = _read_url(database_url)
    engine = _create_engine(url, seconds)
    try:
        yield Database(engine, _turn_for(url), _queue_for(url), now)
    finally:
        await engine.dispose()


async def upgrade_database(database_url: str) -> str:
    """Bring the tables up to date and return the revision they have now. Safe to run twice at once.

    Raises:
        StorageError: the database does not open, or a migration failed.
    """
    async with open_database(database_url, seconds=UPGRADE_SECONDS) as database:
        return await _upgraded(database)


async def revision_at(database_url: str) -> str:
    """The revision of the tables, or an empty text where there are none; nothing is made or changed.

    Raises:
        StorageError: the database does not open.
    """
    if file_to_come(_read_url(database_url)) is not None:
        return ""
    async with open_database(database_url) as database:
        try:
            async with database.engine.connect() as connection:
                return await connection.run_sync(current_revision)
        except DRIVER_ERRORS as error:
            raise _does_not_open(database, error) from error


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
    except SQLAlchemyError as error:
        raise StorageError("DATABASE_URL cannot be read as a database URL") from error
    url = url.set(drivername=_ASYNC_DRIVERS.get(url.drivername, url.drivername))
    return _for_asyncpg(url) if url.drivername == _ASYNC_DRIVERS["postgresql"] else url


def _for_asyncpg(url: URL) -> URL:
    """`sslmode` is what PostgreSQL's own programs and its hosters call what asyncpg calls `ssl`."""
    options = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    return url.set(query=options)


def _create_engine(url: URL, seconds: float | None) -> AsyncEngine:
    try:
        if not _is_sqlite(url):
            return _create_postgres(url, seconds or COMMAND_SECONDS)
        if _is_in_memory(url):
            engine = _create_sqlite(url, poolclass=StaticPool)
        else:
            Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
            engine = _create_sqlite(url)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StorageError(f"no database can be opened ({shown(url)}): {error}") from error
    busy = BUSY_MILLISECONDS if seconds is None else int(seconds * 1_000)
    event.listen(engine.sync_engine, "connect", lambda connection, _record: _set_up_sqlite(connection, busy))
    return engine


def _create_sqlite(url: URL, poolclass: type[Pool] | None = None) -> AsyncEngine:
    return create_async_engine(
        url, poolclass=poolclass, hide_parameters=True, connect_args={"async_creator_fn": sqlite.connect}
    )


def _create_postgres(url: URL, seconds: float) -> AsyncEngine:
    """Statements that hang are given up: a paused server makes errors, and no queue of waiting tasks."""
    timeouts: dict[str, object] = {"timeout": CONNECT_SECONDS, "command_timeout": seconds}
    engine = create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
        connect_args=timeouts if url.get_driver_name() == "asyncpg" else {},
    )
    try_idle_connections(engine.sync_engine)
    return engine


async def _make_ready(database: Database) -> None:
    """SQLite is upgraded at once; PostgreSQL, which others use too, only when its people say so."""
    if not database.is_postgres:
        await _upgraded(database)
        return
    try:
        async with database.engine.connect() as connection:
            behind = await connection.run_sync(is_behind)
    except DRIVER_ERRORS as error:
        raise _does_not_open(database, error) from error
    if behind:
        raise TablesBehindError


async def _upgraded(database: Database) -> str:
    in_memory = not database.is_postgres and _is_in_memory(database.engine.url)
    try:
        async with database.engine.begin() as connection:
            if in_memory:
                await connection.run_sync(metadata.create_all)
            elif await connection.run_sync(is_behind):
                await connection.run_sync(upgrade)
            return await connection.run_sync(current_revision)
    except DRIVER_ERRORS as error:
        raise _does_not_open(database, error) from error


def _does_not_open(database: Database, error: Exception) -> StorageError:
    reason = str(error) or type(error).__name__
    return StorageError(f"the database ({shown(database.engine.url)}) does not open: {reason}")


def _switch_to_wal(cursor: _Cursor, end: float) -> None:
    """Beside another process that switches a new file just now, SQLite fails at once instead of waiting."""
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError:
            if time.monotonic() >= end:
                raise
            time.sleep(SWITCHING_SECONDS)


def _set_up_sqlite(connection: _Connection, busy: int) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {busy}")
    _switch_to_wal(cursor, time.monotonic() + busy / 1_000)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted or replaced is overwritten in the file
    cursor.close()


def _turn_for(url: URL) -> AbstractAsyncContextManager[object]:
    """SQLite has one writer, and in memory one connection whose transactions must not interleave."""
    return asyncio.Lock() if _is_sqlite(url) else nullcontext()


def _queue_for(url: URL) -> AbstractAsyncContextManager[object]:
    """Of PostgreSQL's connections one is left to what is in a hurry."""
    return asyncio.Lock() if _is_sqlite(url) else Queue(2 * CONNECTIONS - 1, CONNECT_SECONDS)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _is_in_memory(url: URL) -> bool:
    return url.database in (None, "", ":memory:")
