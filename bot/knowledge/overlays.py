"""Lays folders over one another: what a later one replaces, what it extends, whose a source is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.knowledge.base import Relation
from bot.knowledge.document import Data, Document, KeyPath
from bot.knowledge.folders import is_base
from bot.knowledge.models import Categories, Comparators, Localized, Overlay, Source, Vocabulary, Wording
from bot.knowledge.problems import Override, Place

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

Located = tuple[Document, KeyPath]
OPERATORS: Final = ("before", "after")


@dataclass(slots=True)
class Layers:
    """The folders that are laid over one another, and what that did.

    `number` tells of each file in which folder it lies; `finer` are places of parts of an entry that
    another file extends; `pages` are the `overlay.yaml` by number of folder.
    """

    folders: list[Path] = field(default_factory=list)
    number: dict[Path, int] = field(default_factory=dict)
    replaced: list[tuple[str, str, Located, Located]] = field(default_factory=list)
    finer: dict[tuple[str | int, ...], Located] = field(default_factory=dict)
    extended: dict[tuple[str, str], int] = field(default_factory=dict)
    pages: dict[int, Overlay] = field(default_factory=dict)
    _names: dict[int, Localized | None] = field(default_factory=dict)

    def of(self, document: Document) -> int:
        """The number of the folder that a document lies in."""
        return self.number[document.path]

    def replaces(self, kind: str, name: str, winner: Located, loser: Located) -> bool:
        """Whether an entry replaces another because its folder comes later; if so, that is noted."""
        if self.of(winner[0]) == self.of(loser[0]):
            return False
        self.replaced.append((kind, name, winner, loser))
        return True

    def overrides(self) -> tuple[Override, ...]:
        """What was replaced, with the lines of both places."""
        return tuple(
            Override(kind, name, _place(winner), _place(loser)) for kind, name, winner, loser in self.replaced
        )

    def name(self, number: int) -> Localized | None:
        """What answers call a folder: as its `overlay.yaml` says, else its own name; None for a base."""
        if number not in self._names:
            folder = self.folders[number]
            named = None if is_base(folder) or number == 0 else {"": folder.resolve().name}
            self._names[number] = self.pages[number].name if number in self.pages else named
        return self._names[number]


def _place(located: Located) -> Place:
    document, key = located
    return Place(document.path, document.line(key))


def take_overlay(draft: Draft, page: Overlay, document: Document) -> None:
    """Note how a folder calls itself."""
    draft.place("overlay", str(document.path.parent), document, ())
    draft.layers.pages[draft.layers.of(document)] = page


def take_categories(draft: Draft, page: Categories, document: Document) -> None:
    """Add kinds, topics and labels; one of the same name in a later folder wins."""
    for group in ("kinds", "topics", "traits"):
        for slug in getattr(page, group):
            draft.place("category", f"{group}.{slug}", document, (group, slug))
    known = draft.categories[0] if draft.categories else Categories()
    draft.categories[:] = [
        Categories(
            kinds=known.kinds | page.kinds,
            topics=known.topics | page.topics,
            traits=known.traits | page.traits,
        )
    ]


def take_wording(draft: Draft, page: Wording, document: Document) -> None:
    """Add a language, or replace single phrases of one that an earlier folder has."""
    lang = page.language
    known = draft.wordings.get(lang)
    if known is None or not _extends(draft, "wording", lang, document):
        draft.place("wording", lang, document, ())
        draft.wordings[lang] = page
        return
    changed = {key: text for key, text in page.phrases.items() if key in known.phrases}
    for key in page.phrases:
        part, where = ("wording", lang, "phrases", key), (document, ("phrases", key))
        if key not in known.phrases:
            draft.problems.append(document.problem(("phrases", key), "no such phrase: correct its spelling"))
        loser = draft.layers.finer.get(part, (draft.places[("wording", lang)][0], ("phrases", key)))
        draft.layers.replaces("phrase", f"{lang} {key}", where, loser)
        draft.layers.finer[part] = where
    draft.wordings[lang] = known.model_copy(update={"phrases": known.phrases | changed})


def complete_vocabulary(draft: Draft, data: Data) -> Data:
    """The page of an overlay with the name and script that an earlier folder gives its language."""
    known = draft.vocabularies.get(str(data.get("language"))) if isinstance(data, dict) else None
    if known is None or not isinstance(data, dict):
        return data
    whole: dict[str, Data] = {"name": known.name, "script": known.script, "cues": {}, "comparators": {}}
    return whole | data


def take_vocabulary(draft: Draft, page: Vocabulary, document: Document) -> None:
    """Add a language, or more words to one that an earlier folder has."""
    lang = page.language
    known = draft.vocabularies.get(lang)
    if known is None or not _extends(draft, "vocabulary", lang, document):
        draft.place("vocabulary", lang, document, ())
        draft.vocabularies[lang] = page
        return
    more: dict[str, Any] = {
        "cues": _joined(known.cues, page.cues),
        "comparators": _compared(known.comparators, page.comparators),
        "ignored": (*known.ignored, *page.ignored),
        "never_names": (*known.never_names, *page.never_names),
    }
    draft.vocabularies[lang] = known.model_copy(update=more)


def _extends(draft: Draft, kind: str, name: str, document: Document) -> bool:
    """Whether a page comes from a later folder than the last page of that name."""
    layers = draft.layers
    last = layers.extended.get((kind, name), layers.of(draft.places[(kind, name)][0]))
    if last == layers.of(document):
        return False
    layers.extended[(kind, name)] = layers.of(document)
    return True


def _joined(known: Mapping[Any, Iterable[str]], more: Mapping[Any, Iterable[str]]) -> dict[Any, Any]:
    return {key: (*known.get(key, ()), *more.get(key, ())) for key in dict.fromkeys((*known, *more))}


def _compared(known: Comparators, more: Comparators) -> Comparators:
    return Comparators(
        before=_joined(known.before, more.before),
        after=_joined(known.after, more.after),
        between=(*known.between, *more.between),
        either=(*known.either, *more.either),
        range_before=(*known.range_before, *more.range_before),
        range_after=(*known.range_after, *more.range_after),
    )


def attribute_sources(
    draft: Draft, relations: Mapping[str, Relation]
) -> tuple[dict[str, Relation], dict[str, Source], dict[str, Localized]]:
    """Let every entry of an overlay cite its sources as the overlay's.

    A source that another folder defines gets a copy of its own for that, so that a figure of the team is
    never shown as the official one's. Returns the relations, all sources, and what answers call the folder
    of a source.
    """
    owners = _Owners(draft)
    for slug, product in draft.products.items():
        source = owners.own("product", slug, product.source)
        draft.products[slug] = product.model_copy(update={"source": source})
    for slug, environment in draft.environments.items():
        source = owners.own("environment", slug, environment.source)
        draft.environments[slug] = environment.model_copy(update={"source": source})
    for slug, fact in draft.facts.items():
        changed: dict[str, Any] = {"source": owners.own("fact", slug, fact.source)}
        if fact.disputed is not None:
            (losing,) = owners.own("fact", slug, (fact.disputed.source,))
            changed["disputed"] = fact.disputed.model_copy(update={"source": losing})
        draft.facts[slug] = fact.model_copy(update=changed)
    owned = {slug: owners.relation(slug, relation) for slug, relation in relations.items()}
    return owned, owners.sources, owners.names


class _Owners:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.sources = dict(draft.sources)
        self.names: dict[str, Localized] = {}
        for slug in draft.sources:
            name = draft.layers.name(self._number("source", slug))
            if name is not None:
                self.names[slug] = name

    def _number(self, kind: str, slug: str) -> int:
        return self._draft.layers.of(self._draft.places[(kind, slug)][0])

    def own(self, kind: str, slug: str, refs: tuple[str, ...]) -> tuple[str, ...]:
        """The sources of an entry, as the folder of the entry cites them."""
        number = self._number(kind, slug)
        name = self._draft.layers.name(number)
        return refs if name is None else tuple(self._cited(ref, number, name) for ref in refs)

    def _cited(self, ref: str, number: int, name: Localized) -> str:
        if self._number("source", ref) == number:
            return ref
        own = f"{ref}@{number}"
        self.sources[own] = self._draft.sources[ref]
        self.names[own] = name
        return own

    def relation(self, slug: str, relation: Relation) -> Relation:
        """A table whose rows cite as its folder does."""
        if self._draft.layers.name(self._number("table", slug)) is None:
            return relation
        refs = {row.sources for row in relation.rows} | {relation.table.source}
        owned = {group: self.own("table", slug, group) for group in refs}
        if all(group == own for group, own in owned.items()):
            return relation
        table = relation.table.model_copy(update={"source": owned[relation.table.source]})
        rows = tuple(replace(row, sources=owned[row.sources]) for row in relation.rows)
        return Relation(table, rows)


def verify_overlays(draft: Draft) -> None:
    """Tell which folder's page lacks its name in a language."""
    for page in draft.layers.pages.values():
        for lang in draft.vocabularies:
            if lang not in page.name:
                folder = next(
                    str(draft.layers.folders[number])
                    for number, known in draft.layers.pages.items()
                    if known is page
                )
                draft.problem("overlay", folder, ("name",), f"no text in {lang!r}")


def overlay_maintainers(draft: Draft) -> tuple[str, ...]:
    """Whom the folders' own pages name as their maintainers, each once."""
    pages = draft.layers.pages.values()
    return tuple(dict.fromkeys(name for page in pages for name in page.maintainers))
