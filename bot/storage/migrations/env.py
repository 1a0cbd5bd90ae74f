"""Run by Alembic: applies the migrations over the connection that the caller opened."""

from __future__ import annotations

from alembic import context

from bot.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
