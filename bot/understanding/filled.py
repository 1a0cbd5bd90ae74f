"""The slots of a question, filled: what the rules look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.understanding.question import Given

FEW: Final = 2
"""Words that name a feature, at most."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What spans and binding found, before an intent is chosen.

    `bare` are products named without a version, in order; `versions` the givens of products, and of
    attributes that are things of their own (a GPU); `values` those of attributes that only say where;
    `installable` says that a named product has install lines; `asked` are products that a question word
    stands beside; `strange` says that it stands beside an unknown name; `tabled` counts the bare products
    that tables have a column for; `surrounding` says that nothing named can be installed. `devices` are the
    columns given that tell of a machine (a GPU, a driver); `subject_wanted` says that what can be installed
    is named without a version, or nothing but what surrounds it, `subject_given` that a version of it is, and
    `build_given` that the build is, and `builds_only` that no other name stands without a version.
    `unnamed` are attributes of which a thing is meant that is not named ("my GPU"); `roles` counts the
    different things that versions of one product are told to be (a ceiling, a toolkit, a build). `placed`
    says that it is told for what system, `along_only` that all names without a version come along with what
    is installed.
    `outside` are named products that no table has, `unexplained` counts the words that no name, cue or phrase
    of politeness accounts for.
    `requiring` are products named without a version that ask for versions of others (a library around torch).
    `unneeded` is the fact about what is named and need not be installed.
    `meant` is the fact about what a tag is whose meaning is asked for ("what does sm_90 mean").
    `again` says that a product of which a version is given is named without it, too.
    `rivals` says that other things of the kind of what can be installed are named, and none of these.
    `feature` are words that name what a release is asked to have, `code` are dotted names of a program.
    `environment` is the one that is named; `inventory` says that nothing is asked but what it has.
    """

    cues: frozenset[str]
    bare: tuple[str, ...]
    versions: tuple[Given, ...]
    values: tuple[Given, ...]
    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    installable: bool
    asked: tuple[str, ...] = ()
    strange: bool = False
    tabled: int = 0
    surrounding: bool = False
    devices: tuple[str, ...] = ()
    subject_wanted: bool = False
    subject_given: bool = False
    build_given: bool = False
    builds_only: bool = False
    unnamed: tuple[str, ...] = ()
    roles: int = 0
    placed: bool = False
    along_only: bool = False
    outside: tuple[str, ...] = ()
    unexplained: int = 0
    requiring: tuple[str, ...] = ()
    rivals: bool = False
    unneeded: str = ""
    meant: str = ""
    again: bool = False
    code: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()
    environment: str = ""
    inventory: bool = False
    columns: frozenset[str] = field(init=False, repr=False, compare=False)
    """The distinct products that versions are given for."""

    def __post_init__(self) -> None:
        """Work out once what nearly every rule asks for."""
        object.__setattr__(self, "columns", frozenset([given.column for given in self.versions]))

    @property
    def ranged(self) -> tuple[str, ...]:
        """The products that only a range is given for."""
        return tuple(
            given.column
            for given in self.versions
            if not isinstance(given.constraint, str) and given.constraint.exact is None
        )

    @property
    def asks_around(self) -> bool:
        """Whether a version is asked for and only what it must go with is given (a GPU and a driver)."""
        return self.surrounding and len(self.columns) > 1 and self.has("version", "install")

    @property
    def asks_for_feature(self) -> bool:
        """Whether it is asked if a release of what can be installed has something that is no version."""
        other = self.has("works", "fails", "install", "need", "which", "when", "compare", "negative")
        alone = self.subject_given and len(self.columns) == 1 and not self.bare and not self.code
        return alone and self.has("yesno") and not other and 0 < self.unexplained <= FEW

    @property
    def nothing(self) -> bool:
        """Whether no name at all stands in the message."""
        return not (self.bare or self.versions or self.kinds or self.topics)

    def has(self, *names: str) -> bool:
        """Whether any of these cues stands there."""
        return not self.cues.isdisjoint(names)
