"""Writes a proposal into the pages, and takes it back if the knowledge would be broken by it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.knowledge.refresh.errors import RefreshError


def write_pages(pages: Mapping[Path, tuple[str, str]], folders: Sequence[Path]) -> None:
    """Write each page's new text; afterwards the folders are checked.

    Raises:
        RefreshError: a page cannot be written, or the check fails; then every page is as it was.
    """
    written: list[Path] = []
    try:
        for path, (_, new) in pages.items():
            _write(path, new)
            written.append(path)
        load_knowledge(folders)
    except (KnowledgeError, OSError) as error:
        for path in written:
            _write(path, pages[path][0])
        why = str(error).partition("\n")[0]
        raise RefreshError(f"nothing was written, because the pages would not hold: {why}") from error


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole, with its permissions."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(path.stat().st_mode & 0o777)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
