"""What a question word stands right before, so that it is asked for: "which CUDA", "which GPUs"."""

from __future__ import annotations

from collections.abc import Iterable, Set

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint
from bot.understanding.binding import Bound
from bot.understanding.lexicon import cut
from bot.understanding.question import Given
from bot.understanding.spans import Spans
from bot.understanding.text import Utterance


class Asking:
    """Knows the columns of tables and what their values are called."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._things = [
            (cut(word), slug)
            for slug, attribute in kb.attributes.items()
            for words in attribute.asked_as.values()
            for word in words
        ]

    def columns(
        self, utterance: Utterance, spans: Spans, bound: Bound, versions: tuple[Given, ...]
    ) -> tuple[str, ...]:
        """Products with a question word right before them, though a version of them is given elsewhere.

        So is one of which only the major version stands there: "which CUDA 11 for ...". And so are things by
        what all of them are called: "which GPUs".
        """
        given = {item.column for item in versions}
        majors = {item.column for item in versions if _is_major(item)} if len(given) > 1 else set()
        which = {span.last for span in spans.cues if span.is_a("cue", "which")} if given else set()
        if given and (things := self._asked_things(utterance, spans, which, given)):
            return things
        if not which:
            return ()
        return unique(
            span.entry.slug
            for span in spans.names
            if span.is_a("product")
            and (span.first not in bound.used or span.entry.slug in majors)
            and span.entry.slug in given
            and span.first - 1 in which
        )

    def _asked_things(
        self, utterance: Utterance, spans: Spans, which: Set[int], given: Set[str]
    ) -> tuple[str, ...]:
        """What is asked for by a word for all its values: these, where few have what is given.

        Else their trait, the version that tables give each of them: which GPUs run a release is told by that.
        """
        lists = any(span.is_a("cue", "list") for span in spans.cues)
        if not (which or lists):
            return ()
        words = [token.text for token in utterance.tokens]
        places = range(len(words)) if lists else [last + 1 for last in which]
        asked = unique(
            column
            for phrase, column in self._things
            if column not in given and any(tuple(words[at : at + len(phrase)]) == phrase for at in places)
        )
        return tuple(column if self._is_told_by(column, given) else self._trait(column) for column in asked)

    def _is_told_by(self, column: str, given: Iterable[str]) -> bool:
        """Whether a table gives the trait of things itself, or their kinds (generations of GPUs) do."""
        routes = self._kb.routes
        return any(
            routes.direct(column, other) or (other in self._kb.attributes and routes.length(column, other))
            for other in given
        )

    def _trait(self, column: str) -> str:
        (relation, *_) = self._kb.routes.tables(column)
        return next(other for other in relation.columns if other != column)


def _is_major(given: Given) -> bool:
    """Whether no more than the first number of a version is given."""
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) and not given.role else None
    return exact is not None and len(exact.release) == 1


def unique(slugs: Iterable[str]) -> tuple[str, ...]:
    """Each slug once, in order."""
    return tuple(dict.fromkeys(slugs))
