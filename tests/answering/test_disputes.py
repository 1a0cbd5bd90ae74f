"""Where a table that loses lists something else: what it says, which source won, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from tests.questions.cases import pipeline

LEFT_OUT = {
    "which torch works with CUDA 10.2": "leaves out PyTorch 1.12.0, 1.12.1",
    "torch 1.12.1 cuda": "leaves out CUDA 10.2",
    "everything about torch 1.12.1": "leaves out CUDA 10.2",
    "does torch 1.12.1 work with cuda 10.2": "does not list this pair",
}


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_the_loser_leaves_out_is_told_with_the_winner_and_why(text: str) -> None:
    """RELEASE.md has 11.3 and 11.6 alone for 1.12."""
    notes = "\n".join(pipeline().ask(text).sections[0].notes)
    assert LEFT_OUT[text] in notes
    assert "previous versions" in notes
    assert "wins here: it lists builds that can be installed" in notes


def test_both_sources_are_cited_the_winner_first() -> None:
    """The loser's row does not come before those that answer."""
    titles = [c.title for c in pipeline().ask("does torch 1.12.1 work with cuda 10.2").citations]
    assert "RELEASE.md of pytorch/pytorch" in titles[1:]


@pytest.mark.parametrize(
    "text",
    [
        "which torch works with CUDA 11.3",
        "does torch 1.12.1 work with cuda 11.3",
        "does torch 1.7.1 work with cuda 10.2",
        "torch 1.11.0 cuda",
        "torch 2.0.0 cuda",
    ],
)
def test_of_releases_that_it_does_not_cover_it_says_nothing(text: str) -> None:
    """Absence outside of what a table covers is no difference of opinion."""
    assert "RELEASE.md" not in pipeline().plain(pipeline().ask(text))


def test_the_book_loses_with_a_reason() -> None:
    """Its list of CUDA 9.2 differs."""
    notes = "\n".join(pipeline().ask("which torch works with CUDA 9.2").sections[0].notes)
    assert "Book chapter" in notes
    assert "the book's table ends with 1.7.0" in notes


def test_a_reason_may_be_left_out(spark: Pipeline) -> None:
    """Then the winner is named alone."""
    notes = spark.ask("does spark 2.4.0 work with scala 2.13").sections[0].notes
    assert "“Spark documentation” wins here" in notes


def test_a_list_without_covers_counts_up_to_its_newest_version(spark_folder: Path) -> None:
    """As ever: what the handbook lacks below its horizon, it leaves out."""
    kb = load_knowledge([spark_folder])
    assert kb.relations["spark-scala-handbook"].covers == {}
