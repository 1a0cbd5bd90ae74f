"""Finds the phrases by which people tell of trouble without its message."""

from __future__ import annotations

from typing import Final

from bot.understanding.lexicon import Lexicon
from bot.understanding.text import Token, Utterance

MOST_BETWEEN: Final = 2


def find_symptoms(utterance: Utterance, lexicon: Lexicon) -> tuple[str, ...]:
    """The errors whose symptoms are told, the one with the longest phrase first.

    Up to two other words may stand between the words of a phrase ("is_available() still returns False"), but
    no end of a sentence.
    """
    tokens = utterance.tokens
    found: dict[str, int] = {}
    for index, token in enumerate(tokens):
        for phrase, error in lexicon.symptoms.get(token.text, ()):
            if _stands_at(tokens, index, phrase):
                found[error] = max(found.get(error, 0), len(phrase))
    return tuple(sorted(found, key=lambda error: -found[error]))


def _stands_at(tokens: tuple[Token, ...], start: int, phrase: tuple[str, ...]) -> bool:
    position = start
    for word in phrase[1:]:
        window = range(position + 1, min(position + 2 + MOST_BETWEEN, len(tokens)))
        following = next((i for i in window if tokens[i].text == word), None)
        if following is None or any(_ends(tokens[i].gap) for i in range(position + 1, following + 1)):
            return False
        position = following
    return True


def _ends(gap: str) -> bool:
    return not {"?", ";", "。", "\n"}.isdisjoint(gap) or ". " in gap
