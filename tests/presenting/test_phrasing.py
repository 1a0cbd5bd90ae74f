"""Words in two languages: names, bounds, ranges of versions, dates."""

from __future__ import annotations

import pytest

from bot.knowledge.versions import Constraint, Number
from bot.presenting.phrasing import Phrasing
from bot.understanding.question import Given
from tests.questions.cases import pipeline


def words(lang: str) -> Phrasing:
    """The phrases of a language."""
    return pipeline().words(lang)


def numbers(*texts: str) -> list[Number]:
    """Versions."""
    return [Number.parse(text) for text in texts]


@pytest.mark.parametrize(
    ("lang", "day", "expected"),
    [
        ("en", "2018-12-07", "7 December 2018"),
        ("en", "2019-11", "November 2019"),
        ("en", "2002", "2002"),
        ("zh", "2018-12-07", "2018 年 12 月 7 日"),
        ("zh", "2019-11", "2019 年 11 月"),
        ("zh", "2002", "2002"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(lang: str, day: str, expected: str) -> None:
    """A year stays a year, a month a month."""
    assert words(lang).date(day) == expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [("1.7", "1.7"), (">=440.33", "≥ 440.33"), ("<=1.7", "≤ 1.7"), (">1.7", "> 1.7"), ("!=1.7", "≠ 1.7")],
)
def test_a_bound_is_written_with_its_sign(constraint: str, expected: str) -> None:
    """Specifiers read as people write them."""
    assert words("en").constraint(Constraint.parse(constraint)) == expected


@pytest.mark.parametrize(("lang", "expected"), [("en", "≥ 1.5, < 1.8"), ("zh", "≥ 1.5、< 1.8")])
def test_two_bounds_are_joined(lang: str, expected: str) -> None:
    """A conjunction is a list in the language."""
    assert words(lang).constraint(Constraint.parse(">=1.5,<1.8")) == expected


def test_a_short_list_is_written_out() -> None:
    """A few versions are all named."""
    assert words("en").versions("torch", numbers("1.7.0", "1.7.1")) == "1.7.0, 1.7.1"


def test_neighbours_in_a_long_list_become_a_range_with_its_count() -> None:
    """Runs over the known releases are shortened; the count says how many there are."""
    known = pipeline().kb.releases["torch"]
    run = [n for n in known if Number.parse("1.5.0") <= n <= Number.parse("1.12.1")]
    text = words("en").versions("torch", run)
    assert "1.5.0–1.12.1" in text
    assert str(len(run)) in text


def test_a_gap_is_never_bridged() -> None:
    """A range does not swallow a release that is not in the list."""
    known = [n for n in pipeline().kb.releases["torch"] if n >= Number.parse("1.5.0")]
    listed = [n for n in known if n != Number.parse("1.8.0")][:14]
    text = words("en").versions("torch", listed)
    assert "–1.7.1" in text
    assert "1.8.1–" in text


def test_names_are_those_of_the_language() -> None:
    """A product's display name, an attribute's value, and an unknown column as it is."""
    assert words("zh").name("driver") == "NVIDIA 驱动"
    assert words("en").given(Given("platform", "windows", "win")) == "Windows"
    assert words("en").name("nothing-known") == "nothing-known"


def test_an_unknown_language_falls_back() -> None:
    """There is always a language to speak."""
    assert pipeline().words("xx").lang in pipeline().kb.wordings


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_phrase_can_be_said(lang: str) -> None:
    """Every template fills with its own placeholders."""
    phrasing = words(lang)
    for key, text in pipeline().kb.wordings[lang].items():
        slots = dict.fromkeys(_placeholders(text), "x")
        assert "{" not in phrasing.say(key, **slots)


def _placeholders(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}
