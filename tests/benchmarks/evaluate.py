"""Asks the bot every question of a bank and prints how many it gets right: `make eval BANK=path`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Context, Pipeline
from bot.settings import bundled_knowledge
from bot.understanding.question import Question
from tests.benchmarks.scoring import OUTCOMES, Answer, BadBank, BankQuestion, Outcome, Tally, read_bank, tally

DEFAULT_BANK: Final = Path("../shared/questions/dev.jsonl")
USAGE: Final = 2


def main(arguments: Sequence[str]) -> int:
    """Print the figures for the bank named first among the arguments; 2 where it cannot be read."""
    try:
        bank = read_bank(bank_path(arguments))
    except BadBank as error:
        print(f"{error}: name one with BANK=path", file=sys.stderr)
        return USAGE
    pipeline = Pipeline(load_knowledge([bundled_knowledge()]))
    pipeline.warm()
    start = time.perf_counter()
    answers = bot_answers(pipeline, bank)
    taken = time.perf_counter() - start
    print("\n".join(report(tally(bank, answers))), f"in {taken:.2f} s")
    return 0


def bank_path(arguments: Sequence[str]) -> Path:
    """The bank that is named, or the one that stands beside the checkout."""
    return Path(arguments[0]) if arguments and arguments[0] else DEFAULT_BANK


def bot_answers(pipeline: Pipeline, bank: Sequence[BankQuestion]) -> dict[str, Answer]:
    """What the bot answers, by id, as `bot ask --jsonl` would: questions of one thread follow up."""
    threads: dict[str, Question] = {}
    answers = {}
    for question in bank:
        reply = pipeline.ask(question.text, Context(before=threads.get(question.thread)))
        if question.thread and reply.asked is not None:
            threads[question.thread] = reply.asked
        answers[question.id] = Answer(reply.status, reply.verdict, pipeline.plain(reply))
    return answers


def report(counted: Tally) -> Iterator[str]:
    """One line for each kind, each language, and all questions together."""
    for group in sorted(counted.groups):
        yield line(group, counted.groups[group])
    yield line("all", counted.total)


def line(label: str, counts: Counter[Outcome]) -> str:
    """How many questions there are, and the share of each outcome."""
    size = counts.total()
    shares = (f"{outcome} {counts[outcome] / max(1, size):6.1%}" for outcome in OUTCOMES)
    return f"{label:<20}n={size:<5}{'  '.join(shares)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
