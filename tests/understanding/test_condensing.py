"""Which lines of a long paste are kept."""

from __future__ import annotations

from functools import cache

from bot.understanding.condensing import HEAD, LONG, MOST_LINES, ROOM, TAIL, Condenser
from tests.questions.cases import pipeline


@cache
def condenser() -> Condenser:
    """Knows one label beside the names."""
    return Condenser(pipeline().kb, ["Driver Version"])


def log(**changed: str) -> list[str]:
    """Three hundred lines that tell nothing, but for those that are given by number (`n150`)."""
    return [changed.get(f"n{i}", f"step {i} went past without trouble at all") for i in range(300)]


def condensed(lines: list[str]) -> list[str]:
    """The lines that are left."""
    text = "\n".join(lines)
    return condenser().condense(text, text.lower()).splitlines()


def test_a_short_text_stays_as_it_is() -> None:
    """Up to the limit nothing is cut."""
    text = "x\n" * (LONG // 2)
    assert condenser().condense(text, text) == text


def test_of_a_log_that_tells_nothing_the_ends_are_left() -> None:
    """Its first and its last lines."""
    lines = log()
    assert condensed(lines) == [*lines[:HEAD], *lines[-TAIL:]]


def test_lines_with_a_name_or_a_label_are_kept() -> None:
    """In their order, between the ends."""
    lines = log(n150="found torch 1.7.1 in it", n200="driver version: 450.51")
    assert condensed(lines)[HEAD:-TAIL] == ["found torch 1.7.1 in it", "driver version: 450.51"]


def test_a_line_that_comes_again_is_kept_once() -> None:
    """A progress bar fills no room."""
    lines = log(**{f"n{i}": "loading torch" for i in range(100, 250)})
    assert condensed(lines)[HEAD:-TAIL] == ["loading torch"]


def test_however_much_is_told_the_room_is_kept() -> None:
    """The beginning and the end of what is kept are left."""
    lines = [f"torch step {i} of many more" for i in range(MOST_LINES * 20)]
    kept = condensed(lines)
    assert len("\n".join(kept)) <= ROOM + 1
    assert (kept[0], kept[-1]) == (lines[0], lines[-1])


def test_one_long_line_is_cut_to_its_ends() -> None:
    """Its middle is left out."""
    text = f"begin{'x' * 50_000}middle{'x' * 50_000}end"
    kept = condenser().condense(text, text)
    assert (kept.startswith("begin"), "middle" in kept, kept.endswith("end")) == (True, False, True)
    assert len(kept) <= ROOM + 1
