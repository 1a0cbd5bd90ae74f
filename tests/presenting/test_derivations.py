"""How an answer came about, as a reply of its own."""

from __future__ import annotations

import pytest

from bot.pipeline import Context
from bot.presenting.blocks import LOOKS, render_blocks
from bot.presenting.derivations import STEPS_SHOWN
from bot.presenting.payload import characters
from bot.presenting.reply import Reply
from bot.serving import surface_phrases
from tests.questions.cases import pipeline

LONG = "everything about torch 2.4.0"


def why(text: str) -> Reply:
    """The reply to "why" after a question."""
    asked = pipeline().ask(text).asked
    assert asked is not None
    return pipeline().why(asked)


def test_it_says_what_was_understood_what_was_answered_and_what_that_rests_on() -> None:
    """In the words of the answer, with its rows and sources."""
    reply = why("torchvision for torch 1.6.0")
    section = reply.sections[0]
    assert (reply.intent, reply.status, reply.verdict) == ("why", "answered", None)
    assert section.paragraphs == (
        "Understood: Which versions go with what is given; about: torchvision; given: PyTorch 1.6.0.",
        "Answered: PyTorch 1.6.0 goes with torchvision 0.7.0.",
    )
    assert section.grid is not None
    assert section.grid.rows[0][1] == "PyTorch 1.6.0 · torchvision 0.7.0"
    assert reply.citations == pipeline().ask("torchvision for torch 1.6.0").citations


def test_it_is_told_in_the_language_of_the_question() -> None:
    """A press of a button has no language of its own."""
    assert why("torch 1.6.0 对应的 torchvision").lang == "zh"


def test_why_in_a_thread_is_the_same_reply() -> None:
    """Typed or pressed."""
    before = pipeline().ask("torchvision for torch 1.6.0").asked
    typed = pipeline().ask("why?", Context(before=before))
    assert typed.sections == why("torchvision for torch 1.6.0").sections
    assert typed.asked == before


def test_a_long_derivation_is_cut_and_counted() -> None:
    """Thirty steps, and how many more there are."""
    section = why(LONG).sections[0]
    more = len(pipeline().ask(LONG).proof) - STEPS_SHOWN
    assert section.grid is not None
    assert (len(section.grid.rows), section.notes) == (STEPS_SHOWN, (f"… and {more} more entries.",))


@pytest.mark.parametrize("look", LOOKS)
def test_a_long_derivation_fits_slack(look: str) -> None:
    """In every look."""
    phrases = surface_phrases(pipeline())("en")
    (chosen,) = [known for known in LOOKS if known == look]
    assert characters(render_blocks(why(LONG), phrases, look=chosen).blocks) <= 13_200


def test_what_was_no_answer_has_no_derivation() -> None:
    """A plain line instead."""
    reply = why("which torch works with CUDA 99.9")
    assert reply.status == "unknown"
    assert reply.sections[0].headline == "No row or fact stands behind that."
    assert reply.sections[0].grid is None
