"""Every mistake in what an environment says it has is told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.settings import bundled_knowledge

PAGE: Final = (
    "environment: box\nname: {{en: box, zh: 箱子}}\naliases: [{aliases}]\nsource: book\nhas:\n  {has}\n"
)


def loaded(folder: Path, has: str, aliases: str = "") -> list[str]:
    """The problems of an environment, relative to its folder."""
    page = folder / "environments" / "box.yaml"
    page.parent.mkdir(exist_ok=True)
    page.write_text(PAGE.format(has=has, aliases=aliases), encoding="utf-8")
    try:
        load_knowledge([bundled_knowledge(), folder])
    except KnowledgeError as error:
        return [str(problem).removeprefix(f"{page}:") for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "has", ['driver: "470.82.01"', "gpu: [a100, h100]", 'python: "3.8.10"', "platform: linux", 'cuda: "11"']
)
def test_what_the_tables_know_is_accepted(tmp_path: Path, has: str) -> None:
    """A version in any depth, one value or several."""
    assert loaded(tmp_path, has) == []


@pytest.mark.parametrize(
    ("has", "message"),
    [
        ("gpu: tesla-v1000", "has.gpu: no value 'tesla-v1000' of 'gpu': did you mean tesla-v100 or"),
        ('pyton: "3.8"', "has.pyton: 'pyton' is neither a product with releases nor an attribute: did you"),
        ('python: "3.99"', "has.python: 3.99 is no known release of 'python': correct it or add the release"),
        ('python: "latest"', "has.python: 'latest' is not a version: write it as it is installed"),
        ('python: ["3.8", "3.9"]', "has.python: one version: the one that is used there"),
        ("python: 3.8", 'has.python: quote the version: "3.8"'),
        ("python: []", "has.python: "),
        ('dataset: "1.0"', "has.dataset: 'dataset' is neither a product with releases nor an attribute"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, has: str, message: str) -> None:
    """With what was probably meant."""
    (line,) = loaded(tmp_path, has)
    assert line.startswith(f"6: {message}")


def test_a_name_that_is_taken_is_told(tmp_path: Path) -> None:
    """An environment cannot be called as a product is."""
    (line,) = loaded(tmp_path, "platform: linux", aliases="a box, pytorch")
    assert line.startswith("3: aliases.1: 'pytorch' already names 'torch' at ")
