"""The page at the end of an installation speaks the languages of the knowledge."""

from __future__ import annotations

import dataclasses

from bot.serving import install_phrases
from tests.questions.cases import pipeline


def test_each_language_has_its_own_words() -> None:
    """And a language that the knowledge does not have gets the first one's."""
    phrases = install_phrases(pipeline())
    english, chinese = phrases("en"), phrases("zh")
    assert (english.lang, chinese.lang) == ("en", "zh")
    assert phrases("fr") == phrases("") == english
    sentences = [dataclasses.astuple(words)[2:] for words in (english, chinese)]
    assert len({sentence for words in sentences for sentence in words}) == 8
