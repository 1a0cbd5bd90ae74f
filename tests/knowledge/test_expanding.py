"""Cells written out to single versions and names."""

from __future__ import annotations

import pytest

from bot.knowledge.cells import parse_names, parse_versions
from bot.knowledge.expanding import single_values
from tests.questions.cases import pipeline


@pytest.mark.parametrize(
    ("column", "text", "values"),
    [
        ("torch", "1.5.0/1.5.1", ["1.5.0", "1.5.1"]),
        ("torch", "1.5.0~1.7.0", ["1.5.0", "1.5.1", "1.6.0", "1.7.0"]),
        ("torch", ">=1.5,<1.7", ["1.5.0", "1.5.1", "1.6.0"]),
        ("torch", "<0.0.1", ["<0.0.1"]),
        ("driver", ">=440.33", [">=440.33"]),
    ],
)
def test_versions_are_written_out(column: str, text: str, values: list[str]) -> None:
    """A bound stands for known releases; over an open list, or with none within, for itself."""
    kb = pipeline().kb
    assert list(single_values(kb, column, parse_versions(text, kb.releases[column]))) == values


def test_names_are_written_out() -> None:
    """Each name of a list by itself, in its order."""
    kb = pipeline().kb
    cell = parse_names("windows/linux", {"windows": None, "linux": None})
    assert single_values(kb, "platform", cell) == ("windows", "linux")
