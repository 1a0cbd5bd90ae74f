"""`bot knowledge import`: pipe tables of a Markdown file, with questions for what they do not tell."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import BotError
from bot.knowledge_cli.reports import loaded
from bot.settings import load_settings

if TYPE_CHECKING:
    from bot.knowledge.base import KnowledgeBase
    from bot.knowledge.importing.answers import Answers, Missing
    from bot.knowledge.importing.markdown import PipeTable, Unread
    from bot.knowledge.importing.reading import Reader

REFUSED, USAGE = 1, 2


def import_markdown(
    file: Annotated[Path, typer.Argument(help="A Markdown file with pipe tables.")],
    *,
    table: Annotated[str | None, typer.Option(help="Name of the new table.")] = None,
    columns: Annotated[str | None, typer.Option(help="In order: cuda,torch (- leaves out).")] = None,
    says: Annotated[list[str] | None, typer.Option(help="What a row says: en=TEXT. Once a language.")] = None,
    source: Annotated[str | None, typer.Option(help="Name of the source, known or new.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of a new source.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of a new source.")] = None,
    checked: Annotated[str | None, typer.Option(help="Day of comparison, YYYY-MM-DD.")] = None,
    confidence: Annotated[str | None, typer.Option(help="official, derived or book.")] = None,
    complete_for: Annotated[str | None, typer.Option(help="Column whose entries are all listed.")] = None,
    at: Annotated[int | None, typer.Option(help="Line of the table, where there are several.")] = None,
    answers: Annotated[Path | None, typer.Option(help="YAML with the answers, for several tables.")] = None,
    to: Annotated[Path | None, typer.Option(help="Knowledge folder to write to; by default print.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Write what can be read.")] = False,
) -> None:
    """Make table pages of Markdown pipe tables. Exit code 1: refused; 2: answers are missing."""
    given = {
        **{f"column.{n}": c.strip() for n, c in enumerate((columns or "").split(","), 1) if c.strip()},
        **{f"says.{lang}": text for lang, _, text in (item.partition("=") for item in says or ())},
    }
    named = {"table": table, "source": source, "title": title, "url": url, "checked": checked,
             "confidence": confidence, "complete_for": complete_for}  # fmt: skip
    given |= {key: text for key, text in named.items() if text is not None}
    _Import(file, to, partial=partial).run(given, at, answers)


class _Import:
    """One run over a file."""

    def __init__(self, file: Path, to: Path | None, *, partial: bool) -> None:
        from bot.knowledge.importing.reading import Reader

        self.file, self.to, self.partial = file, to, partial
        self.kb: KnowledgeBase = loaded()
        self.reader: Reader = Reader(self.kb)
        self.today: date = datetime.now(UTC).date()
        self.asks = is_terminal()

    def run(self, given: Answers, at: int | None, page: Path | None) -> None:
        """Read, ask, convert, check, write."""
        from bot.knowledge.importing.answers import BadAnswers, read_answers
        from bot.knowledge.importing.markdown import read_markdown

        tables, unread = read_markdown(self._text())
        try:
            wanted = read_answers(page) if page else ((at, given),)
        except BadAnswers as error:
            raise BotError(str(error)) from error
        chosen = self._chosen(tables, wanted)
        for table, answers in chosen:
            self._ask(table, answers)
        self._refuse_unread(unread)
        written: dict[str, str] = {}
        for table, answers in chosen:
            written |= self._convert(table, answers)
        self._write(written)

    def _text(self) -> str:
        try:
            return self.file.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise BotError(f"{self.file}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise BotError(f"{self.file}: not UTF-8 (byte {error.start}): save it as UTF-8") from error

    def _chosen(
        self, tables: tuple[PipeTable, ...], wanted: tuple[tuple[int | None, Answers], ...]
    ) -> list[tuple[PipeTable, Answers]]:
        by_line = {table.line: table for table in tables}
        if not tables:
            self._fail("there is no pipe table here", REFUSED)
        if len(wanted) == 1 and wanted[0][0] is None and len(tables) > 1 and self.asks:
            said = [t for t in tables if typer.confirm(f"Import the table in line {t.line}, {_shown(t)}?")]
            return [(table, dict(wanted[0][1])) for table in said]
        if any(line is None for line, _ in wanted) and len(tables) != len(wanted):
            listed = "\n".join(f"  line {table.line}: {_shown(table)}" for table in tables)
            self._fail(f"say which table is meant, by --at LINE or `line` of the answers:\n{listed}", USAGE)
        for line, _ in wanted:
            if line is not None and line not in by_line:
                self._fail(f"no table begins in line {line}: {', '.join(map(str, by_line))}", USAGE)
        return [
            (tables[n] if line is None else by_line[line], dict(answers))
            for n, (line, answers) in enumerate(wanted)
        ]

    def _ask(self, table: PipeTable, answers: Answers) -> None:
        """Ask on a terminal until nothing is missing; elsewhere list what is, and end."""
        found = self._missing(table, answers)
        if found and not self.asks:
            lines = "\n".join(f"  {item}" for item in found)
            self._fail(f"the table in line {table.line} ({_shown(table)}) lacks answers:\n{lines}", USAGE)
        while found:
            if found[0].wrong:
                typer.echo(found[0].wrong)
            answers[found[0].key] = typer.prompt(found[0].question).strip()
            found = self._missing(table, answers)

    def _missing(self, table: PipeTable, answers: Answers) -> list[Missing]:
        from bot.knowledge.importing.answers import missing

        return list(missing(self.kb, self.reader, table, answers, self.today))

    def _refuse_unread(self, unread: tuple[Unread, ...]) -> None:
        for item in unread:
            typer.echo(f"{self.file}: {item}", err=True)
        if any(item.mistake for item in unread) and not self.partial:
            self._fail("nothing written: mend these lines, or import the rest with --partial", REFUSED)

    def _convert(self, table: PipeTable, answers: Answers) -> Mapping[str, str]:
        from bot.knowledge.importing.converting import convert, pages

        found = convert(table, answers, self.reader)
        self._refuse_unread(found.unread)
        for item in found.skipped:
            typer.echo(f"{self.file}: {item}", err=True)
        if not found.rows:
            self._fail(f"no row of the table in line {table.line} can be read", REFUSED)
        new = answers["source"] not in self.kb.sources
        return pages(self.file.name, table, found, answers, new_source=new)

    def _write(self, written: Mapping[str, str]) -> None:
        from bot.knowledge.importing.converting import mistakes

        found = mistakes(load_settings().knowledge_path, written)
        if found:
            self._fail("\n".join(["nothing written: the check would say", *found]), REFUSED)
        if self.to is None:
            typer.echo("\n".join(f"# --- {path}\n{text}" for path, text in written.items()), nl=False)
            return
        there = [path for path in written if (self.to / path).exists()]
        if there:
            self._fail(f"nothing written: {', '.join(there)} is there already", REFUSED)
        for path, text in written.items():
            (self.to / path).parent.mkdir(parents=True, exist_ok=True)
            (self.to / path).write_text(text, encoding="utf-8")
            typer.echo(f"written: {self.to / path}")

    def _fail(self, message: str, code: int) -> None:
        typer.echo(f"{self.file}: {message}", err=True)
        raise typer.Exit(code)


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _shown(table: PipeTable) -> str:
    return " | ".join(table.header)
