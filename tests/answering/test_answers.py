"""The whole way of a question over another subject: no Python knows a product."""

from __future__ import annotations

import pytest

from bot.pipeline import Pipeline


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("does spark 2.4.0 work with scala 2.12", "yes"),
        ("spark 2.4.0 支持 scala 2.12 吗", "yes"),
        ("does spark 3.0.0 work with scala 2.13", "no"),
        ("spark 3.0.0 支持 scala 2.13 吗", "no"),
        ("does spark 3.0.0 work with java 17", "yes"),
        ("does spark 3.0.0 work with java 21", "no"),
        ("does spark 3 work with scala 2.13", "depends"),
        ("does spark 3.0.0 work with connector 1.0", "depends"),
        ("does spark 3.0.0 work with scala 2.12 and java 17", "yes"),
        ("does spark 3.0.0 work with scala 2.12 and java 21", "no"),
    ],
)
def test_a_check_over_another_subject(spark: Pipeline, text: str, verdict: str) -> None:
    """The verdict follows from the tables alone."""
    assert spark.ask(text).verdict == verdict


@pytest.mark.parametrize(
    "text",
    [
        "does spark 4.0.0 work with scala 2.12",
        "does spark 3.0.0 work with connector 2.0",
        "does spark 9.9 work with scala 2.12",
        "does spark 3.0.0 work with scala 9.9",
    ],
)
def test_not_recorded_is_never_no(spark: Pipeline, text: str) -> None:
    """Where the tables are silent there is no verdict and no answer."""
    reply = spark.ask(text)
    assert (reply.status, reply.verdict) == ("unknown", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("which spark works with scala 2.12", ["2.4.0", "3.0.0", "3.1.0", "3.2.0"]),
        ("scala 2.12 对应哪个 spark", ["2.4.0", "3.0.0", "3.1.0", "3.2.0"]),
        ("which scala for spark 3.2.0", ["2.12", "2.13"]),
        ("which java does scala 2.12 need", ["≥ 8", "≤ 17"]),
        ("which spark works with java 7", ["2.4.0"]),
        ("newest spark for scala 2.12", ["3.2.0"]),
        ("origin of spark", ["Berkeley"]),
        ("spark 的起源", ["伯克利"]),
        ("what is spark", ["Spark is a product."]),
    ],
)
def test_a_lookup_over_another_subject(spark: Pipeline, text: str, words: list[str]) -> None:
    """Lookups, bounds, joins, facts and descriptions come from the folder alone."""
    plain = spark.plain(spark.ask(text))
    assert [word for word in words if word not in plain] == []


def test_a_join_names_its_bridge_and_both_sources(spark: Pipeline) -> None:
    """An answer through a third product says through which versions."""
    reply = spark.ask("does spark 3.0.0 work with java 17")
    assert "Scala 2.12" in spark.plain(reply)
    assert [citation.title for citation in reply.citations] == ["Spark documentation"]


def test_a_second_opinion_is_told_in_one_line(spark: Pipeline) -> None:
    """A table that loses is named where it differs, and only there."""
    differs = spark.plain(spark.ask("does spark 2.4.0 work with scala 2.13"))
    agrees = spark.plain(spark.ask("does spark 3.0.0 work with scala 2.12"))
    told = [line for line in differs.splitlines() if line.startswith("“A handbook")]
    assert (len(told), "A handbook" in agrees) == (1, False)


def test_a_second_opinion_on_a_list_names_the_difference(spark: Pipeline) -> None:
    """What the losing table lists beside the winner is said."""
    reply = spark.ask("which scala for spark 2.4.0")
    (note,) = [note for note in reply.sections[0].notes if note.startswith("“A handbook")]
    assert "2.13" in note


def test_a_condition_is_told_with_its_note(spark: Pipeline) -> None:
    """A conditional table's note comes with the answer."""
    assert "Tried once." in spark.plain(spark.ask("does spark 3.0.0 work with connector 1.0"))


def test_nothing_of_the_other_subject_is_known(spark: Pipeline) -> None:
    """With this folder the names of the shipped knowledge mean nothing."""
    assert spark.ask("which torch works with CUDA 10.2").status == "unknown"


def test_two_vague_questions_are_asked_back(spark: Pipeline) -> None:
    """A bare name gets choices, each a question that is answered."""
    reply = spark.ask("spark")
    assert reply.status == "clarify"
    assert {spark.ask(choice.ask).status for choice in reply.choices} == {"answered"}
