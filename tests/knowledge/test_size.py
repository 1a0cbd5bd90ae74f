"""A team's folder of many rows: the cost of loading and asking grows no faster than the rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cells import Versions
from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge
from tests.benchmarks.overlay import LIBRARY, write_overlay
from tests.questions.cases import pipeline

MANY: Final = 10_000
QUESTIONS: Final = (
    "which torch works with CUDA 10.2",
    "torch 1.13 cuda 11.6 python 3.11",
    "does torch 2.6.0 work with driver 525.60.13",
    "torch 2.0 cuda 11.7 python 3.7 能一起用吗",
    "newest torch for python >= 3.9",
)


def spent(work: Callable[[], object]) -> float:
    """Seconds of this process's own time."""
    start = time.process_time()
    work()
    return time.process_time() - start


def least(asked: Pipeline, text: str) -> float:
    """The least time of several that a question takes."""
    return min(spent(partial(asked.ask, text)) for _ in range(5))


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 10,000 rows."""
    folder = tmp_path_factory.mktemp("overlay")
    write_overlay(folder, pipeline().kb, MANY)
    return folder


@pytest.fixture(scope="module")
def kb(overlay: Path) -> KnowledgeBase:
    """The folder over the bundled knowledge."""
    return load_knowledge([bundled_knowledge(), overlay])


def test_all_rows_are_there(kb: KnowledgeBase) -> None:
    """The measure is of what it says."""
    assert sum(len(r.rows) for r in kb.relations.values() if LIBRARY in r.columns) == MANY


def test_ten_thousand_rows_load_soon(overlay: Path) -> None:
    """Loading takes far less than a second; a check for contradictions is no worse than linear either."""
    assert spent(lambda: load_knowledge([bundled_knowledge(), overlay])) < 4
    assert spent(lambda: load_knowledge([bundled_knowledge(), overlay], thorough=True)) < 6


def test_a_question_costs_about_what_it_did(kb: KnowledgeBase) -> None:
    """Tables that share columns with what is asked are looked up, not read through."""
    before, after = pipeline(), Pipeline(kb)
    for text in QUESTIONS:
        before.ask(text)
        after.ask(text)
    plain, more = (sum(least(asked, text) for text in QUESTIONS) for asked in (before, after))
    assert more < 3 * plain + 0.01


def test_a_team_library_is_asked_about_in_both_directions(kb: KnowledgeBase) -> None:
    """Rows by the thousand answer like any others."""
    asked = Pipeline(kb)
    cell = kb.relations[f"{LIBRARY}-cuda"].rows[0].cells["cuda"]
    assert isinstance(cell, Versions)
    reply = asked.ask(f"which cuda works with {LIBRARY} 0.0.0")
    assert reply.status == "answered"
    assert str(cell.numbers[0]) in asked.plain(reply)
