"""Words for what an answer rests on, each row, fact and page with its sources; for what was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from bot.answering.answers import Evidence
from bot.knowledge.base import Relation
from bot.knowledge.cells import Bounds, Cell, Names, Versions
from bot.knowledge.models import Environment, Fact, Product
from bot.knowledge.rows import Row
from bot.knowledge.trouble import KnownError
from bot.knowledge.versions import Number
from bot.presenting.phrasing import LISTED_IN_FULL, Phrasing
from bot.presenting.reply import Citation, Grounds, Step
from bot.understanding.question import Question

SAID_BY_CELLS: Final = frozenset({"pair", "minimum"})
OFFICIAL: Final = "official"
OF_A_TEAM: Final = "environment"


@dataclass(frozen=True, slots=True)
class Page:
    """A product's page: what it says of the product, and of these releases."""

    product: Product
    releases: tuple[tuple[Number, str | None], ...] = ()


Support = Evidence | Fact | KnownError | Page | Environment
"""What an answer may rest on. Evidence without rows stands for the table as a whole."""


def word_grounds(questions: Sequence[Question], supports: Sequence[Support], words: Phrasing) -> Grounds:
    """What was understood, and each thing that the answer rests on once, in order."""
    understood = dict.fromkeys(understanding(question, words) for question in questions)
    steps = dict.fromkeys(step for support in supports for step in _steps(support, words))
    return Grounds(tuple(understood), tuple(steps))


def cite(slug: str, words: Phrasing) -> Citation:
    """A source as answers cite it, marked where it is not an official one."""
    source = words.kb.sources[slug]
    mark = "" if source.confidence == OFFICIAL else words.say(f"proof.{source.confidence}")
    return Citation(words.source(slug), source.url, source.checked.isoformat(), mark)


def understanding(question: Question, words: Phrasing) -> str:
    """What kind of question it is, what it asks for, and what is given."""
    is_of_a_team = question.intent == OF_A_TEAM
    parts = [words.say("team.intent" if is_of_a_team else f"intent.{question.intent}")]
    wanted = dict.fromkeys((*question.want, *question.about))
    if wanted:
        parts.append(words.say("proof.wanted", names=words.join(map(words.name, wanted))))
    if question.given:
        given = dict.fromkeys(map(words.given, question.given))
        parts.append(words.say("proof.given", names=words.join(given)))
    return words.say("list.clauses").join(parts)


def _steps(support: Support, words: Phrasing) -> Iterator[Step]:
    match support:
        case Evidence(relation, ()):
            text = words.say("proof.table", names=words.join(map(words.name, relation.columns)))
            yield _step(f"table {relation.slug}", text, relation.table.source, words)
        case Evidence(relation, rows):
            for row in rows:
                yield _step(row.ref, row_text(relation, row, words), row.sources, words)
        case Fact():
            yield from _of_fact(support, words)
        case KnownError():
            yield _step(f"error {support.id}", words.local(support.means), support.source, words)
        case Page():
            slug = support.product.product
            yield _step(f"product {slug}", _page_text(support, words), support.product.source, words)
        case Environment():
            ref = f"environment {support.environment}"
            yield _step(ref, words.local(support.name), support.source, words)


def _of_fact(fact: Fact, words: Phrasing) -> Iterator[Step]:
    """The fact, and what a source that loses says instead."""
    yield _step(f"fact {fact.id}", words.local(fact.text), fact.source, words)
    if fact.disputed is not None:
        loser, text = fact.disputed.source, words.local(fact.disputed.text)
        lost = words.say("proof.yields", winner=words.join(winners(fact, words)))
        yield _step(f"fact {fact.id}", words.say("proof.cells").join((text, lost)), [loser], words)


def winners(fact: Fact, words: Phrasing) -> list[str]:
    """The titles of a fact's sources without the one that loses."""
    loser = fact.disputed.source if fact.disputed else ""
    return [words.source(slug) for slug in fact.source if slug != loser]


def _step(ref: str, text: str, sources: Iterable[str], words: Phrasing) -> Step:
    return Step(ref, text, tuple(cite(slug, words) for slug in dict.fromkeys(sources)))


def row_text(relation: Relation, row: Row, words: Phrasing) -> str:
    """A row's cells with their names; in the words of the table where cells alone do not tell it."""
    table = relation.table
    by_cells = table.relation in SAID_BY_CELLS and table.holds == "supported"
    parts = list(_named(relation, row, words) if by_cells else _said(relation, row, words))
    parts += [words.named(column, value) for column, value in (row.extra or {}).items()]
    winner = words.kb.relations.get(table.yields_to or "")
    if winner is not None:
        parts.append(words.say("proof.yields", winner=words.join(map(words.source, winner.table.source))))
    return words.say("proof.cells").join(parts)


def _named(relation: Relation, row: Row, words: Phrasing) -> Iterator[str]:
    for column in relation.columns:
        text = cell_text(row, column, words)
        yield text if isinstance(row.cells.get(column), Names) else words.named(column, text)


def _said(relation: Relation, row: Row, words: Phrasing) -> Iterator[str]:
    """The table's clause, and the cells that it does not name."""
    text = words.local(relation.table.says)
    named = {name for _, name, _, _ in Formatter().parse(text) if name}
    cells = {column: cell_text(row, column, words) for column in relation.columns}
    yield text.format(**cells)
    yield from (cell for column, cell in cells.items() if column not in named)


def cell_text(row: Row, column: str, words: Phrasing) -> str:
    """A cell as people read it; a dash where the row has none."""
    cell: Cell | None = row.cells.get(column)
    if isinstance(cell, Versions):
        return words.versions(column, cell.numbers)
    if isinstance(cell, Bounds):
        return words.constraint(cell.constraint)
    if isinstance(cell, Names):
        return words.join(words.value(column, value) for value in cell.values)
    return words.say("column.none")


def _page_text(page: Page, words: Phrasing) -> str:
    """The releases with their days; of many, the first and the last stand for all."""
    releases = page.releases
    shown = releases if len(releases) <= LISTED_IN_FULL else (releases[0], releases[-1])
    slug = page.product.product
    days = [
        words.say("scope", text=words.named(slug, str(number)), scope=words.date(day))
        if day
        else words.named(slug, str(number))
        for number, day in shown
    ]
    return words.say("proof.cells").join(days) or words.local(page.product.about)
