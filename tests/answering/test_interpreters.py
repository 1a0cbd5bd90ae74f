"""The list that an installer prints tells in which Python it ran."""

from __future__ import annotations

import pytest

from bot.answering.interpreters import Interpreters
from bot.answering.joins import Joins
from bot.knowledge.versions import Number
from tests.questions.cases import pipeline


def inferred(*offered: str) -> str | None:
    """The Python that follows from what was offered."""
    found = Interpreters(Joins(pipeline().kb)).infer("python", [Number.parse(text) for text in offered])
    return None if found is None else str(found)


def test_the_first_release_tells_the_python() -> None:
    """1.11.0 is the first that Python 3.10 gets, in whatever order they stand."""
    assert inferred("1.11.0", "1.12.0", "2.4.0") == inferred("2.4.0", "1.11.0") == "3.10"


@pytest.mark.parametrize("offered", [("1.12.1", "1.13.0"), ("1.11.0", "99.0")])
def test_a_list_that_no_python_gets_tells_none(offered: tuple[str, ...]) -> None:
    """It begins where none begins, or ends later than any."""
    assert inferred(*offered) is None


def test_the_reply_names_the_python() -> None:
    """It says what the list begins with, and what that means."""
    error = "ERROR: Could not find a version that satisfies the requirement torch==1.7.1 (from versions: {})"
    reply = pipeline().ask(error.format("1.11.0, 1.12.0, 2.4.0"))
    assert (reply.verdict, "that is what Python 3.10 gets" in pipeline().plain(reply)) == ("no", True)
