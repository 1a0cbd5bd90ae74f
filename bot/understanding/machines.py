"""Which of the versions of one product is a build's, and which is the machine's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint, Number
from bot.understanding.ceilings import of_machine
from bot.understanding.givens import capped
from bot.understanding.question import Given
from bot.understanding.spans import Spans
from bot.understanding.text import Utterance

_STOPS: Final = re.compile(r"[,;?!，。；？！、\n]|\.\s")
BEFORE: Final = 32
BEHIND: Final = 14
"""Characters around a version in which words may tell what it is."""
BETWEEN: Final = ("works", "fails", "yesno")


class Machines:
    """Knows the builds of which a machine has a most, and the words that tell of builds and of machines."""

    def __init__(self, kb: KnowledgeBase, builds: Iterable[str]) -> None:
        """Compile the words of all languages."""
        self._capped = {
            build: kb.products[build].accompany for build in builds if kb.products[build].ceilings
        }
        self._subjects = {relation.columns[0] for relation in kb.of_kind("command")}
        vocabularies = tuple(kb.vocabularies.values())
        self._builds = _any_of(word for v in vocabularies for word in v.builds)
        self._machines = _any_of(word for v in vocabularies for word in v.machines)

    def told(self, givens: tuple[Given, ...], utterance: Utterance, spans: Spans) -> tuple[Given, ...]:
        """The givens with what the machine has as the most that it runs, where a build is told beside it.

        "Does the 11.7 build work with CUDA 11.8 installed": what is installed tells of a driver that runs as
        much; an older one may be a toolkit alone. A driver that is given tells more.
        """
        columns = {given.column for given in givens}
        for build in (name for name, along in self._capped.items() if columns.isdisjoint(along)):
            own = [given for given in givens if given.column == build and given.at >= 0]
            if len(own) == 1 and (most := self._alone(own[0], givens, utterance)) is not None:
                return tuple(most if given is own[0] else given for given in givens)
            plain = sorted((g for g in own if _exact(g) is not None), key=lambda given: given.at)
            if len(plain) == len(own) == 2 and _exact(plain[0]) != _exact(plain[1]):
                machine = self._machine(plain, utterance, spans)
                other = next(given for given in plain if given is not machine)
                if machine is not None:
                    return tuple(of_machine(g, (_exact(other),)) if g is machine else g for g in givens)
        return givens

    def _alone(self, given: Given, givens: Iterable[Given], utterance: Utterance) -> Given | None:
        """The one version of a product as the machine's most, where a release is given beside it."""
        exact = _exact(given)
        beside = any(g.column in self._subjects and isinstance(g.constraint, Constraint) for g in givens)
        start = max((g.at + len(g.surface) for g in givens if 0 <= g.at < given.at), default=0)
        window = _window(utterance.raw.lower(), given, start, len(utterance.raw))
        if exact is None or not beside or self._builds.search(window) or not self._machines.search(window):
            return None
        return capped(given, exact)

    def _machine(self, pair: Sequence[Given], utterance: Utterance, spans: Spans) -> Given | None:
        """The one of two versions that the machine has; None where nothing tells them apart."""
        text = utterance.raw.lower()
        first, second = pair
        middle = (first.at + len(first.surface) + second.at) // 2
        windows = _window(text, first, 0, middle), _window(text, second, middle, len(text))
        built = [self._builds.search(window) is not None for window in windows]
        had = [self._machines.search(window) is not None for window in windows]
        if built[0] != built[1]:
            return second if built[0] else first
        if had[0] != had[1]:
            return first if had[0] else second
        return second if _asked_between(first, second, utterance, spans) else None


def _window(text: str, given: Given, start: int, end: int) -> str:
    """What stands around a version within its clause."""
    behind = given.at + len(given.surface)
    before = _STOPS.split(text[max(start, given.at - BEFORE) : given.at])[-1]
    after = _STOPS.split(text[behind : min(end, behind + BEHIND)])[0]
    return f"{before} {after}"


def _asked_between(first: Given, second: Given, utterance: Utterance, spans: Spans) -> bool:
    """Whether it is asked between two versions if the one works on the other."""
    places = (
        utterance.tokens[span.first].start for span in spans.cues if any(span.is_a("cue", c) for c in BETWEEN)
    )
    return any(first.at < place < second.at for place in places)


def _exact(given: Given) -> Number | None:
    """The version that is given plainly, and more of it than the major alone."""
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) and not given.role else None
    return exact if exact is not None and len(exact.release) > 1 else None


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern of any of the words; those of letters that are written apart stand by themselves."""
    whole = (rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in words)
    return re.compile("|".join(whole) or r"(?!)")
