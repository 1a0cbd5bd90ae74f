"""Characters that nobody sees are left out, or spelt out, and nothing else is touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.unseen import UNSEEN, json_line, spelt_out, without_unseen


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("torch 2.1\n\tpip", "torch 2.1\n\tpip"),
        ("哪个版本 ≥ 1.7², ＜ ümlaut", "哪个版本 ≥ 1.7², ＜ ümlaut"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("\x1b[31mred\x9b0m\x00", "[31mred0m"),
        ("\u202egnp\u2069.exe\ufeff\u200b", "gnp.exe"),
        ("\ud83dx\udcff", "x"),
        ("e" + "\u0301" * 90, "e" + "\u0301" * 4),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 ❤\ufe0f",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 ❤\ufe0f",
        ),
        ("x\u200d\u200d\u200dy", "x\u200dy"),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    """Line ends become newlines; emoji of several characters, accents and Chinese stay."""
    assert without_unseen(text) == left
    assert without_unseen(left) == left


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_can_be_shown(text: str) -> None:
    """Nothing unseen is left, and every encoding of Unicode can write it."""
    without_unseen(text).encode()
    spelt_out(text).encode()
    assert UNSEEN.search(without_unseen(text) + spelt_out(text)) is None
    assert len(spelt_out(text).splitlines()) <= 1


def test_names_can_be_told_apart() -> None:
    """Each by its code, tabs and line ends too."""
    assert (
        spelt_out("a\n\t\x1b\x9b\u202e\udcff\U000e0041b") == "a\\x0a\\x09\\x1b\\x9b\\u202e\\udcff\\U000e0041b"
    )


@given(st.recursive(st.text(alphabet=st.characters(codec=None)), lambda inner: st.lists(inner, max_size=3)))
def test_json_is_one_line_with_the_same_value(value: object) -> None:
    """Whatever is in it, it reads back."""
    line = json_line(value)
    assert json.loads(line) == value
    assert len(line.splitlines()) == 1
    assert UNSEEN.search(line) is None
    line.encode()


def test_what_json_does_not_have_is_told_by_the_default() -> None:
    """As `json.dumps` does it."""
    assert json_line({"a": b"x"}, default=repr) == '{"a": "b\'x\'"}'
