"""The harness starts real bots, ends them as it is told, and leaves none behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from bot.workspace.embedded import RunningWorkspace
from tests.faults.nursery import ForkedBot, Nursery, open_nursery
from tests.faults.processes import (
    BotDied,
    BotProcess,
    Spawner,
    answers,
    connected,
    environment_for,
)
from tests.ports import free_port

QUESTION = "@torchdesk which torch for CUDA 10.2?"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database that several bots may share."""
    return f"sqlite:///{tmp_path}/bot.db"


async def answer_to_question(slack: RunningWorkspace, seconds: float = 20) -> str:
    """Ask in #general, and give the answer."""
    question = slack.post_as_user("general", QUESTION)
    return (await slack.wait_for_reply(question, seconds=seconds)).text


async def test_a_forked_bot_answers_and_dies(
    slack: RunningWorkspace, nursery: Nursery, database: str
) -> None:
    """It is the whole bot in a process of its own, and a kill is a kill."""
    bot = nursery.start(environment_for(slack, database))
    await bot.wait_until(connected(slack))
    assert bot.pid != os.getpid()
    assert "torch" in await answer_to_question(slack)
    assert bot.memory > 1_000_000
    await bot.kill()
    assert bot.poll() == -signal.SIGKILL
    assert not Path(f"/proc/{bot.pid}").exists()
    await slack.wait_for(lambda: slack.workspace.socket_mode.connection_count == 0)


async def test_a_fork_takes_milliseconds(slack: RunningWorkspace, nursery: Nursery, database: str) -> None:
    """So that hundreds of kills are a matter of a minute: five bots are connected within seconds."""
    begun = time.monotonic()
    for _ in range(5):
        bot = nursery.start(environment_for(slack, database))
        await bot.wait_until(connected(slack))
        await bot.kill()
        await slack.wait_for(lambda: slack.workspace.socket_mode.connection_count == 0)
    assert time.monotonic() - begun < 10


async def test_a_forked_bot_ends_in_order_when_asked(
    slack: RunningWorkspace, nursery: Nursery, database: str
) -> None:
    """SIGTERM reaches it, and it says goodbye; the nursery lives on."""
    bot = nursery.start(environment_for(slack, database))
    await bot.wait_until(connected(slack))
    assert await bot.terminate() == 0
    assert not bot.is_running
    another = nursery.start(environment_for(slack, database))
    await another.wait_until(connected(slack))


async def test_a_forked_bot_serves_http(slack: RunningWorkspace, nursery: Nursery, database: str) -> None:
    """At its own port, where the workspace delivers to it."""
    port = free_port()
    bot = nursery.start(environment_for(slack, database, PORT=port), http=True)
    await bot.wait_until(answers(port))
    slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
    assert "torch" in await answer_to_question(slack)


async def test_a_bot_that_cannot_start_says_why(
    slack: RunningWorkspace, nursery: Nursery, database: str
) -> None:
    """Whoever waits for it gets its exit code and its last words."""
    bot = nursery.start(environment_for(slack, database, SLACK_BOT_TOKEN="xoxb-wrong"))
    with pytest.raises(BotDied, match=r"ended with 2\n(?s:.*)invalid_auth"):
        await bot.wait_until(connected(slack))


async def test_a_frozen_bot_keeps_its_connection_and_goes_on(
    slack: RunningWorkspace, nursery: Nursery, database: str
) -> None:
    """It answers nothing meanwhile, and what it was given once it thaws."""
    bot = nursery.start(environment_for(slack, database))
    await bot.wait_until(connected(slack))
    bot.freeze()
    question = slack.post_as_user("general", QUESTION)
    await asyncio.sleep(0.5)
    assert slack.workspace.socket_mode.connection_count == 1
    assert slack.replies(question) == []
    bot.thaw()
    await slack.wait_for_reply(question, seconds=20)


async def test_each_bot_has_a_log_of_its_own(
    slack: RunningWorkspace, nursery: Nursery, database: str
) -> None:
    """Its last words are in there too."""
    bots: list[BotProcess] = []
    for count in (1, 2):
        bots.append(nursery.start(environment_for(slack, database)))
        await bots[-1].wait_until(connected(slack, count))
    for bot in bots:
        await bot.terminate()
    assert bots[0].log != bots[1].log
    for bot in bots:
        assert "socket_mode_stopped" in bot.logs()


def test_events_are_the_lines_of_a_log_that_are_json(nursery: Nursery, tmp_path: Path) -> None:
    """All of them, or those of a name."""
    log = tmp_path / "bot.log"
    log.write_text('{"event": "a", "n": 1}\nwords\n{"event": "b"}\n{"event": "a", "n": 2}\n')
    bot = ForkedBot(nursery, os.getpid(), log)
    assert [event["event"] for event in bot.events()] == ["a", "b", "a"]
    assert [event["n"] for event in bot.events("a")] == [1, 2]


async def test_the_program_itself_starts_and_ends(
    slack: RunningWorkspace, spawner: Spawner, database: str
) -> None:
    """`python -m bot` with tokens joins by Socket Mode."""
    bot = spawner.start(environment_for(slack, database))
    await bot.wait_until(connected(slack))
    assert "torch" in await answer_to_question(slack)
    assert await bot.terminate() == 0


async def test_the_program_itself_serves_and_is_killed(
    slack: RunningWorkspace, spawner: Spawner, database: str
) -> None:
    """`python -m bot serve` is ready when it says so, and gone when it is killed."""
    port = free_port()
    bot = spawner.start(environment_for(slack, database, PORT=port), "serve")
    await bot.wait_until(answers(port))
    await bot.kill()
    assert bot.poll() == -signal.SIGKILL
    assert not await answers(port)()


async def test_a_closed_nursery_leaves_no_bot(slack: RunningWorkspace, tmp_path: Path, database: str) -> None:
    """However a test ended."""
    with open_nursery(tmp_path) as own:
        bots = [own.start(environment_for(slack, database)) for _ in range(2)]
        await bots[0].wait_until(connected(slack, 2))
    assert [bot.pid for bot in bots if Path(f"/proc/{bot.pid}").exists()] == []
