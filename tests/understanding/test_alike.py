"""Things on record whose names are like one that is on no record."""

from __future__ import annotations

import pytest

from bot.understanding.alike import MOST, things_alike
from bot.understanding.question import Given
from tests.questions.cases import pipeline


def alike(surface: str) -> list[str]:
    """The GPUs whose names are like a written one."""
    return [str(given.constraint) for given in things_alike(pipeline().kb, Given("gpu", surface, surface))]


@pytest.mark.parametrize(
    ("surface", "thing"),
    [
        ("GeForce RTX 3095", "geforce-rtx-3090"),
        ("Tesla V101", "tesla-v100"),
        ("GeForce RTX 5099", "geforce-rtx-5090"),
    ],
)
def test_the_most_alike_comes_first(surface: str, thing: str) -> None:
    """One figure is another."""
    assert alike(surface)[0] == thing


@pytest.mark.parametrize("surface", ["GeForce RTX 3095", "GeForce RTX 30", "Quadro RTX 5001"])
def test_there_are_at_most_three(surface: str) -> None:
    """However many names share its words."""
    assert 0 < len(alike(surface)) <= MOST


@pytest.mark.parametrize("surface", ["toaster 9000", "radeon 7999", ""])
def test_nothing_is_like_what_shares_no_name(surface: str) -> None:
    """No guess is made."""
    assert alike(surface) == []


def test_what_is_alike_is_told_by_its_name() -> None:
    """As a value of the same attribute."""
    first = next(things_alike(pipeline().kb, Given("gpu", "Tesla V101", "Tesla V101")))
    assert (first.column, first.surface) == ("gpu", "Tesla V100")
