"""Which revision the tables have, and how they get to the newest: by Alembic, where there is work."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from bot.storage.errors import StorageError

REVISIONS: Final = ("0001", "0002")
"""The revisions in order, as `migrations/versions` has them (a test holds the two together): known here too,
because a start looks whether there is work without loading Alembic."""

VERSION_TABLE: Final = "alembic_version"
LOCK: Final = 0x746F726368
"""Any number: the advisory lock under which PostgreSQL lets one process migrate at a time."""


def current_revision(connection: Connection) -> str:
    """The revision of the tables; an empty text where there are none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""  # noqa: S608


def is_behind(connection: Connection) -> bool:
    """Whether a migration is due."""
    return is_older(current_revision(connection))


def is_older(revision: str) -> bool:
    """Whether a revision is older than this program's. That of a newer program is none of ours, and works."""
    return revision == "" or revision in REVISIONS[:-1]


def upgrade(connection: Connection) -> None:
    """Run the migrations that are due, within the connection's transaction.

    Raises:
        StorageError: a migration failed; nothing is changed then.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a second process waits here, and finds nothing to do
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(f"the database cannot be upgraded: {error}") from error
