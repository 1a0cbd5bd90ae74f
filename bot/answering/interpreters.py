"""Tells from the releases that an installer offered which interpreter it ran in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from bot.answering.joins import Joins
from bot.knowledge.base import Relation
from bot.knowledge.cells import Names, Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given

Span = tuple[Number, Number]


class Interpreters:
    """Knows, for each version of an interpreter and each platform, the first and last release it can get."""

    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._subjects = {relation.columns[0] for relation in joins.kb.of_kind("command")}
        self._spans = cache(self._read)

    def infer(self, column: str, offered: Sequence[Number]) -> Given | None:
        """The one version of `column` whose first release is the first that was offered; None if unclear.

        Releases that came after the list was printed do not matter; none may be newer than the last that
        the interpreter can get.
        """
        first, last = min(offered), max(offered)
        for relation in self._joins.tables(column):
            if relation.table.complete_for not in self._subjects - {column}:
                continue
            found = {
                value
                for (value, _), (low, high) in self._spans(relation.slug, column).items()
                if low == first and last <= high
            }
            if len(found) == 1:
                value = found.pop()
                return Given(column, Constraint.series(value), str(value), inferred=True)
        return None

    def place(self, interpreter: Given, offered: Sequence[Number]) -> Given | None:
        """The one place where an interpreter gets just these releases, from the first to the last."""
        wanted = (min(offered), max(offered))
        for relation in self._joins.tables(interpreter.column):
            column = next((c for c in relation.columns if c in self._joins.kb.qualifiers), None)
            if column is None or relation.table.complete_for not in self._subjects - {interpreter.column}:
                continue
            found = {
                place
                for (value, place), span in self._spans(relation.slug, interpreter.column).items()
                if span == wanted and self._is(interpreter, value)
            }
            if len(found) == 1:
                place = found.pop()
                return Given(column, place, place, inferred=True)
        return None

    def _is(self, interpreter: Given, value: Number) -> bool:
        asked = interpreter.constraint
        return isinstance(asked, Constraint) and asked.match(value) is Match.YES

    def _read(self, slug: str, column: str) -> Mapping[tuple[Number, str], Span]:
        relation = self._joins.kb.relations[slug]
        subject = str(relation.table.complete_for)
        found: dict[tuple[Number, str], Span] = {}
        for row in relation.rows:
            own, releases = row.cells.get(column), row.cells.get(subject)
            if not isinstance(own, Versions) or not isinstance(releases, Versions):
                continue
            for key in ((value, place) for value in own.numbers for place in self._places(relation, row)):
                low, high = found.get(key, (releases.numbers[0], releases.numbers[0]))
                found[key] = (min(low, *releases.numbers), max(high, *releases.numbers))
        return found

    def _places(self, relation: Relation, row: Row) -> Iterator[str]:
        names = [cell for c in relation.columns if isinstance(cell := row.cells.get(c), Names)]
        yield from names[0].values if names else ("",)
