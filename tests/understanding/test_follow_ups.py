"""What a message takes over from the question before it, and what it does not."""

from __future__ import annotations

import pytest

from bot.understanding.question import Question
from tests.understanding.support import question, understanding

LOOKUP = "which torch works with CUDA 10.2"
CHECK = "does torch 1.7.0 work with cuda 11.0?"


def following(text: str, before: str) -> Question:
    """The question that a message asks in a thread that was about another."""
    return understanding().read(text, None, question(before))[-1].questions[0]


def given(asked: Question) -> dict[str, str]:
    """The givens of a question by column."""
    return {item.column: str(item) for item in asked.given}


def test_the_first_given_stays_the_first() -> None:
    """A version given anew stands where the one before stood: what is asked about comes first."""
    assert list(given(following("and 1.8?", CHECK))) == ["torch", "cuda"]


def test_several_versions_take_the_place_of_one() -> None:
    """A list replaces what was given."""
    asked = following("and cuda 9.2 and 10.1?", LOOKUP)
    assert [(item.column, str(item)) for item in asked.given] == [("cuda", "9.2"), ("cuda", "10.1")]


def test_a_bound_takes_the_place_of_a_version() -> None:
    """What is given anew may be a range."""
    assert given(following("what about cuda >= 11.0?", LOOKUP)) == {"cuda": ">=11.0"}


@pytest.mark.parametrize(
    ("text", "before", "lang"),
    [
        ("torchvision?", "torch 1.6.0 对应的 torchaudio 是哪个", "zh"),
        ("1.8?", "torch 1.6.0 对应的 torchvision 是哪个", "zh"),
        ("cu118", "cuda 10.2 对应哪个 torch", "zh"),
        ("and torchvision?", "torch 1.6.0 对应的 torchaudio 是哪个", "en"),
        ("torchvision 呢", LOOKUP, "zh"),
    ],
)
def test_names_and_versions_alone_keep_the_language(text: str, before: str, lang: str) -> None:
    """A follow-up without a word of a language is answered in that of the thread."""
    assert following(text, before).lang == lang


@pytest.mark.parametrize(
    "text", ["why", "Why?", "why not?", "but why", "how come?", "为什么", "为什么呢？", "怎么得出的"]
)
def test_why_asks_after_the_question_before(text: str) -> None:
    """It carries the question whose answer is to be explained."""
    asked = following(text, CHECK)
    assert (asked.intent, asked.before) == ("why", question(CHECK))


def test_why_after_why_is_about_the_same_question() -> None:
    """Questions do not nest."""
    first = following("why", CHECK)
    again = understanding().read("why", None, first)[0].questions[0]
    assert again.before == question(CHECK)


@pytest.mark.parametrize(
    "text",
    ["why", "and torchvision?", "what about 1.8", "the newest one", "on windows?", "thanks", "那 1.8 呢"],
)
def test_without_a_question_before_nothing_is_taken_over(text: str) -> None:
    """A follow-up on nothing is read by itself."""
    read = understanding().read(text)[0].questions[0]
    assert (read.before, read.intent in ("lookup", "check", "why", "install")) == (None, False)


@pytest.mark.parametrize("before", [LOOKUP, CHECK])
@pytest.mark.parametrize(
    "text",
    [
        "why does my model not converge",
        "and my loss is nan?",
        "what about the weather?",
        "it crashes on windows",
        "那我的代码为什么报错",
        "and what did you have for lunch?",
        "numpy 是什么",
        "tensorflow 2.4",
        "which torch is the newest?",
    ],
)
def test_another_topic_takes_nothing_over(text: str, before: str) -> None:
    """Words that no question about versions needs, and questions that are complete, stand for themselves."""
    alone = understanding().read(text)[0].questions[0]
    assert following(text, before) == alone


@pytest.mark.parametrize("text", ["and 42?", "and 0.0.1?", "and 999.9?", "what about 99?"])
def test_a_version_that_nothing_asked_about_has_is_not_taken(text: str) -> None:
    """It may be meant for anything."""
    assert following(text, CHECK).intent in ("none", "topic")


def test_a_long_message_in_a_thread_is_read() -> None:
    """Many versions and words neither raise nor take over."""
    assert following("and 1.8? " * 4_000, CHECK).intent == "check"
    assert following("9" * 40_000, CHECK).intent == "none"
    assert following("and " + "1." * 15_000, CHECK).intent == "none"
