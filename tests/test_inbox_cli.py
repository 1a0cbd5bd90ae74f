"""`bot inbox`: maintainers see what waits and what was given up, and let it be tried again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from tests.storage.support import entry, upgraded


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An SQLite file in which one question waits and one was given up."""
    address = f"sqlite:///{tmp_path}/bot.db"

    async def prepare() -> None:
        async with upgraded(address) as store:
            for channel in ("C1", "C2"):
                await store.inbox.accept(entry(1, channel=channel))
            (claimed,) = await store.inbox.claim("me", 1, 30)
            await store.inbox.park("me", claimed, "KeyError")

    asyncio.run(prepare())
    return address


def run(url: str, *words: str) -> Result:
    """`bot inbox …` with this database."""
    return CliRunner().invoke(cli, ["inbox", *words], env={"DATABASE_URL": url})


def test_what_waits_and_what_was_given_up(url: str) -> None:
    """Each with its number and reason, none with its text."""
    result = run(url)
    assert result.exit_code == 1
    assert "waiting: 1, the oldest 0 s" in result.stdout
    assert "given up: 1" in result.stdout
    assert "asked  T1/C1  KeyError" in result.stdout
    assert "text" not in result.stdout


def test_what_was_given_up_may_be_tried_again(url: str) -> None:
    """Then nothing is given up any more."""
    number = run(url).stdout.splitlines()[-1].split()[0]
    assert run(url, "retry", number).exit_code == 0
    after = run(url)
    assert (after.exit_code, "waiting: 2" in after.stdout) == (0, True)


def test_an_unknown_number_is_an_error(url: str) -> None:
    """It says so, and the others wait all the same."""
    number = run(url).stdout.splitlines()[-1].split()[0]
    result = run(url, "retry", "999", number)
    assert result.exit_code == 1
    assert "999" in result.stderr
    assert f"{number} waits to be answered" in result.stdout
    assert "waiting: 2" in run(url).stdout


def test_what_is_not_listed_is_counted(url: str) -> None:
    """With what to do to see it."""
    result = run(url, "--limit", "0")
    assert result.exit_code == 1
    assert "given up: 1" in result.stdout
    assert "and 1 older: bot inbox --limit 1" in result.stdout


@pytest.mark.parametrize("number", ["0", str(2**63)])
def test_a_number_that_no_database_has_is_a_usage_error(url: str, number: str) -> None:
    """It is not looked for."""
    assert run(url, "retry", number).exit_code == 2
    assert run(url, "retry", str(2**63 - 1)).exit_code == 1
