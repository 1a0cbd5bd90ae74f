"""Finds the YAML files of a knowledge folder, also behind links, and tells a whole base from an overlay."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.knowledge.problems import Problem

OVERLAY: Final = "overlay.yaml"
OF_A_BASE: Final = ("vocabulary", "wording")


def knowledge_files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Every `*.yaml` below a folder, sorted, and what stands in the way of reading it.

    Linked folders are followed. Hidden names are left out: a mounted ConfigMap keeps its files in
    `..2026_01_01/` and shows them through links.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for name, folders, files in os.walk(folder, followlinks=True):
        here = Path(name)
        inside = [child for child in sorted(folders) if not child.startswith(".")]
        looped = [child for child in inside if _leads_back(here / child)]
        folders[:] = [child for child in inside if child not in looped]
        for child in looped:
            message = "a link to a folder that it lies in: delete the link"
            problems.append(Problem(here / child, 1, "(folder)", message))
        found += [here / file for file in files if file.endswith(".yaml") and not file.startswith(".")]
    return sorted(found), problems


def _leads_back(folder: Path) -> bool:
    return folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve())


def is_base(folder: Path) -> bool:
    """Whether a folder is meant to stand alone: it has the languages, and no `overlay.yaml`."""
    return all((folder / name).is_dir() for name in OF_A_BASE) and not (folder / OVERLAY).is_file()


def over_base(folders: Sequence[Path], bundled: Path) -> tuple[Path, ...]:
    """The folders; with the bundled knowledge under them where none of them is a base."""
    return tuple(folders) if any(map(is_base, folders)) else (bundled, *folders)
