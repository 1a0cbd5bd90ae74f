"""A grid in the ways that Slack can show one, each cut to the room there is (at least `LEAST_ROOM`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.presenting import limits
from bot.presenting.mrkdwn import clip, escape, escape_markdown, size, width
from bot.presenting.payload import Block, cell, fenced_section, markdown, preformatted, table
from bot.presenting.reply import Grid

CELL_LIMIT: Final = 300
NARROW_CELL_LIMIT: Final = 40
LINE_LIMIT: Final = 250
FENCED_ROOM: Final = limits.SECTION_TEXT - 100
LEAST_ROOM: Final = 500
COLUMN_GAP: Final = "  "

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class FittedGrid:
    """A grid's block and how many of its rows had no room."""

    block: Block
    left_out: int


def fits_a_table(grid: Grid) -> bool:
    """Whether Slack's table has the columns for it."""
    return 0 < len(grid.header) <= limits.TABLE_COLUMNS


def fit_table(grid: Grid, room: int) -> FittedGrid:
    """The grid as a table block."""
    room = min(room, limits.TABLE_CHARACTERS)
    rows = _cells(grid, _cell_limit(grid, room // 2))[: limits.TABLE_ROWS]
    kept = _fit(rows, [sum(map(size, row)) for row in rows], room)
    return FittedGrid(table(kept), _left_out(grid, kept))


def fit_markdown(grid: Grid, room: int) -> FittedGrid:
    """The grid as a Markdown table in a markdown block."""
    rule = _markdown_row(["---"] * len(grid.header))
    room = min(room, limits.MARKDOWN_TEXT) - 2 * len(rule)
    lines = [_markdown_row(map(escape_markdown, row)) for row in _cells(grid, _cell_limit(grid, room // 5))]
    kept = _fit(lines, [size(line) + 1 for line in lines], room)
    return FittedGrid(markdown("\n".join([kept[0], rule, *kept[1:]])), _left_out(grid, kept))


def fit_monospace(grid: Grid, room: int, *, rich: bool) -> FittedGrid:
    """The grid as aligned lines: literal where rich text may be used, else a code block in mrkdwn."""
    lines = monospace_lines(grid)
    kept = _fit(lines, [size(escape(line)) + 1 for line in lines], min(room, FENCED_ROOM))
    text = "\n".join(kept)
    return FittedGrid(preformatted(text) if rich else fenced_section(text), _left_out(grid, kept))


def monospace_lines(grid: Grid) -> list[str]:
    """The grid's rows, padded so that columns stand under each other; a line has at most 250 units."""
    rows = _cells(grid, NARROW_CELL_LIMIT)
    widths = [max(map(width, column)) for column in zip(*rows, strict=False)]
    lines = [
        [text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=False)] for row in rows
    ]
    return [clip(COLUMN_GAP.join(line).rstrip(), LINE_LIMIT) for line in lines]


def _cells(grid: Grid, limit: int) -> list[list[str]]:
    return [[cell(text, limit) for text in row] for row in (grid.header, *grid.rows)]


def _cell_limit(grid: Grid, room: int) -> int:
    """So long may a cell be that the header row alone surely fits."""
    return max(1, min(CELL_LIMIT, room // max(1, len(grid.header))))


def _fit(rows: Sequence[_Row], sizes: Sequence[int], room: int) -> list[_Row]:
    """The header, and the rows after it until one does not fit."""
    kept = [rows[0]]
    left = room - sizes[0]
    for row, taken in zip(rows[1:], sizes[1:], strict=True):
        left -= taken
        if left < 0:
            break
        kept.append(row)
    return kept


def _left_out(grid: Grid, kept: Sequence[object]) -> int:
    return len(grid.rows) + 1 - len(kept)


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
