"""A version as it stands in a message, before it is known whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Tag
from bot.knowledge.versions import BadVersion, Clause, Constraint, Number, Operator
from bot.understanding.lexicon import Lexicon
from bot.understanding.spans import Span, Spans
from bot.understanding.text import Utterance

_OPERATOR: Final = re.compile(r"(>=|<=|===|==|~=|>|<|=|≥|≤)\s*+[v\"'`(]*+\s*+$")
RANGE_GAP: Final = re.compile(r"^\s*+(?:~|-|–|—|\.\.++)\s*+$")
BREAK: Final = re.compile(r"[?!;。？！；\n]")
_SIGN: Final = {"≥": ">=", "≤": "<=", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}
# Suffixes of PEP 440, and the one of free-threaded Python.
PRE_RELEASE: Final = frozenset({"a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "dev", "t"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A version in the message: its token, and what the words around make of it."""

    token: int
    last: int
    number: Number
    clause: Clause
    tagged: str | None = None


class MentionReader:
    """Reads the versions of one message; `used` are tokens of tags (`cu` of `cu118`)."""

    def __init__(self, utterance: Utterance, spans: Spans, lexicon: Lexicon, kb: KnowledgeBase) -> None:
        self.tokens = utterance.tokens
        self.utterance = utterance
        self.lexicon = lexicon
        self.kb = kb
        self.cue_at = {i: span for span in spans.cues for i in range(span.first, span.last + 1)}
        self.name_at = {i: span for span in spans.names for i in range(span.first, span.last + 1)}
        self.behind_code = {last + 1 for _, last in spans.code}
        self.used: set[int] = set()

    def read(self) -> list[Mention]:
        """All versions in order, with the bounds that words and signs make of them."""
        return self._ranges(list(self._mentions()))

    def _mentions(self) -> Iterator[Mention]:
        for index, token in enumerate(self.tokens):
            if token.kind != "number" or index in self.name_at or self._is_no_release(index):
                continue
            if self._is_measured(index) or self._is_of_command(index):
                continue
            if index in self.behind_code and token.gap == ".":
                continue  # of the name of a file (libcudart.so.11.0)
            tagged = self._tagged(index)
            if tagged is not None:
                yield tagged
                continue
            try:
                number = Number.parse(token.text)
            except BadVersion:
                continue
            yield Mention(index, index, number, Clause(self._operator(index), number))

    def _is_measured(self, index: int) -> bool:
        """Whether a unit follows: 2.6 GHz is no version."""
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if following is None or following.gap not in ("", " ") or following.text not in self.lexicon.units:
            return False
        glued = index + 2 < len(self.tokens) and not self.tokens[index + 2].gap
        return not (glued and self.tokens[index + 2].kind == "number")  # a GB200 is no measure

    def _is_of_command(self, index: int) -> bool:
        """Whether digits end the name of a program that is called with an option (`python3 -c`)."""
        token = self.tokens[index]
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        glued = not token.gap and "." not in token.text
        return glued and following is not None and following.gap in (" -", " --")

    def _is_no_release(self, index: int) -> bool:
        """Whether digits belong to a pre-release (`1.8.0a0`) or to a chain of whole numbers (`1,7,0`)."""
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if following is not None and following.gap in ("", ".") and following.text in PRE_RELEASE:
            return not self._is_source_build(index)
        chained = [(index - 1, index), (index, index + 1)]
        return "." not in self.tokens[index].text and any(self._is_chained(*pair) for pair in chained)

    def _is_source_build(self, index: int) -> bool:
        """Whether a version is that of a build from the sources of a release (`2.1.0a0+4136153.nv23.06`)."""
        behind = self.tokens[index + 1 : index + 4]
        texts = [token.gap + token.text for token in behind[:2]]
        return texts == ["a", "0"] and len(behind) > 2 and behind[2].gap == "+"

    def _is_chained(self, first: int, second: int) -> bool:
        if first < 0 or second >= len(self.tokens) or self.tokens[second].gap not in (",", "-"):
            return False
        return all(
            self.tokens[i].kind == "number" and "." not in self.tokens[i].text for i in (first, second)
        )

    def _ranges(self, mentions: list[Mention]) -> list[Mention]:
        """Turn the ends of `1.5 to 1.7` and `1.5~1.7` into bounds."""
        for index in range(1, len(mentions)):
            low, high = mentions[index - 1], mentions[index]
            if self._is_range(low, high) and low.number < high.number:
                mentions[index - 1] = replace(low, clause=Clause(">=", low.number))
                mentions[index] = replace(high, clause=Clause("<=", high.number))
        return mentions

    def _is_range(self, low: Mention, high: Mention) -> bool:
        if low.clause.op not in ("in", ">=") or high.clause.op != "in":
            return False
        if high.token == low.last + 1:
            return bool(RANGE_GAP.match(self.tokens[high.token].gap))
        span = self.cue_at.get(low.last + 1)
        if span is None or high.token != span.last + 1:
            return False
        return span.is_a("between") or (joins_versions(span) and self._called_a_range(low, high))

    def _called_a_range(self, low: Mention, high: Mention) -> bool:
        """Whether `between` stands before two versions, or its like after them."""
        before, after = self.cue_at.get(low.token - 1), self.cue_at.get(high.last + 1)
        return bool((before and before.is_a("range", "before")) or (after and after.is_a("range", "after")))

    def _tagged(self, index: int) -> Mention | None:
        """A version written after a prefix without dots, as `cu118` or `py310`."""
        text = self.tokens[index].text
        if index == 0 or self.tokens[index].gap not in ("", "-", "_", " "):
            return None
        for slug, tag in self.lexicon.tags.get(self.tokens[index - 1].text, ()):
            number = self._untagged(text, slug, tag)
            if number is not None:
                self.used.add(index - 1)
                return Mention(index, index, number, Clause(self._operator(index), number), slug)
        return None

    def _untagged(self, text: str, slug: str, tag: Tag) -> Number | None:
        """The version that digits after a tag mean, if the product has it and has none of those digits."""
        plain = Number.parse(text)
        if self.kb.knows(slug, Constraint.series(plain)):
            return plain if "." in text else None
        numbers = decode_tag(text, tag) if "." not in text else ()
        return next((n for n in numbers if self.kb.knows(slug, Constraint.series(n))), None)

    def _operator(self, index: int) -> Operator:
        if self._is_excepted(index):
            return "!="
        sign = _OPERATOR.search(self.tokens[index].gap)
        if sign and sign[1] in _SIGN:
            return _SIGN[sign[1]]  # type: ignore[return-value]  # the values are operators
        stops = index + 1 < len(self.tokens) and BREAK.search(self.tokens[index + 1].gap)
        after = None if stops else self.cue_at.get(index + 1)
        after = self._skip_version_word(index + 1) if after and after.is_a("cue", "version") else after
        for span, kind in ((after, "after"), (self._cue_before(index), "before")):
            found = next((e.slug for e in span.entries if e.kind == kind), None) if span else None
            if found is not None:
                return found  # type: ignore[return-value]  # a comparator's slug is an operator
        if self.utterance.gap_after(index).startswith("+") and not self._plus_is_tag(index):
            return ">="
        return "in"

    def _cue_before(self, index: int) -> Span | None:
        """The cue before a version, or before the product before it ("newer than torch 2")."""
        name = self.name_at.get(index - 1)
        if name is not None and name.is_a("product"):
            apart = self.tokens[name.first].gap.strip()  # another sentence
            return None if apart else self.cue_at.get(name.first - 1)
        return self.cue_at.get(index - 1)

    def _is_excepted(self, index: int) -> bool:
        """Whether "without", "not" or the like stands right before a version or its product."""
        position = index - 1
        name = self.name_at.get(position)
        if name is not None and name.is_a("product"):
            position = name.first - 1
        span = self.cue_at.get(position)
        return bool(span and span.is_a("cue", "except"))

    def _skip_version_word(self, index: int) -> Span | None:
        return self.cue_at.get(self.cue_at[index].last + 1)

    def _plus_is_tag(self, index: int) -> bool:
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        return following is not None and following.gap.lstrip() == "+"


def joins_versions(span: Span) -> bool:
    """Whether a cue may stand between two versions of a list."""
    return span.is_a("either") or span.is_a("cue", "also") or span.is_a("cue", "compare")


def groups(mentions: list[Mention]) -> Iterator[list[Mention]]:
    """Bounds of one product are one constraint (`>=1.5, <1.8`); plain versions stand each for itself."""
    bounds = [mention for mention in mentions if mention.clause.op != "in"]
    if bounds:
        yield bounds[-1:] if _contradict(bounds) else bounds
    for mention in mentions:
        if mention.clause.op == "in":
            yield [mention]


def _contradict(bounds: list[Mention]) -> bool:
    """Whether bounds that a message names one after the other leave nothing ("<2 is needed, is >=2 …")."""
    clauses = [mention.clause for mention in bounds if mention.clause.op != "!="]
    lows = [clause.number for clause in clauses if clause.op.startswith(">")]
    highs = [clause.number for clause in clauses if clause.op.startswith("<")]
    return bool(lows and highs) and max(lows) >= min(highs)


def decode_tag(text: str, tag: Tag) -> Iterator[Number]:
    """The versions that digits without dots after a tag may mean, likeliest first; none of too few of them.

    Where what stands behind the major version is no minor one, its last digit may be the patch (`torch251`).
    """
    cut = tag.major_digits or len(text) - (tag.minor_digits or 0)
    if 0 < cut < len(text):
        yield Number.parse(f"{int(text[:cut])}.{int(text[cut:])}")
    if tag.major_digits and cut + 1 < len(text):
        yield Number.parse(f"{int(text[:cut])}.{int(text[cut:-1])}.{int(text[-1])}")
