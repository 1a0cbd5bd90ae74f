"""Finds releases that a list said to be complete passes over without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bot.knowledge.base import Relation
from bot.knowledge.cells import BadCell, Bounds, Cell, Versions, parse_versions
from bot.knowledge.reach import Reach
from bot.knowledge.requirements import RELEASE
from bot.knowledge.versions import Match, Number

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

NAMED: Final = 6
"""How many releases a message names."""


def verify_holes(
    draft: Draft, relations: Mapping[str, Relation], releases: Mapping[str, Sequence[Number]]
) -> None:
    """Add a problem for each complete table that lacks releases after the first it lists.

    A release may be declared a hole: nothing is recorded of it. A product whose list of releases is not all
    there is has no holes.
    """
    for slug, relation in relations.items():
        column = relation.table.complete_for
        known = releases.get(column or "", ())
        if column is None or column not in relation.columns or not known:
            _say_all(draft, slug, relation.table.holes, "only beside `complete_for` a product with releases")
        elif slug not in draft.row_keys:
            listed = [row.cells[column] for row in relation.rows if column in row.cells]
            declared = _declared(draft, relation, listed, known)
            if not draft.products[column].more_releases:
                _tell(draft, "table", slug, ("complete_for",), _missing([*listed, *declared], known))
    for name, product in draft.products.items():
        entries = [_read(entry.get(RELEASE), releases[name]) for entry in product.requires]
        cells = [cell for cell in entries if cell is not None]
        if cells and len(cells) == len(entries) and not product.more_releases:
            _tell(draft, "product", name, ("requires",), _missing(cells, releases[name]))


class _Listed:
    """What cells list: a release, its series, or a release of the series that it is."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        once = {id(cell): cell for cell in cells}.values()
        self._reach = Reach(number for cell in once if isinstance(cell, Versions) for number in cell.numbers)
        self._bounds = [cell.constraint for cell in once if isinstance(cell, Bounds)]

    def __contains__(self, number: Number) -> bool:
        return number in self._reach or any(b.match(number) is not Match.NO for b in self._bounds)


def _declared(
    draft: Draft, relation: Relation, listed: Sequence[Cell], known: Sequence[Number]
) -> list[Cell]:
    """The cells of `holes`; one that is no hole is a problem."""
    found: list[Cell] = []
    rows = _Listed(listed)
    for index, text in enumerate(relation.table.holes):
        try:
            cell = parse_versions(text, known)
        except BadCell as error:
            draft.problem("table", relation.slug, ("holes", index), str(error))
            continue
        found.append(cell)
        declared = _Listed([cell])
        inside = [str(number) for number in known if number in declared and number in rows]
        if inside:
            message = f"{', '.join(inside[:NAMED])}: in a row, so no hole: delete it here"
            draft.problem("table", relation.slug, ("holes", index), message)
    return found


def _missing(cells: Iterable[Cell], known: Sequence[Number]) -> list[Number]:
    """The known releases after the first that any cell lists, and in no cell."""
    listed = _Listed(cells)
    begun, found = False, []
    for number in known:
        if number in listed:
            begun = True
        elif begun:
            found.append(number)
    return found


def _tell(draft: Draft, kind: str, slug: str, key: tuple[str, ...], missing: Sequence[Number]) -> None:
    if missing:
        names = ", ".join(map(str, missing[:NAMED]))
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        mend = (
            "name them under `holes`"
            if kind == "table"
            else "give each an entry that has its `release` alone"
        )
        message = f"nothing is said of {names}{more}: add rows, or where none is known {mend}"
        draft.problem(kind, slug, key, message)


def _say_all(draft: Draft, slug: str, holes: Sequence[str], message: str) -> None:
    if holes:
        draft.problem("table", slug, ("holes",), message)


def _read(text: object, known: Sequence[Number]) -> Cell | None:
    try:
        return parse_versions(str(text), known)
    except BadCell:
        return None
