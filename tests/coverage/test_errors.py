"""Every gathered error message is recognised, with its cause."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from bot.knowledge.signatures import Signatures
from tests.coverage.figures import Figures, figures
from tests.questions.cases import pipeline

ROWS: Final = figures("error-signatures")


@cache
def signatures() -> Signatures:
    """The real errors, compiled once."""
    return Signatures(pipeline().kb.errors.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["message"][:40])
def test_a_message_is_found_with_its_cause(row: Figures) -> None:
    """A message alone, and inside a traceback, gives its cause and no other."""
    pasted = f"Traceback (most recent call last):\n  File x, line 1\nRuntimeError: {row['message']} \n"
    for text in (row["message"], pasted):
        causes = [item.error.cause for item in signatures().find(text)]
        assert causes == [row["cause_kind"].replace("_", "-")]


def test_every_error_says_what_it_means_and_what_helps() -> None:
    """Both texts are there in both languages, and end as sentences do."""
    texts = [text for error in pipeline().kb.errors.values() for text in (error.means, error.fix)]
    assert texts
    assert [text for text in texts if not ({"en", "zh"} <= set(text))] == []
    assert [t for text in texts for t in text.values() if not t.endswith((".", "。", ")"))] == []


def test_every_cause_is_that_of_some_error() -> None:
    """A cause that no error has is a mistake."""
    kb = pipeline().kb
    assert set(kb.causes) == {error.cause for error in kb.errors.values()}
