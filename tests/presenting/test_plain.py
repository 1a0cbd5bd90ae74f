"""A reply as plain text, and as the JSON contract."""

from __future__ import annotations

import json
from typing import Final

import pytest

from bot.pipeline import Context
from bot.presenting.jsonl import BadLine, Lines, as_json
from bot.presenting.plain import render_plain
from bot.presenting.reply import Choice, Citation, Grid, Reply, Section
from tests.questions.cases import pipeline

KEYS: Final = ["id", "status", "verdict", "intent", "text", "lang", "citations", "question"]
REPLY: Final = Reply(
    status="clarify",
    verdict=None,
    intent="topic",
    lang="en",
    sections=(
        Section("One.", ("Two.",), Grid(("a", "b"), (("1", "2"),)), "pip install x", ("Note.",)),
        Section("Three."),
    ),
    citations=(Citation("Page", "https://x.example", "2026-01-02"), Citation("Book", "", "2026-01-03")),
    choices=(Choice("Latest", "latest torch"),),
)


def test_plain_text_holds_all_of_a_reply_in_order() -> None:
    """Headline, paragraphs, command, table, notes, then choices, then sources."""
    assert render_plain(REPLY, pipeline().words("en")) == (
        "One.\nTwo.\n  pip install x\na | b\n1 | 2\nNote.\n\nThree.\n\n  [Latest]  latest torch\n\n"
        "Source: Page · https://x.example · checked 2026-01-02\nSource: Book · checked 2026-01-03"
    )


def new_lines() -> Lines:
    """Nothing was asked so far."""
    return Lines(lambda text, before: pipeline().ask(text, Context(before=before)), pipeline().plain)


def answered(line: str) -> dict[str, object]:
    """The object that answers a line."""
    found: dict[str, object] = json.loads(new_lines().answer(line, 1))
    return found


def test_the_contract_has_exactly_these_keys() -> None:
    """The keys and their order are stable."""
    found = answered('{"id": "a", "text": "does torch 1.7.0 work with cuda 11.0?"}')
    assert list(found) == KEYS
    assert found["id"] == "a"
    assert (found["status"], found["verdict"], found["intent"], found["lang"]) == (
        "answered",
        "yes",
        "check",
        "en",
    )
    assert found["question"] == {"intent": "check", "want": [], "given": {"torch": "1.7.0", "cuda": "11.0"}}


def test_a_citation_has_exactly_these_keys() -> None:
    """Title, address and the day it was checked."""
    citations = answered('{"id": 1, "text": "which torch works with CUDA 10.2"}')["citations"]
    assert isinstance(citations, list)
    assert citations
    assert {tuple(citation) for citation in citations} == {("title", "url", "checked")}


@pytest.mark.parametrize(
    ("text", "status"), [("torch", "clarify"), ("what's the weather", "unknown"), ("help", "answered")]
)
def test_the_status_is_one_of_three(text: str, status: str) -> None:
    """Answered, asked back, or not known."""
    assert answered(json.dumps({"id": 1, "text": text}))["status"] == status


@pytest.mark.parametrize("identifier", [1, "x", None, [1, 2], {"a": "b"}, 1.5, "ü 中"])
def test_any_id_comes_back_as_it_was(identifier: object) -> None:
    """The id is the caller's own."""
    assert answered(json.dumps({"id": identifier, "text": "torch"}))["id"] == identifier


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[1, 2]",
        "3",
        "null",
        '{"id": 1}',
        '{"text": "x"}',
        '{"id": 1, "text": 5}',
        '{"id": 1, "text": null}',
        '{"id": 1, "text": "torch", "thread": 5}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_question_is_refused_by_its_number(line: str) -> None:
    """The error names the line."""
    with pytest.raises(BadLine, match="line 7"):
        new_lines().answer(line, 7)


def test_lines_of_a_thread_follow_up_on_each_other_and_no_others() -> None:
    """A follow-up builds on the last question of its own thread; without a thread a line is alone."""
    lines = new_lines()
    asked = [
        ("torchvision for torch 1.6", "a"),
        ("torchvision for torch 1.4", "b"),
        ("thanks!", "a"),
        ("and torchaudio?", "a"),
        ("and torchaudio?", None),
    ]
    rows = [json.dumps({"id": 1, "text": text, "thread": thread}) for text, thread in asked]
    questions = [json.loads(lines.answer(row, number))["question"] for number, row in enumerate(rows)]
    assert questions[3] == {"intent": "lookup", "want": ["torchaudio"], "given": {"torch": "1.6"}}
    assert questions[4] == {"intent": "topic", "want": ["torchaudio"], "given": {}}


def test_chinese_is_written_as_it_is() -> None:
    """The line is UTF-8, not escapes."""
    line = new_lines().answer('{"id": 1, "text": "pytorch 是什么"}', 1)
    assert "动态图" in line


def test_an_object_is_one_line() -> None:
    """Line breaks of the text stay inside the JSON string."""
    assert "\n" not in json.dumps(as_json(1, REPLY, lambda reply: "a\nb"))
