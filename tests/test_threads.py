"""The conversations in `threads.yaml`: each turn gets its reply, understood with the question before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.pipeline import Context
from bot.presenting.reply import Reply
from bot.understanding.question import Question
from bot.understanding.remembering import note
from tests.questions.cases import pipeline

FILE: Final = Path(__file__).parent / "threads.yaml"
KEYS: Final = frozenset({"en", "zh", "intent", "want", "given", "status", "verdict", "says", "standing"})
THREADS: Final[list[dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["threads"]
NAMES: Final = [thread["name"] for thread in THREADS]


def asked_in(turns: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Reply, Question | None]]:
    """Each turn with its reply and the question before it, which is stored and recalled in between."""
    before: Question | None = None
    for turn in turns:
        reply = pipeline().ask(str(turn.get("en") or turn.get("zh")), Context(before=before))
        yield turn, reply, before
        before = pipeline().recall(note(reply.asked)) if reply.asked else before


def mistakes(turn: dict[str, Any], reply: Reply, before: Question | None) -> list[str]:
    """Every way in which a reply differs from what its turn expects."""
    text = pipeline().plain(reply)
    got = {
        "status": reply.status,
        "verdict": reply.verdict,
        "intent": reply.intent,
        "want": reply.question["want"],
        "given": reply.question["given"],
    }
    found = [f"{key}: {got[key]!r} for {turn[key]!r}" for key in got if key in turn and turn[key] != got[key]]
    found += [f"does not say {part!r}" for part in turn.get("says", ()) if part not in text]
    lang = "en" if "en" in turn else "zh"
    if turn.get("standing") and reply.asked not in (None, before):
        found.append("another question stands")
    if not turn.get("standing") and reply.lang != lang:
        found.append(f"lang: {reply.lang}")
    return found


@pytest.mark.parametrize("thread", THREADS, ids=NAMES)
def test_every_turn_gets_its_reply(thread: dict[str, Any]) -> None:
    """Intent, slots, verdict, language and words are those that the turn tells."""
    wrong = {
        turn.get("en") or turn.get("zh"): mistakes(turn, reply, before)
        for turn, reply, before in asked_in(thread["turns"])
    }
    assert {text: found for text, found in wrong.items() if found} == {}


def test_turns_have_known_keys_and_one_language() -> None:
    """A misspelt key would check nothing."""
    turns = [turn for thread in THREADS for turn in thread["turns"]]
    assert [turn for turn in turns if set(turn) - KEYS or ("en" in turn) == ("zh" in turn)] == []


def test_first_turns_need_no_thread() -> None:
    """A message that is complete gets the same reply, whatever was asked before."""
    before = pipeline().ask("which torch works with CUDA 10.2 on windows").asked
    for thread in THREADS:
        text = str(thread["turns"][0].get("en") or thread["turns"][0].get("zh"))
        alone, later = pipeline().ask(text), pipeline().ask(text, Context(before=before))
        if alone.status == "answered":
            assert later == alone
