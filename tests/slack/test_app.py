"""What an app needs to be built."""

from __future__ import annotations

import asyncio

import pytest

from bot.settings import Settings, SettingsError
from bot.slack.app import SlackBot
from bot.slack.probes import Reason
from bot.storage import Store
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import Refuse
from tests.slack.support import CannedAsk, quick_bot


def test_no_token_no_app(ask: CannedAsk, store: Store) -> None:
    """A missing token is told by the variable's name."""
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        quick_bot(ask, store, Settings())


def test_secret_is_optional(ask: CannedAsk, store: Store) -> None:
    """Socket Mode needs no signing secret."""
    assert quick_bot(ask, store, Settings(slack_bot_token="xoxb-1"))


def test_web_api_is_slacks_by_default(ask: CannedAsk, store: Store) -> None:
    """Without SLACK_API_URL the SDK's own address stands."""
    bot = quick_bot(ask, store, Settings(slack_bot_token="xoxb-1"))
    assert bot.client.base_url.startswith("https://")


def test_environment_is_not_read(ask: CannedAsk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings alone decide, though Bolt would read these."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-env")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "env")
    bot = quick_bot(ask, store, Settings(slack_bot_token="xoxb-1"))
    assert bot.client.token == "xoxb-1"


async def test_until_slack_says_who_the_bot_is_it_is_not_ready(
    bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """Nothing can be taken before; that is another matter than a websocket that is lost."""
    workspace.faults.inject("auth.test", Refuse("internal_error"), times=1)
    bot.health.recovered(Reason.STARTING)
    async with bot.working(), asyncio.timeout(10):
        while bot.health.reason is not Reason.IDENTITY:  # noqa: ASYNC110  # a state has no event
            await asyncio.sleep(0.01)
        while not bot.health.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_bolt_does_not_complain_of_a_token_that_it_need_not_read(
    ask: CannedAsk, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A warning at each start, about nothing, teaches people to overlook warnings."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    quick_bot(ask, store, Settings(slack_bot_token="xoxb-1"))
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []
