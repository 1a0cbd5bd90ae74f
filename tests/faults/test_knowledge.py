"""The knowledge is replaced by a broken one while two replicas run: both answer on, one tells."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from bot.settings import bundled_knowledge
from bot.workspace.embedded import RunningWorkspace
from tests.faults.delivering import channels_for
from tests.faults.processes import ROOT, BotProcess, Ready, Spawner, environment_for

QUESTION: Final = "@torchdesk which spark works with scala 2.11"
NOTICE_SECONDS: Final = 20.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small base on another subject; beside it lies the same with a mistake, in `broken`."""
    good, broken = tmp_path / "knowledge", tmp_path / "broken"
    shutil.copytree(ROOT / "tests" / "subjects" / "spark", good)
    for name in ("vocabulary", "wording"):
        shutil.copytree(bundled_knowledge() / name, good / name)
    shutil.copytree(good, broken)
    sources = broken / "sources.yaml"
    sources.write_text(sources.read_text("utf-8").replace("title:", "titel:", 1), "utf-8")
    return good


def swap(one: Path, other: Path) -> None:
    """Let two folders change places, as a deployment does."""
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def has_logged(bot: BotProcess, event: str) -> Ready:
    """Ready when the bot has logged an event."""

    async def ready() -> bool:
        return bool(bot.events(event))

    return ready


async def answers_to(slack: RunningWorkspace, count: int) -> set[str]:
    """All that is answered to a question that is asked so often, each time in its own channel."""
    channels = channels_for(slack, count)
    asked = [slack.post_as_user(channel, QUESTION) for channel in channels]
    return {(await slack.wait_for_reply(question, seconds=20)).text for question in asked}


async def test_the_last_good_base_answers_and_maintainers_are_told_once(
    slack: RunningWorkspace, spawner: Spawner, folder: Path, tmp_path: Path
) -> None:
    """Once that it is broken, with the place, and once that it is mended, though each replica sees both."""
    environment = environment_for(
        slack, f"sqlite:///{tmp_path}/bot.db", KNOWLEDGE_PATH=folder, MAINTAINERS=slack.user().id
    )
    bots = [spawner.start(environment) for _ in range(2)]
    await slack.wait_for(lambda: slack.workspace.socket_mode.connection_count == 2, 30)
    right = await answers_to(slack, 4)
    assert len(right) == 1

    swap(folder, folder.with_name("broken"))
    for bot in bots:
        await bot.wait_until(has_logged(bot, "knowledge_broken"), NOTICE_SECONDS)
    await slack.wait_for(lambda: slack.messages("@you"), NOTICE_SECONDS)
    assert await answers_to(slack, 4) == right

    swap(folder, folder.with_name("broken"))
    for bot in bots:
        await bot.wait_until(has_logged(bot, "knowledge_reloaded"), NOTICE_SECONDS)
    await slack.wait_for(lambda: len(slack.messages("@you")) >= 2, NOTICE_SECONDS)
    assert await answers_to(slack, 4) == right

    told = slack.messages("@you")
    assert len(told) == 2
    assert "sources.yaml" in told[0].text
    assert "in order again" in told[1].text
