"""Open a database by its URL: the engine, its settings, its tables."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.storage.database import Database
from bot.storage.errors import StorageError
from bot.storage.schema import metadata
from bot.storage.store import Store

BUSY_MILLISECONDS: Final = 5_000

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
async def open_store(database_url: str, *, now: Callable[[], float] = time.time) -> AsyncIterator[Store]:
    """Open the database, make its tables where they are missing, and close it at the end.

    `database_url` is one of SQLAlchemy's; a bare `sqlite:` or `postgres:` gets its asynchronous driver.
    `now` gives seconds since 1970.

    Raises:
        StorageError: the URL cannot be read, its driver is not installed, or the database does not open.
    """
    url = _read_url(database_url)
    engine = _create_engine(url)
    try:
        await _create_tables(engine)
        yield Store(engine, _turn_for(url), now)
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_database(
    database_url: str, *, now: Callable[[], float] | None = None
) -> AsyncIterator[Database]:
    """Open the database as it is, whatever tables are in it, and close it at the end.

    Raises:
        StorageError: the URL cannot be read, or its driver is not installed.
    """
    url = _read_url(database_url)
    engine = _create_engine(url)
    try:
        yield Database(engine, _turn_for(url), now)
    finally:
        await engine.dispose()


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
    except SQLAlchemyError as error:
        raise StorageError("DATABASE_URL cannot be read as a database URL") from error
    return url.set(drivername=_ASYNC_DRIVERS.get(url.drivername, url.drivername))


def _create_engine(url: URL) -> AsyncEngine:
    try:
        if not _is_sqlite(url):
            return create_async_engine(url, pool_pre_ping=True)
        if _is_in_memory(url):
            engine = create_async_engine(url, poolclass=StaticPool)
        else:
            Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
            engine = create_async_engine(url)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StorageError(f"no database can be opened at {url!r}: {error}") from error
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


async def _create_tables(engine: AsyncEngine) -> None:
    """IF NOT EXISTS rather than a look beforehand, so that two processes may start at once."""
    try:
        async with engine.begin() as connection:
            for table in metadata.sorted_tables:
                await connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    await connection.execute(CreateIndex(index, if_not_exists=True))
    except (SQLAlchemyError, OSError) as error:
        raise StorageError(f"the database at {engine.url!r} does not open: {error}") from error


def _set_up_sqlite(connection: _Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _turn_for(url: URL) -> AbstractAsyncContextManager[object]:
    """SQLite has one writer, and in memory one connection whose transactions must not interleave."""
    return asyncio.Lock() if _is_sqlite(url) else nullcontext()


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _is_in_memory(url: URL) -> bool:
    return url.database in (None, "", ":memory:")
