"""Cuts a message with several questions into parts, keeping statements with the question they serve."""

from __future__ import annotations

import re
from typing import Final

from bot.understanding.lexicon import Lexicon
from bot.understanding.spans import Span, find_spans
from bot.understanding.text import Utterance

MAX_PARTS: Final = 5
_SENTENCE: Final = re.compile(r"[?!;。？！；\n]|\.\s")
_COMMA: Final = re.compile(r"[,，]")
_CLAUSE: Final = re.compile(r"[,，?!;。？！；\n]")
ASKING: Final = frozenset(
    {"which", "when", "yesno", "describe", "maker", "origin", "install", "compare", "list", "help"}
)


def split_parts(utterance: Utterance, lexicon: Lexicon) -> list[str]:
    """The texts of the questions in a message, at most five; one text if it cannot be cut."""
    tokens = utterance.tokens
    if not tokens:
        return [utterance.raw]
    spans = find_spans(utterance, lexicon)
    asking = {span.first: span for span in spans.cues if _asks(span)}
    also = {span.last for span in spans.cues if span.is_a("cue", "also")}
    starts = [0]
    for index in range(1, len(tokens)):
        if _cuts(utterance, index, starts[-1], asking, also):
            starts.append(index)
    questions = {index for index, start in enumerate(starts[1:]) if "?" in tokens[start].gap}
    if "?" in utterance.tail:
        questions.add(len(starts) - 1)
    pieces = [
        (start, (starts[n + 1] if n + 1 < len(starts) else len(tokens)) - 1) for n, start in enumerate(starts)
    ]
    return [
        utterance.raw[tokens[first].start : _end(utterance, last)].strip()
        for first, last in _with_context(pieces, set(asking), questions)
    ][:MAX_PARTS]


def _end(utterance: Utterance, last: int) -> int:
    """Where the next piece begins: what stands between belongs to this one (`1.7+`, `1.7?`)."""
    following = last + 1
    return utterance.tokens[following].start if following < len(utterance.tokens) else len(utterance.raw)


def _asks(span: Span) -> bool:
    return any(entry.kind == "cue" and entry.slug in ASKING for entry in span.entries)


def _cuts(utterance: Utterance, index: int, start: int, asking: dict[int, Span], also: set[int]) -> bool:
    gap = utterance.tokens[index].gap
    if _SENTENCE.search(gap):
        return True
    asked_before = any(start <= position < index for position in asking)
    joined = bool(_COMMA.search(gap)) or index - 1 in also
    return joined and asked_before and (index in asking or _asks_later(utterance, index, asking))


def _asks_later(utterance: Utterance, index: int, asking: dict[int, Span]) -> bool:
    """Whether a Han clause asks before its end: Chinese puts the question word where the answer stands."""
    if utterance.tokens[index].kind != "han":
        return False
    for position in range(index, len(utterance.tokens)):
        if position > index and _CLAUSE.search(utterance.tokens[position].gap):
            return False
        if position in asking:
            return True
    return False


def _with_context(
    pieces: list[tuple[int, int]], asking: set[int], questions: set[int]
) -> list[tuple[int, int]]:
    """Join a piece that asks nothing to the next one that does (the last pieces to the one before).

    A piece asks if a question word stands in it, or a question mark behind it.
    """
    merged: list[tuple[int, int]] = []
    pending: int | None = None
    for number, (first, last) in enumerate(pieces):
        begin = first if pending is None else pending
        if number in questions or any(first <= position <= last for position in asking):
            merged.append((begin, last))
            pending = None
        else:
            pending = begin
    if pending is not None:
        end = pieces[-1][1]
        if merged:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((pending, end))
    return merged
