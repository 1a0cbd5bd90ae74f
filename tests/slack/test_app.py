"""What an app needs to be built."""

from __future__ import annotations

import pytest

from bot.settings import Settings, SettingsError
from bot.slack.app import build_app
from bot.storage import Store
from tests.slack.support import CannedAsk, phrases_for


def test_no_token_no_app(ask: CannedAsk, store: Store) -> None:
    """A missing token is told by the variable's name."""
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        build_app(ask, store, phrases_for, Settings())


def test_secret_is_optional(ask: CannedAsk, store: Store) -> None:
    """Socket Mode needs no signing secret."""
    assert build_app(ask, store, phrases_for, Settings(slack_bot_token="xoxb-1"))


def test_web_api_is_slacks_by_default(ask: CannedAsk, store: Store) -> None:
    """Without SLACK_API_URL the SDK's own address stands."""
    app = build_app(ask, store, phrases_for, Settings(slack_bot_token="xoxb-1"))
    assert app.client.base_url.startswith("https://")


def test_environment_is_not_read(ask: CannedAsk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings alone decide, though Bolt would read these."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-env")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "env")
    app = build_app(ask, store, phrases_for, Settings(slack_bot_token="xoxb-1"))
    assert app.client.token == "xoxb-1"
