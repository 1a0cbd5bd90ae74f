"""Reads what a message pastes: the outputs of tools, error messages, and lines that tell nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.signatures import FORMS, Signature, Signatures, plain
from bot.knowledge.trouble import KnownError, OutputField
from bot.knowledge.versions import BadVersion, Clause, Constraint, Number, Operator
from bot.understanding.condensing import Condenser
from bot.understanding.places import PlaceReader
from bot.understanding.question import Given, Role

_GAP: Final = r"[\s:=>|()'\"\[\],`-]{0,16}"
_VERSION: Final = r"([0-9]{1,8}(?:\.[0-9]{1,8}){0,4}(?:\.post[0-9]{1,3})?)"
_REST: Final = re.compile(r"[^\n]{0,2000}?(?=\.\s|\n|$)")
_LISTING: Final = re.compile(r"[^)\n]{0,20000}")
_NUMBER: Final = re.compile(r"(?<![\w.+])[0-9]{1,6}(?:\.[0-9]{1,6}){1,4}")
_PATH: Final = re.compile(
    r"(?<![\w./\\])(?:[A-Za-z]:)?(?:~|\.{1,2})?[\\/][\w.+@~-]{1,80}[\\/][^\s\"'`,;)<>|]{0,300}"
    r"|(?<![\w./\\-])[\w.-]{1,80}(?:[\\/][\w.-]{1,80}){1,20}\.(?:py|so|dll|cpp|cu|h)\b[.\d]{0,8}(?::\d{1,7})?"
)
_SYMBOL: Final = re.compile(r"(?<!\w)_Z[A-Z0-9][\w.@]{4,300}")  # a mangled name of C++
_MARGIN: Final = " \t|>$#*+`"
_HOLDS: Final[dict[str, Operator]] = {"exact": "in", "most": "<=", "least": ">="}
MOST_READ: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a message pastes, read.

    `text` is the message in which everything that was read, and what tells nothing, is blanked out; it is
    as long as `raw`, the message as it came or condensed. `errors` stand most telling first; `listed` is what
    an installer says it has; `identifiers` are names in a program that an error gives. `places` is where it
    runs, as paths show it.
    """

    text: str
    raw: str
    givens: tuple[Given, ...] = ()
    errors: tuple[KnownError, ...] = ()
    listed: tuple[Number, ...] = ()
    identifiers: tuple[str, ...] = ()
    places: tuple[Given, ...] = ()


class ReportReader:
    """Knows the labels of outputs and the messages of errors; compiled once for a knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._signatures = Signatures(kb.errors.values())
        fields = [field for output in kb.outputs.values() for field in output.fields]
        self._fields = [(field.label.lower(), field, _value_of(field, _told(kb))) for field in fields]
        self._noise = tuple(start.lower() for output in kb.outputs.values() for start in output.noise)
        self._places = PlaceReader(kb)
        self._condenser = Condenser(kb, [field.label for field in fields])

    def read(self, text: str) -> Report:
        """Read a message. Linear in its length; a long one is condensed to the lines that tell something."""
        text = text[:MOST_READ]
        folded = plain(text)
        found = self._signatures.find_plain(folded)
        text = self._condenser.condense(text, folded)
        low = _lowered(text)
        reading = _Reading(text)
        for label, field, pattern in [known for known in self._fields if known[0] in low]:
            start = low.find(label)
            while start >= 0:
                if _stands_at(low, start, label, field):
                    self._read_field(reading, low, start, (field, pattern))
                start = low.find(label, start + len(label))
        self._blank_noise(reading, low)
        for given in _figures(found):
            reading.givens.append(given)
            reading.blank_word(low, given.surface)
        return replace(reading.report(found), places=self._places.read(low))

    def _read_field(
        self, reading: _Reading, low: str, start: int, known: tuple[OutputField, re.Pattern[str]]
    ) -> None:
        field, pattern = known
        match = pattern.match(low, start + len(field.label))
        if match is None:
            return
        if field.listed:
            reading.listed.extend(Number.parse(text) for text in _NUMBER.findall(match[0]))
        elif field.column is not None and not self._take(reading, field, match, start):
            return
        reading.spans.append((start, match.end()))

    def _take(self, reading: _Reading, field: OutputField, match: re.Match[str], at: int) -> bool:
        """Add what stands behind a label; False where it is no version that its product may have."""
        try:
            number = Number.parse(FORMS[field.form].read(match[1]))
        except BadVersion:
            return False
        column = str(field.column)
        product = self._kb.products[column]
        exact = Constraint.series(self._kb.listed(column, number))
        known = self._kb.releases.get(column, ())
        later = product.more_releases and (not known or number >= known[0])
        if not (later or self._kb.knows(column, exact)):
            return False
        clause = Clause("<=" if field.role == "ceiling" else "in", exact.clauses[0].number)
        reading.givens.append(Given(column, Constraint((clause,)), match[1], role=field.role, at=at))
        return True

    def _blank_noise(self, reading: _Reading, low: str) -> None:
        start = 0
        for line in low.splitlines(keepends=True):
            if line.lstrip(_MARGIN).startswith(self._noise):
                reading.spans.append((start, start + len(line.rstrip("\r\n"))))
            start += len(line)
        if "/" in low or "\\" in low:
            reading.spans.extend(match.span() for match in _PATH.finditer(reading.text))
        if "_Z" in reading.text:
            reading.spans.extend(match.span() for match in _SYMBOL.finditer(reading.text))


class _Reading:
    """What has been read so far of one message."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.givens: list[Given] = []
        self.listed: list[Number] = []
        self.spans: list[tuple[int, int]] = []

    def blank_word(self, low: str, surface: str) -> None:
        """Blank a figure of an error wherever it stands by itself."""
        pattern = re.compile(rf"(?<![\d.]){re.escape(surface.lower())}(?![\d]|\.\d)")
        self.spans.extend(match.span() for match in pattern.finditer(low))

    def report(self, found: tuple[Signature, ...]) -> Report:
        """The report, with each column's first figure of a role only."""
        if not (found or self.givens or self.spans):
            return Report(self.text, self.text)  # as nearly always: nothing is pasted
        first: dict[tuple[str, str], Given] = {}
        for given in sorted(self.givens, key=lambda given: given.at < 0):
            first.setdefault((given.column, given.role), given)
        names = dict.fromkeys(name for signature in found for name in signature.identifiers)
        errors = tuple(signature.error for signature in found)
        text = "".join(blanked(self.text, sorted(self.spans))) if self.spans else self.text
        if not (text.strip() or self.givens or found):
            text = self.text  # what tells nothing in a log is all that was said
        return Report(text, self.text, tuple(first.values()), errors, tuple(self.listed), tuple(names))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """The pieces of a text with spaces in place of the spans, which may overlap."""
    done = 0
    for start, end in spans:
        if end > done:
            yield text[done : max(start, done)]
            yield " " * (end - max(start, done))
            done = end
    yield text[done:]


def _told(kb: KnowledgeBase) -> str:
    """What may stand between a label and its version: marks, and a word that says so (… is 12.6)."""
    links = {re.escape(word.lower()) for vocabulary in kb.vocabularies.values() for word in vocabulary.links}
    return rf"{_GAP}(?:(?:{'|'.join(sorted(links))}){_GAP})?v?"


def _value_of(field: OutputField, told: str) -> re.Pattern[str]:
    if field.listed:
        return _LISTING
    return _REST if field.column is None else re.compile(told + _VERSION)


def _lowered(text: str) -> str:
    """Lower case of the same length, so that offsets hold."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


def _stands_at(low: str, start: int, label: str, field: OutputField) -> bool:
    """Whether a label stands by itself, and beside another where it has to."""
    if start > 0 and low[start - 1].isalnum() and label[0].isalnum():
        return False
    if not field.beside:
        return True
    line = low[low.rfind("\n", 0, start) + 1 : start]
    return any(other.lower() in line for other in field.beside)


def _figures(found: Iterable[Signature]) -> Iterator[Given]:
    for signature in found:
        for figure in signature.figures:
            clause = Clause(_HOLDS[figure.holds], figure.version)
            role: Role = "ceiling" if figure.holds == "most" else figure.role
            yield Given(figure.column, Constraint((clause,)), figure.surface, role=role)
