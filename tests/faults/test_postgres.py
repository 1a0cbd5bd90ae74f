"""The PostgreSQL of the tests is a real server, which stops when it is told to."""

from __future__ import annotations

import asyncpg
import pytest

from tests.postgres import PostgresServer


async def ask(url: str, query: str) -> object:
    """The first value of a query's first row."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_fresh_database_is_empty(postgres_url: str) -> None:
    """Each test starts from nothing, on a server that says it is PostgreSQL."""
    assert str(await ask(postgres_url, "SELECT version()")).startswith("PostgreSQL")
    assert await ask(postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


async def test_clearing_leaves_neither_tables_nor_connections(own_postgres: PostgresServer) -> None:
    """The next test finds nothing of the one before, though that one forgot to hang up."""
    connection = await asyncpg.connect(own_postgres.url)
    await connection.execute("CREATE TABLE left_over (x int)")
    own_postgres.clear()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connection.fetchval("SELECT 1")
    assert await ask(own_postgres.url, "SELECT to_regclass('left_over')") is None


@pytest.mark.parametrize("how", ["stop", "crash"])
async def test_a_stopped_server_takes_nobody_and_comes_back(own_postgres: PostgresServer, how: str) -> None:
    """Open connections are cut, new ones refused; after a start at the same place the data are there."""
    url = own_postgres.url
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
    own_postgres.stop() if how == "stop" else own_postgres.crash()
    assert not own_postgres.is_running
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connection.fetchval("SELECT 1")
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(url)
    own_postgres.start()
    assert await ask(url, "SELECT x FROM kept") == 7
    connection.terminate()
