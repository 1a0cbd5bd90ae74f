"""Ten broken folders, each with the exact report of its mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError

FOLDER: Final = Path(__file__).parent / "broken"
BASE: Final = FOLDER / "base"
REPORT: Final = "report.txt"
NAMES: Final = sorted(path.parent.name for path in FOLDER.glob(f"*/{REPORT}"))


def report(name: str) -> str:
    """What `check` says of a broken folder over the base, with paths below the folder of the tests."""
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge([BASE, FOLDER / name], thorough=True)
    return str(caught.value).replace(f"{FOLDER}/", "") + "\n"


def test_there_are_ten() -> None:
    """No folder is left out."""
    assert len(NAMES) == 10
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {*NAMES, BASE.name}


def test_the_base_has_no_mistakes() -> None:
    """Whatever is told comes from the broken folder."""
    assert load_knowledge([BASE], thorough=True).products.keys() == {"spark", "scala", "java"}


@pytest.mark.parametrize("name", NAMES)
def test_every_mistake_is_told_once_and_in_order(name: str) -> None:
    """File, line, key, what is wrong and how to mend it; nothing else."""
    assert report(name) == (FOLDER / name / REPORT).read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_second_look_from_the_cache_says_the_same(name: str, tmp_path: Path) -> None:
    """Files that were read before keep the lines of their mistakes."""
    for _ in range(2):
        with pytest.raises(KnowledgeError) as caught:
            load_knowledge([BASE, FOLDER / name], tmp_path, thorough=True)
        assert str(caught.value).replace(f"{FOLDER}/", "") + "\n" == (FOLDER / name / REPORT).read_text(
            "utf-8"
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_the_report_and_fails(name: str) -> None:
    """`bot knowledge check` prints each line, and its exit code is 1."""
    result = CliRunner().invoke(cli, ["knowledge", "check", str(BASE), str(FOLDER / name)])
    told = (FOLDER / name / REPORT).read_text("utf-8").splitlines()
    assert result.exit_code == 1
    assert [line for line in result.output.replace(f"{FOLDER}/", "").splitlines() if line in told] == told
