"""The reply that every surface shows: one language, no markup, all proof attached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.understanding.question import Question

MOST_CITATIONS: Final = 8
"""A list longer than this tells a reader less than its first entries do."""

Status = Literal["answered", "clarify", "unknown"]
VerdictWord = Literal["yes", "no", "depends"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a figure is written. `url` may be empty; `checked` is an ISO date.

    `mark` says of a source that is not the official one what it is ("derived"); empty for official ones.
    """

    title: str
    url: str
    checked: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an answer rests on: a row, a fact, an error entry or a page.

    `ref` is its id in the knowledge (`torch-cuda:12`), `text` what it says in the reply's language.
    """

    ref: str
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """How an answer came about: what was understood, a line for each question; then what it rests on."""

    understood: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to show: one header row, then rows of the same width, plain text cells, none empty."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A way out of a clarification: the label to show and the question that choosing it asks."""

    label: str
    ask: str


@dataclass(frozen=True, slots=True)
class Section:
    """One answered part of a message. All text is plain: renderers escape and decorate it."""

    headline: str
    paragraphs: tuple[str, ...] = ()
    grid: Grid | None = None
    code: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says to one message.

    `sections` holds one entry per question in the message (at least one). `question` is the summary
    that the JSON contract prints; `trace` names the rules that fired, in order. `asked` is the question
    that a follow-up builds on, None where the message leaves the one before it standing. `grounds` words
    how the answer came about, when somebody asks.
    """

    status: Status
    verdict: VerdictWord | None
    intent: str
    lang: str
    sections: tuple[Section, ...]
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    question: Mapping[str, object] = field(default_factory=dict)
    trace: tuple[str, ...] = ()
    asked: Question | None = None
    grounds: Callable[[], Grounds] = field(default=Grounds, compare=False, repr=False)

    @property
    def proof(self) -> tuple[Step, ...]:
        """All that the answer rests on, in words; made anew each time."""
        return self.grounds().steps
