"""The typed question that understanding hands to answering."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.knowledge.versions import Constraint, Number

if TYPE_CHECKING:
    from bot.understanding.pins import Pins

Intent = Literal[
    "lookup",
    "check",
    "install",
    "release",
    "history",
    "describe",
    "compare",
    "list",
    "overview",
    "help",
    "topic",
    "recommend",
    "unnamed",
    "project",
    "near",
    "roles",
    "diagnose",
    "trouble",
    "environment",
    "nightly",
    "why",
    "none",
]
Superlative = Literal["newest", "oldest"]
Role = Literal["", "ceiling", "toolkit", "build", "other"]


@dataclass(frozen=True, slots=True)
class Given:
    """Something the asker has: a product with a version constraint, or a value of an attribute.

    `column` is the product's or attribute's slug; `surface` is how it was written; `inferred` says
    that the product was not named and follows from the version alone. `role` tells what a version of CUDA is
    one of: `ceiling`, the most that is supported (nvidia-smi), so that anything up to it will do; `toolkit`,
    what is installed to compile with (nvcc); `build`, what the running torch was built with; `other`,
    what another package was built with. `origin` is the
    environment that brings it along; `at` the offset in the message, -1 where it stands nowhere.
    """

    column: str
    constraint: Constraint | str
    surface: str
    inferred: bool = False
    role: Role = ""
    origin: str = ""
    at: int = field(default=-1, compare=False)

    def __str__(self) -> str:
        return str(self.constraint)


@dataclass(frozen=True, slots=True)
class FactHit:
    """A fact that may answer, with the strength of the match from 0 to 1."""

    fact: str
    score: float


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `want` are the columns asked for, `given` what is known, `about` other names.

    `topic` as an intent means: a name stands there and nothing says what about it; `trouble`: it looks
    like an error that is not known; `unnamed`: a thing is meant that is not named (`topics` says of what
    kind); `near`: facts are near, and none may be what is asked; `roles`: which of several versions of one
    thing counts for what; `project`: what somebody's own project uses, which is on no record; `environment`:
    what an environment has is asked for; `none`: nothing was understood.
    `negated` asks for what does not go together; `environment` is the one that is named.
    `whether` says that a lookup asks whether there is any, not which.
    `errors` are the known errors that the message shows, most telling first, `listed` what an installer
    said it has, `identifiers` the names in a program that an error gives. `why` asks how the answer to the
    question `before` came about. `partial` says that it was recalled without the list that was pasted.
    """

    intent: Intent
    text: str
    lang: str
    want: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    about: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    superlative: Superlative | None = None
    negated: bool = False
    cues: frozenset[str] = frozenset()
    facts: tuple[FactHit, ...] = ()
    environment: str = ""
    whether: bool = False
    errors: tuple[str, ...] = ()
    listed: tuple[Number, ...] = ()
    identifiers: tuple[str, ...] = ()
    pins: Pins | None = None
    before: Question | None = None
    partial: bool = False
    trace: tuple[str, ...] = field(default=(), compare=False)

    def value(self, column: str) -> Given | None:
        """What is given for a column."""
        return next((given for given in self.given if given.column == column), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a part of the message may mean: the best question first, then rivals of equal strength.

    `far`: the fact that would answer has hardly any word of what is asked.
    """

    questions: tuple[Question, ...]
    far: bool = False
