"""One database: its connections, its clock, and its errors in the bot's own terms."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Insert, Table, bindparam, cast, func, literal
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.errors import RefusedError, StorageError

DRIVER_ERRORS: Final = (SQLAlchemyError, OSError, TimeoutError, UnicodeError)
REFUSALS: Final = (IntegrityError, DataError, ProgrammingError, UnicodeError)
REFUSING_CLASSES: Final = frozenset({"22", "23", "42"})
"""The classes of SQLSTATE for data, integrity and access: the drivers do not all have errors of their own."""
_SERVER_CLOCK: Final = cast(func.extract("epoch", func.clock_timestamp()) * 1_000, BigInteger)


class Database:
    """An engine with what the two kinds of database do differently. Safe to share between tasks."""

    def __init__(
        self,
        engine: AsyncEngine,
        turn: AbstractAsyncContextManager[object],
        queue: AbstractAsyncContextManager[object],
        now: Callable[[], float] | None = None,
    ) -> None:
        """`turn` is entered around each piece of work: a lock where the database has a single writer.

        `queue` is a second such lock, which only work without hurry waits for: so that of all that waits for
        its turn there is at most one before what is in a hurry, and each has its turn in the end.

        `now` gives seconds since 1970. Without it SQLite takes this machine's clock and PostgreSQL its own,
        so that machines whose clocks differ agree on who holds what until when.
        """
        self.engine = engine
        self._turn, self._queue = turn, queue
        self._now = now

    @property
    def is_postgres(self) -> bool:
        """Whether this is PostgreSQL, else it is SQLite."""
        return self.engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def connection(self, *, hurry: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction, which is committed where the block ends well.

        With `hurry` it comes before all but one that wait: Slack waits for an event to be stored.

        Raises:
            RefusedError: the database does not take what it was given.
            StorageError: the database failed.
        """
        queue = nullcontext() if hurry else self._queue
        try:
            async with queue, self._turn, self.engine.begin() as connection:
                yield connection
        except DRIVER_ERRORS as error:
            raise _translated(error) from error

    async def empty_log(self) -> None:
        """Write SQLite's log into its file and empty it: what was deleted stands in it until then.

        Where another process is reading just now, that is left for the next time. PostgreSQL needs nothing.

        Raises:
            StorageError: the database failed.
        """
        if self.is_postgres:
            return
        try:
            async with self._turn, self.engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except DRIVER_ERRORS as error:
            raise StorageError(f"the database failed: {type(error).__name__}") from error

    @property
    def clock(self) -> ColumnElement[int]:
        """The time in milliseconds since 1970 in a statement that is built once; `moment` says which time."""
        moment = bindparam("moment", type_=BigInteger)
        return _SERVER_CLOCK + moment if self._asks_the_server else moment

    def moment(self, later: int = 0) -> dict[str, int]:
        """The parameter of `clock` for now, or `later` milliseconds from now."""
        return {"moment": later + (0 if self._asks_the_server else self._milliseconds())}

    def now(self, later: int = 0) -> ColumnElement[int]:
        """The time in milliseconds since 1970, `later` milliseconds from now, as SQL."""
        if self._asks_the_server:
            return _SERVER_CLOCK + later
        return literal(self._milliseconds() + later, BigInteger)

    def insert(self, table: Table, **computed: ColumnElement[int] | int) -> Insert:
        """An INSERT that leaves a row alone which is there already."""
        if self.is_postgres:
            from sqlalchemy.dialects import postgresql  # two megabytes, which SQLite can do without

            return postgresql.insert(table).values(**computed).on_conflict_do_nothing()
        return sqlite.insert(table).values(**computed).on_conflict_do_nothing()

    def upsert(self, table: Table, key: Sequence[str], clock: str) -> Insert:
        """An INSERT of one row that replaces what stands under the same `key`, built once for many rows.

        The column named `clock` takes the time: a row is executed without it, with `moment` instead.
        """
        changed = [column.name for column in table.columns if column.name not in key]
        if self.is_postgres:
            from sqlalchemy.dialects import postgresql

            new = postgresql.insert(table).values({clock: self.clock})
            values = {name: new.excluded[name] for name in changed}
            return new.on_conflict_do_update(index_elements=key, set_=values)
        row = sqlite.insert(table).values({clock: self.clock})
        values = {name: row.excluded[name] for name in changed}
        return row.on_conflict_do_update(index_elements=key, set_=values)

    @property
    def _asks_the_server(self) -> bool:
        return self.is_postgres and self._now is None

    def _milliseconds(self) -> int:
        return int((self._now or time.time)() * 1_000)


def _translated(error: Exception) -> StorageError:
    state = str(getattr(error.orig, "sqlstate", "")) if isinstance(error, DBAPIError) else ""
    refused = isinstance(error, REFUSALS) or state[:2] in REFUSING_CLASSES
    kind = RefusedError if refused else StorageError
    return kind(f"the database {'refused' if refused else 'failed'}: {type(error).__name__}")
