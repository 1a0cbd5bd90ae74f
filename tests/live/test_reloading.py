"""The newest good base answers; a broken edit changes nothing but what the maintainers hear."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.live.pipeline import LivePipeline
from bot.live.reloading import Broken, Mended, Notice, Reloader
from bot.pipeline import Pipeline

Build = Callable[[], Pipeline]
QUESTION = "which spark works with scala 2.11"
SOURCES = "sources.yaml"
TITLE = "Spark release notes"


class Told:
    """Keeps what maintainers are told."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    async def __call__(self, notice: Notice) -> None:
        self.notices.append(notice)


@pytest.fixture
def told() -> Told:
    """Nothing yet."""
    return Told()


@pytest.fixture
def live(build: Build) -> LivePipeline:
    """A pipeline over the folder as it is at first."""
    return LivePipeline(build())


def change(folder: Path, old: str, new: str, name: str = SOURCES) -> None:
    """Edit a page."""
    path = folder / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def cited(live: LivePipeline) -> str:
    """The title that an answer cites first."""
    return live.ask(QUESTION).citations[0].title


@asynccontextmanager
async def running(reloader: Reloader) -> AsyncIterator[None]:
    """Let a reloader watch meanwhile."""
    stop = asyncio.Event()
    task = asyncio.create_task(reloader.run(stop))
    await asyncio.sleep(0.3)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # a thread builds meanwhile
            await asyncio.sleep(0.05)


async def test_an_edit_is_answered_from_without_a_restart(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """Nobody needs to be told."""
    async with running(Reloader(live, build, told, settle=0.1)):
        change(folder, TITLE, "New notes")
        await until(lambda: cited(live) == "New notes")
    assert told.notices == []


async def test_a_broken_edit_keeps_the_last_good_base(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """Every mistake is logged with its place, and told once; so is that it is mended."""
    reloader = Reloader(live, build, told)
    change(folder, "https://", "htps://")
    with capture_logs() as logs:
        assert not await reloader.reload()
    assert cited(live) == TITLE
    mistakes = [entry for entry in logs if entry["event"] == "knowledge_mistake"]
    assert [entry["place"] for entry in mistakes] == [f"{folder / SOURCES}:2", f"{folder / SOURCES}:3"]
    (notice,) = told.notices
    assert isinstance(notice, Broken)
    assert len(notice.problems) == 2
    change(folder, "htps://", "https://mended.")
    assert await reloader.reload()
    assert told.notices == [notice, Mended()]
    assert live.ask(QUESTION).citations[0].url.startswith("https://mended.")


async def test_the_same_mistake_is_told_once(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """Though it moves to another line; another one is told too."""
    reloader = Reloader(live, build, told)
    change(folder, TITLE, "''")
    for _ in range(2):
        await reloader.reload()
        change(folder, "sources:", "# moved\nsources:")
    await reloader.reload()
    assert len(told.notices) == 1
    change(folder, "Scala release notes", "''")
    await reloader.reload()
    change(folder, "title: ''", "title: Notes")
    await reloader.reload()
    await reloader.reload()
    assert [type(notice) for notice in told.notices] == [Broken, Broken, Mended]


async def test_a_mistake_that_comes_back_is_told_again(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """Once it was mended in between."""
    reloader = Reloader(live, build, told)
    for old, new in ((TITLE, "''"), ("''", TITLE), (TITLE, "''")):
        change(folder, old, new)
        await reloader.reload()
    assert [type(notice) for notice in told.notices] == [Broken, Mended, Broken]


async def test_a_folder_that_is_gone_keeps_the_last_good_base(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """And is taken up again when it is back."""
    async with running(Reloader(live, build, told, settle=0.1)):
        folder.rename(folder.with_name("away"))
        await until(lambda: bool(told.notices))
        assert cited(live) == TITLE
        folder.with_name("away").rename(folder)
        await until(lambda: len(told.notices) == 2)
    assert isinstance(told.notices[1], Mended)


async def test_answering_goes_on_while_a_base_is_built(live: LivePipeline, build: Build, told: Told) -> None:
    """From the base before."""
    may_end, other = threading.Event(), build()

    def slowly() -> Pipeline:
        may_end.wait(10)
        return other

    reload = asyncio.create_task(Reloader(live, slowly, told).reload())
    await asyncio.sleep(0.1)
    before = live.kb
    assert [cited(live) for _ in range(20)] == [TITLE] * 20
    assert live.kb is before
    may_end.set()
    assert await reload
    assert live.kb is other.kb


async def test_no_question_is_lost_during_edits_good_and_bad(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """Each is answered from one of the good states."""
    answers: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers.append(cited(live))
            time.sleep(0.002)

    async with running(Reloader(live, build, told, settle=0.05)):
        askers = [asyncio.create_task(asyncio.to_thread(ask)) for _ in range(3)]
        last = TITLE
        for number in range(3):
            change(folder, last, "''")
            await until(lambda number=number: len(told.notices) == 2 * number + 1)  # type: ignore[misc]  # bound now
            last = f"State {number}"
            change(folder, "''", last)
            await until(lambda number=number: len(told.notices) == 2 * number + 2)  # type: ignore[misc]  # bound now
        await until(lambda: cited(live) == "State 2")
        done.set()
        await asyncio.gather(*askers)
    assert set(answers) <= {TITLE, "State 0", "State 1", "State 2"}
    assert len(answers) > 100


async def test_waking_reloads_though_nothing_changed(live: LivePipeline, build: Build, told: Told) -> None:
    """As SIGHUP asks for."""
    before = live.kb
    reloader = Reloader(live, build, told)
    async with running(reloader):
        reloader.wake()
        await until(lambda: live.kb is not before)


async def test_what_a_later_folder_replaces_is_logged(
    folder: Path, build: Build, tmp_path: Path, told: Told
) -> None:
    """At each reload, with both places."""
    from bot.knowledge.loader import load_knowledge

    team = tmp_path / "team"
    team.mkdir()
    (team / SOURCES).write_text("sources:\n  spark-notes: {title: Ours, checked: 2026-11-20}\n", "utf-8")
    live = LivePipeline(build())
    with capture_logs() as logs:
        await Reloader(live, lambda: Pipeline(load_knowledge([folder, team])), told).reload()
    (entry,) = [entry for entry in logs if entry["event"] == "knowledge_overridden"]
    assert entry["winner"] == f"{team / SOURCES}:2"
    assert entry["loser"] == f"{folder / SOURCES}:2"
    assert live.ask(QUESTION).citations[0].title == "team: Ours"


async def test_a_mistake_in_a_file_that_is_being_edited_is_not_told(
    folder: Path, live: LivePipeline, build: Build, told: Told
) -> None:
    """The edit goes on, and what it ends in is read next."""

    def meanwhile() -> Pipeline:
        change(folder, TITLE, "''")
        try:
            return build()
        finally:
            change(folder, "''", "Finished notes")

    assert not await Reloader(live, meanwhile, told).reload()
    assert told.notices == []
