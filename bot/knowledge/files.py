"""Lists and opens the files of a knowledge folder; what is no ordinary page is refused by name."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from bot.knowledge.problems import Problem

MAX_BYTES: Final = 16_000_000
MAX_FILES: Final = 10_000
SUFFIX: Final = ".yaml"
MISNAMED: Final = (".yml", SUFFIX)

_REASONS: Final = {
    errno.ENOENT: "gone, or a link to nothing: delete the link, or put the file back",
    errno.ELOOP: "a link that leads back to itself: delete it",
    errno.EACCES: "may not be read: let the bot's user read it",
    errno.EPERM: "may not be read: let the bot's user read it",
    errno.ENXIO: "no regular file (a pipe, socket or device): delete it",
}


def knowledge_files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Every `*.yaml` below a folder, sorted, and what stands in the way of reading it.

    Hidden names are left out. A link is followed where it stays within the folder, as the links of a
    mounted ConfigMap do; one that leads out of it, or to a folder that is read anyway, is refused.
    """
    lister = _Lister(folder)
    lister.walk(folder)
    return sorted(lister.found), lister.problems


class _Lister:
    def __init__(self, folder: Path) -> None:
        self.root = folder.resolve()
        self.found: list[Path] = []
        self.problems: list[Problem] = []
        self._seen: set[Path] = set()

    def walk(self, folder: Path) -> None:
        """Collect the pages of a folder, then of the folders in it."""
        real = folder.resolve()
        if real in self._seen or len(self.found) > MAX_FILES:
            return
        self._seen.add(real)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(folder, _reason(error), "(folder)")
            return
        for entry in entries:
            if not entry.name.startswith("."):
                self._take(folder / entry.name, entry)

    def _take(self, path: Path, entry: os.DirEntry[str]) -> None:
        if entry.is_symlink():
            try:
                path.stat()
            except OSError as error:
                self._refuse(path, _reason(error))
                return
        if path.is_dir():
            if not entry.is_symlink() or self._may_follow(path):
                self.walk(path)
        elif path.suffix.lower() in MISNAMED:
            self._take_page(path, is_link=entry.is_symlink())

    def _take_page(self, path: Path, *, is_link: bool) -> None:
        if path.suffix != SUFFIX:
            self._refuse(path, f"not read: rename it to {path.stem}{SUFFIX}")
        elif is_link and not path.resolve().is_relative_to(self.root):
            self._refuse(path, "a link out of the folder: copy the file here, or name its folder as one more")
        elif len(self.found) == MAX_FILES:
            self.found.append(path)
            self._refuse(self.root, f"more than {MAX_FILES:,} pages: name a knowledge folder", "(folder)")
        elif len(self.found) < MAX_FILES:
            self.found.append(path)

    def _may_follow(self, link: Path) -> bool:
        """Whether a link leads to a folder that would not be read without it."""
        target = link.resolve()
        if not target.is_relative_to(self.root):
            self._refuse(link, "a link out of the folder: name that folder as one more", "(folder)")
            return False
        if not any(part.startswith(".") for part in target.relative_to(self.root).parts):
            self._refuse(link, "a link to a folder that is read anyway: delete the link", "(folder)")
            return False
        return True

    def _refuse(self, path: Path, message: str, key: str = "(file)") -> None:
        self.problems.append(Problem(path, 1, key, message))


def read_bytes(path: Path) -> bytes | Problem:
    """The content of a regular file of at most `MAX_BYTES`, or why it is refused. Never waits for a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        return Problem(path, 1, "(file)", _reason(error))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return Problem(path, 1, "(file)", _REASONS[errno.ENXIO])
        if status.st_size > MAX_BYTES:
            return Problem(path, 1, "(file)", f"larger than {MAX_BYTES:,} bytes: split the file")
        with open(handle, "rb", closefd=False) as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        return Problem(path, 1, "(file)", _reason(error))
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, f"cannot be read: {error.strerror or type(error).__name__}")
