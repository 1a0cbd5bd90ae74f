"""Reads the question files into cases: one for each utterance, with what its reply must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.presenting.reply import Reply
from bot.settings import bundled_knowledge

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "zh")
KEYS: Final = frozenset(
    {"name", "en", "zh", "intent", "want", "given", "verdict", "status", "says", "says_not", "command", "why"}
)
KNOWN_FAILURES: Final = "known_failures"
ANSWERED: Final = "answered"


@dataclass(frozen=True)
class Case:
    """One utterance and what is expected of its reply; a key that `expected` lacks is not checked."""

    file: str
    name: str
    lang: str
    utterance: str
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}:{self.name}:{self.lang}:{self.utterance[:50]!r}"


@cache
def pipeline() -> Pipeline:
    """The pipeline over the real knowledge, built once for all tests."""
    return Pipeline(load_knowledge([bundled_knowledge()]))


def read_cases(path: Path) -> Iterator[Case]:
    """All cases of a file; the file's own `defaults` hold where an entry does not say otherwise."""
    page = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in page["questions"]:
        unknown = set(entry) - KEYS
        if unknown:
            raise ValueError(f"{path.name}: {entry.get('name')}: unknown keys {sorted(unknown)}")
        expected = page.get("defaults", {}) | entry
        for lang in LANGUAGES:
            for utterance in entry.get(lang, ()):
                yield Case(path.stem, entry["name"], lang, utterance, expected)


def all_cases() -> list[Case]:
    """The cases of every file except the known failures."""
    paths = sorted(FOLDER.glob("*.yaml"))
    return [case for path in paths if path.stem != KNOWN_FAILURES for case in read_cases(path)]


def known_failures() -> list[Case]:
    """The cases that are known to fail."""
    return list(read_cases(FOLDER / f"{KNOWN_FAILURES}.yaml"))


def mistakes(case: Case, reply: Reply, text: str) -> list[str]:
    """Every way in which a reply differs from what its case expects."""
    expected = case.expected
    found = [
        f"{key}: expected {expected[key]!r}, got {got!r}"
        for key, got in (
            ("status", reply.status),
            ("verdict", reply.verdict),
            ("intent", reply.intent),
            ("want", reply.question["want"]),
            ("given", reply.question["given"]),
        )
        if key in expected and expected[key] != got
    ]
    if reply.lang != case.lang:
        found.append(f"lang: expected {case.lang!r}, got {reply.lang!r}")
    if expected.get("status") == "not answered" and reply.status != ANSWERED:
        found.remove(f"status: expected 'not answered', got {reply.status!r}")
    found.extend(f"does not say {part!r}" for part in _parts(expected, "says", case.lang) if part not in text)
    found.extend(f"says {part!r}" for part in _parts(expected, "says_not", case.lang) if part in text)
    commands = [section.code for section in reply.sections if section.code]
    if "command" in expected and expected["command"] not in commands:
        found.append(f"command: expected {expected['command']!r}, got {commands!r}")
    return found


def _parts(expected: dict[str, Any], key: str, lang: str) -> list[str]:
    """A list for both languages, or one for each."""
    parts = expected.get(key, [])
    chosen: list[str] = parts.get(lang, []) if isinstance(parts, dict) else parts
    return chosen
