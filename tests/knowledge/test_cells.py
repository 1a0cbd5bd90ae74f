"""The notation of cells: `0.1.6~0.4.1/1.0.0`, specifiers, names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.cells import BadCell, Bounds, Versions, parse_names, parse_versions
from bot.knowledge.versions import Constraint, Match, Number

KNOWN = tuple(Number.parse(text) for text in ("0.3.0", "0.3.1", "0.4.0", "0.4.1", "1.0.0", "1.0.1", "1.1.0"))


def listed(text: str) -> list[str]:
    """What a cell lists."""
    cell = parse_versions(text, KNOWN)
    assert isinstance(cell, Versions)
    return [str(number) for number in cell.numbers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0.0", ["1.0.0"]),
        ("1.0.1/1.0.0", ["1.0.0", "1.0.1"]),
        ("0.3.0~0.4.1/1.0.0", ["0.3.0", "0.3.1", "0.4.0", "0.4.1", "1.0.0"]),
        ("0.3.1 ~ 0.4.0 / 1.1.0", ["0.3.1", "0.4.0", "1.1.0"]),
        ("0.3~0.4", ["0.3.0", "0.3.1", "0.4.0", "0.4.1"]),
        ("1.0", ["1.0"]),
    ],
)
def test_the_books_notation(text: str, expected: list[str]) -> None:
    """`~` is an inclusive range over the known releases, `/` parts alternatives."""
    assert listed(text) == expected


@pytest.mark.parametrize("text", [">=0.4", ">=0.3,<1.0", "<=1.1", "!=0.4.0", "==1.0"])
def test_a_specifier_becomes_bounds(text: str) -> None:
    """A cell that begins with an operator is a specifier."""
    assert isinstance(parse_versions(text, KNOWN), Bounds)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.9.9", "0.9.9 is no known release"),
        ("1.0.0/1.0.0", "lists a version twice"),
        ("0.3.0~0.4.1/0.4.0", "lists a version twice"),
        ("0.4.1~0.3.0", "is empty"),
        ("1.0.x", "is not a version"),
        ("1.0.0/", "is not a version"),
        ("~1.0.0", "is not a version"),
        (">=", "is not a version"),
        ("0.3.0~9.9", "9.9 is no known release"),
    ],
)
def test_a_bad_cell_says_what_is_wrong(text: str, words: str) -> None:
    """The message names the part that cannot be read."""
    with pytest.raises(BadCell, match=words):
        parse_versions(text, KNOWN)


def test_names_are_of_the_attribute() -> None:
    """A name that the attribute lacks is refused with those it has."""
    assert parse_names("pip/conda", {"pip": None, "conda": None}).values == ("pip", "conda")
    with pytest.raises(BadCell, match=r"'apt' is none of its values \(conda, pip\)"):
        parse_names("pip/apt", {"pip": None, "conda": None})


def test_bounds_tell_a_coarse_version_apart() -> None:
    """A version is within, without, or too coarse to tell."""
    cell = parse_versions(">=1.0.1", KNOWN)
    results = [cell.match(Constraint.series(Number.parse(text))) for text in ("1.1.0", "1.0.0", "1.0")]
    assert results == [Match.YES, Match.NO, Match.MAYBE]


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN))
def test_a_range_holds_exactly_what_lies_between(low: Number, high: Number) -> None:
    """A range over known releases lists all of them from one end to the other, and nothing else."""
    if high < low:
        with pytest.raises(BadCell):
            parse_versions(f"{low}~{high}", KNOWN)
    else:
        assert listed(f"{low}~{high}") == [str(n) for n in KNOWN if low <= n <= high]


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but `BadCell`."""
    try:
        cell = parse_versions(text, KNOWN)
    except BadCell:
        return
    assert isinstance(cell, Versions | Bounds)
