"""The inbox, and conversations by workspace."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision: Final = "0001"
down_revision: Final = None

KEY: Final = 255
EARLY: Final = {
    "claims": {"event_id", "channel", "ts", "claimed_at"},
    "replies": {"channel", "message_ts", "reply_channel", "reply_ts", "lang", "digest", "remembered_at"},
    "questions": {"channel", "message_ts", "thread_ts", "noted", "remembered_at"},
}
"""The columns of the tables that the early version made."""

OPEN: Final = "state IN ('waiting', 'claimed')"


def upgrade() -> None:
    """Make the tables; what an early version made without migrations, and without workspaces, goes."""
    _drop_early()
    _create_inbox()
    op.create_table("lanes", _key("lane", primary_key=True), _whole("free_at"))
    op.create_table("processes", _key("name", primary_key=True), _whole("seen_at"))
    _create_replies()
    _create_questions()


def _drop_early() -> None:
    """Never another program's table: a database may be shared."""
    tables = sa.inspect(op.get_bind())
    early = [name for name in EARLY if tables.has_table(name)]
    for name in early:
        if {column["name"] for column in tables.get_columns(name)} != EARLY[name]:
            raise CommandError(
                f"a table named {name} that is not the bot's stands in it; give the bot its own"
            )
    for name in early:
        op.drop_table(name)


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        *(_key(name) for name in ("event_id", "team", "enterprise", "subject", "lane")),
        sa.Column("kind", sa.String(10), nullable=False),
        *(_key(name) for name in ("channel", "person")),
        sa.Column("payload", sa.Text, nullable=False),
        _count("hashed"),
        sa.Column("state", sa.String(10), nullable=False),
        *(_whole(name) for name in ("received_at", "due_at")),
        _key("owner"),
        _whole("lease_until"),
        *(_count(name) for name in ("failures", "losses", "delays", "told")),
        sa.Column("finished_at", sa.BigInteger, nullable=True),
        _key("outcome"),
        sa.UniqueConstraint("event_id", name="uq_inbox_event_id"),
        sa.UniqueConstraint("team", "subject", name="uq_inbox_team_subject"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_team_person_received_at", "inbox", ["team", "person", "received_at"])
    op.create_index("ix_inbox_hashed_received_at", "inbox", ["hashed", "received_at"])
    still_open = sa.text(OPEN)
    op.create_index(
        "ix_inbox_open", "inbox", ["lane", "id"], sqlite_where=still_open, postgresql_where=still_open
    )


def _create_replies() -> None:
    op.create_table(
        "replies",
        *(_key(name) for name in ("team", "channel", "message_ts", "reply_channel", "reply_ts")),
        sa.Column("lang", sa.String(35), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _key("edited"),
        _whole("remembered_at"),
        sa.PrimaryKeyConstraint("team", "channel", "message_ts", name="pk_replies"),
    )
    op.create_index("ix_replies_remembered_at", "replies", ["remembered_at"])
    op.create_index("ix_replies_team_reply", "replies", ["team", "reply_channel", "reply_ts"])


def _create_questions() -> None:
    op.create_table(
        "questions",
        *(_key(name) for name in ("team", "channel", "message_ts", "thread_ts")),
        sa.Column("noted", sa.Text, nullable=False),
        _whole("remembered_at"),
        sa.PrimaryKeyConstraint("team", "channel", "message_ts", name="pk_questions"),
    )
    columns = ["team", "channel", "thread_ts", "message_ts"]
    op.create_index("ix_questions_team_channel_thread_ts", "questions", columns)
    op.create_index("ix_questions_remembered_at", "questions", ["remembered_at"])


def _key(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(KEY), nullable=False, primary_key=primary_key)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
