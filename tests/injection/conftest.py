"""The workspace, store and bot of the Slack tests, and the SDK's client."""

from __future__ import annotations

from tests.slack.conftest import ask, bot, settings, store, workspace
from tests.workspace.conftest import client

__all__ = ["ask", "bot", "client", "settings", "store", "workspace"]
