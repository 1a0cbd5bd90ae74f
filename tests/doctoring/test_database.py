"""Whether the database opens, in one line without its password."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.doctoring.database import check_database
from bot.doctoring.findings import Level
from bot.storage import open_store
from bot.storage.opening import upgrade_database
from bot.storage.revisions import REVISIONS
from tests.doctoring.support import peer


async def test_a_database_that_opens_is_ok(tmp_path: Path) -> None:
    """Told by kind and place."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    async with open_store(url):
        pass
    told = f"ok       database: opens (sqlite, {tmp_path / 'a.db'}), tables of revision {REVISIONS[-1]}"
    assert str(await check_database(url)) == told


async def test_looking_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file comes with the first start."""
    monkeypatch.chdir(tmp_path)
    assert str(await check_database(None)) == "ok       database: torchdesk.db is made at the first start"
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    """Its folder's place is taken by a file."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    line = str(await check_database(f"sqlite:///{tmp_path / 'file' / 'a.db'}"))
    assert line.startswith("problem  database: ")
    assert line.endswith("cannot be made: give the bot a folder to write in, or set DATABASE_URL")


async def test_a_file_that_is_no_database_is_a_problem(tmp_path: Path) -> None:
    """One line, though the library's message has several."""
    (tmp_path / "a.db").write_text("no database at all, " * 100, encoding="utf-8")
    line = str(await check_database(f"sqlite:///{tmp_path / 'a.db'}"))
    assert line.startswith("problem  database: ")
    assert "a.db does not open: file is not a database; " in line
    assert line.endswith("see DATABASE_URL and that it runs")


async def test_a_server_that_is_not_there_is_a_problem() -> None:
    """Who logs in, and with what, is not told."""
    line = str(await check_database("postgresql://somebody:hunter2@127.0.0.1:9/desk"))
    assert line.startswith("problem  database: postgresql, 127.0.0.1/desk does not open: ")
    assert "refused" in line or "failed" in line
    assert "hunter2" not in line
    assert "somebody" not in line


async def test_a_server_that_says_nothing_is_a_problem() -> None:
    """The wait is bounded."""
    async with peer(b"") as url:
        host = url.removeprefix("http://").removesuffix("/api/")
        line = str(await check_database(f"postgresql://somebody:hunter2@{host}/desk", seconds=0.3))
    assert "does not open: no answer in 0.3 seconds" in line


async def test_postgres_with_old_tables_is_a_problem(postgres_url: str) -> None:
    """It says what to run; looking changes nothing, and after the upgrade all is well."""
    assert "run `bot db upgrade`" in str(await check_database(postgres_url))
    assert (await check_database(postgres_url)).level is Level.PROBLEM
    await upgrade_database(postgres_url)
    assert (await check_database(postgres_url)).level is Level.OK
