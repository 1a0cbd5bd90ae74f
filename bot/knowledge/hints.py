"""Hints at the names that may have been meant, for messages about names that there are not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LONGEST: Final = 60


def near(name: str, known: Iterable[str]) -> str:
    """A hint to be put behind a message; empty where nothing is like the name."""
    close = get_close_matches(name[:_LONGEST], [text for text in known if len(text) <= _LONGEST], n=3)
    return f": did you mean {' or '.join(close)}?" if close else ""
