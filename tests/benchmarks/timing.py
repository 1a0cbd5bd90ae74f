"""How long pieces of work take."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from bot.pipeline import Pipeline
from tests.questions.cases import all_cases

ROUNDS: Final = 5
TRIES: Final = 3


def ask_times(pipeline: Pipeline) -> list[float]:
    """Seconds for every test question, several times each, after all have been asked once."""
    utterances = [case.utterance for case in all_cases()]
    for text in utterances:
        pipeline.ask(text)
    return [seconds(partial(pipeline.ask, text)) for _ in range(ROUNDS) for text in utterances]


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
