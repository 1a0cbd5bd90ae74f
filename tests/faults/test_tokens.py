"""Tokens that Slack does not take, at the start and later: one clear line, and no answer is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import Refuse
from tests.faults.asking import Asking
from tests.faults.delivering import channels_for
from tests.faults.nursery import Nursery
from tests.faults.processes import BotProcess, connected, environment_for
from tests.ports import free_port

WRONG: Final = "xoxb-1-wrong-and-secret"
EXIT_CODE: Final = 2


ADVICE: Final = {
    "invalid_auth": "copy it again",
    "token_revoked": "reinstall the app",
    "missing_scope": "lacks a scope",
}


@pytest.mark.parametrize("http", [False, True])
@pytest.mark.parametrize("code", ADVICE)
async def test_a_bad_token_ends_the_start_in_one_line(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path, code: str, http: bool
) -> None:
    """It names the variable, Slack's error and what to do, and holds no token."""
    slack.faults.inject("auth.test", Refuse(code), times=None)
    environment = environment_for(slack, f"sqlite:///{tmp_path}/bot.db", PORT=free_port())
    bot = nursery.start(environment, http=http)
    assert await bot.wait() == EXIT_CODE
    (line,) = [line for line in bot.logs().splitlines() if line.startswith("bot: ")]
    assert "SLACK_BOT_TOKEN" in line
    assert code in line
    assert ADVICE[code] in line
    assert "Traceback" not in bot.logs()
    assert_no_token(bot, slack)


async def test_a_token_that_never_was_is_not_shown(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path
) -> None:
    """Whatever stands in the variable."""
    environment = environment_for(slack, f"sqlite:///{tmp_path}/bot.db", SLACK_BOT_TOKEN=WRONG)
    bot = nursery.start(environment)
    assert await bot.wait() == EXIT_CODE
    assert "invalid_auth" in bot.logs()
    assert "wrong-and-secret" not in bot.logs()


async def test_a_token_revoked_meanwhile_loses_no_question(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path
) -> None:
    """The log says once what to do; the questions wait, and are answered when the token is mended."""
    database = tmp_path / "bot.db"
    bot = nursery.start(environment_for(slack, f"sqlite:///{database}"))
    await bot.wait_until(connected(slack))
    refusal = slack.faults.inject("chat.postMessage", Refuse("token_revoked"), times=None)
    asking = Asking(slack, channels_for(slack, 5))
    asking.ask(5)
    await slack.wait_for(lambda: refusal.hits == 5, 10)
    await asyncio.sleep(2)
    assert refusal.hits == 5
    (told,) = bot.events("token_refused")
    assert told["code"] == "token_revoked"
    assert ADVICE["token_revoked"] in str(told["what"])
    assert len([event for event in bot.events() if event["level"] in ("warning", "error")]) == 1 + 5
    assert_no_token(bot, slack)
    slack.faults.clear()
    make_due(database)
    await asking.wait_answered(20)
    assert (asking.lost, asking.repeated) == (0, 0)


def make_due(database: Path) -> None:
    """Let the minute be over for which questions wait after a refused token."""
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        due = connection.execute("UPDATE inbox SET due_at = 0 WHERE state = 'waiting' AND due_at > 0")
        assert due.rowcount == 5


def assert_no_token(bot: BotProcess, slack: RunningWorkspace) -> None:
    """None of the secrets was written."""
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in bot.logs()
