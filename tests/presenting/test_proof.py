"""What an answer rests on: rows, facts and pages in words, with their sources and what these are worth."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from bot.presenting.reply import Step
from bot.understanding.question import Intent
from tests.questions.cases import pipeline


def proof(text: str) -> dict[str, Step]:
    """The steps of the answer to a question, by table, or by what else they are."""
    steps = pipeline().ask(text).proof
    return {step.ref.partition(":")[0]: step for step in reversed(steps)}


def test_a_row_is_told_by_its_cells_with_source_and_day() -> None:
    """Names beside versions, places by their own names."""
    step = proof("torchvision for torch 1.6.0")["torch-torchvision"]
    assert step.text == "PyTorch 1.6.0 · torchvision 0.7.0"
    assert [(bool(c.title), c.checked) for c in step.citations] == [(True, "2026-11-26")]


def test_a_minimum_is_told_as_a_bound() -> None:
    """The least driver of a CUDA."""
    assert "NVIDIA driver ≥ 440.33 · Linux" in proof("driver for CUDA 10.2 on linux")["cuda-driver"].text


def test_a_table_that_is_no_list_of_pairs_is_told_in_its_own_words() -> None:
    """What a plain install brings is no list of builds."""
    step = proof("does torch 1.12.1 work with cuda 10.2")["torch-default-cuda"]
    assert "a plain pip install of" in step.text


def test_a_fact_is_told_by_its_text_in_the_language_of_the_reply() -> None:
    """The whole of it."""
    steps = pipeline().ask("哪个版本开始支持 windows").proof
    (fact,) = (fact for fact in pipeline().kb.facts if fact.id == "windows-support")
    assert fact.text["zh"] in [step.text for step in steps if step.ref == "fact windows-support"]


def test_what_a_losing_source_says_instead_of_a_fact_is_a_step() -> None:
    """Marked as what lost, with its own source."""
    reply = pipeline().ask("first version of pytorch")
    (lost,) = (step for step in reply.proof if "outweighed by" in step.text)
    assert [citation.title for citation in lost.citations] == ["Book chapter: PyTorch"]
    assert any(note.startswith("“Book chapter: PyTorch” differs, and “") for note in reply.sections[0].notes)


def test_an_error_entry_is_a_step() -> None:
    """What it means, and where that is written."""
    text = "RuntimeError: operator torchvision::nms does not exist"
    assert any(ref.startswith("error ") for ref in proof(text))


def test_derived_sources_say_so_and_official_ones_say_nothing() -> None:
    """In the step, and under the answer."""
    reply = pipeline().ask("does torch 2.4.1 with cuda 11.8 run on an rtx 3090?")
    marks = {c.title: c.mark for step in reply.proof for c in step.citations}
    derived = {source.title for source in pipeline().kb.sources.values() if source.confidence == "derived"}
    assert {title for title, mark in marks.items() if mark} == marks.keys() & derived
    assert marks.keys() & derived
    assert "derived, not the makers' own statement" in pipeline().plain(reply)


def test_the_book_is_named_as_such() -> None:
    """And that its row does not count where the official list differs."""
    step = proof("which torch works with CUDA 9.2")["torch-cuda-book"]
    assert step.citations[0].mark == "from the book"
    assert "outweighed by" in step.text


def test_what_a_no_offers_instead_is_among_the_steps() -> None:
    """Each version printed has its row: also those that go with the other side."""
    reply = pipeline().ask("does torch 1.7.0 work with cuda 7.5?")
    assert "0.3.0" in pipeline().plain(reply)
    assert any("PyTorch 0.3.0" in step.text for step in reply.proof)


@pytest.mark.parametrize(
    "text",
    [
        "install torch for cuda 10.2",
        "does torch 1.7.0 work with cuda 11.0?",
        "which torch works with CUDA 10.2",
    ],
)
def test_each_version_of_a_command_has_its_row(text: str) -> None:
    """Also of what is installed along with it."""
    reply = pipeline().ask(text)
    command = reply.sections[0].code or ""
    versions = re.findall(r"==(\d[\d.]*)", command)
    told = " ".join(step.text for step in reply.proof)
    assert len(versions) == 3
    assert [version for version in versions if f" {version}" not in told] == []


def test_each_step_stands_once() -> None:
    """A row that several parts of an answer rest on is one step."""
    steps = pipeline().ask("which torch works with CUDA 10.2").proof
    assert len(steps) == len(set(steps)) > 10


@pytest.mark.parametrize("text", ["torch for cuda 7.0", "show pytorch"])
def test_a_table_as_a_whole_is_a_step(text: str) -> None:
    """Where it is told that no row fits, and where a product's tables are counted."""
    assert "table torch-cuda" in proof(text)


def test_proof_is_worded_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary answer pays nothing for it."""
    worded: list[object] = []

    def record(*of: object) -> str:
        worded.append(of)
        return ""

    monkeypatch.setattr("bot.presenting.proof.row_text", record)
    reply = pipeline().ask("torchvision for torch 1.6.0")
    assert worded == []
    assert reply.proof
    assert worded


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_intent_has_its_words(lang: str) -> None:
    """One that lacks them could not be explained."""
    intents = set(get_args(Intent)) - {"environment"}
    assert {f"intent.{intent}" for intent in intents} - pipeline().kb.wordings[lang].keys() == set()
