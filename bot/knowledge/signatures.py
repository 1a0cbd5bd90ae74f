"""Finds known error messages in a text, however it was wrapped, quoted or coloured on its way here."""

from __future__ import annotations

import html
import re
import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Final, Literal

from bot.knowledge.trouble import ErrorFigure, KnownError
from bot.knowledge.versions import Number

_TERMINAL: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LOOKS: Final = "'\"`\u2018\u2019\u201c\u201d\u00b4*\ufeff"
_DRAWN: Final = "\u2502\u2501\u2588"
"""The line beside a text in a box, and what bars of progress are drawn with."""
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
    """A version that stood in a message, whether it is a bound, and how it was written."""

    column: str
    version: Number
    holds: Literal["exact", "most", "least"]
    surface: str
    role: Literal["", "toolkit", "build", "other"] = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A known error that a text shows. `at` and `end` are offsets into the folded text.

    `identifiers` are the names in a program that the message gives (`torch.fx`).
    """

    error: KnownError
    message: str
    at: int
    end: int
    figures: tuple[Figure, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A message compiled: its literal parts, which are looked for first, its placeholders and its pattern.

    A message that ends in a word ends there in the text, too; one that ends in a placeholder goes on.
    `pattern` is compiled at the first text that holds all parts: most messages never meet one.
    `anchor` is a word within a literal part: where no such word stands in a text, the message does not.
    `begins` is the literal part that it begins with, if it does not begin with a placeholder.
    """

    text: str
    parts: tuple[str, ...]
    slots: tuple[Slot | None, ...]
    pattern: str
    anchor: str
    begins: str


def fold(text: str) -> str:
    """A text as messages are compared: without case, quotes, emphasis or colours, with single spaces."""
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """A text without case, quotes, emphasis, colours, entities and what only draws; its lines stay."""
    bare = html.unescape(_TERMINAL.sub("", text)) if "\x1b" in text or "&" in text else text
    for mark in [mark for mark in _LOOKS if mark in bare]:  # to replace what is not there takes longer
        bare = bare.replace(mark, "")
    for mark in [mark for mark in _DRAWN if mark in bare]:  # what is left is often ASCII, which is fast
        bare = bare.replace(mark, " ")
    return bare.lower()


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
    literal_parts = tuple(part for part in parts if part)
    return Fragment(text, literal_parts, tuple(slots), pattern, _anchor(literal_parts), "".join(parts[:1]))


def compile_identifier(text: str) -> re.Pattern[str]:
    """A text whose `{}` are parts of a dotted name in a program, each taken by a group."""
    parts = fold(text).split("{}")
    return re.compile(r"([a-z_][a-z0-9_.]{0,80})".join(map(re.escape, parts)))


def _anchor(parts: tuple[str, ...]) -> str:
    """The longest word that has a space on either side within a part; an empty text where there is none."""
    return max(_inner(parts), key=len, default="")


def _inner(parts: tuple[str, ...]) -> list[str]:
    """The words of literal parts that are words of any text with the message."""
    return [word for part in parts for word in part.split(" ")[1:-1]]


class Signatures:
    """All known errors, compiled once; `find` tries only messages whose anchor is a word of the text."""

    def __init__(self, errors: Iterable[KnownError]) -> None:
        self._errors = tuple(errors)
        self._by_anchor: dict[str, list[tuple[int, frozenset[str], str, KnownError, Fragment]]]
        self._by_anchor = defaultdict(list)
        messages = ((error, message) for error in self._errors for message in error.messages)
        for number, (error, message) in enumerate(messages):
            fragment = compile_fragment(message)
            inner = frozenset(_inner(fragment.parts))
            pieces = " ".join(fragment.parts).split(" ")
            self._by_anchor[fragment.anchor].append((number, inner, max(pieces, key=len), error, fragment))
        self._reads = {
            error.id: [(compile_fragment(read.text), read) for read in error.reads] for error in self._errors
        }
        self._identifiers = {
            error.id: [compile_identifier(text) for text in error.identifiers] for error in self._errors
        }

    def find(self, text: str) -> tuple[Signature, ...]:
        """The errors in a text, the most telling first: specific ones before generic, longer before shorter.

        A message inside a longer one is not told, nor one that another error found stands over.
        """
        return self.find_plain(plain(text))

    def find_plain(self, text: str) -> tuple[Signature, ...]:
        """What `find` finds, in a text that `plain` made."""
        words = text.split()
        said = {"", *words}
        # A message's words stand in the text, and the longest piece of it without a space within a word.
        distinct = " ".join(said)  # of a long log far shorter than the log
        anchored = chain.from_iterable(map(self._by_anchor.__getitem__, self._by_anchor.keys() & said))
        likely = [item for item in anchored if item[1] <= said and item[2] in distinct]
        if not likely:
            return ()
        folded = " ".join(words)
        likely.sort(key=itemgetter(0))
        best: dict[str, Signature] = {}
        for _, _, _, error, fragment in likely:
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
            for fragment, read in self._reads[found.error.id]
            for figure in _figures(fragment, folded, read)
        ]
        figures = {(figure.column, figure.version, figure.role): figure for figure in (*found.figures, *near)}
        names = (pattern.search(folded) for pattern in self._identifiers[found.error.id])
        identifiers = tuple(".".join(match.groups()) for match in names if match)
        return replace(found, figures=tuple(figures.values()), identifiers=identifiers)


@lru_cache(maxsize=8_192)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _match(fragment: Fragment, folded: str) -> re.Match[str] | None:
    for part in fragment.parts:
        if part not in folded:
            return None
    start = folded.find(fragment.begins)  # no match is earlier, and a pattern takes long to find that out
    return _compiled(fragment.pattern).search(folded, start)


def _search(error: KnownError, fragment: Fragment, folded: str) -> Signature | None:
    match = _match(fragment, folded)
    if match is None:
        return None
    figures = tuple(_read(fragment, match, "exact"))
    return Signature(error, fragment.text, match.start(), match.end(), figures)


def _figures(fragment: Fragment, folded: str, read: ErrorFigure) -> Iterator[Figure]:
    match = _match(fragment, folded)
    for figure in _read(fragment, match, read.holds) if match is not None else ():
        yield replace(figure, role=read.role)


def _read(
    fragment: Fragment, match: re.Match[str], holds: Literal["exact", "most", "least"]
) -> Iterator[Figure]:
    slots = [slot for slot in fragment.slots if slot is not None]
    for slot, text in zip(slots, match.groups(), strict=True):
        yield Figure(slot.column, Number.parse(FORMS[slot.form].read(text)), holds, text)


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
