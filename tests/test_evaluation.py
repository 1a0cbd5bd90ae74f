"""The bank's rules, by small questions and answers that each rule decides."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.benchmarks.evaluate import USAGE, bot_answers, main
from tests.benchmarks.scoring import ANSWERED, Answer, BadBank, BankQuestion, judge, read_bank, tally
from tests.questions.cases import pipeline

QUESTION: Final = BankQuestion(
    id="q1",
    text="does torch 1.7 work with CUDA 11.0",
    lang="en",
    kind="compat",
    must_include=(("1.7.1", "1.7.0"), ("driver",)),
    must_not_include=("11.1",),
    verdict="yes",
)
RIGHT: Final = Answer(ANSWERED, "yes", "**Yes**: torch `1.7.0`; the Driver decides")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "right"),
        ({"text": "torch 1.7.0"}, "wrong"),
        ({"text": "torch 1.7.0, driver, 11.1"}, "wrong"),
        ({"text": "torch 1.7.0, driver, 11.10"}, "right"),
        ({"text": "torch 11.7.0, driver"}, "wrong"),
        ({"text": "torch １．７．０，driver"}, "right"),
        ({"verdict": "no"}, "wrong"),
        ({"verdict": "depends"}, "right"),
        ({"verdict": None}, "wrong"),
        ({"status": "unknown"}, "declined"),
        ({"status": "clarify"}, "declined"),
    ],
)
def test_an_answer_is_judged(change: dict[str, str], outcome: str) -> None:
    """All that must be said, nothing that must not, versions as wholes, and no opposite verdict."""
    assert judge(QUESTION, replace(RIGHT, **change)) == outcome


@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("out_of_scope", ANSWERED, "wrong"),
        ("out_of_scope", "clarify", "right"),
        ("ambiguous", "clarify", "right"),
        ("ambiguous", "unknown", "declined"),
        ("ambiguous", ANSWERED, "right"),
    ],
)
def test_what_cannot_be_answered_is_judged_by_the_status(kind: str, status: str, outcome: str) -> None:
    """Silence is right on what is out of scope, asking back on what is ambiguous."""
    assert judge(replace(QUESTION, kind=kind), replace(RIGHT, status=status)) == outcome


def test_a_missing_verdict_counts_only_where_one_is_needed() -> None:
    """Peers that give none are judged by their text; other kinds than `compat` need none."""
    silent = replace(RIGHT, verdict=None)
    assert judge(QUESTION, silent, needs_verdict=False) == "right"
    assert judge(replace(QUESTION, kind="install"), silent) == "right"


def test_a_question_without_an_answer_is_declined() -> None:
    """What is not answered at all counts as declined, by kind, by language and in all."""
    found = tally([QUESTION, replace(QUESTION, id="q2", lang="zh")], {"q1": RIGHT})
    assert found.total == {"right": 1, "declined": 1}
    assert found.groups["kind compat"] == found.total
    assert found.groups["lang zh"] == {"declined": 1}


def test_a_bank_is_read(tmp_path: Path) -> None:
    """A line a question; alternatives are lists, single texts stand for themselves."""
    gold = {"must_include": ["a", ["b", "c"]], "must_not_include": [], "verdict": None}
    entry = {"id": "q1", "text": "x\u2028y", "lang": "en", "kind": "concept", "gold": gold}
    bank = tmp_path / "bank.jsonl"
    bank.write_text(json.dumps(entry, ensure_ascii=False) + "\n\n", encoding="utf-8")
    assert read_bank(bank) == [
        BankQuestion("q1", "x\u2028y", "en", "concept", (("a",), ("b", "c")), (), None)
    ]


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    """The message has the file and the line."""
    bank = tmp_path / "bank.jsonl"
    bank.write_text('\n{"id": "q1"}\n', encoding="utf-8")
    with pytest.raises(BadBank, match=r"bank\.jsonl:2: "):
        read_bank(bank)


def test_a_bank_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says which file was looked for and how to name another."""
    assert main([str(tmp_path / "none.jsonl")]) == USAGE
    assert "none.jsonl: name one with BANK=path" in capsys.readouterr().err


def test_questions_of_a_thread_follow_up() -> None:
    """The second is asked with the first in mind; without a thread it is not."""
    first = replace(QUESTION, text="which torchvision goes with torch 1.7.0")
    second = replace(QUESTION, id="q2", text="and 1.8.0?")
    together = bot_answers(pipeline(), [replace(first, thread="a"), replace(second, thread="a")])
    apart = bot_answers(pipeline(), [first, second])
    assert "0.9.0" in together["q2"].text
    assert "0.9.0" not in apart["q2"].text
