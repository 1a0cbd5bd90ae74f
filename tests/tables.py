"""A small reader of the tables' notation, written apart from the bot's, to check the bot against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from bot.settings import bundled_knowledge

Release = tuple[int, ...]
TABLES: Final = bundled_knowledge() / "tables"
PRODUCTS: Final = bundled_knowledge() / "products"


def release(text: str) -> Release:
    """`1.10.2` as (1, 10, 2)."""
    return tuple(int(part) for part in text.split("."))


@cache
def page(name: str) -> dict[str, Any]:
    """A table's page."""
    loaded: dict[str, Any] = yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def releases(product: str) -> tuple[str, ...]:
    """All releases of a product, ascending."""
    loaded = yaml.safe_load((PRODUCTS / f"{product}.yaml").read_text(encoding="utf-8"))
    return tuple(sorted(loaded["releases"], key=release))


@cache
def series(product: str) -> tuple[str, ...]:
    """All releases cut to two components, ascending: what people call a CUDA or a Python version."""
    heads = {".".join(text.split(".")[:2]) for text in releases(product)}
    return tuple(sorted(heads, key=release))


def cell(text: str, known: tuple[str, ...]) -> Iterator[str]:
    """The versions that a cell such as `0.1.6~0.4.1/1.0.0` lists, over the known releases."""
    for part in text.split("/"):
        low, _, high = part.partition("~")
        inside = [v for v in known if release(low) <= release(v) <= release(high)] if high else [low]
        yield from inside


@dataclass(frozen=True)
class Pairs:
    """A table of two products as a set of pairs."""

    pairs: frozenset[tuple[str, str]]
    left: frozenset[str]
    right: frozenset[str]

    def rights(self, left: str) -> set[str]:
        """What goes with `left`."""
        return {b for a, b in self.pairs if a == left}

    def lefts(self, right: str) -> set[str]:
        """What goes with `right`."""
        return {a for a, b in self.pairs if b == right}


@cache
def listed_on(table: str, left: str, right: str, platform: str) -> frozenset[tuple[str, str]]:
    """The pairs of (left, right) that a table lists for a platform."""
    return frozenset(
        (a, b)
        for row in page(table)["rows"]
        if platform in row["platform"].split("/")
        for a in cell(row[left], _known(left))
        for b in cell(row[right], _known(right))
    )


@cache
def pairs(table: str, left: str, right: str) -> Pairs:
    """The pairs of (left, right) that a table lists; CUDA and Python count by series."""
    found = {
        (a, b)
        for row in page(table)["rows"]
        for a in cell(row[left], _known(left))
        for b in cell(row[right], _known(right))
    }
    return Pairs(frozenset(found), frozenset(a for a, _ in found), frozenset(b for _, b in found))


def _known(product: str) -> tuple[str, ...]:
    return series(product) if product in ("cuda", "python") else releases(product)


def listed_verdict(table: str, left: str, a: str, right: str, b: str) -> str | None:
    """What a table settles of a pair: `yes` if it lists it, `no` where its list is complete, else nothing.

    A list is complete for an entry of the column that `complete_for` names, if it is listed, in no `open` row
    and no hole.
    """
    listed, settings = pairs(table, left, right), page(table)
    if (a, b) in listed.pairs:
        return "yes"
    complete = settings.get("complete_for")
    if complete not in (left, right):
        return None
    entry, known = (a, listed.left) if complete == left else (b, listed.right)
    holes = set(cell(settings["holes"], _known(complete))) if "holes" in settings else set()
    if entry not in known - holes:
        return None
    other, value = (right, b) if complete == left else (left, a)
    rows = (row for row in page(table)["rows"] if entry in cell(row[complete], _known(complete)))
    return None if any(_may_have(row, other, value) for row in rows) else "no"


def _may_have(row: dict[str, Any], column: str, value: str) -> bool:
    """Whether a row leaves open that it has a version: without a limit, or from one version on."""
    left = row.get("open", False)
    if not isinstance(left, dict) or column not in left:
        return bool(left)
    return release(value) >= release(left[column].removeprefix(">="))
