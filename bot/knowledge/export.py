"""Writes the knowledge out for other programs: JSON, CSV (RFC 4180) and Markdown pipe tables."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from bot.errors import BotError
from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.expanding import single_values
from bot.knowledge.models import Localized
from bot.knowledge.rows import Row
from bot.knowledge.unseen import without_unseen

FORM: Final = "torchdesk-knowledge/1"
BETWEEN: Final = "; "
BAR: Final = "\\|"
SPECIAL: Final = re.compile(r"([\\|*_~<>\[\]`])")
_FORMULA: Final = re.compile(r"(?:\A|(?<=[;\t\r\n]))(?=\s*[=+\-@＝＋－＠])|\A(?=[\t\r\n])")
_PLAIN_URL: Final = re.compile(r"https?://[^\s\\|*~<>\[\]()`]+")


class NoSuchTable(BotError):
    """No table of that name; the message lists those that there are."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as exported: a text for each column, and the row that it comes from."""

    cells: Mapping[str, str]
    row: Row


def find_table(kb: KnowledgeBase, slug: str) -> Relation:
    """The table of that name.

    Raises:
        NoSuchTable: there is none.
    """
    if slug not in kb.relations:
        raise NoSuchTable(f"no table {slug!r}: one of {', '.join(kb.relations)}")
    return kb.relations[slug]


def lines(kb: KnowledgeBase, relation: Relation, *, expand: bool = False) -> Iterator[Line]:
    """The rows with their cells as written; expanded, one line for each combination of single values."""
    for raw, row in zip(relation.table.rows, relation.rows, strict=True):
        if not expand:
            yield Line({column: _written(raw[column]) for column in relation.columns}, row)
            continue
        values = (single_values(kb, column, row.cells[column]) for column in relation.columns)
        for combination in product(*values):
            yield Line(dict(zip(relation.columns, combination, strict=True)), row)


def to_json(kb: KnowledgeBase, relation: Relation | None = None, *, expand: bool = False) -> str:
    """Everything, or one table with its sources, in the form that docs/knowledge.md describes."""
    relations = kb.relations.values() if relation is None else (relation,)
    names = {name for item in relations for row in item.rows for name in row.sources}
    sources = kb.sources if relation is None else {n: s for n, s in kb.sources.items() if n in names}
    found: dict[str, object] = {
        "form": FORM,
        "expanded": expand,
        "sources": {slug: source.model_dump(mode="json") for slug, source in sources.items()},
        "tables": [_table_json(kb, item, expand=expand) for item in relations],
    }
    if relation is None:
        found |= {
            "products": [p.model_dump(mode="json", exclude_defaults=True) for p in kb.products.values()],
            "attributes": [a.model_dump(mode="json", exclude_defaults=True) for a in kb.attributes.values()],
            "facts": [fact.model_dump(mode="json", exclude_defaults=True) for fact in kb.facts],
        }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def to_csv(kb: KnowledgeBase, relation: Relation, *, expand: bool = False) -> str:
    """One table: its columns, `command` and `with` where it has commands, then what each row rests on.

    A text that a spreadsheet would calculate (`==2.6.0`, `=HYPERLINK(…)`) stands behind an apostrophe.
    """
    commands = ("command", "with") if relation.table.relation == "command" else ()
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*relation.columns, *commands, "open", "source", "title", "url", "checked", "confidence"))
    for line in lines(kb, relation, expand=expand):
        told = (line.row.command or "", _with(line.row)) if commands else ()
        writer.writerow(map(_not_calculated, (*line.cells.values(), *told, *_proof(kb, line.row))))
    return out.getvalue()


def to_markdown(kb: KnowledgeBase, relation: Relation | None, lang: str, *, expand: bool = False) -> str:
    """Pipe tables under headings, each with its sources below and the days they were checked."""
    relations = kb.relations.values() if relation is None else (relation,)
    return "\n".join("\n".join(_markdown(kb, item, lang, expand=expand)) for item in relations)


def _written(value: object) -> str:
    return "/".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _table_json(kb: KnowledgeBase, relation: Relation, *, expand: bool) -> dict[str, object]:
    page = relation.table.model_dump(mode="json", exclude_defaults=True, exclude={"rows"})
    return page | {"rows": [_row_json(line) for line in lines(kb, relation, expand=expand)]}


def _row_json(line: Line) -> dict[str, object]:
    told: dict[str, object] = {"cells": dict(line.cells), "source": list(line.row.sources)}
    if line.row.open:
        told["open"] = True
    if line.row.command is not None:
        told["command"] = line.row.command
    if line.row.extra:
        told["with"] = dict(line.row.extra)
    return told


def _with(row: Row) -> str:
    return BETWEEN.join(f"{name}={value}" for name, value in (row.extra or {}).items())


def _proof(kb: KnowledgeBase, row: Row) -> tuple[str, ...]:
    """Whether the row is open, and of its sources the name, title, address, day and confidence."""
    sources = [kb.sources[slug] for slug in row.sources]
    told = [
        row.sources,
        [source.title for source in sources],
        [source.url for source in sources],
        [source.checked.isoformat() for source in sources],
        [source.confidence for source in sources],
    ]
    return ("true" if row.open else "", *(BETWEEN.join(filter(None, texts)) for texts in told))


def _markdown(kb: KnowledgeBase, relation: Relation, lang: str, *, expand: bool) -> Iterator[str]:
    found = list(lines(kb, relation, expand=expand))
    commands = ["command"] if relation.table.relation == "command" else []
    header = [*(_name(kb, column, lang) for column in relation.columns), *commands, "source"]
    yield f"## {relation.slug}"
    yield ""
    yield _pipes(map(_escaped, header))
    yield _pipes("---" for _ in header)
    for line in found:
        told = [_code(line.row.command or "")] if commands else []
        mark = ["open"] if line.row.open else []
        refs = BETWEEN.join((*line.row.sources, *mark))
        yield _pipes((*map(_escaped, line.cells.values()), *told, _escaped(refs)))
    yield ""
    for slug in dict.fromkeys(name for line in found for name in line.row.sources):
        source = kb.sources[slug]
        told = [_escaped(source.title), _address(source.url), f"checked {source.checked}", source.confidence]
        yield f"- {slug}: {', '.join(filter(None, told))}"
    yield ""


def _name(kb: KnowledgeBase, column: str, lang: str) -> str:
    known = kb.products.get(column) or kb.attributes.get(column)
    name: Localized = known.name if known else {}
    return name.get(lang) or column


def _not_calculated(text: str) -> str:
    return _FORMULA.sub("'", without_unseen(text))


def _address(url: str) -> str:
    """A plain address as it is, anything else as text."""
    return url if _PLAIN_URL.fullmatch(url) else _escaped(url)


def _pipes(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """A code span; one that would end within is plain text."""
    return _escaped(text) if "`" in text or "\n" in text else f"`{text.replace('|', BAR)}`"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(without_unseen(text).split()))
