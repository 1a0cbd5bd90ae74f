"""`bot knowledge export`: the knowledge for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import BotError
from bot.knowledge_cli.reports import loaded

if TYPE_CHECKING:
    from bot.knowledge.base import KnowledgeBase


class Form(StrEnum):
    """The forms that knowledge is exported in."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def export(
    table: Annotated[str | None, typer.Argument(help="One table; by default all.")] = None,
    form: Annotated[Form, typer.Option("--format", help="The form.")] = Form.JSON,
    to: Annotated[Path | None, typer.Option(help="A file; for all tables as CSV a folder.")] = None,
    expand: Annotated[bool, typer.Option("--expand", help="Ranges and lists written out.")] = False,
    lang: Annotated[str, typer.Option(help="Language of column names in Markdown.")] = "en",
) -> None:
    """Write the tables (as JSON: everything) for other programs."""
    from bot.knowledge.export import NoSuchTable, find_table, to_csv, to_json, to_markdown

    kb = loaded()
    try:
        relation = find_table(kb, table) if table else None
    except NoSuchTable as error:
        raise typer.BadParameter(str(error)) from error
    if form is Form.JSON:
        _write(to_json(kb, relation, expand=expand), to)
    elif form is Form.MARKDOWN:
        _write(to_markdown(kb, relation, lang, expand=expand), to)
    elif relation is not None:
        _write(to_csv(kb, relation, expand=expand), to)
    elif to is not None:
        _write_all(kb, to, expand=expand)
    else:
        raise typer.BadParameter("all tables as CSV need a folder: --to DIR, or name one table")


def _write_all(kb: KnowledgeBase, folder: Path, *, expand: bool) -> None:
    from bot.knowledge.export import to_csv

    for slug, relation in kb.relations.items():
        _write(to_csv(kb, relation, expand=expand), folder / f"{slug}.csv")
    typer.echo(f"{len(kb.relations)} tables written to {folder}")


def _write(text: str, path: Path | None) -> None:
    """Bytes as they are: the line ends of CSV are not to be translated."""
    if path is None:
        typer.echo(text.encode(), nl=False)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        raise BotError(f"{path}: {error.strerror or error}") from error
