"""`bot knowledge refresh`: what the package index has and the knowledge lacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.knowledge.refresh.compare import Outcome, Watch

KEPT_FOR = timedelta(hours=1)
LEVEL, BEHIND, FAILED = 0, 1, 2

Products = Annotated[list[str] | None, typer.Argument(help="Products; by default all that are followed.")]
Check = Annotated[bool, typer.Option("--check", help="Only say what is missing; exit code 1 if anything is.")]
Write = Annotated[bool, typer.Option("--write", help="Add what is sure to the pages.")]
Everything = Annotated[bool, typer.Option("--all", help="Look for gaps among older releases too.")]
Wheels = Annotated[str | None, typer.Option(help="A page of wheels (file or URL) instead of the index.")]
IndexUrl = Annotated[list[str] | None, typer.Option(help="An index to ask instead of those pip is set to.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Ask for pages again that were read within the hour.")]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compare with what."""

    products: Sequence[str]
    indexes: Sequence[str]
    wheels: str | None
    everything: bool
    fresh: bool


def refresh(  # noqa: PLR0917  (typer makes options of the parameters)
    products: Products = None,
    check: Check = False,
    write: Write = False,
    everything: Everything = False,
    wheels: Wheels = None,
    index_url: IndexUrl = None,
    fresh: Fresh = False,
) -> None:
    """Compare with the package index; print a diff of what is missing. Exit code 2 if it cannot be asked."""
    if check and write:
        raise typer.BadParameter("--check changes nothing: leave one of --check and --write out")
    settings = load_settings()
    with _watching() as watch:
        outcome = _compared(settings, Wish(products or [], index_url or [], wheels, everything, fresh), watch)
    _say(outcome)
    code = _show(settings, outcome, check=check, write=write)
    raise typer.Exit(FAILED if outcome.failures else code)


def _compared(settings: Settings, wish: Wish, watch: Watch) -> Outcome:
    from bot.knowledge.refresh.client import IndexClient
    from bot.knowledge.refresh.compare import Comparison
    from bot.knowledge.refresh.held import Held
    from bot.knowledge.refresh.index_settings import read_index_settings

    held = Held.load(settings.knowledge_path)
    age = timedelta(0) if wish.fresh else KEPT_FOR
    with IndexClient(read_index_settings(wish.indexes), settings.cache_path, age) as client:
        comparison = Comparison(held, client, datetime.now(UTC).date(), wish.everything, watch)
        if wish.wheels is None:
            return comparison.index(wish.products)
        return comparison.wheel_page(wish.wheels, wish.products)


def _show(settings: Settings, outcome: Outcome, *, check: bool, write: bool) -> int:
    from bot.knowledge.refresh.edit import edited, unified_diff

    by_hand = [finding for finding in outcome.findings if not finding.edits]
    if check:
        typer.echo("".join(f"{finding}\n" for finding in outcome.findings), nl=False)
        return BEHIND if outcome.findings else LEVEL
    pages = edited(edit for finding in outcome.findings for edit in finding.edits)
    if write:
        from bot.knowledge.refresh.change import write_pages

        write_pages(pages, settings.knowledge_path)
        typer.echo("".join(f"{finding}\n" for finding in by_hand), nl=False)
        for path in pages:
            typer.echo(f"{path}: written", err=True)
        return BEHIND if by_hand else LEVEL
    typer.echo(unified_diff(pages), nl=False)
    for finding in by_hand:
        typer.echo(str(finding), err=True)
    return LEVEL


def _say(outcome: Outcome) -> None:
    for line in outcome.notes:
        typer.echo(f"note: {line}", err=True)
    for line in outcome.failures:
        typer.echo(f"bot: {line}", err=True)
    if not outcome.findings and not outcome.failures:
        typer.echo(f"{outcome.compared} products compared: nothing is missing", err=True)


@contextmanager
def _watching() -> Iterator[Watch]:
    """A bar on standard error where that is a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def watch(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done)

        yield watch
