"""Brings the fixtures of the browser and of PostgreSQL to every test."""

pytest_plugins = ["tests.browser", "tests.postgres"]
