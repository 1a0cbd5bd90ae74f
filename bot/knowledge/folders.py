"""Tells a folder that is a whole base from an overlay, which needs a base under it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

OVERLAY: Final = "overlay.yaml"
OF_A_BASE: Final = ("vocabulary", "wording")


def is_base(folder: Path) -> bool:
    """Whether a folder is meant to stand alone: it has the languages, and no `overlay.yaml`."""
    return all((folder / name).is_dir() for name in OF_A_BASE) and not (folder / OVERLAY).is_file()


def over_base(folders: Sequence[Path], bundled: Path) -> tuple[Path, ...]:
    """The folders; with the bundled knowledge under them where none of them is a base."""
    return tuple(folders) if any(map(is_base, folders)) else (bundled, *folders)
