"""The processes that serve: each writes now and then that it is there, which also shows that it can write."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select

from bot.storage.database import Database
from bot.storage.schema import processes

SEEN_SECONDS: Final = 60.0
"""A process that has not been heard of for so long is gone."""


class Processes:
    """Every method raises `StorageError` where the database fails."""

    def __init__(self, database: Database) -> None:
        """One for each process."""
        self._db = database
        self._seen = database.upsert(processes, ("name",), "seen_at")

    async def beat(self, name: str) -> None:
        """Note that this process is there, and forget those that are gone."""
        gone = processes.c.seen_at < self._db.now(-int(SEEN_SECONDS * 1_000))
        async with self._db.connection() as connection:
            await connection.execute(self._seen, {"name": name, **self._db.moment()})
            await connection.execute(delete(processes).where(gone))

    async def leave(self, name: str) -> None:
        """Note that this process is going."""
        async with self._db.connection() as connection:
            await connection.execute(delete(processes).where(processes.c.name == name))

    async def count(self) -> int:
        """How many processes are there."""
        here = processes.c.seen_at >= self._db.now(-int(SEEN_SECONDS * 1_000))
        query = select(func.count()).select_from(processes).where(here)
        async with self._db.connection() as connection:
            return int((await connection.execute(query)).scalar_one())
