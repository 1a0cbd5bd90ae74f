"""Several questions in one message, statements before a question, and what a later one inherits."""

from __future__ import annotations

import pytest

from tests.understanding.support import question, read


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("which torch works with CUDA 10.2", ["lookup"]),
        ("which torch works with CUDA 10.2? and when was torch 1.0 released?", ["lookup", "release"]),
        ("what is torchvision? which torchvision goes with torch 1.6?", ["describe", "lookup"]),
        ("I have CUDA 10.2. Which torch?", ["lookup"]),
        ("python is 3.12, can I use torch 2.1?", ["check"]),
        ("We use python 3.8. Which torch is the newest?", ["lookup"]),
        ("which torch works with CUDA 10.2? thanks!", ["lookup"]),
        ("cuda 10.2 对应哪个 torch？torch 1.0 什么时候发布？", ["lookup", "release"]),
        ("我的 cuda 是 10.2。装哪个 torch？", ["lookup"]),
    ],
)
def test_a_message_has_one_reading_for_each_question(text: str, intents: list[str]) -> None:
    """Statements join the question that they serve; chatter is no question."""
    assert [reading.questions[0].intent for reading in read(text)] == intents


def test_there_are_at_most_five_questions() -> None:
    """A message with many questions is answered in part."""
    assert len(read("which torch works with CUDA 10.2? " * 20)) == 5


def test_a_statement_gives_its_version_to_the_question() -> None:
    """What was said before is given."""
    asked = question("I have CUDA 10.2 on Windows. Which torch?")
    assert {item.column for item in asked.given} == {"cuda", "platform"}


def test_a_later_question_takes_over_what_it_leaves_out() -> None:
    """The second question of a message is about the same release as the first."""
    second = read("when was pytorch 1.0 released and what backend did it get")[1].questions[0]
    assert [str(item.constraint) for item in second.given] == ["1.0"]


def test_a_progress_bar_asks_nothing() -> None:
    """What pip prints of the time that is left is no question of when."""
    bar = "|████| 812.1 MB 5.1 MB/s eta 0:00:01"
    found = question(f"Downloading torch-1.7.1\n{bar}\nInstalling\n{bar}\nwhich torchvision for torch 1.7.1?")
    assert "when" not in found.cues


def test_sentences_that_state_are_one_question_with_the_next() -> None:
    """Each names what the machine has, and the last asks."""
    found = question("My GPU is a 3090. My driver is 450.80. Which torch can I install")
    assert {given.column for given in found.given} == {"gpu", "driver"}
