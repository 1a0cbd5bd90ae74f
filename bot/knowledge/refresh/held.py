"""The knowledge in use, with the place of each entry in its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.cache import ParsedFiles
from bot.knowledge.cells import Bounds, Cell, Names
from bot.knowledge.document import KeyPath
from bot.knowledge.loader import Draft, load_knowledge, read_folders
from bot.knowledge.models import Attribute, Product, Table
from bot.knowledge.refresh.edit import Edit, Insert, Replace
from bot.knowledge.refresh.wheels import is_interpreter
from bot.knowledge.versions import Number

Value = Number | str


@dataclass(frozen=True)
class Held:
    """What is known, and where it is written."""

    draft: Draft
    kb: KnowledgeBase

    @classmethod
    def load(cls, folders: Sequence[Path]) -> Held:
        """Read the folders.

        Raises:
            KnowledgeError: they have mistakes.
        """
        kb = load_knowledge(folders)
        return cls(read_folders(folders, ParsedFiles(None)), kb)

    def place(self, kind: str, name: str, *key: str | int) -> tuple[Path, KeyPath, int]:
        """The file, the whole key path and the line of a key of an entry."""
        document, start = self.draft.places[(kind, name)]
        whole = (*start, *key)
        return document.path, whole, document.line(whole)

    def column(self, name: str) -> Product | Attribute:
        """What a column of a table is."""
        return self.kb.products[name] if name in self.kb.products else self.kb.attributes[name]

    def interpreter(self) -> Product | None:
        """The product whose versions the tags of wheels name."""
        return next(filter(is_interpreter, self.kb.products.values()), None)

    def tables_of(self, product: Product, reads: str) -> Iterator[Table]:
        """The tables whose rows are read from the releases of a product."""
        for table in self.draft.tables.values():
            refresh = table.refresh
            if refresh is not None and (refresh.of, refresh.reads) == (product.product, reads):
                yield table

    def number(self, column: str, text: str) -> Number | None:
        """The listed version (or series) that a version is; None if it is not listed."""
        asked = Number.parse(text)
        listed = self.kb.releases.get(column, ())
        return next((n for n in listed if n == asked), None) or next(
            (n for n in listed if asked.within(n)), None
        )

    def cell_values(self, column: str, cell: Cell) -> tuple[Value, ...]:
        """All that a cell admits; of a bound, the listed versions within it."""
        if isinstance(cell, Names):
            return cell.values
        if isinstance(cell, Bounds):
            return cell.constraint.select(self.kb.releases[column])
        return cell.numbers

    def newest(self, relation: Relation, column: str) -> Number | None:
        """The newest version that any row of a table names in a column."""
        found = [n for row in relation.rows for n in self.cell_values(column, row.cells[column])]
        return max((n for n in found if isinstance(n, Number)), default=None)

    def source_checked(self, product: Product, today: date) -> tuple[str, tuple[Edit, ...]]:
        """The source that stands for a product's package, and the edit that makes it one checked today.

        A package without a source gets one beside the first source that the product's page names.
        """
        title = f"pypi:{product.package}"
        sources = self.draft.sources
        slug = next((name for name, source in sources.items() if source.title == title), None)
        if slug is not None:
            path, key, _ = self.place("source", slug, "checked")
            old = sources[slug].checked < today
            return slug, (Replace(path, key, today.isoformat()),) if old else ()
        path, key, _ = self.place("source", product.source[0])
        slug = f"pypi-{product.package}"
        text = f'{slug}: {{title: "{title}", url: "", checked: {today.isoformat()}}}'
        return slug, (Insert(path, key[:-1], 0, text),)
