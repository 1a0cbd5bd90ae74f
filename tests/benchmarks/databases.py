"""Empty databases for measures: SQLite in a file, and a PostgreSQL that makes sure of what it wrote."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.storage.opening import upgrade_database
from tests.postgres import PostgresError, PostgresServer, running_postgres

Database = Callable[[], str]
"""Gives the address of an empty database each time."""


class NoDatabaseError(Exception):
    """A PostgreSQL could not be started; the message says why."""


def sqlite_in(folder: Path) -> Database:
    """SQLite: the bot makes the tables itself."""
    return lambda: f"sqlite:///{folder}/{time.monotonic_ns()}.db"


@contextmanager
def postgres() -> Iterator[Database]:
    """A PostgreSQL that writes to disk before it says so (fsync), as one that people run.

    Raises:
        NoDatabaseError: there is none.
    """
    try:
        running = running_postgres(durable=True)
        server = running.__enter__()
    except (PostgresError, OSError, subprocess.CalledProcessError, pytest.fail.Exception) as error:
        raise NoDatabaseError(str(error).strip().splitlines()[-1] if str(error).strip() else "") from error
    try:
        yield lambda: _emptied(server)
    finally:
        running.__exit__(None, None, None)


def _emptied(server: PostgresServer) -> str:
    server.clear()
    return server.url


async def prepared(database: Database) -> str:
    """An empty database with its tables in place."""
    url = database()
    await upgrade_database(url)
    return url
