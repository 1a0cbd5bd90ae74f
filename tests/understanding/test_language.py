"""The language of a message, and facts found by how people ask."""

from __future__ import annotations

import pytest

from tests.questions.cases import pipeline
from tests.understanding.support import question, understanding


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("which torch", "en"),
        ("哪个 torch", "zh"),
        ("torch 呢", "zh"),
        ("TORCH", "en"),
        ("10.2", "en"),
        ("", "en"),
        ("支援", "zh"),
    ],
)
def test_the_script_tells_the_language(text: str, lang: str) -> None:
    """Han characters mean Chinese, anything else English."""
    assert question(text).lang == lang


@pytest.mark.parametrize(("text", "lang"), [("", "zh"), ("🎉", "zh"), ("10.2", "zh"), ("torch", "en")])
def test_the_surfaces_language_holds_where_no_letter_tells(text: str, lang: str) -> None:
    """A default counts only where the message has no words of its own."""
    assert understanding().read(text, "zh")[0].questions[0].lang == lang


def test_a_language_that_is_not_there_is_not_taken() -> None:
    """An unknown default falls back to a known language."""
    assert understanding().read("🎉", "fr")[0].questions[0].lang == "en"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_facts_are_found_by_the_ways_people_ask(lang: str) -> None:
    """At least four in five of a fact's own phrases find it among the best three."""
    asked = [(fact.id, phrase) for fact in pipeline().kb.facts for phrase in fact.asked[lang]]
    found = sum(any(hit.fact == fact for hit in question(phrase).facts) for fact, phrase in asked)
    assert found >= 0.8 * len(asked)


def test_the_trace_names_spans_and_the_rule() -> None:
    """What was recognised and which rule fired can be told."""
    trace = question("which torch works with CUDA 10.2").trace
    assert any("torch" in line for line in trace)
    assert any("lookup.wanted" in line for line in trace)
