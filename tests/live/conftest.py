"""A small knowledge folder on another subject, which a test may edit, and pipelines over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge

SUBJECT = Path(__file__).resolve().parents[1] / "subjects" / "spark"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder, with the languages of the bundled knowledge."""
    target = tmp_path / "knowledge"
    shutil.copytree(SUBJECT, target)
    for name in ("vocabulary", "wording"):
        shutil.copytree(bundled_knowledge() / name, target / name)
    return target


@pytest.fixture
def build(folder: Path) -> Callable[[], Pipeline]:
    """Builds a pipeline over the folder as it is."""
    return lambda: Pipeline(load_knowledge([folder]))
