"""Brings the browser and the PostgreSQL fixtures to every test."""

pytest_plugins = ["tests.browser", "tests.postgres"]
