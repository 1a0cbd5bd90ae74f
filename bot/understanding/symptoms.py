"""Finds the phrases by which people tell of trouble without its message."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from bot.understanding.lexicon import Lexicon
from bot.understanding.text import Utterance

MOST_BETWEEN: Final = 2
_Word = tuple[str, int]


def find_symptoms(utterance: Utterance, lexicon: Lexicon) -> tuple[str, ...]:
    """The errors whose symptoms are told, the one with the longest phrase first.

    Words count by their sense ("installs" and "installed" are one, so are names of one product). Up to two
    other words may stand between the words of a phrase ("is_available() still returns False"), but no end of
    a sentence.
    """
    words = _words(utterance, lexicon)
    said = {sense for sense, _ in words}
    found: dict[str, int] = {}
    for index, (sense, _) in enumerate(words):
        for phrase, error, needed in lexicon.symptoms.get(sense, ()):
            if needed <= said and _stands_at(words, index, phrase):
                found[error] = max(found.get(error, 0), len(phrase))
    return tuple(sorted(found, key=lambda error: -found[error]))


def _words(utterance: Utterance, lexicon: Lexicon) -> list[_Word]:
    """The sense of each word, and the number of its sentence."""
    ends = accumulate(_ends(token.gap) for token in utterance.tokens)
    return [(lexicon.sense(token.text), end) for token, end in zip(utterance.tokens, ends, strict=True)]


def _stands_at(words: Sequence[_Word], start: int, phrase: tuple[str, ...]) -> bool:
    position, sentence = start, words[start][1]
    for word in phrase[1:]:
        window = range(position + 1, min(position + 2 + MOST_BETWEEN, len(words)))
        following = next((i for i in window if words[i] == (word, sentence)), None)
        if following is None:
            return False
        position = following
    return True


def _ends(gap: str) -> bool:
    return not {"?", ";", "。", "\n"}.isdisjoint(gap) or ". " in gap
