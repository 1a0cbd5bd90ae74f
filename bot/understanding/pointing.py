"""What a question points at: names of a program, something named before, and where its own names end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from bot.understanding.question import Given
from bot.understanding.spans import Spans
from bot.understanding.text import Utterance

FILES: Final = frozenset(
    [
        "cfg",
        "dll",
        "exe",
        "ini",
        "ipynb",
        "json",
        "lock",
        "md",
        "py",
        "sh",
        "so",
        "toml",
        "txt",
        "whl",
        "yaml",
        "yml",
        "zip",
    ]
)
"""The last parts of dotted names that are names of files."""


def names_in_code(utterance: Utterance, spans: Spans, core: tuple[int, int]) -> tuple[str, ...]:
    """The dotted names of a program that stand in the question itself, as they are written."""
    tokens = utterance.tokens
    return tuple(
        utterance.raw[tokens[first].start : tokens[last].end]
        for first, last in spans.code
        if core[0] <= tokens[first].start < core[1] and tokens[last].text not in FILES
    )


def points_back(spans: Spans, columns: set[str]) -> bool:
    """Whether a product is named with a pronoun before it ("that torch"), and was given with a version."""
    pronouns = {span.last for span in spans.cues if span.is_a("cue", "pronoun")}
    return any(s.entry.slug in columns and s.first - 1 in pronouns for s in spans.names if s.is_a("product"))


def asked_until(versions: Iterable[Given], core: tuple[int, int]) -> int:
    """Where names are no longer what is asked about: behind a question that names all that it is about."""
    own = {given.column for given in versions if core[0] <= given.at < core[1]}
    return core[1] if len(own) > 1 else sys.maxsize
