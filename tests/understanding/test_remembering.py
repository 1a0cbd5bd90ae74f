"""A question and the text that stands for it in storage: the same again, without the message's words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.understanding.question import Question
from bot.understanding.remembering import note, recall
from tests.questions.cases import pipeline
from tests.understanding.support import question

ASKED = [
    "which torch works with CUDA 10.2 on windows",
    "does torch >=1.7,<1.9 work with cuda 11.0?",
    "newest torch for rtx 3090 and driver 450.80.02",
    "nvidia-smi says CUDA Version: 11.4, which torch?",
    "torch not with cuda 10.2",
    "pytorch vs tensorflow",
    "which version added windows support",
    "libraries for graph neural networks",
    "what is torchvision",
    "哪个 torch 版本支持 cuda 10.2",
    "is there a torch for cuda 10.2?",
]
OFFERED = "ERROR: Could not find a version that satisfies the requirement torch==1.7 (from versions: 1.11.0)"


def stored(asked: Question) -> dict[str, Any]:
    """The text that stands for a question, as an object to be changed."""
    data: dict[str, Any] = json.loads(note(asked))
    return data


def without_words(asked: Question) -> Question:
    """A question as it can be recalled: what names and versions were written like is gone."""
    given = tuple(replace(item, surface=str(item)) for item in asked.given)
    return replace(asked, text="", given=given)


@pytest.mark.parametrize("text", ASKED)
def test_a_question_comes_back_as_it_was(text: str) -> None:
    """All that answering needs is kept."""
    assert recall(note(question(text)), pipeline().kb) == without_words(question(text))


def test_what_an_installer_offered_is_kept() -> None:
    """A diagnosis rests on it."""
    asked = recall(note(question(OFFERED)), pipeline().kb)
    assert asked is not None
    assert asked.listed == question(OFFERED).listed != ()


def test_a_pasted_list_is_left_out_and_said_to_be() -> None:
    """Whoever recalls the question knows that it lacks what it was about."""
    asked = recall(note(question("torch==2.4.0\ntorchtext==0.17.0")), pipeline().kb)
    assert asked is not None
    assert (asked.partial, asked.pins, asked.given) == (True, None, ())


def test_no_word_of_the_message_is_noted() -> None:
    """What people write stays out of storage."""
    text = note(question("Dear Ms Quarkfeather, which pytroch works with my secretbox CUDA 10.2?"))
    assert all(word not in text.lower() for word in ("quarkfeather", "secretbox", "pytroch", "dear"))


@pytest.mark.parametrize(
    "change",
    [
        {"form": 0},
        {"intent": "guess"},
        {"intent": "why"},
        {"lang": "xx"},
        {"want": ["nosuchproduct"]},
        {"want": "torch"},
        {"about": ["nosuchproduct"]},
        {"topics": ["nosuchtopic"]},
        {"superlative": "best"},
        {"environment": "nosuchcluster"},
        {"facts": [["nosuchfact", 1.0]]},
        {"facts": [["only"]]},
        {"facts": 3},
        {"given": [{"column": "nosuchproduct", "clauses": [["in", "1.0"]]}]},
        {"given": [{"column": "platform", "value": "nosuchplatform"}]},
        {"given": [{"column": "torch", "clauses": [["in", "no version"]]}]},
        {"given": [{"column": "torch", "clauses": [["~", "1.0"]]}]},
        {"given": [{"column": "torch", "clauses": ["in"]}]},
        {"given": [{"clauses": []}]},
        {"given": ["torch"]},
    ],
    ids=json.dumps,
)
def test_what_knowledge_no_longer_has_is_not_recalled(change: dict[str, object]) -> None:
    """Knowledge may have changed since, and a later program may write another form."""
    data = stored(question(ASKED[0]))
    assert recall(json.dumps(data), pipeline().kb) is not None
    assert recall(json.dumps(data | change), pipeline().kb) is None


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "null", "{}", "[" * 5_000, "9" * 7_000, "x" * 100_000]
)
def test_other_texts_are_not_recalled(text: str) -> None:
    """Whatever stands in the database, nothing is raised."""
    assert recall(text, pipeline().kb) is None
