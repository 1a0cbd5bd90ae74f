"""Keeps texts in a folder by the hash of what they came from, so that no run reads them again."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


class Kept:
    """A folder of texts. One that cannot be read or written is no error: it only saves time."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, name: str) -> str | None:
        """The text kept under a hexadecimal name, if any."""
        if self._folder is None:
            return None
        try:
            return (self._folder / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def put(self, name: str, text: str) -> None:
        """Keep a text; it is there as a whole or not at all."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            Path(temporary).replace(self._folder / name)
