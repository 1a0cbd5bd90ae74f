"""A reply in a terminal with colours and a drawn table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.presenting.phrasing import Phrasing
from bot.presenting.reply import MOST_CITATIONS, Grid, Reply, Section


def print_reply(reply: Reply, words: Phrasing, console: Console | None = None) -> None:
    """Print a reply. Text is never read as markup; a command stays on one line to be copied whole."""
    console = console or Console(highlight=False)
    for section in reply.sections:
        _print_section(section, console)
    for choice in reply.choices:
        console.print(Text.assemble(("  → ", "cyan"), choice.label, (f"  {choice.ask}", "dim")))
    for citation in reply.citations[:MOST_CITATIONS]:
        checked = words.say("surface.checked", date=citation.checked)
        line = " · ".join(part for part in (citation.title, citation.url, checked, citation.mark) if part)
        console.print(Text(f"{words.say('surface.source')}: {line}", style="dim"), soft_wrap=True)
    if len(reply.citations) > MOST_CITATIONS:
        more = words.say("surface.more_sources", count=len(reply.citations) - MOST_CITATIONS)
        console.print(Text(more, style="dim"))


def _print_section(section: Section, console: Console) -> None:
    console.print(Text(section.headline, style="bold"))
    for paragraph in section.paragraphs:
        console.print(Text(paragraph))
    if section.code is not None:
        for line in section.code.splitlines():
            console.print(Text(f"  {line}", style="green"), soft_wrap=True)
    if section.grid is not None:
        console.print(_table(section.grid))
    for note in section.notes:
        console.print(Text(note, style="italic"))
    console.print()


def _table(grid: Grid) -> Table:
    table = Table()
    for title in grid.header:
        table.add_column(Text(title))
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
