"""Cuts a message with several questions into parts, keeping statements with the question they serve."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.binding import Spanned
from bot.understanding.spans import Span, Spans
from bot.understanding.text import Utterance

MAX_PARTS: Final = 5
SHORT: Final = 8
_SENTENCE: Final = re.compile(r"[?!;。？！；\n]|\.\s")
_BULLET: Final = re.compile(r"\n[ \t]{0,8}(?:[-*\u2022]|[0-9]{1,2}[.)])[ \t]")
_COMMA: Final = re.compile(r"[,，]")
_CLAUSE: Final = re.compile(r"[,，?!;。？！；\n]")
ASKING: Final = frozenset(
    {"which", "when", "yesno", "describe", "maker", "origin", "install", "compare", "list", "help"}
)
TOLD: Final = "install"
PLAINLY: Final = (ASKING | {"how"}) - {TOLD}
"""What is asked so that a comma ends it: that something was installed, and then what, is one question."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question with what is said around it; `core` is where in `text` the question itself stands.

    `read` is the text cut into tokens with their spans, where the part is the whole message.
    """

    text: str
    core: tuple[int, int]
    read: Spanned | None = None


def split_parts(whole: Spanned) -> list[Part]:
    """The questions in a message, at most five; one part if it cannot be cut."""
    utterance, spans = whole.utterance, whole.spans
    tokens = utterance.tokens
    if not tokens:
        return [Part(utterance.raw, (0, len(utterance.raw)))]
    asking = sorted([span.first for span in spans.cues if _asks(span)])
    opening = _opening(utterance, spans, set(asking)) if asking else set()
    plainly = sorted(_plainly(utterance, spans)) if opening else ()
    starts = [0]
    for index in range(1, len(tokens)):
        opens = index in opening and _any_within(plainly, starts[-1], index - 1)
        if opens or _ends(tokens[index].gap):
            starts.append(index)
    if len(starts) == 1:
        last = len(tokens) - 1
        return [_part(whole, 0, (0, last), last)]  # whatever it names or asks
    questions = {index for index, start in enumerate(starts[1:]) if "?" in tokens[start].gap}
    if "?" in utterance.tail:
        questions.add(len(starts) - 1)
    pieces = [
        (start, (starts[n + 1] if n + 1 < len(starts) else len(tokens)) - 1) for n, start in enumerate(starts)
    ]
    found = _with_context(
        pieces, _without_told(asking, whole, pieces, questions), questions, _named(utterance, spans)
    )
    return [_part(whole, *part) for part in found][:MAX_PARTS]


def _without_told(
    asking: Sequence[int], whole: Spanned, pieces: Sequence[tuple[int, int]], questions: set[int]
) -> Sequence[int]:
    """Before a question with its mark, that something was installed is told, and asks nothing.

    Nor does a short sentence that ends with a version or a name ("CUDA is 12.4.", "My GPU is a 3090.") before
    any other. What a sentence begins with is a request ("install …"), and so may a command be ("conda …").
    """
    if not questions and len(pieces) > MAX_PARTS:
        return asking  # what a program prints
    spans, until = whole.spans, max(questions, default=len(pieces) - 1)
    told: set[int] = set()
    if questions:
        commands = {span.last + 1 for span in spans.names if span.is_a("value")}
        plainly = (span for span in spans.cues if not _asks(span, ASKING - {TOLD}))
        told = {span.first for span in plainly if span.is_a("cue", TOLD)} - commands
    told.update(_stating(whole, pieces))
    if told.isdisjoint(asking):
        return asking
    plain = [piece for number, piece in enumerate(pieces[:until]) if number not in questions]
    within = {at for at in told for first, last in plain if first < at <= last}
    return [at for at in asking if at not in within]


def _stating(whole: Spanned, pieces: Sequence[tuple[int, int]]) -> Iterator[int]:
    """The yes-or-no cues within short pieces with only names and numbers behind them, but for an article."""
    tokens, starts = whole.utterance.tokens, [first for first, _ in pieces]
    named = {at for name in whole.spans.names for at in range(name.first, name.last + 1)}
    for span in whole.spans.cues:
        first, last = pieces[bisect_right(starts, span.first) - 1]
        behind = range(span.last + 1, last + 1)
        short = last - first < SHORT and first < span.first and bool(behind)
        if short and span.is_a("cue", "yesno") and not _asks(span, ASKING - {"yesno"}):
            others = [at for at in behind if at not in named and tokens[at].kind != "number"]
            if len(others) < min(2, len(behind)):
                yield span.first


def _ends(gap: str) -> bool:
    """Whether a sentence ends between two tokens; most gaps are nothing or a space."""
    return gap not in ("", " ") and _SENTENCE.search(_BULLET.sub(" ", gap)) is not None


def _part(whole: Spanned, first: int, core: tuple[int, int], last: int) -> Part:
    utterance = whole.utterance
    all_of_it = first == 0 and last == len(utterance.tokens) - 1
    start = 0 if all_of_it else utterance.tokens[first].start
    text = utterance.raw if all_of_it else utterance.raw[start : _end(utterance, last)].rstrip()
    within = (utterance.tokens[core[0]].start - start, _end(utterance, core[1]) - start)
    return Part(text, within, whole if all_of_it else None)


def _end(utterance: Utterance, last: int) -> int:
    """Where the next piece begins: what stands between belongs to this one (`1.7+`, `1.7?`)."""
    following = last + 1
    return utterance.tokens[following].start if following < len(utterance.tokens) else len(utterance.raw)


def _asks(span: Span, cues: frozenset[str] = ASKING) -> bool:
    return any(entry.kind == "cue" and entry.slug in cues for entry in span.entries)


def _opening(utterance: Utterance, spans: Spans, asking: set[int]) -> set[int]:
    """The tokens that may begin another question: after a comma or "and" they or their clauses ask."""
    behind = {span.last + 1 for span in spans.cues if span.is_a("cue", "also")}
    behind |= {
        index
        for index, token in enumerate(utterance.tokens)
        if token.gap not in ("", " ") and _COMMA.search(token.gap)
    }
    return behind & (asking | _asks_later(utterance, asking)) if behind else behind


def _plainly(utterance: Utterance, spans: Spans) -> Iterator[int]:
    """Where something is asked so that a comma ends it; "nvcc is 12.4" tells, and what follows asks."""
    for span in spans.cues:
        if _asks(span, PLAINLY) and not _tells(utterance, span):
            yield span.first


def _tells(utterance: Utterance, span: Span) -> bool:
    """Whether a cue that may ask tells which version something is: a number follows."""
    after = span.last + 1
    follows = after < len(utterance.tokens) and utterance.tokens[after].kind == "number"
    return span.first > 0 and follows and not _asks(span, ASKING - {"yesno"})


def _any_within(ascending: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the positions lies between two others, inclusive."""
    place = bisect_left(ascending, first)
    return place < len(ascending) and ascending[place] <= last


def _asks_later(utterance: Utterance, asking: set[int]) -> set[int]:
    """The Han tokens with a question word later in their clause, where Chinese has it."""
    found: set[int] = set()
    asks = False
    for index in range(len(utterance.tokens) - 1, -1, -1):
        asks = asks or index in asking
        if asks and utterance.tokens[index].kind == "han":
            found.add(index)
        gap = utterance.tokens[index].gap
        asks = asks and (gap in ("", " ") or not _CLAUSE.search(gap))
    return found


def _named(utterance: Utterance, spans: Spans) -> Sequence[int]:
    """Where names, versions, identifiers and words that stand for them are, ascending."""
    found = {span.first for span in spans.names} | {first for first, _ in spans.code}
    found |= {span.first for span in spans.cues if span.is_a("cue", "pronoun")}
    found |= {
        index
        for index, token in enumerate(utterance.tokens)
        if token.kind == "number" and ("." in token.text or not token.gap.strip(" "))
    }
    return sorted(found)


def _with_context(
    pieces: list[tuple[int, int]], asking: Sequence[int], questions: set[int], named: Sequence[int]
) -> list[tuple[int, tuple[int, int], int]]:
    """Join a piece that asks nothing, or names nothing, to the next (the last to the one before).

    A piece asks if a question word stands in it, or a question mark behind it.
    """
    merged: list[tuple[int, tuple[int, int], int]] = []
    pending: int | None = None
    for number, (first, last) in enumerate(pieces):
        cued = _any_within(asking, first, last)
        if not cued and not _any_within(named, first, last) and len(pieces) > 1:
            continue  # it neither names nor asks anything: chatter beside the question
        begin = first if pending is None else pending
        asks = number in questions or _any_within(asking, begin, last)
        if asks and _any_within(named, begin, last):
            own = cued or number in questions
            merged.append((begin, (first if own else begin, last), last))
            pending = None
        else:
            pending = begin
    end = pieces[-1][1]
    if pending is not None and merged:
        begin, (first, last), _ = merged[-1]
        asks = _any_within(asking, pending, end)  # "…, does that work?" asks what was just named
        merged[-1] = (begin, (first, end if asks else last), end)
    elif pending is not None:
        merged.append((pending, (pending, end), end))
    return merged or [(pieces[0][0], (pieces[0][0], end), end)]
