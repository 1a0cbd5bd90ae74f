"""Trouble that is told in words, without its message."""

from __future__ import annotations

from functools import cache

import pytest

from bot.understanding.lexicon import Lexicon, build_lexicon
from bot.understanding.symptoms import find_symptoms
from bot.understanding.text import tokenize_phrase
from tests.questions.cases import pipeline


@cache
def lexicon() -> Lexicon:
    """Compiled once."""
    return build_lexicon(pipeline().kb)


def told(text: str) -> tuple[str, ...]:
    """The errors whose symptoms a text tells."""
    return find_symptoms(tokenize_phrase(text), lexicon())


@pytest.mark.parametrize(
    "text",
    [
        "is_available() returns false",
        "is_available() still returns False",
        "is_available() now always returns False",
        "is_available() for me always returned False",
    ],
)
def test_up_to_two_words_may_stand_between(text: str) -> None:
    """ "still", "now always"."""
    assert told(text) == ("cuda-unavailable",)


def test_three_words_between_are_too_many() -> None:
    """The words are no phrase any more."""
    assert told("is_available() since yesterday evening always returns False") == ()


@pytest.mark.parametrize("end", [". It ", "? ", "; ", "\n", "。"])
def test_a_phrase_does_not_reach_across_the_end_of_a_sentence(end: str) -> None:
    """What follows is about something else."""
    assert told(f"i call is_available(){end}returns False") == ()


def test_the_longest_phrase_comes_first() -> None:
    """Whatever comes first in the message."""
    short, long = "torch is cpu only", "gpu is too new for torch"
    assert (
        told(f"{short}; {long}") == told(f"{long}; {short}") == ("no-kernel-image", "not-compiled-with-cuda")
    )


def test_chinese_phrases_are_found() -> None:
    """Character by character."""
    assert told("我的 显存不足 怎么办") == ("cuda-out-of-memory",)


@pytest.mark.parametrize("text", ["", "which torch works with CUDA 10.2", "returns False is_available()"])
def test_words_that_tell_of_no_trouble_are_none(text: str) -> None:
    """An ordinary question, and a phrase the wrong way round."""
    assert told(text) == ()
