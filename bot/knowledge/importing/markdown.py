"""Finds the pipe tables of a Markdown text, and what looks like figures but is no pipe table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class PipeRow:
    """The texts of a row's cells, and its line (from 1). More cells than the header has stand at the end."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PipeTable:
    """A table as written, with the heading above it (empty if there is none)."""

    line: int
    heading: str
    header: tuple[str, ...]
    rows: tuple[PipeRow, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was not imported: its line, the text, why. What is no `mistake` is only mentioned."""

    line: int
    text: str
    why: str
    mistake: bool = True

    def __str__(self) -> str:
        return f"line {self.line}: {self.text!r}: {self.why}"


def read_markdown(text: str) -> tuple[tuple[PipeTable, ...], tuple[Unread, ...]]:
    """The tables of a text in order, and what else may hold figures: images, HTML, code, stray pipes."""
    lines = text.splitlines()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    tables: list[PipeTable] = []
    unread: list[Unread] = []
    heading = ""
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = _plain(tokens[index + 1])
        elif token.type == "table_open":
            end = next(n for n in range(index, len(tokens)) if tokens[n].type == "table_close")
            tables.append(_table(tokens[index:end], heading, lines))
        else:
            unread += _strays(token)
    return tuple(tables), tuple(unread)


def _table(tokens: Sequence[Token], heading: str, lines: Sequence[str]) -> PipeTable:
    rows: list[PipeRow] = []
    cells: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            cells = []
        elif token.type in ("th_open", "td_open"):
            cells.append(_plain(tokens[index + 1]))
        elif token.type == "tr_close":
            opening = next(t for t in reversed(tokens[:index]) if t.type == "tr_open")
            line = opening.map[0] if opening.map else 0
            rows.append(PipeRow(line + 1, (*cells, *_excess(lines[line], len(cells)))))
    header, *body = rows
    return PipeTable(header.line, heading, header.cells, tuple(body))


def _excess(line: str, width: int) -> list[str]:
    """The cells of a line beyond the header's, which a Markdown reader leaves out."""
    cells = [cell.strip() for cell in escapedSplit(line.strip())]
    if cells and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return cells[width:]


def _plain(inline: Token) -> str:
    """Text without emphasis, links and code marks; a line break within a cell parts alternatives."""
    parts = []
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak") or (
            child.type == "html_inline" and child.content.lower().startswith("<br")
        ):
            parts.append("/")
        else:
            parts.append(child.content)
    return "".join(parts).strip()


def _strays(token: Token) -> Iterator[Unread]:
    line = token.map[0] + 1 if token.map else 1
    if token.type == "inline":
        for child in token.children or ():
            if child.type == "image":
                yield Unread(line, child.content or "image", "a picture is not read", mistake=False)
        for offset, text in enumerate(token.content.splitlines()):
            if text.lstrip().startswith("|"):
                why = "no table: below the header, a line of dashes is missing"
                yield Unread(line + offset, text.strip(), why)
    elif token.type == "html_block" and "<table" in token.content.lower():
        yield Unread(line, token.content.splitlines()[0], "an HTML table is not read: write it with pipes")
    elif token.type in ("fence", "code_block") and "|" in token.content:
        yield Unread(line, token.content.splitlines()[0], "code is not read", mistake=False)
