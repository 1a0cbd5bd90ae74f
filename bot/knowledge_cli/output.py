"""Shows a table of figures: drawn on a terminal, plain aligned lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import typer

from bot.knowledge.unseen import spelt_out, without_unseen


def show_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table. Text is never read as markup; the columns after the first are figures."""
    cells = [[spelt_out(str(cell)) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(title, header, cells)
    else:
        _write(title, header, cells)


def show_lines(lines: Iterable[str]) -> None:
    """Print lines of text that files hold; what a terminal would act on is left out."""
    typer.echo("\n".join(" ".join(without_unseen(line).splitlines()) for line in lines))


def _draw(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left")
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="right" if number else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False).print(table)


def _write(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [header, *rows]
    widths = [max(len(line[number]) for line in lines) for number in range(len(header))]
    typer.echo(title)
    for line in lines:
        first, *rest = (text.ljust(w) if not n else text.rjust(w) for n, (text, w) in
                        enumerate(zip(line, widths, strict=True)))  # fmt: skip
        typer.echo("  ".join(("", first, *rest)).rstrip())
