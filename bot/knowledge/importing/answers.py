"""What an import must know beside the Markdown: what is asked by which key, and whether an answer will do."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final, get_args

from pydantic import Field, ValidationError

from bot.errors import BotError
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.document import read_document
from bot.knowledge.importing.markdown import PipeTable
from bot.knowledge.importing.reading import Reader
from bot.knowledge.models import Confidence, Line, Localized, Model, Slug

Answers = dict[str, str]
"""Answers by key: `table`, `column.1`, `says.en`, `source`, `complete_for`; of a new source `title`, `url`,
`checked`, `confidence`."""

SKIP: Final = "-"
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")


class BadAnswers(BotError):
    """A file of answers that cannot be read."""


class TableAnswers(Model):
    """The answers for one table; `line` tells which, where the Markdown has several."""

    line: int | None = None
    table: Slug
    columns: tuple[Line, ...] = ()
    says: Localized = Field(default_factory=dict)
    complete_for: Slug | None = None
    source: Slug | None = None
    title: Line | None = None
    url: str | None = None
    checked: date | None = None
    confidence: Confidence | None = None


class AnswersPage(Model):
    """A file of answers for one or several tables of a Markdown file."""

    tables: Annotated[tuple[TableAnswers, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to be asked: its key, the question, the option that answers it, and what was wrong so far."""

    key: str
    question: str
    option: str
    wrong: str = ""

    def __str__(self) -> str:
        return f"{self.option}: {self.question}" + (f" ({self.wrong})" if self.wrong else "")


def read_answers(path: Path) -> tuple[tuple[int | None, Answers], ...]:
    """The answers of a file, for each table with the line that it names.

    Raises:
        BadAnswers: the file is not of that form; the message names file and line.
    """
    document, problems = read_document(path)
    if document is None:
        raise BadAnswers("\n".join(map(str, problems)))
    try:
        page = AnswersPage.model_validate(document.data)
    except ValidationError as error:
        found = (document.problem(tuple(e["loc"]), e["msg"]) for e in error.errors(include_url=False))
        raise BadAnswers("\n".join(map(str, found))) from error
    return tuple((item.line, _flat(item)) for item in page.tables)


def _flat(item: TableAnswers) -> Answers:
    plain = item.model_dump(mode="json", exclude={"line", "columns", "says"}, exclude_none=True)
    columns = {f"column.{n}": slug for n, slug in enumerate(item.columns, 1)}
    return plain | columns | {f"says.{lang}": text for lang, text in item.says.items()}


def columns_of(table: PipeTable, answers: Mapping[str, str], reader: Reader) -> tuple[str | None, ...]:
    """The column that each header stands for: as answered, else as recognised, else None."""
    return tuple(
        answers.get(f"column.{n}") or reader.column(header) for n, header in enumerate(table.header, 1)
    )


def missing(
    kb: KnowledgeBase, reader: Reader, table: PipeTable, answers: Mapping[str, str], today: date
) -> Iterator[Missing]:
    """What must still be asked before a table can be written, in the order to ask it."""
    yield from _about_columns(reader, table, answers)
    columns = [c for c in columns_of(table, answers, reader) if c is not None and c != SKIP]
    taken = "there is a table of that name" if answers.get("table") in kb.relations else ""
    yield from _slug("table", "what is the table called? (a short name like torch-cuda)", answers, taken)
    for lang in kb.vocabularies:
        text = answers.get(f"says.{lang}", "")
        question = f"what does a row say, in {lang}? Name the columns in braces: {_braced(columns)}"
        wrong = _wrong_text(text, columns) if text else ""
        if not text or wrong:
            yield Missing(f"says.{lang}", question, f"--says {lang}=TEXT", wrong)
    if answers.get("complete_for") and answers["complete_for"] not in columns:
        question = "of which column are all rows listed?"
        yield Missing("complete_for", question, "--complete-for", "no column of this table")
    yield from _slug("source", "which source is it from? (a short name; a new one is added)", answers, "")
    if answers.get("source") and answers["source"] not in kb.sources:
        yield from _about_source(answers, today)


def _about_columns(reader: Reader, table: PipeTable, answers: Mapping[str, str]) -> Iterator[Missing]:
    found = columns_of(table, answers, reader)
    for number, (header, column) in enumerate(zip(table.header, found, strict=True), 1):
        twice = column != SKIP and column is not None and found.index(column) < number - 1
        wrong = "that column stands there twice" if twice else ""
        if column is not None and column != SKIP and not reader.is_column(column):
            wrong = f"{column!r} is neither a product with releases nor an attribute: add its page first"
        if column is None or wrong:
            question = f"which product or attribute is column {number}, {header!r}? ({SKIP} leaves it out)"
            yield Missing(f"column.{number}", question, "--columns A,B,…", wrong)
    if None not in found and sum(column != SKIP for column in found) < 2:
        question = "which columns are to be imported?"
        yield Missing("column.1", question, "--columns A,B,…", "a table has at least two columns")


def _about_source(answers: Mapping[str, str], today: date) -> Iterator[Missing]:
    if not answers.get("title"):
        yield Missing("title", "what is the title of the new source?", "--title")
    url = answers.get("url", "")
    if url and not url.startswith(("https://", "http://")):
        yield Missing("url", "where is it?", "--url", "a URL begins with https://")
    checked, wrong = answers.get("checked", ""), ""
    try:
        wrong = "lies in the future" if checked and date.fromisoformat(checked) > today else ""
    except ValueError:
        wrong = "write YYYY-MM-DD"
    if not checked or wrong:
        yield Missing("checked", "on which day were table and source compared?", "--checked", wrong)
    levels = get_args(Confidence)
    if answers.get("confidence", levels[0]) not in levels:
        yield Missing("confidence", "how sure is it?", "--confidence", f"one of {', '.join(levels)}")


def _slug(key: str, question: str, answers: Mapping[str, str], taken: str) -> Iterator[Missing]:
    text = answers.get(key, "")
    wrong = taken or ("small letters, digits and hyphens" if text and not SLUG.fullmatch(text) else "")
    if not text or wrong:
        yield Missing(key, question, f"--{key}", wrong)


def _wrong_text(text: str, columns: Sequence[str]) -> str:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return "a brace has no partner"
    strange = names - set(columns)
    return f"{{{min(strange)}}} is no column of this table" if strange else ""


def _braced(columns: Sequence[str]) -> str:
    return ", ".join(f"{{{column}}}" for column in columns)
