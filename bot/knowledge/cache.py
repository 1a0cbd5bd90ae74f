"""Keeps the parsed form of YAML files between runs, by the hash of their content."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from bot.knowledge.document import Document, parse_document
from bot.knowledge.files import read_bytes
from bot.knowledge.problems import Problem

FILE: Final = "parsed-3.json"


class ParsedFiles:
    """Reads files, parsing only what has changed since the cache was saved.

    A cache that cannot be read or written is no error: it only saves time.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / FILE if folder else None
        self._known = self._load()
        self._used: dict[str, Any] = {}
        self.hits = 0

    def read(self, path: Path) -> tuple[Document | None, list[Problem]]:
        """A file as `read_document` gives it."""
        content = read_bytes(path)
        if isinstance(content, Problem):
            return None, [content]
        digest = hashlib.sha256(content).hexdigest() if self._file else ""
        entry = self._known.get(digest)
        if entry is not None:
            self.hits += 1
            self._used[digest] = entry
            return Document(path, entry["data"], {tuple(key): found for key, found in entry["lines"]}), []
        document, problems = parse_document(path, content)
        if document is not None and not problems:
            lines = [[key, found] for key, found in document.entries.items()]
            self._used[digest] = {"data": document.data, "lines": lines}
        return document, problems

    def save(self) -> None:
        """Write the cache if anything in it is new or gone."""
        if self._file is None or self._used.keys() == self._known.keys():
            return
        with contextlib.suppress(OSError, TypeError):
            text = json.dumps(self._used, default=_as_text, ensure_ascii=False, separators=(",", ":"))
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._file)

    def _load(self) -> Mapping[str, Any]:
        if self._file is None:
            return {}
        try:
            known = json.loads(self._file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}


def _as_text(value: object) -> str:
    """Days are the only values of YAML that JSON lacks; the models read them from text as well."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError
