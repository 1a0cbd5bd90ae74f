"""Databases for tests of the stores that hold installations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.opening import open_database
from bot.storage.schema import metadata, slack_bots, slack_installations, slack_oauth_states

SQLITE = "sqlite+aiosqlite:///:memory:"
TABLES = [slack_bots, slack_installations, slack_oauth_states]


@asynccontextmanager
async def installations_database(url: str = SQLITE) -> AsyncIterator[Database]:
    """A database whose tables of installations are empty."""
    async with open_database(url) as database:
        async with database.connection() as connection:
            await connection.run_sync(metadata.drop_all, tables=TABLES)
            await connection.run_sync(metadata.create_all, tables=TABLES)
        yield database


async def stored_text(database: Database) -> str:
    """All that stands in these tables, as a thief of the file would read it."""
    async with database.connection() as connection:
        found = [await connection.execute(select(table)) for table in TABLES]
        return "\n".join(str(row) for rows in found for row in rows)
