"""The tables that the bot keeps, in types that SQLite and PostgreSQL share.

Times are whole seconds since 1970 (UTC). Slack's timestamps stay the strings that Slack sends: a float
would lose their last digits.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

KEY_LENGTH: Final = 255

metadata: Final = MetaData()

claims: Final = Table(
    "claims",
    metadata,
    Column("event_id", String(KEY_LENGTH), primary_key=True),
    Column("channel", String(KEY_LENGTH), nullable=False),
    Column("ts", String(KEY_LENGTH), nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    UniqueConstraint("channel", "ts", name="uq_claims_channel_ts"),
    Index("ix_claims_claimed_at", "claimed_at"),
)

replies: Final = Table(
    "replies",
    metadata,
    Column("channel", String(KEY_LENGTH), nullable=False),
    Column("message_ts", String(KEY_LENGTH), nullable=False),
    Column("reply_channel", String(KEY_LENGTH), nullable=False),
    Column("reply_ts", String(KEY_LENGTH), nullable=False),
    Column("lang", String(35), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("remembered_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("channel", "message_ts", name="pk_replies"),
    Index("ix_replies_remembered_at", "remembered_at"),
)

questions: Final = Table(
    "questions",
    metadata,
    Column("channel", String(KEY_LENGTH), nullable=False),
    Column("message_ts", String(KEY_LENGTH), nullable=False),
    Column("thread_ts", String(KEY_LENGTH), nullable=False),
    Column("noted", Text, nullable=False),
    Column("remembered_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("channel", "message_ts", name="pk_questions"),
    Index("ix_questions_channel_thread_ts", "channel", "thread_ts", "message_ts"),
    Index("ix_questions_remembered_at", "remembered_at"),
)
