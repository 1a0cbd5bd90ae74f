"""Asks many questions of one kind, phrasings taking turns, and collects the wrong verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Final

import yaml

from tests.questions.cases import LANGUAGES, pipeline

PHRASINGS: Final = Path(__file__).parent / "grid_phrasings.yaml"
SHOWN: Final = 20
WIDE: Final = {ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789"}

Verdicts = frozenset[str | None]
YES: Final[Verdicts] = frozenset({"yes"})
NO: Final[Verdicts] = frozenset({"no"})
DEPENDS: Final[Verdicts] = frozenset({"depends"})
SILENT: Final[Verdicts] = frozenset({None})
OPEN: Final[Verdicts] = frozenset({None, "depends"})
ONCE: Final[Mapping[Verdicts, int]] = {}


@dataclass(frozen=True)
class Cell:
    """A pair of a grid: what fills the phrasings' placeholders, and the verdicts that are right."""

    words: Mapping[str, str]
    expected: Verdicts


@cache
def phrasings(*kinds: str) -> Mapping[str, tuple[str, ...]]:
    """The phrasings of all kinds named, by language."""
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load(PHRASINGS.read_text(encoding="utf-8"))
    return {lang: tuple(text for kind in kinds for text in loaded[kind][lang]) for lang in LANGUAGES}


@dataclass
class Turns:
    """Gives out phrasings in turn, languages alternating: for each expectation a circle of its own."""

    by_language: Mapping[str, tuple[str, ...]]
    circles: dict[Verdicts, Iterator[str]] = field(default_factory=dict)
    used: set[tuple[str, Verdicts]] = field(default_factory=set)

    def next(self, expected: Verdicts) -> str:
        """The phrasing whose turn it is."""
        phrasing = next(self.circles.setdefault(expected, self._circle()))
        self.used.add((phrasing, expected))
        return phrasing

    def never_used(self, expected: Verdicts) -> set[str]:
        """The phrasings that no cell with this expectation was asked in."""
        every = {text for texts in self.by_language.values() for text in texts}
        return {text for text in every if (text, expected) not in self.used}

    def _circle(self) -> Iterator[str]:
        languages = [cycle(texts) for texts in self.by_language.values()]
        for together in zip(*languages, strict=False):
            yield from together


@dataclass
class Outcome:
    """What a grid found: how many questions were asked, and those answered otherwise than expected."""

    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        shown = "\n".join(self.wrong[:SHOWN])
        return f"{len(self.wrong)} of {self.asked} are wrong:\n{shown}"


def wide(text: str) -> str:
    """A text with its digits as a Chinese input method writes them."""
    return text.translate(WIDE)


def run(cells: Iterable[Cell], turns: Turns, times: Mapping[Verdicts, int] = ONCE) -> Outcome:
    """Ask every cell as many times as `times` has for its expectation, else once; languages alternate."""
    outcome = Outcome()
    for cell in cells:
        for _ in range(times.get(cell.expected, 1)):
            _ask(turns.next(cell.expected).format(**cell.words), cell.expected, outcome)
    return outcome


def _ask(text: str, expected: Verdicts, outcome: Outcome) -> None:
    outcome.asked += 1
    reply = pipeline().ask(text)
    if reply.verdict not in expected or reply.intent != "check":
        wanted = "/".join(sorted(str(verdict) for verdict in expected))
        outcome.wrong.append(
            f"{text!r}: expected {wanted}, got {reply.verdict} ({reply.intent}, {reply.status})"
        )
