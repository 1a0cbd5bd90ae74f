"""Sets the bot beside its peers in one run: accuracy on a question bank, and time a question."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bot.pipeline import Pipeline
from tests.benchmarks.evaluate import bot_answers
from tests.benchmarks.peers import Found, Fuzzy, Peer, Ranked
from tests.benchmarks.scoring import OUTCOMES, BadBank, BankQuestion, Outcome, read_bank, tally
from tests.benchmarks.statements import statements
from tests.benchmarks.timing import quantile, seconds

ROUNDS: Final = 3
NOTES: Final = (
    "Judged by text alone, for the peers give no verdict. A peer answers with the statement most like the",
    "question. With a threshold it declines below that score: the one at which right less wrong is most on",
    "this very bank, a choice that could only be worse on another.",
)


def compare(pipeline: Pipeline, path: Path) -> Iterator[str]:
    """The lines of the comparison, or one that says there is no bank."""
    try:
        bank = read_bank(path)
    except BadBank as error:
        yield f"bot and peers are not compared: {error}"
        return
    known = statements(pipeline.kb)
    yield f"{len(bank)} questions of a bank, {len(known):,} statements"
    heading = "".join(f"{name:>11}" for name in (*OUTCOMES, "median", "p99"))
    yield f"{'who answers':<46}{heading}"
    answers = bot_answers(pipeline, bank)
    times = _times(bank, pipeline.ask)
    yield _line("the bot", tally(bank, answers, needs_verdict=False).total, times)
    for peer in (Fuzzy(known), Ranked(known)):
        yield from _peer_lines(peer, bank)
    yield from NOTES


def _peer_lines(peer: Peer, bank: Sequence[BankQuestion]) -> Iterator[str]:
    """What a peer gets right when it always answers, and with the threshold that serves it best."""
    found = {question.id: peer.find(question.text) for question in bank}
    times = _times(bank, peer.find)
    yield _line(f"{peer.name}, always answering", _judged(bank, found, 0), times)
    thresholds = sorted({item.score for item in found.values()})
    best = max(thresholds, key=lambda threshold: _worth(_judged(bank, found, threshold)))
    yield _line(f"{peer.name}, from a score of {best:.4g} on", _judged(bank, found, best), times)


def _judged(bank: Sequence[BankQuestion], found: dict[str, Found], threshold: float) -> Counter[Outcome]:
    answers = {identifier: item.answer(threshold) for identifier, item in found.items()}
    return tally(bank, answers, needs_verdict=False).total


def _worth(counts: Counter[Outcome]) -> int:
    return counts["right"] - counts["wrong"]


def _times(bank: Sequence[BankQuestion], ask: Callable[[str], object]) -> list[float]:
    """Seconds for each question, all of which have been asked before."""
    return [seconds(partial(ask, question.text)) for _ in range(ROUNDS) for question in bank]


def _line(who: str, counts: Counter[Outcome], times: list[float]) -> str:
    size = max(1, counts.total())
    shares = "".join(f"{counts[outcome] / size:>11.1%}" for outcome in OUTCOMES)
    spent = (statistics.median(times), quantile(times, 0.99))
    shown = "".join(f"{format(time * 1e3, '.2f') + ' ms':>11}" for time in spent)
    return f"{who:<46}{shares}{shown}"
