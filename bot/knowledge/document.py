"""Reads one YAML file into plain values while remembering on which lines its entries stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.knowledge.files import read_bytes
from bot.knowledge.problems import Problem

KeyPath = tuple[str | int, ...]
Scalar = str | int | float | bool | date | None
Data = Scalar | list["Data"] | dict[str, "Data"]


@dataclass(slots=True)
class Document:
    """A file's values. The lines of its entries (the mappings in its lists) are at hand; for the line of
    any other key the file is read again, which only a message does.
    """

    path: Path
    data: Data
    entries: Mapping[KeyPath, list[int]]
    _lines: Mapping[KeyPath, int] | None = field(default=None, repr=False)

    def line(self, key: KeyPath) -> int:
        """The line of the deepest part of `key` that the file has; 1 if none of it is there."""
        if key and isinstance(key[-1], int) and key[-1] < len(found := self.entries.get(key[:-1], ())):
            return found[key[-1]]
        if self._lines is None:
            self._lines = _lines(self.path)
        for length in range(len(key), -1, -1):
            if key[:length] in self._lines:
                return self._lines[key[:length]]
        return 1

    def problem(self, key: KeyPath, message: str) -> Problem:
        """A problem at `key` of this file."""
        return Problem(self.path, self.line(key), key_text(key), message)


def read_document(path: Path) -> tuple[Document | None, list[Problem]]:
    """Read a file; what cannot be read comes back as problems, and the document is None.

    An unquoted version is a problem, but read as it was meant.
    """
    content = read_bytes(path)
    return (None, [content]) if isinstance(content, Problem) else parse_document(path, content)


def parse_document(path: Path, content: bytes) -> tuple[Document | None, list[Problem]]:
    """Read what a file holds, as `read_document` does."""
    from bot.knowledge.events import EventReader  # with the parser: files that are cached do without

    reader = EventReader(path)
    reader.read(content)
    document = Document(path, reader.data, reader.entries)
    return (None if reader.unreadable else document), reader.problems


def _lines(path: Path) -> Mapping[KeyPath, int]:
    from bot.knowledge.events import EventReader

    content = read_bytes(path)
    reader = EventReader(path, lines={})
    if isinstance(content, bytes):
        reader.read(content)
    return reader.lines or {}


def key_text(key: KeyPath) -> str:
    """A key path as messages tell it."""
    return ".".join(map(str, key)) or "(file)"
