"""The commands that tell about the knowledge: `stats` and `stale`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.settings import bundled_knowledge
from tests.knowledge_cli.support import bot, run, run_bot


@pytest.fixture
def old_book(tmp_path: Path) -> Path:
    """The real knowledge, whose book nobody has looked into for long."""
    folder = tmp_path / "knowledge"
    shutil.copytree(bundled_knowledge(), folder)
    page = folder / "sources.yaml"
    text = page.read_text(encoding="utf-8")
    old = text.replace(
        'url: "", checked: 2026-11-23, confidence: book', "checked: 2001-02-03, confidence: book"
    )
    assert old != text
    page.write_text(old, encoding="utf-8")
    return folder


def test_stats_prints_plain_lines() -> None:
    """Not on a terminal, nothing is drawn."""
    result = run("stats")
    assert result.exit_code == 0
    for part in ("products", "pairs", "up to 30 days", "official"):
        assert part in result.output
    assert "━" not in result.output


def test_stats_as_json() -> None:
    """Every count by its name."""
    found = json.loads(run("stats", "--json").output)
    assert found["pairs"] > 1_000
    assert set(found["confidence"]) == {"official", "derived", "book"}


def test_nothing_is_stale(old_book: Path) -> None:
    """Exit code 0, and a line that says so."""
    result = run("stale", "--older-than", "999999d", KNOWLEDGE_PATH=str(old_book))
    assert (result.exit_code, result.output) == (0, "every source was checked within 999999d\n")


def test_a_stale_source_is_named_with_what_rests_on_it(old_book: Path) -> None:
    """Exit code 1, so that a pipeline can tell."""
    result = run("stale", "--older-than", "20y", KNOWLEDGE_PATH=str(old_book))
    first, *rest = result.output.splitlines()
    assert result.exit_code == 1
    assert first.startswith("2001-02-03 (")
    assert first.endswith("days) book: Book chapter: PyTorch")
    assert any(line.startswith("  table torch-cuda-book: 8 rows, lines ") for line in rest)


def test_stale_as_json(old_book: Path) -> None:
    """The same as plain values."""
    result = run("stale", "--older-than", "20y", "--json", KNOWLEDGE_PATH=str(old_book))
    (found,) = json.loads(result.output)
    assert result.exit_code == 1
    assert (found["slug"], found["source"]["checked"]) == ("book", "2001-02-03")


def test_what_is_no_period_is_wrong_usage() -> None:
    """Exit code 2, with an example."""
    result = run("stale", "--older-than", "long")
    assert result.exit_code == 2
    assert "180d" in result.output


def test_the_reports_as_processes(old_book: Path) -> None:
    """Exit codes and outputs reach a shell."""
    stats, stale = bot("stats"), bot("stale", "--older-than", "20y", KNOWLEDGE_PATH=str(old_book))
    assert (stats.returncode, stats.stderr) == (0, "")
    assert (stale.returncode, stale.stderr) == (1, "")
    assert "book" in stale.stdout


def test_show_prints_what_the_bot_would_say() -> None:
    """The same reply, through the one pipeline."""
    result = run("show", "torch", "1.7.0")
    assert result.exit_code == 0
    assert result.output == run_bot("ask", "everything about torch 1.7.0").output
    assert "pip install torch==1.7.0+cu110" in result.output


def test_show_speaks_the_language_asked_for() -> None:
    """English by default."""
    assert "全部记录" in run("show", "cuda", "11.8", "--lang", "zh").output


@pytest.mark.parametrize(("words", "code"), [(["torch"], 0), (["torch", "9.9"], 1), (["nothing"], 1)])
def test_show_tells_by_its_exit_code_whether_anything_is_known(words: list[str], code: int) -> None:
    """A product alone is something; an unknown release is not recorded."""
    assert run("show", *words).exit_code == code


def test_show_as_a_process() -> None:
    """An unknown release names those nearby."""
    done = bot("show", "transformers", "4.36.1")
    assert (done.returncode, done.stderr) == (1, "")
    assert "4.35.2" in done.stdout
