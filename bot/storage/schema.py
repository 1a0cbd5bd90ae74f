"""The tables that the bot keeps, in types that SQLite and PostgreSQL share.

Times are whole seconds since 1970 (UTC). Slack's timestamps stay the strings that Slack sends: a float
would lose their last digits.
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
