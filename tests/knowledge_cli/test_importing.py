"""The command `import`: what it asks, refuses and writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge
from bot.settings import bundled_knowledge
from tests.knowledge_cli.support import bot, run

BOOK = """## 版本对应关系

| CUDA | PyTorch |
| :---: | :---: |
| 8.0 | 0.1.10~0.4.1/1.0.0 |
| 9.2 | 0.4.1/1.2.0 |
"""
WIKI = """| torch 版本 | CUDA | 备注 |
|---|---|---|
| 1.6.0、1.7.0 | 10.1 | 已验证 |
| 9.9.9 | 10.2 | |
"""
NAMED = (
    "--table", "team-cuda", "--says", "en=the wiki lists {torch} with {cuda}",
    "--says", "zh=维基列出 {torch} 与 {cuda}", "--source", "team-wiki", "--title", "Team wiki",
    "--checked", "2026-01-02",
)  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A page in the book's notation."""
    path = tmp_path / "book.md"
    path.write_text(BOOK, encoding="utf-8")
    return path


@pytest.fixture
def wiki(tmp_path: Path) -> Path:
    """A page of a team, with a column of notes and a torch that is not known."""
    path = tmp_path / "wiki.md"
    path.write_text(WIKI, encoding="utf-8")
    return path


def test_a_table_is_written_with_its_source_and_passes_the_check(book: Path, tmp_path: Path) -> None:
    """The folder lies over the bundled knowledge; every row is there."""
    team = tmp_path / "team"
    result = run("import", str(book), *NAMED, "--to", str(team))
    assert result.exit_code == 0, result.output
    kb = load_knowledge([bundled_knowledge(), team])
    assert [row["torch"] for row in kb.relations["team-cuda"].table.rows] == [
        "0.1.10~0.4.1/1.0.0",
        "0.4.1/1.2.0",
    ]
    assert run("check", str(bundled_knowledge()), str(team)).exit_code == 0


def test_without_a_terminal_all_missing_answers_are_listed(book: Path) -> None:
    """Exit code 2, each with the option that gives it."""
    result = run("import", str(book))
    assert result.exit_code == 2
    for option in ("--table", "--says en=TEXT", "--says zh=TEXT", "--source"):
        assert option in result.output


def test_a_row_that_cannot_be_read_stops_the_import(wiki: Path) -> None:
    """Exit code 1, with its line; nothing is written."""
    result = run("import", str(wiki), *NAMED, "--columns", "torch,cuda,-")
    assert result.exit_code == 1
    assert "line 4" in result.output
    assert "9.9.9" in result.output
    assert "rows:" not in result.output


def test_partial_writes_the_rest_and_lists_what_is_missing(wiki: Path) -> None:
    """What was left out, cells of a skipped column too, stands in comments."""
    printed = run("import", str(wiki), *NAMED, "--columns", "torch,cuda,-", "--partial").stdout
    assert '- {torch: "1.6.0/1.7.0", cuda: "10.1"}' in printed
    assert "# Not imported: line 4: 'torch 版本: 9.9.9'" in printed
    assert "# Not imported: line 3: '备注: 已验证'" in printed


def test_an_unknown_header_is_asked_about(wiki: Path) -> None:
    """The column of notes is no product."""
    result = run("import", str(wiki), *NAMED)
    assert result.exit_code == 2
    assert "'备注'" in result.output


def test_on_a_terminal_the_answers_are_asked_for(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong answer is asked for again."""
    monkeypatch.setattr("bot.knowledge_cli.importing.is_terminal", lambda: True)
    answers = [
        "torch-cuda",
        "team-cuda",
        "lists {torch} with {nothing}",
        "lists {torch}",
        "列出 {torch}",
        "book",
    ]
    result = run("import", str(book), text="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert "there is a table of that name" in result.output
    assert "{nothing} is no column" in result.output
    assert 'cuda: "8.0"' in result.output


def test_answers_for_several_tables_come_from_a_file(tmp_path: Path) -> None:
    """Each names its table by the line."""
    page, answers = tmp_path / "two.md", tmp_path / "answers.yaml"
    page.write_text(BOOK + "\n" + BOOK, encoding="utf-8")
    entry = "  - {{line: {}, table: {}, source: book, says: {{en: lists it, zh: 列出}}}}\n"
    answers.write_text("tables:\n" + entry.format(3, "one") + entry.format(10, "two"), encoding="utf-8")
    result = run("import", str(page), "--answers", str(answers), "--to", str(tmp_path / "team"))
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "team/tables").iterdir()} == {"one.yaml", "two.yaml"}


def test_of_several_tables_one_must_be_named(tmp_path: Path) -> None:
    """Exit code 2, with the line of each; an answers page that is none is refused by its line."""
    page = tmp_path / "two.md"
    page.write_text(BOOK + "\n" + BOOK, encoding="utf-8")
    result = run("import", str(page), *NAMED)
    assert result.exit_code == 2
    assert "line 3" in result.output
    assert "line 10" in result.output
    assert run("import", str(page), *NAMED, "--at", "10").exit_code == 0


def test_nothing_is_overwritten(book: Path, tmp_path: Path) -> None:
    """A second import into the same folder is refused."""
    team = tmp_path / "team"
    assert run("import", str(book), *NAMED, "--to", str(team)).exit_code == 0
    assert run("import", str(book), *NAMED, "--to", str(team)).exit_code == 1


def test_an_exported_table_can_be_imported(tmp_path: Path) -> None:
    """The rows come back as they were written."""
    page = tmp_path / "book.md"
    run("export", "--format", "markdown", "torch-cuda-book", "--to", str(page))
    printed = run("import", str(page), *NAMED, "--columns", "cuda,torch,-").stdout
    kb = load_knowledge([bundled_knowledge()])
    for row in kb.relations["torch-cuda-book"].table.rows:
        assert f'- {{cuda: "{row["cuda"]}", torch: "{row["torch"]}"}}' in printed


def test_import_as_a_process(book: Path, tmp_path: Path) -> None:
    """Without answers nothing is asked where nobody can answer."""
    done = bot("import", str(book))
    assert done.returncode == 2
    assert "--source" in done.stderr
    assert bot("import", str(tmp_path / "none.md")).returncode == 2
