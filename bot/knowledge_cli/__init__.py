"""The maintainers' commands: `bot knowledge …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.knowledge_cli import exchange, importing, reports
from bot.knowledge_cli.refresh import refresh
from bot.settings import bundled_knowledge, load_settings

knowledge_cli = typer.Typer(help="Look after the knowledge.", rich_markup_mode=None, no_args_is_help=True)
knowledge_cli.command()(reports.stats)
knowledge_cli.command()(reports.stale)
knowledge_cli.command()(reports.show)
knowledge_cli.command()(exchange.export)
knowledge_cli.command("import")(importing.import_markdown)
knowledge_cli.command()(refresh)


@knowledge_cli.command()
def check(
    folders: Annotated[list[Path] | None, typer.Argument(help="Folders; by default the ones in use.")] = None,
) -> None:
    """Name every mistake in the knowledge: file, line, key. Exit code 1 if there is any.

    Later folders win over earlier ones; what they replace is noted. A folder that is no whole base (a team's
    own) is checked over the knowledge that came with the program.
    """
    from bot.knowledge.folders import over_base
    from bot.knowledge.loader import load_knowledge
    from bot.knowledge.problems import KnowledgeError
    from bot.knowledge.unseen import spelt_out

    named = tuple(folders or load_settings().knowledge_path)
    paths = over_base(named, bundled_knowledge())
    if len(paths) > 1:
        typer.echo(spelt_out(f"checking, later folders over earlier ones: {', '.join(map(str, paths))}"))
    if len(paths) > len(named):
        typer.echo("note: no whole base among the folders, so the bundled knowledge lies under them")
    try:
        kb = load_knowledge(paths, thorough=True)
    except KnowledgeError as error:
        typer.echo(str(error))
        typer.echo(f"{len(error.problems)} mistakes", err=True)
        raise typer.Exit(1) from error
    for override in kb.overrides:
        typer.echo(f"note: {override}")
    rows = sum(len(relation.rows) for relation in kb.relations.values())
    typer.echo(
        f"{len(kb.products)} products, {len(kb.relations)} tables, {rows} rows, {len(kb.facts)} facts: ok"
    )


@knowledge_cli.command()
def schema(
    kind: Annotated[str | None, typer.Argument(help="One kind of page; by default all.")] = None,
) -> None:
    """Print the JSON Schema of the knowledge pages, for editors."""
    from bot.knowledge.schema import page_schemas

    schemas = page_schemas()
    if kind is not None and kind not in schemas:
        raise typer.BadParameter(f"one of: {', '.join(schemas)}")
    chosen: object = schemas if kind is None else schemas[kind]
    typer.echo(json.dumps(chosen, indent=2, ensure_ascii=False))
