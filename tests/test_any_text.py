"""Any text gets a reply, no reply invents a version, and the time grows with the length only."""

from __future__ import annotations

import re
import time
from functools import cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presenting.reply import Reply
from bot.understanding.text import MAX_CHARACTERS
from tests.known_versions import invented
from tests.questions.cases import all_cases, pipeline

PIECES: Final = [
    "torch", "pytorch", "cuda", "cu102", "py3.8", "driver", "torchvision", "torchaudio", "python", "windows",
    "conda", "1.7.0", "10.2", "11", "99.9", "450.80.02", "3.10", "0.8.1", "4.4.4", "which", "does",
    "work with",
    "install", "when", "newest", "oldest", "or newer", "between", "and", "not", "without", "vs", "what is",
    "list", "help", "thanks", "支持", "哪个", "吗", "以上", "到", "最新", "安装", "什么时候", "区别",
    "是什么",
    "驱动", "没有", ">=", "<", "~", ",", "?", "？", "。", "\n", "+", "==", "<@U1>", "<!channel>", "&lt;",
    ":tada:", "`", "*", "\u202e", "\x00", "１０．２", "tensorflow", "mxnet", "rocm", "numpy 1.26",
    "\x1b[31m", "<b>", "\ud83d",
]  # fmt: skip
sentences = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=8
).map("".join)


@cache
def real_words() -> tuple[str, ...]:
    """Names, versions, cue words and messages as the knowledge itself has them."""
    kb = pipeline().kb
    words = [alias for product in kb.products.values() for alias in (product.product, *product.aliases)]
    words += [alias for a in kb.attributes.values() for v in a.values.values() for alias in v.aliases]
    words += [str(number) for numbers in kb.releases.values() for number in numbers]
    words += [phrase for v in kb.vocabularies.values() for cue in v.cues.values() for phrase in cue]
    words += [phrase for fact in kb.facts for phrases in fact.asked.values() for phrase in phrases]
    words += [message for error in kb.errors.values() for message in error.messages]
    return tuple(dict.fromkeys(words))


@st.composite
def real_texts(draw: st.DrawFn) -> str:
    """A few real words and a few signs, in any order."""
    words = draw(st.lists(st.sampled_from(real_words()) | st.sampled_from(PIECES), min_size=1, max_size=10))
    return draw(st.sampled_from((" ", "", "\n", ", "))).join(words)


def whole(reply: Reply) -> bool:
    """Whether a reply keeps the form that every surface relies on."""
    grids = [section.grid for section in reply.sections if section.grid]
    return (
        len(reply.sections) >= 1
        and all(section.headline for section in reply.sections)
        and all(len(row) == len(grid.header) and all(row) for grid in grids for row in grid.rows)
        and reply.status in ("answered", "clarify", "unknown")
        and reply.verdict in (None, "yes", "no", "depends")
        and (reply.status == "answered" or reply.verdict is None)
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_whole_reply(text: str) -> None:
    """No text raises, and every reply has a headline."""
    assert whole(pipeline().ask(text))


@settings(max_examples=500, deadline=None)
@given(sentences)
def test_any_mixture_of_words_gets_a_whole_reply_that_invents_nothing(text: str) -> None:
    """Every version that is printed stands in the knowledge or in the question."""
    reply = pipeline().ask(text)
    assert whole(reply)
    assert invented(text, reply) == set()


def test_no_reply_to_a_test_question_invents_a_version() -> None:
    """The same over all the questions that people ask."""
    found = {case.utterance: invented(case.utterance, pipeline().ask(case.utterance)) for case in all_cases()}
    assert {text: versions for text, versions in found.items() if versions} == {}


@settings(max_examples=600, deadline=None, derandomize=True)
@given(real_texts())
def test_any_mixture_of_real_words_gets_a_whole_reply_that_invents_nothing(text: str) -> None:
    """The same over all that the knowledge has names, versions and messages for."""
    reply = pipeline().ask(text)
    assert whole(reply)
    assert invented(text, reply) == set()


@settings(max_examples=100, deadline=None)
@given(sentences)
def test_an_answer_rests_on_a_source_that_has_a_day(text: str) -> None:
    """A verdict never comes without a citation."""
    reply = pipeline().ask(text)
    assert reply.verdict is None or reply.citations
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", citation.checked) for citation in reply.citations)


@settings(max_examples=60, deadline=None)
@given(sentences)
def test_the_same_text_gets_the_same_reply(text: str) -> None:
    """Asking changes nothing."""
    assert pipeline().ask(text) == pipeline().ask(text)


@pytest.mark.timed
@pytest.mark.parametrize(
    "unit",
    ["which torch works with CUDA 10.2 ", "torch ", "1.7.0 ", "1.7.0/", "a", "1.", "<@U1>", "<", "&lt;", ":a",
     "torch torch1.7", "支持", "驱动 450 ", "?", "\n", "cuda 10.2? ", "and ", "pytroch ", "x1 ", "> = ",
     "\u202e", "🎉", "((((", "between 1.5 and "],
)  # fmt: skip
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Four times the text takes about four times as long, not sixteen times."""
    sizes = (MAX_CHARACTERS // 4, MAX_CHARACTERS)
    short, long = (min(_seconds(unit * (size // len(unit))) for _ in range(2)) for size in sizes)
    assert long < 10 * short + 0.05


@pytest.mark.parametrize("text", ["{}", "torch {}", "torch 1.{}", "cu{}", "py3{}", "cuda {}.1", "驱动 {}"])
def test_a_number_without_end_is_no_crash(text: str) -> None:
    """A number of thousands of digits is no version of anything."""
    assert whole(pipeline().ask(text.format("1" * 5_000)))


def test_a_reply_stays_within_reason() -> None:
    """A question said a thousand times is answered once."""
    reply = pipeline().ask("torch 1.0 cuda 10.2 " * 1_500)
    assert len(pipeline().plain(reply)) < 20_000


@pytest.mark.parametrize("text", ["torch 1.7² cuda 11.0", "torch 1.07 cuda 10.2"])
def test_what_is_no_version_is_not_taken_for_one(text: str) -> None:
    """A footnote mark or a leading zero does not make another release."""
    plain = pipeline().plain(pipeline().ask(text))
    assert [word for word in ("1.72", "PyTorch 1.07 has") if word in plain] == []


def test_a_message_far_beyond_the_limit_is_answered() -> None:
    """Ten megabytes are cut, not read."""
    reply = pipeline().ask("which torch works with CUDA 10.2? " + "x " * 5_000_000)
    assert whole(reply)


def _seconds(text: str) -> float:
    start = time.perf_counter()
    pipeline().ask(text)
    return time.perf_counter() - start


@pytest.mark.parametrize("text", ["\udcff torch 1.7 cuda 11.0", "torch \ud83d 1.7, cuda 11.0"])
def test_half_a_character_is_no_crash(text: str) -> None:
    """A lone surrogate, as a broken paste brings it, is left aside; what is said can be written out."""
    reply = pipeline().ask(text)
    assert reply.verdict == "yes"
    pipeline().plain(reply).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("torch \x1b[31m1.7\x1b[0m cuda 11.0", {"torch": "1.7", "cuda": "11.0"}),
        ("<b>torch</b> 1.7 cuda 11.0", {"torch": "1.7", "cuda": "11.0"}),
    ],
)
def test_colours_and_tags_are_no_versions_and_no_bounds(text: str, given: dict[str, str]) -> None:
    """Pasted terminal output and markup leave nothing behind that could be read as a version."""
    assert pipeline().ask(text).question["given"] == given
