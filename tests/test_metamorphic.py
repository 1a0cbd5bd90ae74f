"""Asked in another dress, a question is understood the same."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.questions.cases import pipeline
from tests.seeds import Seed, checks, seeds
from tests.transformations import TRANSFORMATIONS, long_names, typo

Understood = tuple[str, frozenset[str], object]
"""Intent, what is wanted, what is given."""

bounded: Final = settings(max_examples=200, derandomize=True, deadline=None, database=None)
randoms: Final = st.randoms(use_true_random=False)


def understood(text: str) -> Understood:
    """The question that the bot takes a text for."""
    question = pipeline().ask(text).question
    want = question["want"]
    assert isinstance(want, list)
    return str(question["intent"]), frozenset(want), question["given"]


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.text)
def test_every_base_question_is_understood(seed: Seed) -> None:
    """None is taken for chatter, and the language is told."""
    reply = pipeline().ask(seed.text)
    assert reply.intent not in ("none", "topic", "trouble")
    assert reply.lang == seed.lang


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_another_dress_changes_nothing(name: str) -> None:
    """The same intent, the same wanted, the same given."""

    @bounded
    @given(st.sampled_from(seeds()), randoms)
    def holds(seed: Seed, random: Random) -> None:
        assert understood(TRANSFORMATIONS[name](seed.text, seed.lang, random)) == understood(seed.text)

    holds()


@bounded
@given(st.sampled_from(seeds()), randoms)
def test_a_slip_in_a_long_name_changes_nothing(seed: Seed, random: Random) -> None:
    """Neighbours swapped or a letter doubled, in a name of six letters or more."""
    assert understood(typo(long_names(pipeline().kb))(seed.text, seed.lang, random)) == understood(seed.text)


@pytest.mark.parametrize("seed", checks(), ids=lambda seed: seed.text)
def test_a_check_may_name_either_first(seed: Seed) -> None:
    """Whether A works with B is whether B works with A, to the verdict."""
    there, back = pipeline().ask(seed.text), pipeline().ask(seed.swapped())
    assert understood(seed.swapped()) == understood(seed.text)
    assert back.verdict == there.verdict
