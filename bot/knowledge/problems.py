"""Mistakes in knowledge files, each with its place, collected so that all are told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BotError
from bot.knowledge.unseen import spelt_out


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: the file and the line, from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return spelt_out(f"{self.file}:{self.line}")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: the file, the line (from 1), the key path, what is wrong and how to mend it."""

    file: Path
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return spelt_out(f"{self.file}:{self.line}: {self.key}: {self.message}")


@dataclass(frozen=True, slots=True)
class Override:
    """An entry of a later folder that replaces one of the same name in an earlier folder."""

    kind: str
    name: str
    winner: Place
    loser: Place

    def __str__(self) -> str:
        return spelt_out(f"{self.winner}: {self.kind} {self.name!r} replaces the one at {self.loser}")


class KnowledgeError(BotError):
    """The knowledge cannot be used. `problems` holds every mistake found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
