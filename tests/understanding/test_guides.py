"""Facts in place of tables, where those would answer another question."""

from __future__ import annotations

import pytest

from bot.understanding.question import Question
from bot.understanding.understand import Understanding
from tests.questions.cases import pipeline

UNDERSTANDING = Understanding(pipeline().kb)


def questions(text: str) -> list[Question]:
    """The first question of each reading."""
    return [reading.questions[0] for reading in UNDERSTANDING.read(text)]


def facts(text: str) -> list[str]:
    """The first fact of each reading that tells one."""
    return [q.facts[0].fact for q in questions(text) if q.intent == "history" and q.facts]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("which pytorch for jetson orin nano", "jetson-wheels"),
        ("newest torch on centos 7", "centos-7"),
        ("pip install torch on alpine", "alpine-musl"),
    ],
)
def test_a_thing_whose_builds_are_elsewhere_leads_to_its_fact(text: str, fact: str) -> None:
    """Tables hold builds for other machines only."""
    assert facts(text) == [fact]


def test_a_check_of_such_a_thing_stays_with_the_tables() -> None:
    """Whether a torch runs on a Jetson's GPU is a question of its architecture."""
    assert questions("does torch 2.4 run on jetson orin")[0].intent == "check"


def test_a_plain_request_beside_such_a_thing_is_not_answered() -> None:
    """The install line for a desktop would be the answer to nobody's question."""
    assert [q.intent for q in questions("how do I install pytorch? I have to do it on a Jetson")] == [
        "history"
    ]


def test_a_product_that_no_table_has_is_answered_by_its_fact() -> None:
    """Whether torch has a CUDA build says nothing of detectron2."""
    assert "detectron2-install" in facts("is detectron2 ready for torch 1.10?")


def test_a_thing_on_no_record_is_answered_by_a_fact_that_fits() -> None:
    """A make that tells something, with a number that no table has."""
    assert facts("does pytorch work on an rx 6700") == ["radeon-cards"]


def test_a_version_that_tells_what_is_looked_up_needs_no_fact() -> None:
    """The card beside it is left out, and said so."""
    assert questions("which pytorch has wheels for ROCm 5.0? I have a Radeon 999")[0].intent == "lookup"


def test_a_value_alone_is_answered_by_the_fact_about_it() -> None:
    """Names without a question are no reason to ask back where one thing is worth saying."""
    assert facts("AMD card pytorch cuda") == ["radeon-cards"]


def test_what_is_said_whole_stands_beside_the_tables() -> None:
    """The versions that are given come first."""
    intents = [
        q.intent for q in questions("is torch 2.2.0 cuda 12.1 fine, docker container does not see the gpu?")
    ]
    assert "history" in intents or "diagnose" in intents
