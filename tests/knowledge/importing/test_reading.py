"""Headers and cells as people write them, in both languages and notations."""

from __future__ import annotations

import pytest

from bot.knowledge.cells import BadCell
from bot.knowledge.importing.reading import Reader
from tests.questions.cases import pipeline

READER = Reader(pipeline().kb)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("CUDA", "cuda"),
        ("PyTorch", "torch"),
        ("torch 版本", "torch"),
        ("ＰｙＴｏｒｃｈ版本", "torch"),
        ("CUDA version", "cuda"),
        ("平台", "platform"),
        ("Linux driver", None),
        ("备注", None),
        ("MXNet", None),
    ],
)
def test_a_header_names_a_column_or_is_asked_about(header: str, column: str | None) -> None:
    """A product without releases is no column."""
    assert READER.column(header) == column


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [
        ("torch", "0.1.10~0.4.1/1.0.0", "0.1.10~0.4.1/1.0.0"),
        ("torch", "０.１.１０～０.４.１／１.０.０", "0.1.10~0.4.1/1.0.0"),
        ("torch", "1.5.0、1.5.1，1.6.0", "1.5.0/1.5.1/1.6.0"),
        ("torch", "1.5.0 - 1.7.1", "1.5.0~1.7.1"),
        ("torch", "1.5.0 至 1.7.1", "1.5.0~1.7.1"),
        ("torch", "1.5.0 to 1.7.1", "1.5.0~1.7.1"),
        ("torch", "1.6.0 or 1.7.0", "1.6.0/1.7.0"),
        ("torch", "PyTorch v1.7.0", "1.7.0"),
        ("torch", "1.7.x", "1.7"),
        ("torch", "1.8 以上", ">=1.8"),
        ("torch", "1.8+", ">=1.8"),
        ("torch", "1.8 or newer", ">=1.8"),
        ("torch", "≥ 1.5, < 1.8", ">=1.5,<1.8"),
        ("driver", "≥ 450.80.02", ">=450.80.02"),
        ("driver", "at least 450.80.02", ">=450.80.02"),
        ("platform", "Linux, Windows", "linux/windows"),
        ("channel", "pip、conda", "pip/conda"),
    ],
)
def test_a_cell_is_read_into_the_notation(column: str, text: str, cell: str) -> None:
    """Full-width characters, ranges, lists and bounds of either language."""
    assert READER.cell(column, text) == cell


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("torch", ""),
        ("torch", "-"),
        ("torch", "99.9"),
        ("torch", "1.7.0 (LTS)"),
        ("torch", "~1.7"),
        ("torch", "1.5.0 1.6.0"),
        ("torch", "1.5.0, >=1.8"),
        ("torch", "1.7.1~1.5.0"),
        ("torch", "latest"),
        ("platform", "BeOS"),
    ],
)
def test_what_is_not_surely_meant_is_refused(column: str, text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(BadCell):
        READER.cell(column, text)
