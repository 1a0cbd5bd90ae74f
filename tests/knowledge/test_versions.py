"""Version numbers and the three-valued match."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.versions import BadVersion, Clause, Constraint, Match, Number

releases = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(tuple)
numbers = releases.map(lambda parts: Number.parse(".".join(map(str, parts))))


def series(text: str) -> Constraint:
    """The constraint that a plain version in a question means."""
    return Constraint.series(Number.parse(text))


@pytest.mark.parametrize("text", ["1.10", "1.7.0+cu110", "1.0.1.post2", "2.1.0.dev1"])
def test_pep_440_versions_are_read(text: str) -> None:
    """What PEP 440 calls a version is read and kept as it was written."""
    assert str(Number.parse(text)) == text


@pytest.mark.parametrize("text", ["", "x", "1..2", "1.", "一", "1.0 or 2", "1,2"])
def test_other_text_is_refused(text: str) -> None:
    """What is no version raises an error that names it."""
    with pytest.raises(BadVersion, match="is not a version") as caught:
        Number.parse(text)
    assert caught.value.text == text


def test_ten_comes_after_nine() -> None:
    """Components compare as numbers, not as text."""
    ordered = [Number.parse(text) for text in ("1.1", "1.9", "1.10", "1.10.1", "2.0")]
    assert all(low < high for low, high in pairwise(ordered))


def test_a_local_part_does_not_count() -> None:
    """A table never tells 1.7.0 from 1.7.0+cu110."""
    assert Number.parse("1.7.0+cu110") == Number.parse("1.7.0")


@pytest.mark.parametrize(
    ("asked", "version", "expected"),
    [
        ("0.22", "0.22.post7", Match.YES),
        ("0.22.post7", "0.22.post7", Match.YES),
        ("0.22.post7", "0.22", Match.NO),
        ("0.22.post7", "0.22.post6", Match.NO),
        ("0", "0.22.post7", Match.YES),
    ],
)
def test_a_release_holds_its_post_releases(asked: str, version: str, expected: Match) -> None:
    """A plain version means its post-releases too; one of these means itself alone."""
    assert series(asked).match(Number.parse(version)) is expected


def test_a_post_release_follows_its_release() -> None:
    """Before the next release, and in the order of its number."""
    ordered = [Number.parse(text) for text in ("0.22", "0.22.post0", "0.22.post7", "0.22.post10", "0.23")]
    assert all(low < high for low, high in pairwise(ordered))


@pytest.mark.parametrize(
    ("asked", "version", "expected"),
    [
        ("1.7", "1.7.1", Match.YES),
        ("1.7", "1.70.0", Match.NO),
        ("1.7.1", "1.7.0", Match.NO),
        ("1", "1.13.1", Match.YES),
        ("11.8.0", "11.8", Match.YES),
        ("1.1", "1.10.0", Match.NO),
    ],
)
def test_series(asked: str, version: str, expected: Match) -> None:
    """A plain version admits what lies within it, and the series that contains it."""
    assert series(asked).match(Number.parse(version)) is expected


@pytest.mark.parametrize(
    ("specifier", "version", "expected"),
    [
        (">=1.7", "1.7.0", Match.YES),
        (">=1.7", "1.6.9", Match.NO),
        ("<=1.7", "1.7.1", Match.YES),
        (">1.7", "1.7.1", Match.NO),
        (">1.7", "1.8.0", Match.YES),
        ("<1.7", "1.7.0", Match.NO),
        ("<1.7", "1.6.1", Match.YES),
        (">=450.80.02", "450", Match.MAYBE),
        (">=450.80.02", "451", Match.YES),
        ("!=1.7", "1.7.1", Match.NO),
        ("!=1.7", "1.8.0", Match.YES),
        ("==1.7", "1.7.1", Match.YES),
        (">=1.5,<1.8", "1.7.1", Match.YES),
        (">=1.5,<1.8", "1.8.0", Match.NO),
        (">=1.5.2,<1.8", "1.5", Match.MAYBE),
    ],
)
def test_specifier(specifier: str, version: str, expected: Match) -> None:
    """A bound compares by the components it names; a version too coarse to tell may match."""
    assert Constraint.parse(specifier).match(Number.parse(version)) is expected


def test_an_empty_constraint_admits_all() -> None:
    """Nothing asked is nothing refused."""
    assert Constraint().match(Number.parse("1.0")) is Match.YES


def test_select_keeps_the_sure_ones_in_order() -> None:
    """What only may match is not selected."""
    known = [Number.parse(text) for text in ("450", "451", "449")]
    assert [str(n) for n in Constraint.parse(">=450.80").select(known)] == ["451"]


@pytest.mark.parametrize("text", [">=", "1.x", ">=1.0,", "~1.0"])
def test_a_bad_specifier_is_refused(text: str) -> None:
    """A clause without a version raises."""
    with pytest.raises(BadVersion):
        Constraint.parse(text)


@given(numbers)
def test_a_version_admits_itself(number: Number) -> None:
    """Every version lies within the series it names."""
    assert Constraint.series(number).match(number) is Match.YES


@given(numbers, numbers)
def test_at_most_one_strict_order_holds(left: Number, right: Number) -> None:
    """Two versions are below, equal or above: exactly one."""
    assert [left < right, left == right, left > right].count(True) == 1


@given(numbers, numbers)
def test_a_bound_and_its_opposite_never_both_hold(bound: Number, version: Number) -> None:
    """`>=` and `<` of one number exclude each other."""
    low = Clause(">=", bound).match(version)
    high = Clause("<", bound).match(version)
    assert {low, high} in ({Match.YES, Match.NO}, {Match.MAYBE})


@given(numbers, numbers)
def test_equal_numbers_hash_alike(left: Number, right: Number) -> None:
    """Equality and hashing agree."""
    assert left != right or hash(left) == hash(right)


@given(numbers, st.integers(1, 4))
def test_a_version_lies_within_its_own_heads(number: Number, components: int) -> None:
    """Cutting a version to fewer components gives a series that contains it."""
    assert number.within(number.series(components))


@given(st.lists(numbers, min_size=1, max_size=5), numbers)
def test_a_conjunction_is_never_kinder_than_a_part(bounds: list[Number], version: Number) -> None:
    """What one clause refuses, all clauses together refuse."""
    clauses = tuple(Clause(">=", bound) for bound in bounds)
    whole = Constraint(clauses).match(version)
    assert whole is not Match.YES or all(c.match(version) is Match.YES for c in clauses)
