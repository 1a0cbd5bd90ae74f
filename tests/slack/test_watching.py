"""A websocket that is gone for good shows in the readiness, and the log says why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from bot.slack import watching
from bot.slack.app import SlackBot
from bot.slack.probes import Health, Reason
from bot.slack.watching import PROMISING, watched_connection
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import Refuse

TICK = 0.02


class Line:
    """A connection that stands or does not."""

    stands = True

    async def is_connected(self) -> bool:
        """Whether it stands."""
        return self.stands


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, and lose patience soon."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", TICK)
    monkeypatch.setattr(watching, "LOST_SECONDS", 5 * TICK)


async def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  # no event tells it
            await asyncio.sleep(TICK)


@pytest.mark.parametrize(
    ("code", "what"),
    [("token_revoked", "reinstall the app"), ("invalid_auth", "SLACK_APP_TOKEN"), ("", PROMISING)],
)
async def test_a_lost_connection_is_told_once_with_its_reason(
    bot: SlackBot, workspace: RunningWorkspace, code: str, what: str
) -> None:
    """And the process is not ready until it is back."""
    health, line = Health(), Line()
    health.recovered(Reason.STARTING)
    if code:
        workspace.faults.inject("apps.connections.open", Refuse(code), times=None)
    with capture_logs() as logs:
        async with watched_connection(line.is_connected, bot.client, workspace.app_token, health):
            line.stands = False
            await until(lambda: logs)
            assert health.reason is Reason.SLACK
            await asyncio.sleep(10 * TICK)
            line.stands = True
            await until(lambda: health.ready)
    assert [entry["event"] for entry in logs] == ["slack_lost", "slack_connected"]
    assert what in logs[0]["what"]
    assert workspace.app_token not in str(logs)


async def test_a_connection_that_is_soon_back_is_no_loss(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """Slack closes each of them now and then."""
    health, line = Health(), Line()
    health.recovered(Reason.STARTING)
    with capture_logs() as logs:
        async with watched_connection(line.is_connected, bot.client, workspace.app_token, health):
            line.stands = False
            await asyncio.sleep(2 * TICK)
            line.stands = True
            await asyncio.sleep(10 * TICK)
    assert logs == []
    assert health.ready
