"""The command `export`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.knowledge_cli.support import bot, run

BOOK = "torch-cuda-book"


def test_export_prints_json_of_everything() -> None:
    """The default form, to standard output."""
    found = json.loads(run("export").output)
    assert {"form", "expanded", "sources", "products", "attributes", "tables", "facts"} == set(found)


def test_export_of_one_table_as_csv() -> None:
    """Lines end as RFC 4180 says."""
    printed = run("export", "--format", "csv", BOOK).stdout_bytes
    assert printed.count(b"\r\n") == 9
    assert len(list(csv.reader(io.StringIO(printed.decode(), newline="")))) == 9


def test_all_tables_as_csv_go_into_a_folder(tmp_path: Path) -> None:
    """A file for each table, made with its folder."""
    folder = tmp_path / "new" / "csv"
    assert run("export", "--format", "csv", "--to", str(folder)).exit_code == 0
    tables = {item["table"] for item in json.loads(run("export").output)["tables"]}
    assert {path.stem for path in folder.iterdir()} == tables
    assert (folder / f"{BOOK}.csv").read_bytes().startswith(b"cuda,torch,open,")


def test_export_into_a_file(tmp_path: Path) -> None:
    """Markdown, in the language asked for."""
    path = tmp_path / "book.md"
    assert run("export", "--format", "markdown", "--to", str(path), "--lang", "zh", BOOK).output == ""
    assert path.read_text(encoding="utf-8").startswith(f"## {BOOK}\n")


@pytest.mark.parametrize(
    "arguments", [("--format", "csv"), ("--format", "xml"), ("nope",), ("--format", "csv", "nope")]
)
def test_what_cannot_be_exported_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert run("export", *arguments).exit_code == 2


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One line, without a traceback."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = bot("export", "--to", str(blocked / "x.json"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"bot: {blocked}")
    assert len(done.stderr.splitlines()) == 1


def test_export_as_a_process() -> None:
    """What it prints can be piped into another program."""
    done = bot("export", "--format", "csv", "--expand", BOOK)
    assert (done.returncode, done.stderr) == (0, "")
    assert "7.5,0.1.6,,book" in done.stdout
