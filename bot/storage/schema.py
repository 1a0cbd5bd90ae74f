"""The tables that the bot keeps, in types that SQLite and PostgreSQL share.

Times are whole milliseconds since 1970 (UTC). Slack's timestamps stay the strings that Slack sends: a float
would lose their last digits. Each row names its workspace (`team`), and every look-up asks for one.

The tables are made by the migrations in `migrations/versions`; a test holds both to the same columns.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

KEY_LENGTH: Final = 255
STATE_LENGTH: Final = 10

WAITING: Final = "waiting"
CLAIMED: Final = "claimed"
DONE: Final = "done"
PARKED: Final = "parked"
OPEN: Final = (WAITING, CLAIMED)
"""An event's way: it waits, one process claims it, and it is done, or parked after too many tries."""

metadata: Final = MetaData()

inbox: Final = Table(
    "inbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("event_id", String(KEY_LENGTH), nullable=False),
    Column("team", String(KEY_LENGTH), nullable=False),
    Column("enterprise", String(KEY_LENGTH), nullable=False),
    Column("subject", String(KEY_LENGTH), nullable=False),
    Column("lane", String(KEY_LENGTH), nullable=False),
    Column("kind", String(STATE_LENGTH), nullable=False),
    Column("channel", String(KEY_LENGTH), nullable=False),
    Column("person", String(KEY_LENGTH), nullable=False),
    Column("payload", Text, nullable=False),
    Column("hashed", Integer, nullable=False),
    Column("state", String(STATE_LENGTH), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("owner", String(KEY_LENGTH), nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("losses", Integer, nullable=False),
    Column("delays", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("finished_at", BigInteger, nullable=True),
    Column("outcome", String(KEY_LENGTH), nullable=False),
    UniqueConstraint("event_id", name="uq_inbox_event_id"),
    UniqueConstraint("team", "subject", name="uq_inbox_team_subject"),
    Index("ix_inbox_team_person_received_at", "team", "person", "received_at"),
    Index("ix_inbox_hashed_received_at", "hashed", "received_at"),
    sqlite_autoincrement=True,
)
IS_OPEN: Final = inbox.c.state.in_([literal_column(f"'{state}'") for state in OPEN])
"""Of a year of rows the few that are open. In so many words: SQLite uses a partial index only where the query
says literally what the index says.
"""
# PostgreSQL has the same condition; naming it here would load that dialect and its driver for SQLite too.
Index("ix_inbox_open", inbox.c.lane, inbox.c.id, sqlite_where=IS_OPEN)

lanes: Final = Table(
    "lanes",
    metadata,
    Column("lane", String(KEY_LENGTH), primary_key=True),
    Column("free_at", BigInteger, nullable=False),
)

processes: Final = Table(
    "processes",
    metadata,
    Column("name", String(KEY_LENGTH), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)

replies: Final = Table(
    "replies",
    metadata,
    Column("team", String(KEY_LENGTH), nullable=False),
    Column("channel", String(KEY_LENGTH), nullable=False),
    Column("message_ts", String(KEY_LENGTH), nullable=False),
    Column("reply_channel", String(KEY_LENGTH), nullable=False),
    Column("reply_ts", String(KEY_LENGTH), nullable=False),
    Column("lang", String(35), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("edited", String(KEY_LENGTH), nullable=False),
    Column("remembered_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("team", "channel", "message_ts", name="pk_replies"),
    Index("ix_replies_remembered_at", "remembered_at"),
    Index("ix_replies_team_reply", "team", "reply_channel", "reply_ts"),
)

questions: Final = Table(
    "questions",
    metadata,
    Column("team", String(KEY_LENGTH), nullable=False),
    Column("channel", String(KEY_LENGTH), nullable=False),
    Column("message_ts", String(KEY_LENGTH), nullable=False),
    Column("thread_ts", String(KEY_LENGTH), nullable=False),
    Column("noted", Text, nullable=False),
    Column("remembered_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("team", "channel", "message_ts", name="pk_questions"),
    Index("ix_questions_team_channel_thread_ts", "team", "channel", "thread_ts", "message_ts"),
    Index("ix_questions_remembered_at", "remembered_at"),
)

slack_bots: Final = Table(
    "slack_bots",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("client_id", String(KEY_LENGTH), nullable=False),
    Column("app_id", String(KEY_LENGTH), nullable=False),
    Column("enterprise_id", String(KEY_LENGTH)),
    Column("enterprise_name", Text),
    Column("team_id", String(KEY_LENGTH)),
    Column("team_name", Text),
    Column("bot_token", Text),
    Column("bot_id", String(KEY_LENGTH)),
    Column("bot_user_id", String(KEY_LENGTH)),
    Column("bot_scopes", Text),
    Column("bot_refresh_token", Text),
    Column("bot_token_expires_at", DateTime),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("installed_at", DateTime, nullable=False),
    Index("ix_slack_bots_team", "client_id", "enterprise_id", "team_id", "installed_at"),
)
"""What slack_sdk's installation store keeps of each bot; times are UTC without a zone, tokens are sealed."""

slack_installations: Final = Table(
    "slack_installations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("client_id", String(KEY_LENGTH), nullable=False),
    Column("app_id", String(KEY_LENGTH), nullable=False),
    Column("enterprise_id", String(KEY_LENGTH)),
    Column("enterprise_name", Text),
    Column("enterprise_url", Text),
    Column("team_id", String(KEY_LENGTH)),
    Column("team_name", Text),
    Column("bot_token", Text),
    Column("bot_id", String(KEY_LENGTH)),
    Column("bot_user_id", String(KEY_LENGTH)),
    Column("bot_scopes", Text),
    Column("bot_refresh_token", Text),
    Column("bot_token_expires_at", DateTime),
    Column("user_id", String(KEY_LENGTH), nullable=False),
    Column("user_token", Text),
    Column("user_scopes", Text),
    Column("user_refresh_token", Text),
    Column("user_token_expires_at", DateTime),
    Column("incoming_webhook_url", Text),
    Column("incoming_webhook_channel", Text),
    Column("incoming_webhook_channel_id", Text),
    Column("incoming_webhook_configuration_url", Text),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("token_type", String(KEY_LENGTH)),
    Column("installed_at", DateTime, nullable=False),
    Index("ix_slack_installations_team", "client_id", "enterprise_id", "team_id", "user_id", "installed_at"),
)
"""Who installed the bot where, with the same bot token as in `slack_bots`."""

slack_oauth_states: Final = Table(
    "slack_oauth_states",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("state", String(KEY_LENGTH), nullable=False),
    Column("expire_at", DateTime, nullable=False),
    Index("ix_slack_oauth_states_state", "state"),
)
"""Installations that were begun: each state is good for one return from Slack."""
