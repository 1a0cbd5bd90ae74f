"""Joins know no product by name: the truth table on another subject."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.answering.answers import Truth
from bot.answering.joins import Joins
from bot.knowledge.versions import Constraint
from bot.pipeline import Pipeline
from bot.understanding.question import Given


def holds(spark: Pipeline, left: str, right: str) -> Truth:
    """The truth of two givens written as `product constraint`."""
    return Joins(spark.kb).check(as_given(left), as_given(right)).truth


def as_given(text: str) -> Given:
    """`spark 3.0.0` as a given."""
    column, _, version = text.partition(" ")
    return Given(column, Constraint.parse(version), version)


@pytest.mark.parametrize(
    ("left", "right", "truth"),
    [
        ("spark 2.4.0", "scala 2.12", Truth.SUPPORTED),
        ("spark 3.1.0", "scala 2.12", Truth.SUPPORTED),
        ("spark 3.0.0", "scala 2.13", Truth.EXCLUDED),
        ("spark 2.4.0", "scala 2.13", Truth.EXCLUDED),
        ("spark 4.0.0", "scala 2.13", Truth.SUPPORTED),
        ("spark 4.0.0", "scala 2.12", Truth.NOT_RECORDED),
        ("spark 9.9", "scala 2.12", Truth.NOT_RECORDED),
        ("spark 3.0.0", "connector 1.0", Truth.CONDITIONAL),
        ("spark 3.0.0", "connector 2.0", Truth.NOT_RECORDED),
        ("spark 3.1.0", "connector 1.0", Truth.NOT_RECORDED),
        ("scala 2.12", "java 11", Truth.SUPPORTED),
        ("scala 2.12", "java 21", Truth.EXCLUDED),
        ("scala 2.11", "java 17", Truth.EXCLUDED),
        ("spark 3.0.0", "java 17", Truth.SUPPORTED),
        ("spark 3.0.0", "java 21", Truth.EXCLUDED),
        ("spark 2.4.0", "java 7", Truth.SUPPORTED),
        ("spark 3.0.0", "java 7", Truth.EXCLUDED),
        ("connector 2.0", "java 8", Truth.NOT_RECORDED),
        ("connector 2.0", "scala 2.12", Truth.NOT_RECORDED),
    ],
)
def test_truth(spark: Pipeline, left: str, right: str, truth: Truth) -> None:
    """Supported, conditional, excluded only by a complete list, else not recorded."""
    assert holds(spark, left, right) is truth


@pytest.mark.parametrize(
    ("left", "right"),
    [("spark 3.0.0", "scala 2.13"), ("spark 2.4.0", "scala 2.12"), ("spark 3.0.0", "java 21")],
)
def test_the_order_of_the_givens_does_not_matter(spark: Pipeline, left: str, right: str) -> None:
    """A goes with B exactly as B goes with A."""
    assert holds(spark, left, right) is holds(spark, right, left)


def test_an_open_row_never_excludes_through_a_join(spark: Pipeline) -> None:
    """What an incomplete list lacks is not recorded, also two tables away."""
    assert holds(spark, "spark 4.0.0", "java 7") is Truth.NOT_RECORDED


def test_a_coarse_version_holds_in_part(spark: Pipeline) -> None:
    """A series of which some releases only fit is conditional."""
    assert holds(spark, "spark 3", "scala 2.13") is Truth.CONDITIONAL


def test_only_related_columns_are_related(spark: Pipeline) -> None:
    """Two columns are related by one table, or by two with a column in common."""
    joins = Joins(spark.kb)
    assert joins.related("spark", "scala")
    assert joins.related("spark", "java")
    assert not joins.related("spark", "nothing")


def test_not_recorded_is_no_kind_of_no() -> None:
    """The order of truths lets "any of" be the maximum: not recorded outranks excluded."""
    assert [truth.name for truth in sorted(Truth)] == ["EXCLUDED", "NOT_RECORDED", "CONDITIONAL", "SUPPORTED"]


def test_a_given_is_a_column_and_a_constraint() -> None:
    """Joins need nothing else of the question."""
    assert {"column", "constraint"} <= {field.name for field in fields(Given)}
