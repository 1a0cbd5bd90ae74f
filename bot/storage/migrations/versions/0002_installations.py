"""Installed workspaces: bots, installations, and the states of installations that were begun."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

KEY: Final = 255


def upgrade() -> None:
    """Make the three tables."""
    _make_bots()
    _make_installations()
    _make_states()


def _make_bots() -> None:
    op.create_table(
        "slack_bots",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("client_id", sa.String(KEY), nullable=False),
        sa.Column("app_id", sa.String(KEY), nullable=False),
        sa.Column("enterprise_id", sa.String(KEY)),
        sa.Column("enterprise_name", sa.Text),
        sa.Column("team_id", sa.String(KEY)),
        sa.Column("team_name", sa.Text),
        *_bot_token(),
        sa.Column("is_enterprise_install", sa.Boolean, nullable=False),
        sa.Column("installed_at", sa.DateTime, nullable=False),
        if_not_exists=True,
    )
    columns = ["client_id", "enterprise_id", "team_id", "installed_at"]
    op.create_index("ix_slack_bots_team", "slack_bots", columns, if_not_exists=True)


def _make_installations() -> None:
    op.create_table(
        "slack_installations",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("client_id", sa.String(KEY), nullable=False),
        sa.Column("app_id", sa.String(KEY), nullable=False),
        sa.Column("enterprise_id", sa.String(KEY)),
        sa.Column("enterprise_name", sa.Text),
        sa.Column("enterprise_url", sa.Text),
        sa.Column("team_id", sa.String(KEY)),
        sa.Column("team_name", sa.Text),
        *_bot_token(),
        sa.Column("user_id", sa.String(KEY), nullable=False),
        sa.Column("user_token", sa.Text),
        sa.Column("user_scopes", sa.Text),
        sa.Column("user_refresh_token", sa.Text),
        sa.Column("user_token_expires_at", sa.DateTime),
        sa.Column("incoming_webhook_url", sa.Text),
        sa.Column("incoming_webhook_channel", sa.Text),
        sa.Column("incoming_webhook_channel_id", sa.Text),
        sa.Column("incoming_webhook_configuration_url", sa.Text),
        sa.Column("is_enterprise_install", sa.Boolean, nullable=False),
        sa.Column("token_type", sa.String(KEY)),
        sa.Column("installed_at", sa.DateTime, nullable=False),
        if_not_exists=True,
    )
    columns = ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"]
    op.create_index("ix_slack_installations_team", "slack_installations", columns, if_not_exists=True)


def _make_states() -> None:
    op.create_table(
        "slack_oauth_states",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(KEY), nullable=False),
        sa.Column("expire_at", sa.DateTime, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_slack_oauth_states_state", "slack_oauth_states", ["state"], if_not_exists=True)


def _bot_token() -> list[sa.Column[object]]:
    """A bot's token and what belongs to it; tokens are text because a sealed one is long."""
    return [
        sa.Column("bot_token", sa.Text),
        sa.Column("bot_id", sa.String(KEY)),
        sa.Column("bot_user_id", sa.String(KEY)),
        sa.Column("bot_scopes", sa.Text),
        sa.Column("bot_refresh_token", sa.Text),
        sa.Column("bot_token_expires_at", sa.DateTime),
    ]
