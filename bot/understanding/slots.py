"""Fills the slots of a question: what is given, what is named, and what of a machine is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint
from bot.understanding.asking import Asking, unique
from bot.understanding.binding import Bound, Spanned
from bot.understanding.ceilings import Ceilings
from bot.understanding.cues import asks_to_install, choices_at, cues_of, strange, unexplained, unread
from bot.understanding.filled import Slots
from bot.understanding.follow_ups import Taken
from bot.understanding.givens import MAX_GIVEN, distinct, finest
from bot.understanding.lexicon import Entry, Lexicon
from bot.understanding.machines import Machines
from bot.understanding.pointing import asked_until, names_in_code, points_back
from bot.understanding.question import Given
from bot.understanding.roles import count_roles, in_roles, undefaulted, with_shown, without_demanded
from bot.understanding.spans import Spans
from bot.understanding.terms import terms
from bot.understanding.text import Utterance
from bot.understanding.traits import Traits

_PREFIX: Final = re.compile("([a-z]+)_?$")
LONGEST_PREFIX: Final = 12
LISTED: Final = 12
MANY: Final = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """What a question stands in: one reading of what is ambiguous, what was asked before, what pastes show.

    `places` is where it runs, as pasted paths show it.
    `devices` are the machine that an earlier part of the message told of. `core` is where the question itself
    stands in its text, between what is said around it.
    """

    rival: tuple[Given, ...] = ()
    taken: Taken | None = None
    shown: tuple[Given, ...] = ()
    places: tuple[Given, ...] = ()
    devices: tuple[Given, ...] = ()
    core: tuple[int, int] = (0, sys.maxsize)


NOTHING: Final = Beside()

_Found = tuple[frozenset[str], tuple[str, ...], tuple[Given, ...], tuple[Given, ...]]


class SlotReader:
    """Knows which columns can be installed, which tell of a build, and which of a device."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon) -> None:
        self._kb = kb
        self._lexicon = lexicon
        self._columns = {column for relation in kb.primary for column in relation.columns}
        commands = tuple(kb.of_kind("command"))
        self.installable = frozenset(relation.columns[0] for relation in commands)
        self.builds = frozenset(c for r in commands for c in r.columns[1:] if c in kb.products)
        self._devices = frozenset(_devices(kb))
        self._hardware = self._devices - self.builds
        self._traits = Traits(kb, self._hardware)
        self._asking = Asking(kb)
        self._ceilings = Ceilings(kb, sorted(self.builds))
        self._machine_words = Machines(kb, sorted(self.builds))
        self._kinds = frozenset(kb.products[slug].kind for slug in self.installable)
        self._unneeding = {
            slug: product.unneeded for slug, product in kb.products.items() if product.unneeded
        }
        self._meanings = {
            (slug, tag.prefix): tag.means
            for slug, product in kb.products.items()
            for tag in product.tags
            if tag.means
        }
        self._brought = self.installable | {
            name for slug in self.installable for name in kb.products[slug].accompany
        }

    def read(self, text: Spanned, beside: Beside = NOTHING) -> tuple[Slots, list[str]]:
        """The slots of a whole message, and the terms by which facts are found."""
        return self.fill(text.utterance, text.spans, text.bound, beside)

    def fill(
        self, utterance: Utterance, spans: Spans, bound: Bound, beside: Beside = NOTHING
    ) -> tuple[Slots, list[str]]:
        """The slots, and the terms by which facts are found."""
        versions = (*bound.givens, *beside.rival)
        if versions:  # most questions have none
            versions = self._read_versions(versions, utterance, spans, beside.core)
        named = self._named_values(utterance, spans, versions)
        values = _with_seen(self._places(named, versions), beside.places)
        things = self._traits.things(named)
        if things:
            kept = (item for item in versions if not self._traits.is_implied(item, things))
            versions = tuple(self._traits.as_code(item, utterance.raw, things) for item in kept)
        versions += things[: MAX_GIVEN - len(versions)]
        versions = with_shown(versions, beside.shown)
        if versions and (self._names_subject(spans, versions) or asks_to_install(spans)):
            chosen = not self._wants_subject((), versions)
            versions = self._ceilings.beside(versions, chosen=chosen)
        bare = _bare(utterance, spans, bound, versions, beside.core)
        cues = cues_of(utterance, spans, beside.core)
        asked = terms(utterance, spans, self._lexicon) + [f"@{item.column}" for item in versions]
        if beside.taken is not None:
            pointed = points_back(spans, {item.column for item in beside.taken.given})
            took = replace(beside.taken, whole=True) if pointed else beside.taken
            versions, bare, more = took.onto(versions, () if pointed else bare)
            taken = beside.taken.values
            values += tuple(v for v in taken if v.column not in {item.column for item in values})
            asked += more
        if self._asks_for_machine(cues, bare, versions):
            versions = with_shown(versions, self._things_of(beside.devices))
            placed = {item.column for item in values}
            values += tuple(
                d for d in beside.devices if d.column in self._kb.qualifiers and d.column not in placed
            )
        slots = self._told(utterance, spans, bound, (cues, bare, versions, values), beside.core)
        if slots.asks_for_feature:
            slots = replace(slots, feature=unread(utterance, spans, self._lexicon))
        if slots.outside and not slots.has("pronoun"):
            slots = replace(slots, outside=self._asked_about(slots, utterance, spans, beside.core))
        return slots, asked

    def _asked_about(
        self, slots: Slots, utterance: Utterance, spans: Spans, core: tuple[int, int]
    ) -> tuple[str, ...]:
        """The products without a table that the question itself names, where it gives versions of others."""
        inside = {s.entry.slug for s in spans.names if core[0] <= utterance.tokens[s.first].start < core[1]}
        own = {given.column for given in slots.versions if core[0] <= given.at < core[1]}
        if not own - set(slots.outside):
            return slots.outside
        return tuple(slug for slug in slots.outside if slug in inside)

    def _read_versions(
        self, givens: tuple[Given, ...], utterance: Utterance, spans: Spans, core: tuple[int, int]
    ) -> tuple[Given, ...]:
        """The versions that are bound, in their roles, each once and as exactly as it is told."""
        own = in_roles(givens, utterance, spans)
        own = tuple(map(self._ceilings.misnamed, own))
        choices = choices_at(utterance, spans)
        own = self._ceilings.beside_tag(own, choices, installs=asks_to_install(spans))
        if choices == () and not asks_to_install(spans):
            own = self._machine_words.told(own, utterance, spans)
        own = without_demanded(own, utterance, spans)
        own = undefaulted(self._traits.without_lists(self._of_core(own, core)), utterance, spans)
        return distinct(finest(own))

    def _names_subject(self, spans: Spans, versions: Iterable[Given]) -> bool:
        """Whether what can be installed is named, with a version or without."""
        named = {span.entry.slug for span in spans.names} | {item.column for item in versions}
        return not self.installable.isdisjoint(named)

    def _told(
        self, utterance: Utterance, spans: Spans, bound: Bound, found: _Found, core: tuple[int, int]
    ) -> Slots:
        """What the rules look at."""
        cues, bare, versions, values = found
        unknown = unexplained(utterance, spans, self._lexicon)
        columns = [item.column for item in versions]
        entries = [entry for span in spans.cues for entry in span.entries if entry.kind != "cue"]
        return Slots(
            cues=cues,
            bare=bare,
            versions=versions,
            values=tuple(dict.fromkeys(values)) if values else (),
            roles=count_roles(versions),
            unnamed=_of_kind(entries, "attribute"),
            kinds=_of_kind(entries, "kind"),
            topics=_of_kind(entries, "topic"),
            asked=self._asking.columns(utterance, spans, bound, versions),
            tabled=len([slug for slug in bare if slug in self._columns]),
            outside=tuple([slug for slug in (*bare, *columns) if self._is_outside(slug)]),
            unexplained=unknown,
            strange=bool(unknown) and strange(utterance, spans, self._lexicon),
            devices=self._machine(versions),
            subject_wanted=self._wants_subject(bare, versions),
            subject_given=not self.installable.isdisjoint(columns),
            build_given=any(v.column in self.builds and v.role in ("", "toolkit") for v in versions),
            along_only=self.installable.isdisjoint(bare) and set(bare) <= self._brought,
            placed=any(not self._kb.attributes[v.column].manner for v in values),
            requiring=tuple(slug for slug in bare if self._asks_for_subject(slug, columns)),
            rivals=self._names_rivals(bare, columns),
            again=any(
                s.is_a("product") and s.first not in bound.used and s.entry.slug in columns
                for s in spans.names
            ),
            unneeded=self._unneeded((*bare, *columns)),
            meant=self._meant(bound.givens, utterance.raw) if "describe" in cues else "",
            code=names_in_code(utterance, spans, core),
            builds_only=set(bare) <= self.builds,
            surrounding=self.installable.isdisjoint([*bare, *columns]),
            installable=self._is_installable(versions, [*bare, *columns]),
        )

    def _unneeded(self, named: Iterable[str]) -> str:
        """The fact that tells why something that is named need not be installed."""
        return next((self._unneeding[slug] for slug in named if slug in self._unneeding), "")

    def _meant(self, givens: Sequence[Given], raw: str) -> str:
        """The fact that tells what the last tag is that stands there, beside no version of another thing."""
        if len({given.column for given in givens}) != 1:
            return ""
        last = givens[-1]
        prefix = _PREFIX.search(raw[max(0, last.at - LONGEST_PREFIX) : max(0, last.at)].lower())
        return self._meanings.get((last.column, prefix[1]), "") if prefix else ""

    def _asks_for_subject(self, slug: str, columns: Iterable[str]) -> bool:
        """Whether a product states which versions it takes of what can be installed, or of what is given."""
        direct = self._kb.routes.direct
        if not self._kb.products[slug].requires:
            return False
        given = tuple(columns)
        near = self.installable if not self.installable.isdisjoint(given) else {*self.installable, *given}
        return any(direct(slug, column) for column in near)

    def _names_rivals(self, bare: Iterable[str], columns: Iterable[str]) -> bool:
        """Whether another framework is named, and nothing that can be installed, or that in passing only."""
        kinds = self._kinds
        given = [slug for slug in columns if slug in self._kb.products]
        if not self.installable.isdisjoint(given):
            return False
        if any(self._kb.products[slug].kind in kinds for slug in given):
            return True
        named = set(bare)
        return self.installable.isdisjoint(named) and any(self._kb.products[s].kind in kinds for s in named)

    def _is_outside(self, slug: str) -> bool:
        """Whether no table has a product."""
        return slug in self._kb.products and slug not in self._columns

    def _is_installable(self, versions: Iterable[Given], named: list[str]) -> bool:
        """Whether something named has install lines, or is a thing that they are for."""
        return any(isinstance(v.constraint, str) for v in versions) or not self._brought.isdisjoint(named)

    def _of_core(self, givens: tuple[Given, ...], core: tuple[int, int]) -> tuple[Given, ...]:
        """Without what stands beside the question itself, where that gives the same, or another build."""
        inside = {given.column for given in givens if core[0] <= given.at < core[1]}
        if inside & self.builds:
            inside |= self.builds
        if core[0] > 0:  # a list that stands before the question tells what there is, not what is asked about
            told = [g.column for g in givens if not (core[0] <= g.at < core[1] or g.role)]
            inside |= {column for column in told if told.count(column) >= MANY}
        return tuple(g for g in givens if core[0] <= g.at < core[1] or g.column not in inside or g.role)

    def _asks_for_machine(
        self, cues: frozenset[str], bare: tuple[str, ...], versions: tuple[Given, ...]
    ) -> bool:
        """Whether it is asked what to install, and nothing says for what machine."""
        if self._machine(versions):
            return False
        columns = {item.column for item in versions}
        if "works" in cues and not bare and len(columns) == 1:
            return not columns.isdisjoint(self.installable | self.builds)
        if not self.installable.intersection(bare):
            return False
        return not cues.isdisjoint({"which", "newest", "oldest", "install", "need"}) and "when" not in cues

    def devices_of(self, givens: Iterable[Given]) -> tuple[Given, ...]:
        """Those of the givens that tell of a machine: its devices, and with them its platform."""
        given = tuple(givens)
        hardware = [item for item in given if item.column not in self._kb.qualifiers]
        devices = set(self._machine(hardware))
        if not devices:
            return ()
        return tuple(item for item in given if item.column in devices or self._is_place(item.column))

    def _things_of(self, givens: Iterable[Given]) -> tuple[Given, ...]:
        return tuple(item for item in givens if item.column not in self._kb.qualifiers)

    def _is_place(self, column: str) -> bool:
        return column in self._kb.qualifiers and not self._kb.attributes[column].manner

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
        if not found:
            return ()
        wider = {(column, self._kb.attributes[column].values[str(value)].within) for column, value in found}
        has_device = any(
            isinstance(item.constraint, str) for item in named if item.column not in self._kb.qualifiers
        )
        has_device |= any(item.column in self._devices for item in versions)
        return tuple(
            item
            for key, item in found.items()
            if key not in wider and (item.role or not (has_device and self._says_no_device(item)))
        )

    def _says_no_device(self, item: Given) -> bool:
        return self._kb.attributes[item.column].values[str(item.constraint)].no_device

    def _named_values(self, utterance: Utterance, spans: Spans, versions: Iterable[Given]) -> list[Given]:
        """The values of attributes; a product named without a version, beside another, may stand for one."""
        if not spans.names:
            return []
        given = {item.column for item in versions}
        products = given | {span.entry.slug for span in spans.names if span.is_a("product")}
        excepted = {span.last for span in spans.cues if span.is_a("cue", "except")}
        found: list[Given] = []
        places: list[Given] = []
        for span in spans.names:
            entry = span.entry
            surface = utterance.raw[utterance.tokens[span.first].start : utterance.tokens[span.last].end]
            if entry.kind == "value" and span.first - 1 in excepted:
                continue
            if entry.kind == "value":
                # 2.1.0+cpu: what the build is for
                tag = utterance.tokens[span.first].gap.endswith("+") and entry.owner in self._kb.qualifiers
                found.append(Given(entry.owner, entry.slug, surface, role="build" if tag else ""))
                own = self._kb.attributes[entry.owner].values[entry.slug].at
                places += [Given(column, value, surface) for column, value in own.items()]
            elif entry.kind == "unknown":
                found.append(Given(entry.owner, surface, surface))
            elif entry.kind == "product" and entry.slug not in given and len(products) > 1:
                stands = self._kb.products[entry.slug].stands_for
                found += [Given(column, value, surface) for column, value in stands.items()]
        return [*found, *(place for place in places if self._is_there(place, found))]

    def _is_there(self, place: Given, named: Iterable[Given]) -> bool:
        """Whether a thing's usual place is meant: not where another is named that does not hold it."""
        others = {given.constraint for given in named if given.column == place.column}
        value = self._kb.attributes[place.column].values[str(place.constraint)]
        return not others or not others.isdisjoint({place.constraint, value.within, value.said_as})


def _bare(
    utterance: Utterance, spans: Spans, bound: Bound, versions: tuple[Given, ...], core: tuple[int, int]
) -> tuple[str, ...]:
    """The products that are named without a version, as far as the question itself names them."""
    given = {item.column for item in versions}
    until = asked_until(versions, core)
    return unique(
        span.entry.slug
        for span in spans.names
        if span.is_a("product") and span.first not in bound.used and span.entry.slug not in given
        if utterance.tokens[span.first].start < until
    )


def _with_seen(values: tuple[Given, ...], seen: tuple[Given, ...]) -> tuple[Given, ...]:
    """The values with the place that paths show, unless the message tells one itself."""
    told = {value.column for value in values} if seen else set()
    return (*values, *(place for place in seen if place.column not in told)) if seen else values


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


def _of_kind(entries: Iterable[Entry], kind: str) -> tuple[str, ...]:
    return unique([entry.slug for entry in entries if entry.kind == kind]) if entries else ()
