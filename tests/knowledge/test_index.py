"""The index of a column finds every row that may match, and few others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.cells import Bounds, Cell, Names, Versions
from bot.knowledge.index import ColumnIndex
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number

numbers = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(
    lambda parts: Number.parse(".".join(map(str, parts)))
)
operators = st.sampled_from([">=", "<", "<=", ">", "!="])
specifiers = st.builds(lambda operator, number: f"{operator}{number}", operators, numbers)
cells: st.SearchStrategy[Cell] = st.one_of(
    st.lists(numbers, min_size=1, max_size=4).map(lambda found: Versions(tuple(sorted(set(found))))),
    specifiers.map(lambda text: Bounds(Constraint.parse(text))),
)
asked_for = st.one_of(
    numbers.map(Constraint.series),
    specifiers.map(Constraint.parse),
    st.tuples(specifiers, specifiers).map(lambda pair: Constraint.parse(",".join(pair))),
)


def rows(*found: Cell) -> list[Row]:
    """Rows with one column."""
    return [Row(f"t:{number}", {"a": cell}, ("s",)) for number, cell in enumerate(found)]


@given(st.lists(cells, max_size=8), asked_for)
def test_no_row_that_may_match_is_missed(found: list[Cell], asked: Constraint) -> None:
    """Looking at the candidates alone finds what looking at every row does."""
    table = rows(*found)
    index = ColumnIndex.build(table, "a")
    matching = {number for number, row in enumerate(table) if row.matches("a", asked) is not Match.NO}
    assert matching <= index.candidates(asked)


@given(st.lists(cells, max_size=8), asked_for)
def test_the_versions_within_are_those_of_a_full_look(found: list[Cell], asked: Constraint) -> None:
    """A constraint selects the same of the listed versions, in the same order, with the index and without."""
    index = ColumnIndex.build(rows(*found), "a")
    assert index.select(asked) == asked.select(index.values)
    assert list(index.values) == sorted(set(index.values))


def test_names_are_found_by_what_they_are_kinds_of() -> None:
    """A row for a kind of a value is found by the value."""
    arm, mac = Names(("arm",), frozenset({"arm", "mac"})), Names(("mac",), frozenset({"mac"}))
    index = ColumnIndex.build(rows(arm, mac), "a")
    assert [sorted(index.candidates(name)) for name in ("mac", "arm", "x")] == [[0, 1], [0], []]
    assert not index.candidates(Constraint.series(Number.parse("1")))


def test_a_row_without_the_column_is_never_found() -> None:
    """A column that a row lacks matches nothing."""
    assert ColumnIndex.build(rows(Versions((Number.parse("1"),))), "b").candidates(Constraint()) == set()
