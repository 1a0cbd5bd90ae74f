"""Answering while the base is replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.live.pipeline import LivePipeline
from bot.pipeline import Pipeline

QUESTION = "which spark works with scala 2.11"


@pytest.fixture
def other(folder: Path, build: Callable[[], Pipeline]) -> Pipeline:
    """A pipeline over an edited folder: another row, and another title of its source."""
    table = folder / "tables" / "spark-scala.yaml"
    row = '{spark: "3.0.0", scala: "2.12"}'
    table.write_text(table.read_text("utf-8").replace(row, '{spark: "3.0.0", scala: "2.11"}'), "utf-8")
    sources = folder / "sources.yaml"
    sources.write_text(sources.read_text("utf-8").replace("Spark release notes", "Edited notes"), "utf-8")
    return build()


@pytest.fixture
def first(build: Callable[[], Pipeline]) -> Pipeline:
    """A pipeline over the folder before any edit."""
    return build()


def test_questions_after_a_swap_are_answered_from_the_new_base(first: Pipeline, other: Pipeline) -> None:
    """And the knowledge that is shown is the new one."""
    live = LivePipeline(first)
    assert live.ask(QUESTION) == first.ask(QUESTION)
    live.swap(other)
    assert live.ask(QUESTION) == other.ask(QUESTION)
    assert live.kb is other.kb


def test_every_answer_during_swaps_comes_from_one_base(first: Pipeline, other: Pipeline) -> None:
    """None mixes the figures of one with the source of the other, and none is lost."""
    live, legal = LivePipeline(first), {repr(first.ask(QUESTION)), repr(other.ask(QUESTION))}
    assert len(legal) == 2
    answers, done = [], threading.Event()

    def ask() -> None:
        for _ in range(150):
            answers.append(repr(live.ask(QUESTION)))

    def swap() -> None:
        while not done.is_set():
            live.swap(other)
            live.swap(first)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    swapper = threading.Thread(target=swap)
    for thread in (swapper, *askers):
        thread.start()
    for thread in askers:
        thread.join()
    done.set()
    swapper.join()
    assert len(answers) == 600
    assert set(answers) == legal
