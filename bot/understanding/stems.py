"""Cuts the endings by which forms of one English word differ."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

LEAST_LEFT: Final = {"ations": 6, "ation": 6, "ings": 4, "ing": 4, "ed": 4, "es": 4, "s": 4}
"""The endings, with how many letters must remain: what a short noun leaves is another word (foundation)."""


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """Cut a common English ending, where enough of the word remains."""
    for suffix, least in LEAST_LEFT.items():
        if word.endswith(suffix) and len(word) - len(suffix) >= least:
            return word[: -len(suffix)]
    return word
