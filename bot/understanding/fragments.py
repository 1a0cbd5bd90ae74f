"""What a message brings itself, before anything of an earlier question is added to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Clause, Constraint, Number
from bot.understanding.lexicon import Lexicon
from bot.understanding.question import Given, Question
from bot.understanding.spans import Spans, find_spans
from bot.understanding.terms import terms
from bot.understanding.text import Utterance, tokenize

MOST_TOKENS: Final = 60
"""A follow-up is a sentence: what is longer says itself what it asks."""
MARKED: Final = "@#~&"
"""How terms begin that are no plain words."""
SAYING_NOTHING: Final = frozenset({"also", "follow", "pronoun", "chat", "how"})
SAME_QUESTION: Final = SAYING_NOTHING | {
    "works",
    "yesno",
    "which",
    "version",
    "need",
    "newest",
    "oldest",
    "why",
}
"""Cues that change nothing about what is asked, where an earlier question says it."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A message by itself: the products it names without a version, what it gives, and its cues.

    `given` holds what is named, `loose` the versions without a product. `leads` says that it begins as a
    continuation ("and …", "what about …"), `refers` that a pronoun stands in it, `other` that it has words
    or names that no question about versions needs, `only_names` that it has none but names and versions.
    """

    question: Question
    names: tuple[str, ...]
    given: tuple[Given, ...]
    loose: tuple[Constraint, ...]
    leads: bool
    refers: bool
    other: bool
    only_names: bool

    @property
    def cues(self) -> frozenset[str]:
        """The cues that stand in it; "what about" wants no description, "why not" denies nothing."""
        cues = self.question.cues
        if "why" in cues:
            cues -= {"negative", "except"}
        return cues - {"describe"} if "follow" in cues else cues

    @property
    def empty(self) -> bool:
        """Whether it brings nothing that a question could be asked about."""
        return not (self.names or self.given or self.loose or self.question.superlative)

    def has(self, *names: str) -> bool:
        """Whether any of these cues stands in it."""
        return not self.cues.isdisjoint(names)


class Fragments:
    """Cuts fragments out of readings."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon, simplify: Callable[[str], str]) -> None:
        """Keep what messages are read with."""
        self._kb = kb
        self._lexicon = lexicon
        self._simplify = simplify

    def cut(self, question: Question, inherited: tuple[Given, ...]) -> Fragment | None:
        """The fragment that a question was read from; `inherited` is what the reading took over already.

        None where the text is too long to be one.
        """
        utterance = tokenize(question.text, self._simplify)
        if len(utterance.tokens) > MOST_TOKENS:
            return None
        spans = find_spans(utterance, self._lexicon)
        own = tuple(item for item in question.given if item not in inherited and not item.origin)
        own = tuple(map(_affirmed, own)) if "why" in question.cues else own
        versioned = {item.column for item in own}
        products = (span.entry.slug for span in spans.names if span.is_a("product"))
        return Fragment(
            question=question,
            names=tuple(dict.fromkeys(slug for slug in products if slug not in versioned)),
            given=tuple(item for item in own if not item.inferred),
            loose=tuple(self._loose(own, utterance, spans)),
            leads=self._leads(utterance, spans),
            refers="pronoun" in question.cues,
            other=self._has_other(question, utterance, spans),
            only_names=self._is_only_names(utterance, spans),
        )

    def _loose(self, own: tuple[Given, ...], utterance: Utterance, spans: Spans) -> Iterator[Constraint]:
        """The versions that no named product has."""
        yield from (g.constraint for g in own if g.inferred and isinstance(g.constraint, Constraint))
        named = {i for span in spans.names for i in range(span.first, span.last + 1)}
        for index, token in enumerate(utterance.tokens):
            bound = any(token.text in item.surface for item in own)
            if token.kind == "number" and index not in named and not bound:
                yield Constraint.series(Number.parse(token.text))

    def _leads(self, utterance: Utterance, spans: Spans) -> bool:
        """Whether the first thing that says anything is a word that continues."""
        cue_at = {index: span for span in spans.cues for index in range(span.first, span.last + 1)}
        for index, token in enumerate(utterance.tokens):
            span = cue_at.get(index)
            if span is not None and (span.is_a("cue", "also") or span.is_a("cue", "follow")):
                return True
            chatter = span is not None and span.is_a("cue", "chat")
            if not chatter and (span is not None or token.text not in self._lexicon.ignored):
                return False
        return False

    def _is_only_names(self, utterance: Utterance, spans: Spans) -> bool:
        named = {index for span in spans.names for index in range(span.first, span.last + 1)}
        return all(
            token.kind == "number" or index in named or token.text in self._lexicon.tags
            for index, token in enumerate(utterance.tokens)
        )

    def _has_other(self, question: Question, utterance: Utterance, spans: Spans) -> bool:
        if question.kinds or question.topics or question.errors:
            return True
        found = terms(utterance, spans, self._lexicon)
        return any(term[0] not in MARKED and term not in self._lexicon.tags for term in found)


def _affirmed(given: Given) -> Given:
    """The version that "why not 1.13" asks about."""
    clauses = given.constraint.clauses if isinstance(given.constraint, Constraint) else ()
    if [clause.op for clause in clauses] != ["!="]:
        return given
    return replace(given, constraint=Constraint((Clause("in", clauses[0].number),)))
