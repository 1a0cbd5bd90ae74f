"""`bot knowledge stats`, `stale` and `show`: what is known, what wants a new look, all about one release."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.knowledge_cli.output import show_lines, show_table
from bot.settings import load_settings

if TYPE_CHECKING:
    from bot.knowledge.base import KnowledgeBase
    from bot.knowledge.staleness import StaleSource
    from bot.knowledge.stats import Stats

LINES_SHOWN = 12
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def stats(as_json: AsJson = False) -> None:
    """Count products, releases, tables, pairs of versions, facts and sources, by age and confidence."""
    from bot.knowledge.stats import count

    found = count(loaded(), datetime.now(UTC).date())
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _show_stats(found)


def stale(
    older_than: Annotated[str, typer.Option(help="An age: 180d, 26w, 6m (30 days each) or 1y.")] = "180d",
    as_json: AsJson = False,
) -> None:
    """List sources that were checked longer ago, with what rests on them. Exit code 1 if there is any."""
    from bot.knowledge.staleness import BadPeriod, parse_period, stale_sources

    try:
        period = parse_period(older_than)
    except BadPeriod as error:
        raise typer.BadParameter(str(error)) from error
    found = stale_sources(loaded(), period, datetime.now(UTC).date())
    if as_json:
        typer.echo(json.dumps([item.as_json() for item in found], indent=2, ensure_ascii=False))
    elif found:
        show_lines(line for item in found for line in _stale_lines(item))
    else:
        typer.echo(f"every source was checked within {older_than}")
    raise typer.Exit(1 if found else 0)


def show(
    words: Annotated[list[str], typer.Argument(help="A product, and a version of it: torch 1.7.0.")],
    lang: Annotated[str, typer.Option(help="Language of the answer.")] = "en",
) -> None:
    """Tell everything that is known about one release, as the bot would. Exit code 1 if nothing is."""
    from bot.pipeline import Pipeline

    pipeline = Pipeline(loaded())
    phrases = pipeline.words(lang)
    asked = phrases.say("option.overview.ask", product=" ".join(words), version="")
    reply = pipeline.ask(" ".join(asked.split()))
    if sys.stdout.isatty():
        from bot.presenting.terminal import print_reply

        print_reply(reply, phrases)
    else:
        typer.echo(pipeline.plain(reply))
    known = reply.status == "answered" and reply.verdict != "no"
    raise typer.Exit(0 if known else 1)


def loaded() -> KnowledgeBase:
    """The knowledge in use."""
    from bot.knowledge.loader import load_knowledge

    settings = load_settings()
    return load_knowledge(settings.knowledge_path, settings.cache_path)


def _show_stats(found: Stats) -> None:
    names = ("products", "releases", "tables", "rows", "pairs", "facts", "sources")
    rows = [(name, f"{getattr(found, name):,}") for name in names]
    show_table("Knowledge (pairs: of single versions, over all tables that answer)", ("", "count"), rows)
    for title, shares in (("By age of `checked`", found.ages), ("By confidence", found.confidence)):
        groups = [(label, f"{s.sources:,}", f"{s.rows:,}") for label, s in shares.items()]
        show_table(title, ("", "sources", "rows"), groups)
    if found.folders:
        kinds = tuple(next(iter(found.folders.values())))
        by_folder = [(name, *counts.values()) for name, counts in found.folders.items()]
        show_table("By folder", ("", *kinds), by_folder)


def _stale_lines(item: StaleSource) -> Iterator[str]:
    title = f"{item.source.checked} ({item.days} days) {item.slug}: {item.source.title}"
    yield f"{title} {item.source.url}".rstrip()
    for table in item.tables:
        if table not in item.rows:
            yield f"  table {table} (as a whole; its rows name other sources)"
    for table, lines in item.rows.items():
        shown = ", ".join(str(line) for line in lines[:LINES_SHOWN])
        more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
        yield f"  table {table}: {len(lines)} rows, lines {shown}{more}"
    for kind, names in (("facts", item.facts), ("products", item.products)):
        if names:
            yield f"  {kind}: {', '.join(names)}"
    if not (item.tables or item.rows or item.facts or item.products):
        yield "  nothing rests on it: delete it, or name it where it belongs"
