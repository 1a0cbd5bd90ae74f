"""Who may use a connection, and when it is tried before use."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.storage import StorageError
from bot.storage.connections import Queue
from bot.storage.opening import open_database


async def test_who_waits_too_long_gets_an_error() -> None:
    """As of a full pool: no task waits for ever."""
    queue = Queue(1, 0.01)
    async with queue:
        with pytest.raises(TimeoutError):
            await queue.__aenter__()
    async with queue:
        pass


async def test_what_is_in_a_hurry_passes_those_that_wait(tmp_path: Path) -> None:
    """Of ten that wait for SQLite's only writer, one at most comes before it."""
    order: list[str] = []
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:

        async def work(name: str, *, hurry: bool = False) -> None:
            async with database.connection(hurry=hurry):
                order.append(name)

        async with database.connection():
            waiting = [asyncio.create_task(work("slow")) for _ in range(10)]
            await asyncio.sleep(0.01)
            waiting.append(asyncio.create_task(work("quick", hurry=True)))
            await asyncio.sleep(0.01)
        await asyncio.gather(*waiting)
    assert order.index("quick") <= 1
    assert len(order) == 11


async def test_everybody_has_a_turn_beside_what_is_in_a_hurry(tmp_path: Path) -> None:
    """Leases are renewed however many events are being stored."""
    done = asyncio.Event()
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:

        async def hurry() -> None:
            while not done.is_set():
                async with database.connection(hurry=True):
                    await asyncio.sleep(0)

        hurried = [asyncio.create_task(hurry()) for _ in range(3)]
        await asyncio.sleep(0.01)
        try:
            async with asyncio.timeout(5), database.connection():
                pass
        finally:
            done.set()
            await asyncio.gather(*hurried)


async def test_connections_that_a_restart_broke_are_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that were idle are tried first; whoever uses one then sees no error."""
    monkeypatch.setattr("bot.storage.connections.IDLE_SECONDS", -1.0)
    async with open_database(postgres_url) as database:
        async with database.connection() as connection:
            pid = (await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one()
        async with open_database(postgres_url) as other, other.connection() as connection:
            await connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        async with database.connection() as connection:
            assert (await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one() != pid


async def test_a_connection_in_constant_use_is_not_tried(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That would be three round trips before each transaction: the first use after a break fails instead."""
    monkeypatch.setattr("bot.storage.connections.IDLE_SECONDS", 60.0)
    async with open_database(postgres_url) as database:
        async with database.connection() as connection:
            pid = (await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one()
        async with open_database(postgres_url) as other, other.connection() as connection:
            await connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(StorageError):
            async with database.connection() as connection:
                await connection.exec_driver_sql("SELECT 1")
        async with database.connection() as connection:
            assert (await connection.exec_driver_sql("SELECT 1")).scalar_one() == 1
