"""The databases that the storage runs on."""

from __future__ import annotations

from pathlib import Path

import pytest

MEMORY = "sqlite+aiosqlite:///:memory:"


@pytest.fixture(params=["memory", "file", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """PostgreSQL, and both kinds of SQLite database: they differ in how connections are shared."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return MEMORY if request.param == "memory" else f"sqlite:///{tmp_path}/state/bot.db"
