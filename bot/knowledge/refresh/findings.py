"""What the knowledge lacks: where it belongs, and the edit that adds it if that is sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import Version

from bot.knowledge.models import Attribute, Product, Table
from bot.knowledge.problems import Problem
from bot.knowledge.refresh.edit import Edit, Insert
from bot.knowledge.refresh.held import Held
from bot.knowledge.versions import Number


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing. Without edits, a person has to settle it."""

    problem: Problem
    edits: tuple[Edit, ...] = ()

    def __str__(self) -> str:
        return str(self.problem) if self.edits else f"{self.problem} (by hand)"


@dataclass(frozen=True, slots=True)
class Origin:
    """The source that new rows rest on, and the edits that mark it as checked today."""

    source: str
    touched: tuple[Edit, ...] = ()


def release_missing(held: Held, product: Product, version: str, day: str | None, note: str = "") -> Finding:
    """A release that the product's page does not list."""
    path, key, line = held.place("product", product.product, "releases")
    listed = [Version(text) for text in product.releases]
    below = [n for n, known in enumerate(listed) if known < Version(version)]
    text = f'"{version}": ' + (f'"{day}"' if day else "~")
    when = f" ({day})" if day else " (the index tells no day)"
    problem = Problem(path, line, key_text(key), f"{product.product} {version}{when} is missing{note}")
    return Finding(problem, (Insert(path, key, below[-1] if below else -1, text),))


def row_missing(
    held: Held,
    table: Table,
    version: Version,
    cells: Mapping[str, str],
    origin: Origin,
) -> Finding:
    """A row that a table does not have, to stand after the rows of earlier releases."""
    path, key, line = held.place("table", table.table, "rows")
    of = table.refresh.of if table.refresh is not None else table.columns[0]
    after = -1
    for index, row in enumerate(held.kb.relations[table.table].rows):
        numbers = [n for n in held.cell_values(of, row.cells[of]) if isinstance(n, Number)]
        if numbers and max(numbers) <= Number.parse(str(version)):
            after = index
    named = {} if origin.source in table.source else {"source": origin.source}
    text = flow(held, {**{column: cells[column] for column in table.columns}, **named}, cells.get("open"))
    problem = Problem(path, line, key_text(key), f"no row {text}")
    return Finding(problem, (Insert(path, key, after, text), *origin.touched))


def unsettled(held: Held, kind: str, name: str, key: str, message: str) -> Finding:
    """Something that only a person can settle."""
    path, whole, line = held.place(kind, name, key)
    return Finding(Problem(path, line, key_text(whole), message))


def flow(held: Held, cells: Mapping[str, str], is_open: str | None = None) -> str:
    """Cells as a row in braces; names stand plain, versions in quotes."""
    plain = {"source"} | {slug for slug in cells if slug in held.kb.attributes}
    parts = [f"{slug}: {text}" if slug in plain else f'{slug}: "{text}"' for slug, text in cells.items()]
    if is_open is not None:
        parts.append(f"open: {is_open}")
    return "{" + ", ".join(parts) + "}"


def cell(held: Held, column: Product | Attribute, values: Iterable[str]) -> str:
    """Values as one cell: in their own order, neighbours of three and more as a range."""
    wanted = set(values)
    if isinstance(column, Attribute):
        return "/".join(name for name in column.values if name in wanted)
    listed = [str(number) for number in held.kb.releases.get(column.product, ())]
    order = sorted({*listed, *wanted}, key=Version)
    runs: list[list[str]] = []
    for text in order:
        if text not in wanted:
            runs.append([])
        elif runs:
            runs[-1].append(text)
        else:
            runs.append([text])
    return "/".join(_run(run) for run in runs if run)


def _run(run: Sequence[str]) -> str:
    return f"{run[0]}~{run[-1]}" if len(run) > 2 else "/".join(run)


def key_text(key: Iterable[str | int]) -> str:
    """A key path as messages write it."""
    return ".".join(map(str, key))
