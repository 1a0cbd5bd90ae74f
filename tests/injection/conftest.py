"""The workspace, store and app of the Slack tests, and the SDK's client."""

from __future__ import annotations

from tests.slack.conftest import app, ask, settings, store, workspace
from tests.workspace.conftest import client

__all__ = ["app", "ask", "client", "settings", "store", "workspace"]
