"""Cuts the endings by which forms of one English word differ."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

SUFFIXES: Final = ("ations", "ation", "ings", "ing", "ed", "es", "s")
LEAST_LEFT: Final = 4


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """Cut a common English ending, where at least four letters remain."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= LEAST_LEFT:
            return word[: -len(suffix)]
    return word
