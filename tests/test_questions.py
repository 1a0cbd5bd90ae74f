"""The questions in `questions/*.yaml` get the replies written beside them; known failures still fail."""

from __future__ import annotations

import pytest

from bot.presenting.phrasing import Phrasing
from bot.understanding.remembering import note
from bot.understanding.rules import RULES
from tests.questions.cases import Case, all_cases, known_failures, mistakes, pipeline

CASES = all_cases()
SURFACES = (
    "surface.",
    "suggest.",
    "requires.",
)  # said by chat surfaces, or through a table's own texts
TEAM = (
    "team."  # phrases and rules that only a team's own folder brings in; tests/test_overlay.py has them all
)
FAILURES = known_failures()


def found_in(case: Case) -> list[str]:
    """What is wrong with the reply to a case."""
    reply = pipeline().ask(case.utterance)
    return mistakes(case, reply, pipeline().plain(reply))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_question_gets_its_reply(case: Case) -> None:
    """The reply has the expected intent, slots, verdict, status, language and words."""
    assert found_in(case) == []


@pytest.mark.parametrize("case", FAILURES, ids=str)
def test_known_failure_still_fails(case: Case) -> None:
    """A known failure that no longer fails must move to the file of its intent."""
    assert found_in(case), "mended: move this entry to the file of its intent"


def test_every_known_failure_says_why() -> None:
    """A known failure without a reason helps nobody."""
    assert [case.name for case in FAILURES if not case.expected.get("why")] == []


def test_no_utterance_stands_twice() -> None:
    """An utterance has one expectation, not two that may differ."""
    utterances = [case.utterance for case in (*CASES, *FAILURES)]
    assert sorted({text for text in utterances if utterances.count(text) > 1}) == []


def test_every_rule_fires_in_some_question() -> None:
    """A rule that no question needs is not tested, or not needed."""
    fired = {word for case in CASES for line in pipeline().ask(case.utterance).trace for word in line.split()}
    names = {word.removeprefix("intent:") for word in fired}
    assert [rule.name for rule in RULES if rule.name not in names and not rule.name.startswith(TEAM)] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_phrase_is_said_in_some_reply(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that no reply needs is not tested, or not needed; surfaces have their own tests."""
    said: set[str] = set()
    say = Phrasing.say

    def record(self: Phrasing, key: str, **slots: object) -> str:
        said.add(key)
        return say(self, key, **slots)

    monkeypatch.setattr(Phrasing, "say", record)
    for case in CASES:
        if case.lang == lang:
            reply = pipeline().ask(case.utterance)
            pipeline().plain(reply)
            pipeline().explain(reply)
            asked = pipeline().recall(note(reply.asked)) if reply.asked else None
            if asked is not None:
                pipeline().explain(pipeline().why(asked))
    assert [
        k for k in pipeline().kb.wordings[lang] if k not in said and not k.startswith((*SURFACES, TEAM))
    ] == []
