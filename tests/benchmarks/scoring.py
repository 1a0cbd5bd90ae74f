"""Judges answers by a question bank: right, wrong or declined, by the bank's own rules."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

Outcome = Literal["right", "wrong", "declined"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("right", "wrong", "declined")
ANSWERED: Final = "answered"
DECIDED: Final = frozenset({"yes", "no"})
_MARKS: Final = str.maketrans("", "", "`*")
_DIGITS_AND_DOTS: Final = re.compile(r"[\d.]+")


class BadBank(Exception):
    """A bank that cannot be read; the message names the file, and the line where there is one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers: a status and a verdict as `bot ask --jsonl` has them, and plain text."""

    status: str
    verdict: str | None
    text: str


DECLINED: Final = Answer("unknown", None, "")


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question with its gold: of each tuple of `must_include` one text stands in a right answer.

    Questions of one `thread` follow up on each other.
    """

    id: str
    text: str
    lang: str
    kind: str
    must_include: tuple[tuple[str, ...], ...]
    must_not_include: tuple[str, ...]
    verdict: str | None
    thread: str = ""


def read_bank(path: Path) -> list[BankQuestion]:
    """The questions of a bank of JSON lines.

    Raises:
        BadBank: there is no such file, or a line of it is no question.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise BadBank(f"there is no question bank at {path}") from error
    return [_question(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _question(path: Path, number: int, line: str) -> BankQuestion:
    try:
        entry: dict[str, Any] = json.loads(line)
        gold = entry["gold"]
        return BankQuestion(
            id=str(entry["id"]),
            text=entry["text"],
            lang=entry["lang"],
            kind=entry["kind"],
            must_include=tuple(
                (want,) if isinstance(want, str) else tuple(want) for want in gold.get("must_include") or ()
            ),
            must_not_include=tuple(gold.get("must_not_include") or ()),
            verdict=gold.get("verdict"),
            thread=entry.get("thread") or "",
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBank(f"{path}:{number}: no question of a bank ({error!r})") from error


def judge(question: BankQuestion, answer: Answer, *, needs_verdict: bool = True) -> Outcome:
    """Whether an answer is right; `needs_verdict` is off for whoever gives none.

    A right answer is given where one is wanted, says all it must and nothing it must not, and its verdict
    is not the opposite. Where no answer can be given (`out_of_scope`), anything else than one is right;
    where the question is `ambiguous`, asking back is.
    """
    if question.kind == "out_of_scope":
        return "wrong" if answer.status == ANSWERED else "right"
    if answer.status != ANSWERED:
        asked_back = question.kind == "ambiguous" and answer.status == "clarify"
        return "right" if asked_back else "declined"
    said = folded(answer.text)
    complete = all(any(says(said, text) for text in texts) for texts in question.must_include)
    false = any(says(said, text) for text in question.must_not_include)
    if not complete or false or _contradicts(question, answer.verdict, needs_verdict=needs_verdict):
        return "wrong"
    return "right"


def _contradicts(question: BankQuestion, verdict: str | None, *, needs_verdict: bool) -> bool:
    if question.verdict not in DECIDED:
        return False
    if verdict in DECIDED:
        return verdict != question.verdict
    return verdict is None and needs_verdict and question.kind == "compat"


def says(text: str, wanted: str) -> bool:
    """Whether a folded text says something: a version as a whole (1.7, also as 1.7.0), else anywhere."""
    wanted = folded(wanted)
    if not _DIGITS_AND_DOTS.fullmatch(wanted):
        return wanted in text
    return re.search(rf"(?<![\d.]){re.escape(wanted)}(?!\d)", text) is not None


def folded(text: str) -> str:
    """A text as it is compared: NFKC, lower case, single spaces, no backticks nor asterisks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).lower()).translate(_MARKS)


@dataclass(slots=True)
class Tally:
    """How many questions had which outcome: in all, and by kind and language."""

    total: Counter[Outcome] = field(default_factory=Counter)
    groups: dict[str, Counter[Outcome]] = field(default_factory=dict)

    def add(self, question: BankQuestion, outcome: Outcome) -> None:
        """Count one question."""
        self.total[outcome] += 1
        for group in (f"kind {question.kind}", f"lang {question.lang}"):
            self.groups.setdefault(group, Counter())[outcome] += 1


def tally(
    bank: Iterable[BankQuestion], answers: Mapping[str, Answer], *, needs_verdict: bool = True
) -> Tally:
    """Judge the answers, by the questions' ids, to a bank; a question without one is declined."""
    found = Tally()
    for question in bank:
        answer = answers.get(question.id, DECLINED)
        found.add(question, judge(question, answer, needs_verdict=needs_verdict))
    return found
