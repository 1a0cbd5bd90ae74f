"""Tokens: what they are cut to, and that each remembers where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.han import Simplifier
from bot.understanding.text import MAX_CHARACTERS, Utterance, tokenize

SIMPLIFY = Simplifier()


def cut(text: str) -> Utterance:
    """The tokens of a message."""
    return tokenize(text, SIMPLIFY)


def texts(text: str) -> list[str]:
    """The tokens' texts."""
    return [token.text for token in cut(text).tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("torch 1.7.0", ["torch", "1.7.0"]),
        ("CUDA10.2", ["cuda", "10.2"]),
        ("py3.8", ["py", "3.8"]),
        ("1.7.0+cu110", ["1.7.0", "cu", "110"]),
        ("v1.7.0.", ["v", "1.7.0"]),
        ("torch==1.7", ["torch", "1.7"]),
        ("1.7.x", ["1.7"]),
        ("支持 cuda", ["支", "持", "cuda"]),
        ("哪個版本", ["哪", "个", "版", "本"]),
        ("CUDA１０．２", ["cuda", "10.2"]),
        ("ＣＵＤＡ 10.2", ["cuda", "10.2"]),
        ("Ⓣorch", ["torch"]),
        ("tor\u200bch", ["torch"]),
        ("\u202ecuda\u202c 10.2", ["cuda", "10.2"]),
        ("", []),
        ("🙏🎉", []),
    ],
)
def test_a_message_is_cut(text: str, expected: list[str]) -> None:
    """Words, numbers and single Han characters, folded and without what cannot be seen."""
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U012AB3CD> torch", ["torch"]),
        ("<!channel> torch", ["torch"]),
        ("<!subteam^S1|@team> torch", ["torch"]),
        ("<#C1|cuda-help> torch", ["cuda", "help", "torch"]),
        ("<https://x.example/1.2.3> torch", ["torch"]),
        ("<https://x.example/1.2.3|the docs> torch", ["the", "docs", "torch"]),
        ("<https://x.example|https://x.example> torch", ["torch"]),
        ("see https://x.example/cuda-9.0/ now", ["see", "now"]),
        (":tada: torch :+1:", ["torch"]),
        ("cuda &gt;= 10.2 &amp; torch", ["cuda", "10.2", "torch"]),
        ("10:30:45", ["10", "30", "45"]),
    ],
)
def test_slack_markup_is_no_text(text: str, expected: list[str]) -> None:
    """Mentions, links and emoji codes are blanked; labels stay."""
    assert texts(text) == expected


@pytest.mark.parametrize(
    "text",
    ["&lt;@U1&gt; cuda １０．２", "<@U1> 哪個 torch 支援 CUDA10.2 :tada:", "ﬁrst ﬃ torch", "a &amp;&gt; b"],
)
def test_offsets_point_into_the_raw_message(text: str) -> None:
    """The raw text between a token's offsets folds to the token itself."""
    for token in cut(text).tokens:
        inside = tokenize(text[token.start : token.end], SIMPLIFY).tokens
        assert token.text in "".join(part.text for part in inside)


def test_operators_stand_in_the_gap() -> None:
    """What stands between two tokens is kept for the binding."""
    tokens = cut("torch &gt;= 1.7, cuda").tokens
    assert [token.gap.split() for token in tokens] == [[], [">="], [","]]


def test_a_message_beyond_the_limit_is_cut_short() -> None:
    """Nothing after the limit is read."""
    assert texts("a " * (MAX_CHARACTERS // 2) + "torch")[-1] == "a"


@given(st.text(max_size=200))
def test_offsets_ascend_and_stay_inside(text: str) -> None:
    """Tokens stand in order, do not end before they start, and lie within the message."""
    tokens = cut(text).tokens
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@given(st.text(max_size=100))
def test_cutting_ignores_case(text: str) -> None:
    """ASCII case makes no difference."""
    lower = "".join(c.lower() if c.isascii() else c for c in text)
    assert texts(text) == texts(lower)
