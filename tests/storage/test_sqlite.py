"""SQLite's connections: a statement is one hand-over, and nothing is committed or rolled back for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.sqlite import QuickConnection, connect


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[QuickConnection]:
    """A connection to a file with an empty table."""
    opened = await connect(str(tmp_path / "quick.db"))
    assert isinstance(opened, QuickConnection)
    await opened.cursor().execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
    yield opened
    await opened.close()


async def test_a_statement_and_its_rows_are_one_hand_over(
    connection: QuickConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SELECT with its end takes one; aiosqlite's own way takes six."""
    handed: list[object] = []
    execute = connection._execute

    async def counted(work: object) -> object:
        handed.append(work)
        return await execute(work)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(connection, "_execute", counted)
    cursor = connection.cursor()
    await cursor.execute("SELECT 1 UNION SELECT 2")
    rows = await cursor.fetchall()
    await cursor.close()
    await connection.commit()
    await connection.rollback()
    assert rows == [(1,), (2,)]
    assert len(handed) == 1


async def test_what_was_written_is_committed_or_rolled_back(connection: QuickConnection) -> None:
    """An open transaction is ended as ever."""
    cursor = connection.cursor()
    await cursor.executemany("INSERT INTO t (b) VALUES (?)", [("one",), ("two",)])
    assert cursor.rowcount == 2
    await connection.commit()
    await connection.cursor().execute("DELETE FROM t")
    await connection.rollback()
    left = await connection.cursor().execute("SELECT b FROM t ORDER BY a")
    assert await left.fetchall() == [("one",), ("two",)]
