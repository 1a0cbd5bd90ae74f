"""Reads the gathered figures (`figures/*.csv`) and the known gaps (`gaps.yaml`) of the coverage tests."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

FOLDER: Final = Path(__file__).parent / "figures"
GAPS: Final = Path(__file__).parent / "gaps.yaml"

Figures = Mapping[str, str]
Answerable = Callable[[Figures], bool]


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows of one file that the knowledge leaves out on purpose, and why.

    `rows` names the cells that such a row has (an empty mapping means every row of the file).
    """

    file: str
    rows: Mapping[str, str]
    why: str

    def covers(self, row: Figures) -> bool:
        """Whether a row is of those that the gap names."""
        return all(row[column] == cell for column, cell in self.rows.items())


@cache
def figures(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `figures/<name>.csv`."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def gaps(name: str) -> tuple[Gap, ...]:
    """The known gaps of a file."""
    page = yaml.safe_load(GAPS.read_text(encoding="utf-8"))
    return tuple(Gap(**entry) for entry in page["gaps"] if entry["file"] == name)


def unanswered(name: str, answerable: Answerable) -> list[Figures]:
    """Rows that are not answerable and that no gap names."""
    known = gaps(name)
    return [row for row in figures(name) if not any(g.covers(row) for g in known) and not answerable(row)]


def mended(name: str, answerable: Answerable) -> list[str]:
    """The reasons of gaps that are none any more: they name no row, or a row that is answerable."""
    found = []
    for gap in gaps(name):
        rows = [row for row in figures(name) if gap.covers(row)]
        if not rows or any(answerable(row) for row in rows):
            found.append(gap.why)
    return found
