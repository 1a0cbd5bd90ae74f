"""What an examination finds: one line, with how grave it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is; only a problem keeps the bot from running as it should."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `bot doctor`. Neither a token nor anything that a user wrote stands in it."""

    level: Level
    subject: str
    text: str

    def __str__(self) -> str:
        """The line as it is printed: control characters that came from elsewhere are taken out."""
        line = " ".join(f"{self.subject}: {self.text}".split())
        return f"{self.level:<8} {''.join(letter for letter in line if letter.isprintable())}"


def ok(subject: str, text: str) -> Finding:
    """All is well with the subject."""
    return Finding(Level.OK, subject, text)


def warning(subject: str, text: str) -> Finding:
    """The bot runs, but perhaps not as it is meant to."""
    return Finding(Level.WARNING, subject, text)


def problem(subject: str, text: str) -> Finding:
    """The bot does not run, or not well, until this is mended."""
    return Finding(Level.PROBLEM, subject, text)
