"""Version numbers and constraints on them, with the three-valued match that honest answers need."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache, total_ordering
from typing import Final, Literal, Self

from packaging.version import InvalidVersion, Version

from bot.errors import BotError

LONGEST: Final = 100


class BadVersion(BotError):
    """A text that is no version. `text` is what was given."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not a version")
        self.text = text


@total_ordering
@dataclass(frozen=True, slots=True)
class Number:
    """A version as a tuple of release components, with the text it was written in.

    Equality and order go by `release` and `post` (the number of the post-release, -1 for none); dev and
    local parts are dropped, because a compatibility table never tells them apart.
    """

    release: tuple[int, ...]
    text: str
    post: int = -1
    _key: tuple[tuple[int, ...], int] = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out once what sets and dictionaries of versions ask for at every turn."""
        object.__setattr__(self, "_key", (self.release, self.post))
        object.__setattr__(self, "_hash", hash(self._key))

    @staticmethod
    def parse(text: str) -> Number:
        """Read a PEP 440 version. The same text gives the same number.

        Raises:
            BadVersion: the text is no version.
        """
        return _parsed(text)

    def rank(self) -> tuple[tuple[int, ...], int]:
        """What numbers are ordered by; sorting many by it is faster than comparing them."""
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self._key == other._key

    def __lt__(self, other: Number) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return self.text

    @property
    def has_leading_zero(self) -> bool:
        """Whether a component is written as `07`: a driver's may be, a release's never is."""
        return any(len(part) > 1 and part.startswith("0") for part in self.text.split("."))

    def within(self, other: Number) -> bool:
        """Whether the release series `other` contains this version: 1.7 contains 1.7.1 and 1.7.1.post1."""
        if other.post >= 0:
            return self == other
        return self.release[: len(other.release)] == other.release

    def series(self, components: int) -> Number:
        """The first `components` components as a version of its own."""
        head = self.release[:components]
        return Number(head, ".".join(str(part) for part in head))


@lru_cache(maxsize=16_384)
def _parsed(text: str) -> Number:
    if len(text) > LONGEST:
        raise BadVersion(text[:LONGEST] + "…")
    try:
        version = Version(text)
    except InvalidVersion as error:
        raise BadVersion(text) from error
    return Number(version.release, text, -1 if version.post is None else version.post)


class Match(Enum):
    """Whether a cell admits what was asked. `MAYBE`: what was asked is too coarse to tell."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


Operator = Literal["in", "==", ">=", "<=", ">", "<", "!="]

_COMPARE: Final[Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One bound. `in` means the series of that number (1.7 admits 1.7.1); `==` is the same for cells."""

    op: Operator
    number: Number

    def match(self, version: Number) -> Match:
        """Compare by the components that the clause names: `<=1.7` admits 1.7.1, as people mean it."""
        bound, own = self.number.release, version.release
        if self.op in ("in", "==", "!="):
            same = version.within(self.number)
            if not same and self._is_finer(version):
                return Match.YES if self.op == "in" else Match.MAYBE
            return Match.YES if same == (self.op != "!=") else Match.NO
        head = own[: len(bound)]
        if len(own) < len(bound) and head == bound[: len(own)]:
            return self._coarse(bound[len(own) :])
        return Match.YES if _COMPARE[self.op](head, bound) else Match.NO

    def _coarse(self, rest: tuple[int, ...]) -> Match:
        """A series against a bound within it: nothing of 1.7 lies below 1.7.0."""
        if any(rest) or self.op not in (">=", "<"):
            return Match.MAYBE
        return Match.YES if self.op == ">=" else Match.NO

    def _is_finer(self, version: Number) -> bool:
        """Whether a series holds the clause's number. A release is no series of its post-releases."""
        return self.number.post < 0 and self.number.within(version)

    def __str__(self) -> str:
        return self.number.text if self.op in ("in", "==") else f"{self.op}{self.number.text}"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A conjunction of clauses; an empty one admits every version."""

    clauses: tuple[Clause, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what dictionaries of what was found for a constraint ask for at every turn."""
        object.__setattr__(self, "_hash", hash(self.clauses))

    def __hash__(self) -> int:
        return self._hash

    @staticmethod
    def series(number: Number) -> Constraint:
        """The constraint that a plain version in a question means; the same one for the same text."""
        return _series(number, number.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a comma-separated specifier such as `>=1.5,<1.8`.

        Raises:
            BadVersion: a clause holds no version.
        """
        return cls(tuple(_clause(part.strip()) for part in text.split(",")))

    @classmethod
    def requirement(cls, text: str) -> Self:
        """Read a specifier as packages write it (PEP 440).

        A bound without its last components counts them as zero; `==1.7.*` is the series and `~=1.7.1`
        means `>=1.7.1, <1.8`.

        Raises:
            BadVersion: a clause holds no version.
        """
        return cls(tuple(clause for part in text.split(",") for clause in _pep440(part.strip())))

    def match(self, version: Number) -> Match:
        """The weakest match of all clauses."""
        weakest = Match.YES
        for clause in self.clauses:
            result = clause.match(version)
            if result is Match.NO:
                return Match.NO
            if result is Match.MAYBE:
                weakest = Match.MAYBE
        return weakest

    @property
    def exact(self) -> Number | None:
        """The one version or series that is named, if that is all there is."""
        if len(self.clauses) == 1 and self.clauses[0].op in ("in", "=="):
            return self.clauses[0].number
        return None

    def select(self, versions: Iterable[Number]) -> tuple[Number, ...]:
        """Those of `versions` that are surely admitted, in their order."""
        series = self.exact
        if series is not None and series.post < 0:  # as nearly always: most differ in the first components
            own, length = series.release, len(series.release)
            near = [v for v in versions if v.release[:length] == own[: len(v.release)]]
            if all(len(v.release) >= length for v in near):
                return tuple(near)
            versions = near
        return tuple([version for version in versions if self.match(version) is Match.YES])

    def __str__(self) -> str:
        return ", ".join(str(clause) for clause in self.clauses)


@lru_cache(maxsize=16_384)
def _series(number: Number, _text: str) -> Constraint:
    """Numbers that are written differently are equal, so that their text tells them apart."""
    return Constraint((Clause("in", number),))


COMPONENTS: Final = 3


def _pep440(text: str) -> tuple[Clause, ...]:
    if text.endswith(".*"):
        series = _clause(text.removesuffix(".*"))
        return (replace(series, op="!=" if series.op == "!=" else "in"),)
    if text.startswith("~="):
        low = Number.parse(text.removeprefix("~=").strip())
        if len(low.release) < 2:
            raise BadVersion(text)
        *kept, last = low.release[:-1]
        above = (*kept, last + 1)
        return (_padded(Clause(">=", low)), _padded(Clause("<", Number(above, ".".join(map(str, above))))))
    return (_padded(_clause(text)),)


def _padded(clause: Clause) -> Clause:
    release = clause.number.release
    zeros = (0,) * (COMPONENTS - len(release))
    return replace(clause, number=replace(clause.number, release=release + zeros))


def _clause(text: str) -> Clause:
    for op in (">=", "<=", "==", "!=", ">", "<"):
        if text.startswith(op):
            return Clause(op, Number.parse(text.removeprefix(op).strip()))
    return Clause("==", Number.parse(text))
