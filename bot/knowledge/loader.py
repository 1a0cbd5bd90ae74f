"""Loads folders of YAML into a `KnowledgeBase`, or tells every mistake at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.knowledge import models, overlays, trouble
from bot.knowledge.aliases import add_aliases, verify_aliases
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cache import ParsedFiles
from bot.knowledge.collecting import collector_paused
from bot.knowledge.consistency import verify_rows
from bot.knowledge.dates import verify_dates
from bot.knowledge.document import Document, KeyPath
from bot.knowledge.files import SUFFIX, knowledge_files
from bot.knowledge.folders import OVERLAY
from bot.knowledge.holes import verify_holes
from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.requirements import derive_requirements
from bot.knowledge.tables import read_relations, series_of
from bot.knowledge.tools import Tool, Tools
from bot.knowledge.validation import read_as
from bot.knowledge.verify import verify

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class Draft:
    """What has been read so far: each entry with its document and key path, and the problems.

    `dropped` are the names of pages that could not be used, and `unread` the folders with a file that could
    not be read at all: a reference to what may stand there is no mistake of its own.
    `row_keys` are the key paths of the rows of tables that stand on product pages.
    """

    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, models.Source] = field(default_factory=dict)
    products: dict[str, models.Product] = field(default_factory=dict)
    attributes: dict[str, models.Attribute] = field(default_factory=dict)
    categories: list[models.Categories] = field(default_factory=list)
    tables: dict[str, models.Table] = field(default_factory=dict)
    facts: dict[str, models.Fact] = field(default_factory=dict)
    errors: dict[str, trouble.KnownError] = field(default_factory=dict)
    causes: dict[str, models.Localized] = field(default_factory=dict)
    vocabularies: dict[str, models.Vocabulary] = field(default_factory=dict)
    wordings: dict[str, models.Wording] = field(default_factory=dict)
    aliases: list[tuple[models.Aliases, Document]] = field(default_factory=list)
    environments: dict[str, models.Environment] = field(default_factory=dict)
    outputs: dict[str, trouble.Output] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    interpreters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    layers: overlays.Layers = field(default_factory=overlays.Layers)
    dropped: set[object] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    row_keys: dict[str, tuple[KeyPath, ...]] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[Document, KeyPath]] = field(default_factory=dict)

    def place(self, kind: str, name: str, document: Document, key: KeyPath) -> None:
        """Remember where an entry stands; a second one of the same name in the same folder is a problem."""
        first = self.places.get((kind, name))
        if first is not None and self.layers.replaces(kind, name, (document, key), first):
            self.places[(kind, name)] = (document, key)
        elif first is not None:
            where = f"{first[0].path}:{first[0].line(first[1])}"
            self.problems.append(document.problem(key, f"{kind} {name!r} is already defined at {where}"))
        self.places.setdefault((kind, name), (document, key))

    def may_lack(self, kind: str, name: str) -> bool:
        """Whether a page that could not be used may define an entry. `kind` is the name of a folder."""
        return name in self.dropped or kind in self.unread

    def row_problem(self, table: str, index: int, key: KeyPath, message: str) -> None:
        """Record a problem in a row of a table; `key` is relative to the row."""
        document, _ = self.places[("table", table)]
        self.problems.append(document.problem((*self.row_key(table, index), *key), message))

    def row_key(self, table: str, index: int) -> KeyPath:
        """Where a row stands: in its table's page, or among what a product requires."""
        derived = self.row_keys.get(table)
        if derived is not None:
            return derived[index]
        return (*self.places[("table", table)][1], "rows", index)

    def problem(self, kind: str, name: str, key: KeyPath, message: str) -> None:
        """Record a problem inside the entry `name`; `key` is relative to the entry."""
        for length in range(len(key), 0, -1):
            if (kind, name, *key[:length]) in self.layers.finer:
                document, start = self.layers.finer[(kind, name, *key[:length])]
                self.problems.append(document.problem((*start, *key[length:]), message))
                return
        document, start = self.places[(kind, name)]
        self.problems.append(document.problem((*start, *key), message))


def load_knowledge(
    folders: Sequence[Path], cache: Path | None = None, *, thorough: bool = False
) -> KnowledgeBase:
    """Read every `*.yaml` below the folders. `cache` is a folder that keeps parsed files between runs.

    A `thorough` reading also refuses what can be used but is not right: rows that contradict or repeat each
    other, holes in complete lists, days that have not come yet.

    Raises:
        KnowledgeError: with every mistake found in any file.
    """
    with collector_paused():
        files = ParsedFiles(cache)
        draft = read_folders(folders, files)
        files.save()
        return _compile(folders, draft, thorough=thorough)


def _compile(folders: Sequence[Path], draft: Draft, *, thorough: bool) -> KnowledgeBase:
    verify_aliases(draft)
    add_aliases(draft)
    releases = {slug: series_of(product) for slug, product in draft.products.items()}
    derive_requirements(draft)
    relations, problems = read_relations(draft, releases)
    draft.problems.extend(problems)
    verify(draft)
    if thorough:
        verify_rows(draft, relations)
        verify_holes(draft, relations, releases)
        verify_dates(draft)
    if draft.problems:
        raise KnowledgeError(draft.problems)
    relations, sources, source_folders = overlays.attribute_sources(draft, relations)
    return KnowledgeBase(
        folders=tuple(folders),
        sources=sources,
        products=draft.products,
        attributes=draft.attributes,
        categories=draft.categories[0],
        relations=relations,
        facts=tuple(draft.facts.values()),
        errors=draft.errors,
        causes=draft.causes,
        vocabularies=draft.vocabularies,
        wordings={lang: wording.phrases for lang, wording in draft.wordings.items()},
        releases=releases,
        environments=draft.environments,
        tools=draft.tools,
        interpreters=draft.interpreters,
        outputs=draft.outputs,
        overrides=draft.layers.overrides(),
        source_folders=source_folders,
        maintainers=overlays.overlay_maintainers(draft),
    )


def read_folders(folders: Iterable[Path], files: ParsedFiles) -> Draft:
    """Read and validate each file by itself."""
    draft = Draft()
    for number, folder in enumerate(folders):
        paths, problems = knowledge_files(folder) if folder.is_dir() else ([], [])
        draft.problems.extend(problems)
        draft.layers.folders.append(folder)
        draft.layers.number |= dict.fromkeys(paths, number)
        if not paths and not problems:
            draft.problems.append(Problem(folder, 1, "(folder)", "no *.yaml here: name a knowledge folder"))
        for path in paths:
            document, problems = files.read(path)
            draft.problems.extend(problems)
            head = path.relative_to(folder).parts[0]
            if document is not None:
                _take(draft, document, head)
            else:
                draft.unread.add(head.removesuffix(SUFFIX))
    return draft


def _take(draft: Draft, document: Document, head: str) -> None:
    """Add a document to the draft by the folder (or the file's name) it lies in."""
    takers: Mapping[str, Callable[[Draft, Document], None]] = {
        "sources.yaml": _take_sources,
        "sources": _take_sources,
        "categories.yaml": _take_categories,
        "tools.yaml": _take_tools,
        "products": _take_products,
        "attributes": _take_attribute,
        "tables": _take_table,
        "facts": _take_facts,
        "errors": _take_errors,
        "vocabulary": _take_vocabulary,
        "wording": _take_wording,
        "aliases": _take_aliases,
        "environments": _take_environment,
        "outputs": _take_output,
        OVERLAY: _take_overlay,
    }
    taker = takers.get(head)
    if taker is None:
        draft.problems.append(document.problem((), f"{head!r} is no folder of knowledge: move the file"))
    else:
        taker(draft, document)


def _take_sources(draft: Draft, document: Document) -> None:
    for page in _valid(draft, document, models.Sources):
        for slug, source in page.sources.items():
            draft.place("source", slug, document, ("sources", slug))
            draft.sources[slug] = source


def _take_categories(draft: Draft, document: Document) -> None:
    for page in _valid(draft, document, models.Categories):
        overlays.take_categories(draft, page, document)


def _take_tools(draft: Draft, document: Document) -> None:
    for page in _valid(draft, document, Tools):
        for slug, tool in page.tools.items():
            draft.place("tool", slug, document, ("tools", slug))
            draft.tools[slug] = tool
        for product, programs in page.interpreters.items():
            draft.place("interpreter", product, document, ("interpreters", product))
            draft.interpreters[product] = programs


def _take_overlay(draft: Draft, document: Document) -> None:
    for page in _valid(draft, document, models.Overlay):
        overlays.take_overlay(draft, page, document)


def _take_aliases(draft: Draft, document: Document) -> None:
    draft.aliases.extend((page, document) for page in _valid(draft, document, models.Aliases))


def _take_environment(draft: Draft, document: Document) -> None:
    for item in _valid(draft, document, models.Environment):
        draft.place("environment", item.environment, document, ())
        draft.environments[item.environment] = item


def _take_output(draft: Draft, document: Document) -> None:
    for item in _valid(draft, document, trouble.Output):
        draft.place("output", item.output, document, ())
        draft.outputs[item.output] = item


def _take_attribute(draft: Draft, document: Document) -> None:
    for item in _valid(draft, document, models.Attribute):
        draft.place("attribute", item.attribute, document, ())
        draft.attributes[item.attribute] = item


def _take_table(draft: Draft, document: Document) -> None:
    for table in _valid(draft, document, models.Table):
        draft.place("table", table.table, document, ())
        draft.tables[table.table] = table


def _take_vocabulary(draft: Draft, document: Document) -> None:
    whole = replace(document, data=overlays.complete_vocabulary(draft, document.data))
    for words in _valid(draft, whole, models.Vocabulary):
        overlays.take_vocabulary(draft, words, document)


def _take_wording(draft: Draft, document: Document) -> None:
    for wording in _valid(draft, document, models.Wording):
        overlays.take_wording(draft, wording, document)


def _take_products(draft: Draft, document: Document) -> None:
    is_page = isinstance(document.data, dict) and "products" in document.data
    found: list[tuple[models.Product, KeyPath]] = []
    if is_page:
        for page in _valid(draft, document, models.Products):
            found = [(product, ("products", index)) for index, product in enumerate(page.products)]
    else:
        found = [(product, ()) for product in _valid(draft, document, models.Product)]
    for product, key in found:
        draft.place("product", product.product, document, key)
        draft.products[product.product] = product


def _take_facts(draft: Draft, document: Document) -> None:
    for page in _valid(draft, document, models.Facts):
        for index, fact in enumerate(page.facts):
            draft.place("fact", fact.id, document, ("facts", index))
            draft.facts[fact.id] = fact


def _take_errors(draft: Draft, document: Document) -> None:
    for page in _valid(draft, document, trouble.Errors):
        for cause, name in page.causes.items():
            draft.place("cause", cause, document, ("causes", cause))
            draft.causes[cause] = name
        for index, error in enumerate(page.errors):
            draft.place("error", error.id, document, ("errors", index))
            draft.errors[error.id] = error


def _valid(draft: Draft, document: Document, model: type[M]) -> list[M]:
    """The document as `model` in a list of one; an empty list, and problems, if it is not."""
    page, problems = read_as(document, model)
    draft.problems.extend(problems)
    if page is not None:
        return [page]
    draft.dropped.update(_names_in(document.data))
    return []


def _names_in(data: object) -> Iterator[str]:
    """The names that a page which cannot be used may have defined: references to them are no mistakes."""
    entries = [data]
    if isinstance(data, dict):
        entries += [entry for value in data.values() if isinstance(value, list) for entry in value]
        if isinstance(sources := data.get("sources"), dict):
            yield from sources
    for entry in entries:
        if isinstance(entry, dict):
            yield from (value for value in entry.values() if isinstance(value, str))
