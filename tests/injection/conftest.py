"""The workspace, store and app of the Slack tests, and the browser of the page's."""

from __future__ import annotations

from tests.browser import browser, chromium, open_page
from tests.slack.conftest import app, ask, connected, settings, store, workspace

__all__ = ["app", "ask", "browser", "chromium", "connected", "open_page", "settings", "store", "workspace"]
