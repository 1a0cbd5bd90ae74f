"""Compares tables and pages that say what releases require with what their metadata says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from bot.knowledge.cells import BadCell, parse_versions
from bot.knowledge.models import Product, Table
from bot.knowledge.problems import Problem
from bot.knowledge.refresh.edit import Insert
from bot.knowledge.refresh.findings import (
    Finding,
    Origin,
    flow,
    key_text,
    release_missing,
    row_missing,
    unsettled,
)
from bot.knowledge.refresh.held import Held
from bot.knowledge.refresh.required import Requirements, exact, specifiers, written
from bot.knowledge.refresh.shelf import Release
from bot.knowledge.refresh.wheels import interpreters, is_interpreter
from bot.knowledge.requirements import RELEASE, SOURCE
from bot.knowledge.versions import Number


@dataclass(frozen=True)
class RequirementComparison:
    """Proposes what one release requires; `origin` is its package."""

    held: Held
    product: Product
    release: Release
    requirements: Requirements
    origin: Origin

    def row(self, table: Table) -> Iterator[Finding]:
        """The row of a table that pairs the product with another that it requires."""
        version = self.release.version
        other = _other(self.held, table)
        if other is None or table.refresh is None:
            return
        found = self.requirements.of(_names(other), self._pythons())
        if not found:
            return
        text = self._written(other, found, exactly=table.relation != "requirement")
        if text is None:
            told = " or ".join(sorted(f"{other.package}{spec}" for spec in found))
            message = f"{self.product.product} {version} requires {told}, which is no one release"
            yield unsettled(self.held, "table", table.table, "rows", message)
            return
        if table.relation != "requirement" and self.held.number(other.product, text) is None:
            yield release_missing(
                self.held, other, text, None, f": {self.product.product} {version} requires it"
            )
        cells = {self.product.product: str(version), other.product: text, **table.refresh.fixed}
        yield row_missing(self.held, table, version, cells, self.origin)

    def entry(self) -> Iterator[Finding]:
        """The entry of the product's own `requires`."""
        version, name = str(self.release.version), self.product.product
        cells = {RELEASE: version}
        for other in _required_products(self.held, self.product):
            found = self._specifiers(other)
            text = self._written(other, found, exactly=False) if found else None
            if text is not None:
                cells[other.product] = text
            elif found:
                told = " or ".join(sorted(map(str, found))) or "an address"
                message = f"{name} {version} requires {other.product} {told}: no cell can say this"
                yield unsettled(self.held, "product", name, "requires", message)
        if len(cells) > 1:
            yield self._entry(cells)

    def _entry(self, cells: dict[str, str]) -> Finding:
        path, key, line = self.held.place("product", self.product.product, "requires")
        if self.origin.source not in self.product.source:
            cells[SOURCE] = self.origin.source
        text = flow(self.held, cells)
        after = len(self.product.requires) - 1
        return Finding(
            Problem(path, line, key_text(key), f"no entry {text}"),
            (Insert(path, key, after, text), *self.origin.touched),
        )

    def _specifiers(self, other: Product) -> frozenset[SpecifierSet]:
        if is_interpreter(other):
            told = self.requirements.python or specifiers(self.release.requires_python)
            return frozenset() if told is None else frozenset([told])
        return self.requirements.of(_names(other), self._pythons())

    def _written(self, other: Product, found: Iterable[SpecifierSet], *, exactly: bool) -> str | None:
        """The specifiers as one cell; None where they differ or a cell cannot say them."""
        texts = {self._cell(other, specifier, exactly=exactly) for specifier in found}
        return texts.pop() if len(texts) == 1 else None

    def _cell(self, other: Product, specifier: SpecifierSet, *, exactly: bool) -> str | None:
        if exactly:
            version = exact(specifier)
            if version is None:
                return None
            number = self.held.number(other.product, version)
            series = Number.parse(version).series(other.granularity) if other.granularity else version
            return str(series if number is None else number)
        text = written(specifier)
        try:
            if text is not None:
                parse_versions(text, self.held.kb.releases[other.product], requirement=True)
        except BadCell:
            return None
        return text

    def _pythons(self) -> Sequence[str]:
        """The Pythons that the release is for: those of its wheels, else those that it admits."""
        python = self.held.interpreter()
        if python is None:
            return ()
        found = interpreters((wheel for _, wheel in self.release.wheels), python)
        if found:
            return sorted(found, key=Version)
        admitted = self.requirements.python or SpecifierSet()
        listed = [str(number) for number in self.held.kb.releases[python.product]]
        return [text for text in listed if admitted.contains(text)] or listed


def lacks_row(held: Held, table: Table, version: Version) -> bool:
    """Whether a table has no row of a release."""
    of = table.refresh.of if table.refresh is not None else ""
    number = Number.parse(str(version))
    rows = held.kb.relations[table.table].rows
    return not any(number in held.cell_values(of, row.cells[of]) for row in rows)


def lacks_entry(held: Held, product: Product, version: Version) -> bool:
    """Whether a product's `requires` says nothing of a release."""
    known = held.kb.releases[product.product]
    number = Number.parse(str(version))
    for entry in product.requires:
        parsed = parse_versions(_text(entry[RELEASE]), known)
        if number in held.cell_values(product.product, parsed):
            return False
    return True


def _text(value: object) -> str:
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)


def _names(product: Product) -> tuple[str, ...]:
    return product.required_as or ((product.package,) if product.package else ())


def _other(held: Held, table: Table) -> Product | None:
    """The other product of a table; None if it has more than one, or the other has no package."""
    of = table.refresh.of if table.refresh is not None else ""
    others = [held.kb.products[name] for name in table.columns if name in held.kb.products and name != of]
    return others[0] if len(others) == 1 and _names(others[0]) else None


def _required_products(held: Held, product: Product) -> list[Product]:
    names = dict.fromkeys(key for entry in product.requires for key in entry if key not in (RELEASE, SOURCE))
    return [held.kb.products[name] for name in names if name in held.kb.products]
