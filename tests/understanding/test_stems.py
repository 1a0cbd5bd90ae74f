"""Forms of one English word."""

from __future__ import annotations

import pytest

from bot.understanding.stems import stem


@pytest.mark.parametrize("word", ["install", "installs", "installed", "installing", "installation"])
def test_forms_of_a_word_have_one_stem(word: str) -> None:
    """The endings of verbs and nouns go."""
    assert stem(word) == "install"


@pytest.mark.parametrize("word", ["foundation", "foundations", "relation"])
def test_a_short_noun_is_not_another_word(word: str) -> None:
    """The Foundation is nothing that was found."""
    assert stem(word) not in ("found", "rel")


@pytest.mark.parametrize("word", ["cuda", "bus", "gpus", "used", ""])
def test_a_short_word_stays(word: str) -> None:
    """At least four letters remain, else nothing is cut."""
    assert stem(word) in (word, word.removesuffix("s"))
    assert len(stem(word)) >= min(len(word), 4)
