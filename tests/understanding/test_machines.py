"""Which of two versions of CUDA a machine has."""

from __future__ import annotations

import pytest

from tests.questions.cases import pipeline


def roles(text: str) -> dict[str, str]:
    """The versions of CUDA that a message gives, by what each is told to be."""
    question = pipeline().ask(text).asked
    assert question is not None
    return {given.surface: given.role for given in question.given if given.column == "cuda"}


@pytest.mark.parametrize(
    "text",
    [
        "does the 11.7 wheel work on a system with CUDA 11.8",
        "my server has CUDA 11.8, will the 11.7 build run?",
    ],
)
def test_words_tell_the_build_and_the_machine(text: str) -> None:
    """In any order."""
    assert roles(text) == {"11.7": "", "11.8": "ceiling"}


def test_a_driver_that_is_given_tells_more() -> None:
    """Both versions stay what they are."""
    found = roles("we go from CUDA 12.6 to the CUDA 13.0 builds, is driver 570.133 enough?")
    assert found
    assert "ceiling" not in found.values()


def test_a_major_alone_is_no_machine() -> None:
    """It says too little of a driver."""
    assert "ceiling" not in roles("the host has cuda 11, can the 12 build run in it").values()
