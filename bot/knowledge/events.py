"""Builds a file's values from the events of the YAML parser: imported only where a file is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, NoReturn, Protocol, cast

import yaml

from bot.errors import BotError
from bot.knowledge.document import Data, KeyPath, key_text
from bot.knowledge.problems import Problem
from bot.knowledge.unseen import DIRECTIONS

MAX_DEPTH: Final = 20
MAX_VALUES: Final = 2_500_000
MAX_KEYS: Final = 100_000
MAX_PROBLEMS: Final = 1_000
MAX_TEXT: Final = 20_000
MAX_NAME: Final = 200
MAX_DIGITS: Final = 18
_NUMERIC: Final = frozenset("0123456789.+-")
_PLAIN: Final = "tag:yaml.org,2002:"
# Typed as objects, because to mypy an event is what `_Event` says.
_SCALAR: Final[object] = yaml.ScalarEvent
_ALIAS: Final[object] = yaml.AliasEvent
_LIST: Final[object] = yaml.SequenceStartEvent
_LIST_END: Final[object] = yaml.SequenceEndEvent
_MAPPING: Final[object] = yaml.MappingStartEvent
_MAPPING_END: Final[object] = yaml.MappingEndEvent
_DOCUMENT: Final[object] = yaml.DocumentStartEvent
_STREAM_END: Final[object] = yaml.StreamEndEvent
_COLLECTIONS: Final = frozenset({"!", _PLAIN + "map", _PLAIN + "seq"})
_CONTROL: Final = re.compile(r"[^\t\n\r -~\x85\xa0-\U0010ffff]")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


class _Mark(Protocol):
    line: int


class _Event(Protocol):
    """What the parser's events have; each kind has only some of it."""

    start_mark: _Mark
    tag: str | None
    value: str
    implicit: tuple[bool, bool]


class _Stop(BotError):
    """Nothing more of the file can be read."""


class EventReader:
    """Builds values from the parser's events, so that a hostile file is refused before it is held."""

    def __init__(self, path: Path, lines: dict[KeyPath, int] | None = None) -> None:
        self.path = path
        self.lines = lines
        self.data: Data = None
        self.entries: dict[KeyPath, list[int]] = {}
        self.problems: list[Problem] = []
        self.unreadable = False
        self._key: list[str | int] = []
        self._has_alias = False
        self._count = 0
        self._tags: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def read(self, content: bytes) -> None:
        """Read a whole file; what is wrong is noted."""
        try:
            parser = yaml.CSafeLoader(content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            kind = "UTF-16" if content.startswith(_UTF16) else f"not UTF-8 (byte {error.start})"
            self._refuse(1, f"{kind}: save it as UTF-8")
            return
        self._resolve = cast(Callable[[object, str, tuple[bool, bool]], str], parser.resolve)
        self._next = cast(Callable[[], _Event], parser.get_event)
        try:
            self._stream()
        except _Stop:
            return
        except yaml.MarkedYAMLError as error:
            self._key.clear()
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._refuse(line, f"not YAML: {error.problem or error.context}")
        except yaml.reader.ReaderError as error:
            self._key.clear()
            self._refuse(content.count(b"\n", 0, error.position) + 1, _control(chr(error.character)))
        finally:
            parser.dispose()

    def _stream(self) -> None:
        self._next()
        has_content = type(self._next()) is _DOCUMENT
        first = self._next()
        if not has_content:
            self._refuse(1, "empty: write its content or delete it")
            return
        self.data = self._value(first)
        self._next()
        rest = self._next()
        if type(rest) is not _STREAM_END:
            self._refuse(rest.start_mark.line + 1, "a second document begins here: split the file")

    def _value(self, event: _Event) -> Data:
        self._count += 1
        line = event.start_mark.line + 1
        if self._count > MAX_VALUES:
            self._stop(line, f"more than {MAX_VALUES:,} keys and values: split the file")
        if self.lines is not None:
            self.lines.setdefault(tuple(self._key), line)
        if type(event) is _SCALAR:
            return self._scalar(event, line)
        if type(event) is _ALIAS:
            return self._alias(line)
        if len(self._key) >= MAX_DEPTH:
            self._stop(line, f"nested more than {MAX_DEPTH} deep: flatten it")
        if event.tag is not None and event.tag not in _COLLECTIONS:
            self._refuse(line, f"a value of type {_type(event.tag)} is not used here")
        return self._sequence() if type(event) is _LIST else self._mapping(line)

    def _alias(self, line: int) -> Data:
        """Refuse an alias, which could stand for a value that grows without bound; one for all is told."""
        self.unreadable = True
        if not self._has_alias:
            self._note(line, "anchors and aliases are not allowed: write the value out")
        self._has_alias = True
        return None

    def _sequence(self) -> list[Data]:
        found: list[Data] = []
        lines: list[int] = []
        has_entries = False
        while type(event := self._next()) is not _LIST_END:
            lines.append(event.start_mark.line + 1)
            has_entries = has_entries or type(event) is _MAPPING
            self._key.append(len(found))
            found.append(self._value(event))
            self._key.pop()
        if has_entries:
            self.entries[tuple(self._key)] = lines
        return found

    def _mapping(self, line: int) -> dict[str, Data]:
        found: dict[str, Data] = {}
        while type(event := self._next()) is not _MAPPING_END:
            if type(event) is not _SCALAR:
                self._stop(line, "a key is a plain word")
            name = self._texts.setdefault(event.value, event.value)
            self._key.append(name)
            self._name(event, name, is_new=name not in found)
            if len(found) == MAX_KEYS:
                self._stop(event.start_mark.line + 1, f"more than {MAX_KEYS:,} keys: split the file")
            found[name] = self._value(self._next())
            self._key.pop()
        return found

    def _name(self, event: _Event, name: str, *, is_new: bool) -> None:
        """Check a key, and remember its line."""
        self._count += 1
        if self.lines is not None:
            self.lines[tuple(self._key)] = event.start_mark.line + 1
        if not is_new:
            self._refuse(event.start_mark.line + 1, "given twice: keep one")
        if len(name) > MAX_NAME:
            self._stop(event.start_mark.line + 1, f"a key longer than {MAX_NAME} characters: shorten it")
        if not name.isprintable() and (hidden := _hidden(name)):
            self._refuse(event.start_mark.line + 1, hidden)
        if name[:1] in _NUMERIC and self._tag(event) == "float":
            self._note(event.start_mark.line + 1, f'quote the version: "{name}"')

    def _tag(self, event: _Event) -> str:
        """The type of a scalar: as its tag says, else as YAML reads a text without quotes."""
        if event.tag is not None and event.tag != "!":
            return _type(event.tag)
        if not event.implicit[0]:
            return "str"
        text = event.value
        if text not in self._tags:
            self._tags[text] = _type(self._resolve(yaml.ScalarNode, text, event.implicit))
        return self._tags[text]

    def _scalar(self, event: _Event, line: int) -> Data:
        text, tag = event.value, self._tag(event)
        if tag == "str":
            return self._text(text, line)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() in ("true", "yes", "on")
        if tag == "float":
            # Read on as it was meant, so that the file's other mistakes are told as well.
            self._note(line, f'quote the version: "{text[:MAX_NAME]}"')
            return text
        if tag == "int" and len(text) > MAX_DIGITS:
            return self._refuse(line, "a number too long: put it in quotes, or correct it")
        if tag == "int":
            return int(text) if text.isdigit() else text
        if tag == "timestamp":
            return self._day(text, line)
        return self._refuse(line, f"a value of type {tag} is not used here")

    def _text(self, text: str, line: int) -> Data:
        if len(text) > MAX_TEXT:
            return self._refuse(line, f"a text longer than {MAX_TEXT:,} characters: split it")
        if not text.isprintable() and (hidden := _hidden(text)):
            return self._refuse(line, hidden)
        return self._texts.setdefault(text, text)

    def _day(self, text: str, line: int) -> Data:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return self._refuse(line, f"{text[:MAX_NAME]!r} is not a day: write YYYY-MM-DD")

    def _stop(self, line: int, message: str) -> NoReturn:
        self._refuse(line, message)
        raise _Stop(message)

    def _refuse(self, line: int, message: str) -> Data:
        """Note a problem after which the file cannot be read as what it is."""
        self.unreadable = True
        self._note(line, message)
        return None

    def _note(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, key_text(tuple(self._key)), message))
        if len(self.problems) == MAX_PROBLEMS:
            self._key.clear()
            self._stop(line, f"more than {MAX_PROBLEMS:,} mistakes: mend these first")


def _type(tag: str) -> str:
    return tag.removeprefix(_PLAIN)[:MAX_NAME]


def _hidden(text: str) -> str | None:
    """What to do about a character that no page may hold, if there is one."""
    if found := _CONTROL.search(text):
        return _control(found.group())
    if found := DIRECTIONS.search(text):
        return f"a character that turns the direction of text (U+{ord(found.group()):04X}): delete it"
    return None


def _control(character: str) -> str:
    return f"a control character (U+{ord(character):04X}): delete it"
