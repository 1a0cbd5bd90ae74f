"""A reply in a terminal with colours and a drawn table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.knowledge.unseen import without_unseen
from bot.presenting.phrasing import Phrasing
from bot.presenting.reply import MOST_CITATIONS, Grid, Reply, Section


def print_reply(reply: Reply, words: Phrasing, console: Console | None = None) -> None:
    """Print a reply. Text is never read as markup; a command stays on one line to be copied whole.

    What a terminal would act on and what nobody would see is left out.
    """
    console = console or Console(highlight=False)
    for section in reply.sections:
        _print_section(section, console)
    for choice in reply.choices:
        console.print(Text.assemble(("  → ", "cyan"), _text(choice.label), _text(f"  {choice.ask}", "dim")))
    for citation in reply.citations[:MOST_CITATIONS]:
        checked = words.say("surface.checked", date=citation.checked)
        line = " · ".join(part for part in (citation.title, citation.url, checked, citation.mark) if part)
        line = f"{words.say('surface.source')}: {' '.join(line.split())}"
        console.print(_text(line, "dim"), soft_wrap=True)
    if len(reply.citations) > MOST_CITATIONS:
        more = words.say("surface.more_sources", count=len(reply.citations) - MOST_CITATIONS)
        console.print(Text(more, style="dim"))


def _print_section(section: Section, console: Console) -> None:
    console.print(_text(section.headline, "bold"))
    for paragraph in section.paragraphs:
        console.print(_text(paragraph))
    if section.code is not None:
        for line in section.code.splitlines():
            console.print(_text(f"  {line}", "green"), soft_wrap=True)
    if section.grid is not None:
        console.print(_table(section.grid))
    for note in section.notes:
        console.print(_text(note, "italic"))
    console.print()


def _table(grid: Grid) -> Table:
    table = Table()
    for title in grid.header:
        table.add_column(_text(title))
    for row in grid.rows:
        table.add_row(*map(_text, row))
    return table


def _text(text: str, style: str = "") -> Text:
    return Text(without_unseen(text), style=style)
