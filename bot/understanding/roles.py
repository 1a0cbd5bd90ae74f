"""What a version of a product is told to be: a driver's most, a toolkit, a build, a default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.knowledge.versions import Constraint
from bot.understanding.givens import capped
from bot.understanding.question import Given
from bot.understanding.spans import Span, Spans
from bot.understanding.text import Utterance

_COMMAS: Final = frozenset(",;，；、")
PAST_A_COMMA: Final = 100
LISTED: Final = 12
"""Characters between two versions of one list, at most."""


def in_roles(givens: tuple[Given, ...], utterance: Utterance, spans: Spans) -> tuple[Given, ...]:
    """Read the version nearest to a tool as what it prints: the most that is supported, or a toolkit."""
    tools = [
        (number, span, entry)
        for number, span in enumerate(spans.cues)
        for entry in span.entries
        if entry.kind in ("ceiling", "toolkit")
    ]
    if not tools:
        return givens
    breaks = [utterance.tokens[span.first].start for span in spans.cues if span.is_a("cue", "also")]
    breaks += [at for at, character in enumerate(utterance.raw) if character in _COMMAS]
    near = sorted(
        (_distance(given, span, utterance, breaks), number, place, entry.kind)
        for number, span, entry in tools
        for place, given in enumerate(givens)
        if given.column == entry.slug
    )
    roles: dict[int, str] = {}
    used: set[int] = set()
    for _, number, place, kind in near:
        if number not in used and place not in roles:
            roles[place] = kind
            used.add(number)
    listed = {
        place: roles[other]
        for place, given in enumerate(givens)
        for other in roles
        if place not in roles and given.column == givens[other].column
        if 0 < given.at - givens[other].at <= LISTED and roles[other] == "toolkit"
    }
    return tuple(_in_role(given, (roles | listed).get(place, "")) for place, given in enumerate(givens))


def _in_role(given: Given, role: str) -> Given:
    if role == "toolkit":
        return replace(given, role="toolkit")
    return _as_most(given) if role == "ceiling" else given


def undefaulted(givens: tuple[Given, ...], utterance: Utterance, spans: Spans) -> tuple[Given, ...]:
    """Without the version that is said to be the default, where another of the same product is given."""
    plain = [given for given in givens if not given.role]
    columns = [given.column for given in plain]
    several = [given for given in plain if given.at >= 0 and columns.count(given.column) > 1]
    if not several:
        return givens
    dropped: set[Given] = set()
    for span in spans.cues:
        if span.is_a("cue", "default"):
            at = utterance.tokens[span.first].start
            dropped.add(min(several, key=lambda given: abs(given.at - at)))
    return tuple(given for given in givens if given not in dropped)


def without_demanded(givens: tuple[Given, ...], utterance: Utterance, spans: Spans) -> tuple[Given, ...]:
    """Without what a release is said to ask for, where the own version is given as well.

    "B 0.22 needs A 2.1, I have A 2.0: which B?" is about A 2.0, and where B is named again, about no B yet.
    """
    demands = [span for span in spans.cues if span.is_a("cue", "demands")] if len(givens) > 2 else []
    for span in demands:
        stated = _stated(givens, span, utterance)
        own = [g for g in givens if stated and g.column == stated[1].column and not g.role]
        if stated is None or len({str(g.constraint) for g in own}) < 2:
            continue
        again = [
            name
            for name in spans.names
            if name.is_a("product", stated[0].column) and utterance.tokens[name.first].start > stated[1].at
        ]
        dropped = stated if again else stated[1:]
        return tuple(given for given in givens if given not in dropped)
    return givens


def _stated(givens: Iterable[Given], demand: Span, utterance: Utterance) -> tuple[Given, Given] | None:
    """The versions on the two sides of a word such as "needs", of two products and in one clause."""
    start, end = utterance.tokens[demand.first].start, utterance.tokens[demand.last].end
    plain = [given for given in givens if given.at >= 0 and not given.role]
    left = max((g for g in plain if g.at < start), key=lambda given: given.at, default=None)
    right = min((g for g in plain if g.at >= end), key=lambda given: given.at, default=None)
    if left is None or right is None or left.column == right.column:
        return None
    return None if _COMMAS.intersection(utterance.raw[left.at : right.at]) else (left, right)


def _distance(given: Given, tool: Span, utterance: Utterance, breaks: Iterable[int]) -> int:
    """How far a version is from a tool, in characters; one behind it is nearer, one past a comma farther."""
    start, end = utterance.tokens[tool.first].start, utterance.tokens[tool.last].end
    parted = any(min(given.at, end) <= at <= max(given.at, start) for at in breaks)
    apart = given.at - end if given.at > start else 2 * (start - given.at)
    return apart + (PAST_A_COMMA if parted else 0)


def _as_most(given: Given) -> Given:
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
    return given if exact is None else capped(given, exact)


def with_shown(versions: tuple[Given, ...], shown: tuple[Given, ...]) -> tuple[Given, ...]:
    """The versions of a question with those that a pasted output shows."""
    if not shown:
        return versions
    ceilings = {item.column for item in shown if item.role == "ceiling"}
    own = tuple(_uncapped(item) if item.column in ceilings else item for item in versions)
    given = {(item.column, item.role) for item in own} | {(item.column, "other") for item in shown}
    return (*own, *(item for item in shown if (item.column, item.role) not in given))


def count_roles(versions: Iterable[Given]) -> int:
    """How many different things versions of one product are told to be."""
    roles = {(item.column, item.role) for item in versions if item.role}
    if not roles:
        return 0
    return max((sum(column == other for other, _ in roles) for column, _ in roles), default=0)


def without_roles(given: tuple[Given, ...]) -> tuple[Given, ...]:
    """The givens for a question about one version of each product: a plain one counts before what tools show,
    a toolkit only where there is nothing else.
    """
    plain = {item.column for item in given if not item.role}
    shown = {item.column for item in given if item.role in ("ceiling", "build")}
    return tuple(
        item
        for item in given
        if not item.role
        or (item.role != "toolkit" and item.column not in plain)
        or (item.role == "toolkit" and item.column not in plain | shown)
    )


def _uncapped(given: Given) -> Given:
    """A version that is no ceiling after all: the tool's own output was read."""
    if given.role != "ceiling" or not isinstance(given.constraint, Constraint):
        return given
    return replace(given, constraint=Constraint.series(given.constraint.clauses[0].number), role="")
