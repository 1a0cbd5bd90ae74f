"""A copy of the real knowledge that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.settings import bundled_knowledge

Breaking = Callable[[str, str, str], list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real knowledge, copied."""
    target = tmp_path / "knowledge"
    shutil.copytree(bundled_knowledge(), target)
    return target


@pytest.fixture
def report(folder: Path) -> Callable[[], list[str]]:
    """Loads the copy and returns the report's lines, with paths relative to the folder."""

    def lines() -> list[str]:
        with pytest.raises(KnowledgeError) as caught:
            load_knowledge([folder])
        return str(caught.value).replace(f"{folder}/", "").splitlines()

    return lines


@pytest.fixture
def breaking(folder: Path, report: Callable[[], list[str]]) -> Breaking:
    """Replaces the one `old` text of a file and returns the report's lines."""

    def change(name: str, old: str, new: str) -> list[str]:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand once in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return report()

    return change
