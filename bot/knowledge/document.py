"""Reads one YAML file into plain values while remembering on which line each key stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import yaml

from bot.knowledge.problems import Problem

KeyPath = tuple[str | int, ...]
Scalar = str | int | float | bool | date | None
Data = Scalar | list["Data"] | dict[str, "Data"]

MAX_BYTES: Final = 4_000_000
MAX_DEPTH: Final = 20
_PLAIN: Final = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values and the line of every key path in it."""

    path: Path
    data: Data
    lines: Mapping[KeyPath, int]

    def line(self, key: KeyPath) -> int:
        """The line of the deepest part of `key` that the file has; 1 if none of it is there."""
        for length in range(len(key), -1, -1):
            if key[:length] in self.lines:
                return self.lines[key[:length]]
        return 1

    def problem(self, key: KeyPath, message: str) -> Problem:
        """A problem at `key` of this file."""
        return Problem(self.path, self.line(key), ".".join(str(part) for part in key) or "(file)", message)


def read_document(path: Path) -> tuple[Document | None, list[Problem]]:
    """Read a file; what cannot be read comes back as problems, and the document is None.

    An unquoted version is a problem, but read as it was meant.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Problem(path, 1, "(file)", f"larger than {MAX_BYTES:,} bytes: split the file")]
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        return None, [Problem(path, 1, "(file)", f"not UTF-8 (byte {error.start}): save it as UTF-8")]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [Problem(path, line, "(file)", f"not YAML: {error.problem or error.context}")]
    except (OSError, yaml.YAMLError, RecursionError) as error:
        return None, [Problem(path, 1, "(file)", f"cannot be read: {type(error).__name__}")]
    if node is None:
        return None, [Problem(path, 1, "(file)", "empty: write its content or delete it")]
    reader = _Reader(path)
    data = reader.value(node, ())
    return (None if reader.unreadable else Document(path, data, reader.lines)), reader.problems


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        self.unreadable = False

    def value(self, node: yaml.Node, key: KeyPath) -> Data:
        self.lines.setdefault(key, node.start_mark.line + 1)
        if len(key) > MAX_DEPTH:
            return self._refuse(key, f"nested more than {MAX_DEPTH} deep: flatten it")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, key)
        # A composed alias is the very node of its anchor: seen twice, it could grow without bound.
        if id(node) in self._seen:
            return self._refuse(key, "anchors and aliases are not allowed: write the value out")
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*key, index)) for index, child in enumerate(node.value)]
        return self._mapping(node, key)

    def _mapping(self, node: yaml.Node, key: KeyPath) -> Data:
        found: dict[str, Data] = {}
        for name, child in node.value:
            if not isinstance(name, yaml.ScalarNode):
                return self._refuse(key, "a key is a plain word")
            twice = name.value in found
            self.lines[(*key, name.value)] = name.start_mark.line + 1
            if twice:
                self._refuse((*key, name.value), "given twice: keep one")
            if name.tag == _PLAIN + "float":
                self._refuse((*key, name.value), f'quote the version: "{name.value}"')
            found[name.value] = self.value(child, (*key, name.value))
        return found

    def _refuse(self, key: KeyPath, message: str) -> Data:
        """Note a problem after which the file cannot be read as what it is."""
        self.unreadable = True
        self._note(key, message)
        return None

    def _note(self, key: KeyPath, message: str) -> None:
        line = self.lines.get(key) or self.lines.get(key[:-1], 1)
        self.problems.append(Problem(self.path, line, ".".join(map(str, key)) or "(file)", message))

    def _scalar(self, node: yaml.ScalarNode, key: KeyPath) -> Data:
        text, tag = node.value, node.tag.removeprefix(_PLAIN)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() in ("true", "yes", "on")
        if tag == "float":
            # Read on as it was meant, so that the file's other mistakes are told as well.
            self._note(key, f'quote the version: "{text}"')
            return str(text)
        if tag == "int":
            return int(text) if text.isdigit() else text
        if tag == "timestamp":
            return self._day(node, key)
        return text if tag == "str" else self._refuse(key, f"a value of type {tag} is not used here")

    def _day(self, node: yaml.ScalarNode, key: KeyPath) -> Data:
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return self._refuse(key, f"{node.value!r} is not a day: write YYYY-MM-DD")
