"""Counts of a knowledge base: pairs, ages, confidence, folders."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.loader import load_knowledge
from bot.knowledge.stats import Share, count, version_pairs
from bot.settings import bundled_knowledge
from tests.questions.cases import pipeline

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """The real knowledge."""
    return pipeline().kb


def aged(kb: KnowledgeBase, slug: str, days: int) -> KnowledgeBase:
    """The same knowledge, one source of which was checked `days` before `TODAY`."""
    sources = {n: s.model_copy(update={"checked": TODAY}) for n, s in kb.sources.items()}
    sources[slug] = sources[slug].model_copy(update={"checked": TODAY - timedelta(days=days)})
    return replace(kb, sources=sources)


def test_everything_is_counted(kb: KnowledgeBase) -> None:
    """The counts are those of the base."""
    found = count(kb, TODAY)
    assert (found.products, found.facts, found.sources) == (len(kb.products), len(kb.facts), len(kb.sources))
    assert found.rows == sum(len(relation.rows) for relation in kb.relations.values())
    assert found.releases >= len(kb.products["torch"].releases)


def test_pairs_are_single_versions_and_distinct(kb: KnowledgeBase) -> None:
    """A row of a range and a list stands for each pair of its versions, whatever its platforms."""
    pairs = list(version_pairs(kb))
    assert len(pairs) == len(set(pairs)) == count(kb, TODAY).pairs
    assert {("cuda", "10.1", "torch", "1.7.0"), ("cuda", "11.0", "torch", "1.7.1")} <= set(pairs)
    assert ("cuda", "11.0", "torch", "1.6.0") not in pairs


def test_ages_and_confidence_add_up(kb: KnowledgeBase) -> None:
    """Every source and row is in one band and one level."""
    found = count(kb, TODAY)
    for shares in (found.ages, found.confidence):
        assert sum(share.sources for share in shares.values()) == found.sources
        assert sum(share.rows for share in shares.values()) == found.rows


@pytest.mark.parametrize(
    ("days", "band"),
    [(30, "up to 30 days"), (31, "up to 90 days"), (365, "up to 365 days"), (366, "over 365 days")],
)
def test_a_row_is_as_old_as_its_oldest_source(kb: KnowledgeBase, days: int, band: str) -> None:
    """The book's eight rows age with it."""
    rows = len(kb.relations["torch-cuda-book"].rows)
    found = count(aged(kb, "book", days), TODAY)
    if band != "up to 30 days":
        assert found.ages[band] == Share(1, rows)
    else:
        assert found.ages[band] == Share(found.sources, found.rows)


def test_the_book_is_the_least_sure(kb: KnowledgeBase) -> None:
    """Its rows are counted under its own level."""
    assert count(kb, TODAY).confidence["book"].rows >= len(kb.relations["torch-cuda-book"].rows)


def test_one_folder_needs_no_table_of_folders(kb: KnowledgeBase) -> None:
    """What it holds is the whole."""
    assert count(kb, TODAY).folders == {}


def test_each_folder_is_counted_by_itself(tmp_path: Path) -> None:
    """A second folder with one source counts one source."""
    base, team = tmp_path / "base", tmp_path / "team"
    shutil.copytree(bundled_knowledge(), base)
    (team / "sources").mkdir(parents=True)
    page = "sources:\n  wiki: {title: The wiki, checked: 2026-01-02}\n"
    (team / "sources" / "team.yaml").write_text(page, encoding="utf-8")
    found = count(load_knowledge([base, team]), TODAY).folders
    assert found[str(team)] == {"products": 0, "tables": 0, "facts": 0, "sources": 1}
    assert found[str(base)]["facts"] > 200


def test_the_counts_are_plain_values(kb: KnowledgeBase) -> None:
    """They can be written as JSON."""
    found = json.loads(json.dumps(count(kb, TODAY).as_json()))
    assert found["confidence"]["book"]["sources"] >= 1
