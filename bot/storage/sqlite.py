"""SQLite's connections, whose every statement takes one turn of their thread, and no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import aiosqlite

Description = tuple[tuple[str, None, None, None, None, None, None], ...]


def connect(database: str, **options: object) -> aiosqlite.Connection:
    """A connection that opens when it is awaited; for SQLAlchemy's `async_creator_fn`."""
    connection = QuickConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy has it: a forgotten connection holds no process up
    return connection


class QuickConnection(aiosqlite.Connection):
    """aiosqlite hands each step to the connection's thread: making a cursor, executing, fetching, closing.

    Handing over costs more than most steps do. Here a statement is one step, and where no transaction is
    open, as after a SELECT, committing and rolling back are none.
    """

    def cursor(self) -> QuickCursor:  # type: ignore[override]
        """A cursor, which costs nothing before it executes something."""
        return QuickCursor(self)

    async def commit(self) -> None:
        """Commit, if there is anything to commit."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, if there is anything to roll back."""
        if self.in_transaction:
            await super().rollback()

    async def run(self, work: Callable[[sqlite3.Cursor], None]) -> None:
        """Run something with a fresh cursor in the connection's thread."""

        def with_cursor() -> None:
            cursor = self._conn.cursor()
            try:
                work(cursor)
            finally:
                cursor.close()

        await self._execute(with_cursor)  # type: ignore[no-untyped-call]


class QuickCursor:
    """What SQLAlchemy needs of a cursor. All rows are there once it has executed."""

    description: Description | None = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1

    def __init__(self, connection: QuickConnection) -> None:
        self._connection = connection
        self._rows: list[Sequence[object]] = []

    async def __aenter__(self) -> QuickCursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[object] = ()) -> QuickCursor:
        """Execute one statement and fetch what it returns."""

        def work(cursor: sqlite3.Cursor) -> None:
            cursor.execute(sql, tuple(parameters))
            self._rows = cursor.fetchall() if cursor.description else []
            self._note(cursor)

        await self._connection.run(work)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[object]]) -> QuickCursor:
        """Execute one statement for each set of parameters."""

        def work(cursor: sqlite3.Cursor) -> None:
            cursor.executemany(sql, [tuple(each) for each in parameters])
            self._note(cursor)

        await self._connection.run(work)
        return self

    async def fetchall(self) -> list[Sequence[object]]:
        """All rows that the statement returned."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open."""

    def _note(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.rowcount, self.lastrowid = (
            cursor.description,
            cursor.rowcount,
            cursor.lastrowid,
        )
