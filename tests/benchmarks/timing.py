"""How long pieces of work take."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from bot.pipeline import Pipeline
from tests.questions.cases import all_cases

ROUNDS: Final = 5
PASTED: Final = frozenset({"diagnose", "trouble"})
TRIES: Final = 3


def ask_times(pipeline: Pipeline) -> tuple[list[float], list[float]]:
    """Seconds for every test question, and for every paste, several times each, after all were asked once."""
    asked: list[str] = []
    pasted: list[str] = []
    for case in all_cases():
        (pasted if _is_pasted(pipeline, case.utterance) else asked).append(case.utterance)
    return _times(pipeline, asked), _times(pipeline, pasted)


def _is_pasted(pipeline: Pipeline, text: str) -> bool:
    """Whether a text is one of several lines, shows an error, or lists packages."""
    question = pipeline.ask(text).asked
    shown = question is not None and (question.intent in PASTED or question.pins is not None)
    return shown or "\n" in text


def _times(pipeline: Pipeline, texts: list[str]) -> list[float]:
    return [seconds(partial(pipeline.ask, text)) for _ in range(ROUNDS) for text in texts]


def best_time(pipeline: Pipeline, text: str) -> float:
    """Seconds for one text after a warm-up, the best of several tries: others use the machine as well."""
    pipeline.ask(text)
    return min(seconds(partial(pipeline.ask, text)) for _ in range(TRIES))


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
