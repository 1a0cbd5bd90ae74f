"""Brings the browser fixtures to every test."""

pytest_plugins = ["tests.browser"]
