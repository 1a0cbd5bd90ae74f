"""Finds the phrases by which people tell of trouble without its message."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from bot.understanding.lexicon import Lexicon
from bot.understanding.text import Utterance

MOST_BETWEEN: Final = 2
_NONE: Final = (0, 0)
_Word = tuple[str, int]


def find_symptoms(utterance: Utterance, lexicon: Lexicon) -> tuple[str, ...]:
    """The errors whose symptoms are told, the one with the longest phrase first, then the closest.

    Words count by their sense ("installs" and "installed" are one, so are names of one product); words that
    tell nothing are passed over. Up to two others may stand between the words of a phrase ("is_available()
    still returns False"), but no end of a sentence.
    """
    idle, sense_of = lexicon.idle, lexicon.sense
    said = {sense_of(token.text) for token in utterance.tokens if token.text not in idle}
    words = lexicon.symptom_words
    if not any(needed <= said for word in said & words.keys() for needed in words[word]):
        return ()  # where sentences end need not be known
    senses = _words(utterance, lexicon)
    found: dict[str, tuple[int, int]] = {}
    for index, (sense, _) in enumerate(senses):
        for phrase, error, needed in lexicon.symptoms.get(sense, ()):
            last = _end(senses, index, phrase) if needed <= said else None
            if last is not None:
                found[error] = max(found.get(error, _NONE), (len(phrase), index - last))
    return tuple(sorted(found, key=found.__getitem__, reverse=True))


def _words(utterance: Utterance, lexicon: Lexicon) -> list[_Word]:
    """The sense of each word that tells something, and the number of its sentence."""
    ends = accumulate(_ends(token.gap) for token in utterance.tokens)
    return [
        (lexicon.sense(token.text), end)
        for token, end in zip(utterance.tokens, ends, strict=True)
        if token.text not in lexicon.idle
    ]


def _end(words: Sequence[_Word], start: int, phrase: tuple[str, ...]) -> int | None:
    """Where a phrase that begins with a word ends; None where it does not stand there."""
    position, sentence = start, words[start][1]
    for word in phrase[1:]:
        window = range(position + 1, min(position + 2 + MOST_BETWEEN, len(words)))
        following = next((i for i in window if words[i] == (word, sentence)), None)
        if following is None:
            return None
        position = following
    return position


def _ends(gap: str) -> bool:
    """Whether a sentence ends; what a program prints stands on the line below, as a remark or by itself."""
    if gap in ("", " "):
        return False
    if gap.startswith(("))", "())")) or "\n#" in gap:
        gap = gap.replace("\n", " ")
    return not {"?", ";", "。", "\n"}.isdisjoint(gap) or ". " in gap
