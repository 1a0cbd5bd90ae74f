"""Finds known error messages in a text, however it was wrapped, quoted or coloured on its way here."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.knowledge.models import KnownError
from bot.knowledge.versions import Number

_TERMINAL: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LOOKS: Final = str.maketrans(
    dict.fromkeys("'\"`\u2018\u2019\u201c\u201d\u00b4*\ufeff", "") | {"\u2502": " "}
)
_ANY: Final = r"[^ ]{1,80}?"
_VERSION: Final = r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,4}(?:\.post[0-9]{1,3})?"


@dataclass(frozen=True, slots=True)
class Form:
    """How a version is written in a message: a bounded pattern, and how to read what it took."""

    pattern: str
    read: Callable[[str], str]


def _thousands(text: str) -> str:
    """11040 is 11.4: a thousand for each major, ten for each minor."""
    return f"{int(text) // 1000}.{int(text) % 1000 // 10}"


def _joined(text: str) -> str:
    """86 is 8.6 and 120 is 12.0: the last digit is the minor."""
    return f"{text[:-1]}.{text[-1]}"


FORMS: Final[Mapping[str, Form]] = {
    "": Form(_VERSION, str),
    "thousands": Form(r"[0-9]{4,6}", _thousands),
    "joined": Form(r"[0-9]{2,3}", _joined),
    "underscored": Form(r"[0-9]{1,3}_[0-9]{1,3}", lambda text: text.replace("_", ".")),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder for a version of a product (`column` is its slug), written in a form."""

    column: str
    form: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A version that stood in a message, and whether it is a bound."""

    column: str
    version: Number
    holds: Literal["exact", "most", "least"]


@dataclass(frozen=True, slots=True)
class Signature:
    """A known error that a text shows. `at` and `end` are offsets into the folded text."""

    error: KnownError
    message: str
    at: int
    end: int
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A message compiled: its literal parts, which are looked for first, its placeholders and its pattern.

    A message that ends in a word ends there in the text, too; one that ends in a placeholder goes on.
    """

    text: str
    parts: tuple[str, ...]
    slots: tuple[Slot | None, ...]
    pattern: re.Pattern[str]


def fold(text: str) -> str:
    """A text as messages are compared: without case, quotes, emphasis or colours, with single spaces."""
    plain = html.unescape(_TERMINAL.sub("", text)) if "\x1b" in text or "&" in text else text
    return " ".join(plain.translate(_LOOKS).lower().split())


def compile_fragment(text: str) -> Fragment:
    """Cut a message at its placeholders.

    Raises:
        ValueError: a brace has no partner, or a placeholder has a form that there is none of.
    """
    parts: list[str] = []
    slots: list[Slot | None] = []
    folded = fold(text)
    pattern = r"(?<![a-z0-9])" if folded[:1].isalnum() else ""
    for literal, name, form, _ in string.Formatter().parse(folded):
        parts.append(literal)
        pattern += re.escape(literal)
        if name is None:
            continue
        if (form or "") not in FORMS:
            raise ValueError(f"no form {form!r}: one of {', '.join(sorted(filter(None, FORMS)))}, or none")
        slots.append(Slot(name, form or "") if name else None)
        pattern += f"({FORMS[form or ''].pattern})" if name else _ANY
    pattern += r"(?![a-z0-9_-])" if folded[-1:].isalnum() else ""
    return Fragment(text, tuple(part for part in parts if part), tuple(slots), re.compile(pattern))


class Signatures:
    """All known errors, compiled once; `find` costs one pass over the text for each message."""

    def __init__(self, errors: Iterable[KnownError]) -> None:
        self._errors = tuple(errors)
        self._fragments = [
            (error, compile_fragment(message)) for error in self._errors for message in error.messages
        ]
        self._reads = {
            error.id: [(compile_fragment(read.text), read.holds) for read in error.reads]
            for error in self._errors
        }

    def find(self, text: str) -> tuple[Signature, ...]:
        """The errors in a text, the most telling first: specific ones before generic, longer before shorter.

        A message inside a longer one is not told, nor one that another error found stands over.
        """
        folded = fold(text)
        best: dict[str, Signature] = {}
        for error, fragment in self._fragments:
            found = _search(error, fragment, folded)
            known = best.get(error.id)
            if found and (known is None or found.end - found.at > known.end - known.at):
                best[error.id] = found
        kept = _settled(list(best.values()))
        return tuple(self._with_figures(item, folded) for item in kept)

    def _with_figures(self, found: Signature, folded: str) -> Signature:
        """Add what stands near the message to what stands in it."""
        near = [
            figure
            for fragment, holds in self._reads[found.error.id]
            for figure in _figures(fragment, folded, holds)
        ]
        figures = {(figure.column, figure.version): figure for figure in (*found.figures, *near)}
        return Signature(found.error, found.message, found.at, found.end, tuple(figures.values()))


def _search(error: KnownError, fragment: Fragment, folded: str) -> Signature | None:
    if not all(part in folded for part in fragment.parts):
        return None
    match = fragment.pattern.search(folded)
    if match is None:
        return None
    figures = tuple(_read(fragment, match, "exact"))
    return Signature(error, fragment.text, match.start(), match.end(), figures)


def _figures(fragment: Fragment, folded: str, holds: Literal["exact", "most", "least"]) -> Iterator[Figure]:
    match = fragment.pattern.search(folded) if all(part in folded for part in fragment.parts) else None
    if match is not None:
        yield from _read(fragment, match, holds)


def _read(
    fragment: Fragment, match: re.Match[str], holds: Literal["exact", "most", "least"]
) -> Iterator[Figure]:
    slots = [slot for slot in fragment.slots if slot is not None]
    for slot, text in zip(slots, match.groups(), strict=True):
        yield Figure(slot.column, Number.parse(FORMS[slot.form].read(text)), holds)


def _settled(found: list[Signature]) -> list[Signature]:
    beaten = {name for item in found for name in item.error.over}
    specific = any(not item.error.generic for item in found)
    kept = [
        item
        for item in found
        if item.error.id not in beaten
        and not (item.error.generic and specific)
        and not any(_inside(item, other) for other in found)
    ]
    return sorted(kept, key=lambda item: (item.at - item.end, item.at, item.error.id))


def _inside(item: Signature, other: Signature) -> bool:
    longer = other.end - other.at > item.end - item.at
    return longer and other.at <= item.at and item.end <= other.end
