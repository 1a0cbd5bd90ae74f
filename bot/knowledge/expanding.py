"""Cells written out: every single version or name that a cell stands for."""

from __future__ import annotations

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cells import Bounds, Cell, Names


def single_values(kb: KnowledgeBase, column: str, cell: Cell) -> tuple[str, ...]:
    """The versions or names of a cell, each by itself, in order.

    A bound stands for the known releases that it admits. It is kept as it is where the list of releases
    is not all there is (drivers), or where it admits none of them.
    """
    if isinstance(cell, Names):
        return cell.values
    if not isinstance(cell, Bounds):
        return tuple(number.text for number in cell.numbers)
    product = kb.products.get(column)
    if product is None or product.more_releases:
        return (str(cell.constraint),)
    admitted = cell.constraint.select(kb.releases.get(column, ()))
    return tuple(number.text for number in admitted) or (str(cell.constraint),)
