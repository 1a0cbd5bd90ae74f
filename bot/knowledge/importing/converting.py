"""Turns a pipe table and its answers into pages of YAML, with everything that was left out named."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.cells import BadCell
from bot.knowledge.importing.answers import SKIP, Answers, columns_of
from bot.knowledge.importing.markdown import PipeRow, PipeTable, Unread
from bot.knowledge.importing.reading import Reader
from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError


@dataclass(frozen=True, slots=True)
class Converted:
    """The rows that could be read (column to cell), what could not, and the cells of columns left out."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    unread: tuple[Unread, ...]
    skipped: tuple[Unread, ...]


def convert(table: PipeTable, answers: Mapping[str, str], reader: Reader) -> Converted:
    """Read every row; one with a cell that cannot be read is left out and named."""
    columns = tuple(column or SKIP for column in columns_of(table, answers, reader))
    rows: list[Mapping[str, str]] = []
    unread: list[Unread] = []
    skipped: list[Unread] = []
    for row in table.rows:
        cells, wrong = _cells(row, columns, table.header, reader)
        unread += wrong
        if not wrong:
            rows.append(cells)
        pairs = zip(columns, row.cells, table.header, strict=False)
        skipped += [
            Unread(row.line, f"{h}: {text}", "column left out") for c, text, h in pairs if c == SKIP and text
        ]
    return Converted(tuple(c for c in columns if c != SKIP), tuple(rows), tuple(unread), tuple(skipped))


def _cells(
    row: PipeRow, columns: Sequence[str], header: Sequence[str], reader: Reader
) -> tuple[dict[str, str], list[Unread]]:
    cells: dict[str, str] = {}
    wrong = [
        Unread(row.line, text, f"more cells than the header has ({len(header)})")
        for text in row.cells[len(header) :]
    ]
    for column, text, name in zip(columns, row.cells, header, strict=False):
        if column == SKIP:
            continue
        try:
            cells[column] = reader.cell(column, text)
        except BadCell as error:
            wrong.append(Unread(row.line, f"{name}: {text}", str(error)))
    return cells, wrong


def pages(
    name: str, table: PipeTable, found: Converted, answers: Answers, *, new_source: bool
) -> dict[str, str]:
    """The YAML of each page by its path in a knowledge folder."""
    slug = answers["table"]
    written = {f"tables/{slug}.yaml": "\n".join(_table_page(name, table, found, answers)) + "\n"}
    if new_source:
        written[f"sources/{answers['source']}.yaml"] = "\n".join(_source_page(answers)) + "\n"
    return written


def mistakes(folders: Sequence[Path], written: Mapping[str, str]) -> list[str]:
    """What the check of the knowledge says of the pages, laid over the folders."""
    with tempfile.TemporaryDirectory() as name:
        for path, text in written.items():
            page = Path(name) / path
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
        try:
            load_knowledge([*folders, Path(name)])
        except KnowledgeError as error:
            return [str(problem).replace(f"{name}/", "") for problem in error.problems]
    return []


def _table_page(name: str, table: PipeTable, found: Converted, answers: Answers) -> Iterator[str]:
    under = f", under {table.heading!r}" if table.heading else ""
    yield f"# Imported from {name}, line {table.line}{under}."
    yield from (f"# Not imported: {item}" for item in (*found.unread, *found.skipped))
    yield f"table: {answers['table']}"
    yield "says:"
    for key, text in answers.items():
        if key.startswith("says."):
            yield f"  {key.removeprefix('says.')}: {_quoted(text)}"
    yield f"columns: [{', '.join(found.columns)}]"
    if answers.get("complete_for"):
        yield f"complete_for: {answers['complete_for']}"
    yield f"source: {answers['source']}"
    yield "rows:"
    for row in found.rows:
        yield f"  - {{{', '.join(f'{column}: {_quoted(cell)}' for column, cell in row.items())}}}"


def _source_page(answers: Answers) -> Iterator[str]:
    yield "sources:"
    yield f"  {answers['source']}:"
    for key in ("title", "url"):
        if answers.get(key):
            yield f"    {key}: {_quoted(answers[key])}"
    yield f"    checked: {answers['checked']}"
    if answers.get("confidence"):
        yield f"    confidence: {answers['confidence']}"


def _quoted(text: str) -> str:
    """A JSON string is a YAML one as well."""
    return json.dumps(text, ensure_ascii=False)
