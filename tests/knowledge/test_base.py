"""What the knowledge base tells of its tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.knowledge.base import Relation
from bot.knowledge.cells import Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Number
from tests.questions.cases import pipeline

NEWEST = Number.parse("2.15.0")


def of_newest(row: Row) -> bool:
    """Whether a row is about the newest release alone."""
    cell = row.cells["torch"]
    return isinstance(cell, Versions) and NEWEST in cell.numbers


def left_open() -> Relation:
    """The table of builds, as if the list of the newest release were not complete yet."""
    relation = pipeline().kb.relations["torch-cuda"]
    rows = tuple(replace(row, open=True) if of_newest(row) else row for row in relation.rows)
    return replace(relation, rows=rows, _indexes={})


@pytest.mark.parametrize(
    ("cuda", "expected"), [("11.8", False), ("10.2", False), ("12.6", True), ("13.1", True), ("14.0", True)]
)
def test_an_open_list_has_nothing_that_was_dropped_before(cuda: str, expected: bool) -> None:
    """What the newest release with a complete list left behind does not come back."""
    relation = left_open()
    rows = [row for row in relation.rows if row.open]
    assert rows
    assert relation.may_hold(rows, "cuda", Constraint.series(Number.parse(cuda))) is expected


def test_a_complete_list_has_nothing_more() -> None:
    """Whatever is asked."""
    relation = pipeline().kb.relations["torch-cuda"]
    rows = [row for row in relation.rows if of_newest(row)]
    assert rows
    assert not relation.may_hold(rows, "cuda", Constraint.series(Number.parse("13.1")))


@pytest.mark.parametrize(
    ("product", "written", "read"),
    [("cuda", "10.1.243", "10.1"), ("cuda", "10.1.105", "10.1.105"), ("torch", "2.1.9", "2.1.9")],
)
def test_a_patch_of_a_toolkit_that_no_table_has_is_one_of_its_series(
    product: str, written: str, read: str
) -> None:
    """Of a release that is listed, and of other products, it stays what it is."""
    assert str(pipeline().kb.listed(product, Number.parse(written))) == read


@pytest.mark.parametrize(("cudnn", "expected"), [("9.1.0", True), ("9", True), ("8.9", False), ("8", False)])
def test_an_open_row_tells_within_what_the_rest_lies(cudnn: str, expected: bool) -> None:
    """The wheel of another CUDA may bring another cuDNN, but of the same major series."""
    rows = [
        row
        for row in pipeline().kb.relations["torch-cudnn"].rows
        if row.may_have("cudnn", Constraint.series(Number.parse("9.5")))
    ]
    assert rows
    assert all(row.may_have("cudnn", Constraint.series(Number.parse(cudnn))) is expected for row in rows)
    assert all(row.may_have("torch", Constraint.series(Number.parse("1.0"))) for row in rows)


def test_a_list_is_whole_from_its_first_release_on() -> None:
    """Each release since then has a row, none is open, and it is the list of these."""
    kb = pipeline().kb
    releases = kb.releases["torch"]
    assert kb.relations["torch-python"].lists_all("torch", releases)
    assert not kb.relations["torch-python"].lists_all("python", kb.releases["python"])
    assert not kb.relations["torch-cudnn"].lists_all("torch", releases)
    assert not kb.relations["arch-capability"].lists_all("arch", ())
