"""Fills the slots of a question: what is given, what is named, and what of a machine is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Clause, Constraint
from bot.understanding.binding import Bound, bind_versions
from bot.understanding.follow_ups import Taken
from bot.understanding.givens import finest
from bot.understanding.lexicon import Lexicon
from bot.understanding.question import Given
from bot.understanding.retrieval import terms
from bot.understanding.rules import Slots
from bot.understanding.spans import Spans, find_spans
from bot.understanding.text import Utterance

MAX_GIVEN: Final = 12


class SlotReader:
    """Knows which columns can be installed, which tell of a build, and which of a device."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon) -> None:
        self._kb = kb
        self._lexicon = lexicon
        self._columns = {column for relation in kb.primary for column in relation.columns}
        commands = tuple(kb.of_kind("command"))
        self.installable = frozenset(relation.columns[0] for relation in commands)
        self._builds = frozenset(c for r in commands for c in r.columns[1:] if c in kb.products)
        self._devices = frozenset(_devices(kb))
        self._hardware = self._devices - self._builds
        self._brought = self.installable | {
            name for slug in self.installable for name in kb.products[slug].accompany
        }

    def read(self, utterance: Utterance) -> tuple[Slots, list[str]]:
        """The slots of a whole message, and the terms by which facts are found."""
        spans = find_spans(utterance, self._lexicon)
        bound = bind_versions(utterance, spans, self._lexicon, self._kb)
        return self.fill(utterance, spans, bound)

    def fill(
        self,
        utterance: Utterance,
        spans: Spans,
        bound: Bound,
        rival: tuple[Given, ...] = (),
        taken: Taken | None = None,
    ) -> tuple[Slots, list[str]]:
        """The slots, and the terms by which facts are found."""
        capped = _capped((*bound.givens, *rival), utterance, spans)
        versions = _distinct(finest(_undefaulted(capped, utterance, spans)))
        named = self._named_values(utterance, spans, versions)
        values = self._places(named, versions)
        things = tuple(dict.fromkeys(item for item in named if item.column not in self._kb.qualifiers))
        versions += things[: MAX_GIVEN - len(versions)]
        given = {item.column for item in versions}
        bare = unique(
            span.entry.slug
            for span in spans.names
            if span.is_a("product") and span.first not in bound.used and span.entry.slug not in given
        )
        cues = frozenset(e.slug for span in spans.cues for e in span.entries if e.kind == "cue")
        asked = terms(utterance, spans, self._lexicon) + [f"@{item.column}" for item in versions]
        if taken is not None:
            versions, bare, more = taken.onto(versions, bare)
            values += tuple(v for v in taken.values if v.column not in {item.column for item in values})
            asked += more
        slots = Slots(
            cues=cues,
            bare=bare,
            versions=versions,
            values=tuple(dict.fromkeys(values)),
            roles=_count_roles(versions),
            unnamed=unique(e.slug for s in spans.cues for e in s.entries if e.kind == "attribute"),
            kinds=unique(e.slug for s in spans.cues for e in s.entries if e.kind == "kind"),
            topics=unique(e.slug for s in spans.cues for e in s.entries if e.kind == "topic"),
            asked=self._asked(spans, bound, given),
            tabled=sum(1 for slug in bare if slug in self._columns),
            strange=_strange(utterance, spans, self._lexicon),
            devices=self._machine(versions),
            subject_wanted=self._wants_subject(bare, versions),
            subject_given=not self.installable.isdisjoint(v.column for v in versions),
            build_given=any(v.column in self._builds and v.role == "" for v in versions),
            builds_only=set(bare) <= self._builds,
            surrounding=self.installable.isdisjoint([*bare, *(v.column for v in versions)]),
            installable=bool(things or self._brought.intersection([*bare, *(v.column for v in versions)])),
        )
        return slots, asked

    def _machine(self, versions: Iterable[Given]) -> tuple[str, ...]:
        """The columns of what is given of a machine: its GPU, its driver, the most that the driver runs."""
        return tuple(
            item.column
            for item in versions
            if isinstance(item.constraint, str) or item.role == "ceiling" or item.column in self._hardware
        )

    def _wants_subject(self, bare: tuple[str, ...], versions: Iterable[Given]) -> bool:
        """Whether what can be installed is asked for: named without a version, or not at all."""
        exact = {v.column for v in versions if isinstance(v.constraint, Constraint) and v.constraint.exact}
        if not self.installable.isdisjoint(exact):
            return False
        return not self.installable.isdisjoint(bare) or not (bare and set(bare) - exact - self._devices)

    def _places(self, named: Iterable[Given], versions: Iterable[Given]) -> tuple[Given, ...]:
        """The values that only say where, each column's finest; "no device" is not meant beside a device."""
        found = {(item.column, item.constraint): item for item in named if item.column in self._kb.qualifiers}
        wider = {(column, self._kb.attributes[column].values[str(value)].within) for column, value in found}
        has_device = any(
            isinstance(item.constraint, str) for item in named if item.column not in self._kb.qualifiers
        )
        has_device |= any(item.column in self._devices for item in versions)
        return tuple(
            item
            for key, item in found.items()
            if key not in wider
            and not (has_device and self._kb.attributes[item.column].values[str(item.constraint)].no_device)
        )

    def _asked(self, spans: Spans, bound: Bound, given: set[str]) -> tuple[str, ...]:
        """Products with a question word right before them, though a version of them is given elsewhere."""
        which = {span.last for span in spans.cues if span.is_a("cue", "which")}
        return unique(
            span.entry.slug
            for span in spans.names
            if span.is_a("product")
            and span.first not in bound.used
            and span.entry.slug in given
            and span.first - 1 in which
        )

    def _named_values(self, utterance: Utterance, spans: Spans, versions: Iterable[Given]) -> list[Given]:
        """The values of attributes; a product named without a version, beside another, may stand for one."""
        given = {item.column for item in versions}
        products = given | {span.entry.slug for span in spans.names if span.is_a("product")}
        found = []
        for span in spans.names:
            entry = span.entry
            surface = utterance.raw[utterance.tokens[span.first].start : utterance.tokens[span.last].end]
            if entry.kind == "value":
                found.append(Given(entry.owner, entry.slug, surface))
                places = self._kb.attributes[entry.owner].values[entry.slug].at
                found += [Given(column, value, surface) for column, value in places.items()]
            elif entry.kind == "product" and entry.slug not in given and len(products) > 1:
                stands = self._kb.products[entry.slug].stands_for
                found += [Given(column, value, surface) for column, value in stands.items()]
        return found


def _devices(kb: KnowledgeBase) -> Iterator[str]:
    """The products that tell of a device: what builds are for, what comes along with that, what a GPU has."""
    for relation in kb.of_kind("command"):
        for column in relation.columns[1:]:
            if column in kb.products:
                yield from (column, *kb.products[column].accompany)
    for relation in kb.primary:
        named = [c for c in relation.columns if c in kb.attributes and not kb.attributes[c].qualifier]
        if named and len(relation.columns) == 2:
            yield from (c for c in relation.columns if c in kb.products)


def with_shown(slots: Slots, shown: tuple[Given, ...]) -> Slots:
    """The slots with what a pasted output shows."""
    if not shown:
        return slots
    ceilings = {item.column for item in shown if item.role == "ceiling"}
    versions = tuple(_uncapped(item) if item.column in ceilings else item for item in slots.versions)
    given = {(item.column, item.role) for item in versions}
    added = tuple(item for item in shown if (item.column, item.role) not in given)
    bare = tuple(slug for slug in slots.bare if slug not in {item.column for item in added})
    versions = (*versions, *added)
    return replace(slots, versions=versions, bare=bare or slots.bare, roles=_count_roles(versions))


def _count_roles(versions: Iterable[Given]) -> int:
    """How many different things versions of one product are told to be."""
    roles = {(item.column, item.role) for item in versions if item.role}
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


def _capped(givens: tuple[Given, ...], utterance: Utterance, spans: Spans) -> tuple[Given, ...]:
    """Read the version nearest to a tool as what it prints: the most that is supported, or a toolkit."""
    near = sorted(
        (_distance(given.at, utterance.tokens[span.first].start), number, place, entry.kind)
        for number, span in enumerate(spans.cues)
        for entry in span.entries
        for place, given in enumerate(givens)
        if entry.kind in ("ceiling", "toolkit") and given.column == entry.slug
    )
    roles: dict[int, str] = {}
    used: set[int] = set()
    for _, number, place, kind in near:
        if number not in used and place not in roles:
            roles[place] = kind
            used.add(number)
    return tuple(_in_role(given, roles.get(place, "")) for place, given in enumerate(givens))


def _in_role(given: Given, role: str) -> Given:
    if role == "toolkit":
        return replace(given, role="toolkit")
    return _as_most(given) if role == "ceiling" else given


def _undefaulted(givens: tuple[Given, ...], utterance: Utterance, spans: Spans) -> tuple[Given, ...]:
    """Without the version that is said to be the default, where another of the same product is given."""
    columns = [given.column for given in givens]
    dropped: set[Given] = set()
    for span in spans.cues:
        if span.is_a("cue", "default"):
            at = utterance.tokens[span.first].start
            several = [given for given in givens if given.at >= 0 and columns.count(given.column) > 1]
            dropped |= {min(several, key=lambda given: abs(given.at - at))} if several else set()
    return tuple(given for given in givens if given not in dropped)


def _distance(at: int, tool: int) -> int:
    """How far a version is from the tool; one behind it is nearer than one before it."""
    return at - tool if at > tool else 2 * (tool - at)


def _distinct(givens: tuple[Given, ...]) -> tuple[Given, ...]:
    """Each given once, and no more of them than anybody means.

    What is excepted ("not 10.2") goes where another version of the same product is given ("but 11.0").
    """
    positive = {given.column for given in givens if not _is_excepted(given)}
    givens = tuple(g for g in givens if g.column not in positive or not _is_excepted(g))
    found = {(given.column, str(given.constraint)): given for given in reversed(givens)}
    return tuple(reversed(found.values()))[:MAX_GIVEN]


def _is_excepted(given: Given) -> bool:
    clauses = given.constraint.clauses if isinstance(given.constraint, Constraint) else ()
    return bool(clauses) and all(clause.op == "!=" for clause in clauses)


def _as_most(given: Given) -> Given:
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
    return (
        given
        if exact is None
        else replace(given, constraint=Constraint((Clause("<=", exact),)), role="ceiling")
    )


def _strange(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> bool:
    """Whether something that the knowledge has no name for is asked for ("which gpu", "numpy version")."""
    covered = {i for span in (*spans.names, *spans.cues) for i in range(span.first, span.last + 1)}
    which = {span.last + 1 for span in spans.cues if span.is_a("cue", "which")}
    version = {span.first - 1 for span in spans.cues if span.is_a("cue", "version")}
    return any(
        token.kind == "word"
        and len(token.text) > 2
        and index not in covered
        and token.text not in lexicon.ignored
        for index, token in enumerate(utterance.tokens)
        if index in which or index in version
    )


def unique(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))
