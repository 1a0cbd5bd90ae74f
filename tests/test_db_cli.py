"""`bot db …`: keys are made and replaced from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store.models.installation import Installation
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.storage.errors import TablesBehindError, UnreadableTokenError
from bot.storage.installations import Installations
from bot.storage.opening import open_database, upgrade_database
from bot.storage.revisions import REVISIONS
from bot.storage.sealing import Seal, TokenKeysError, new_key


def run(url: str, *keys: str) -> Result:
    """`bot db rotate-keys` with these keys."""
    environ = {"DATABASE_URL": url, "TOKEN_KEYS": ",".join(keys)}
    return CliRunner().invoke(cli, ["db", "rotate-keys"], env=environ)


def save(url: str, key: str, team: str) -> None:
    """Install the bot in a team, sealed with a key."""

    async def saving() -> None:
        await upgrade_database(url)
        async with open_database(url) as database:
            installation = Installation(app_id="A1", team_id=team, bot_token="xoxb-1", user_id="U1")
            await Installations(database.connection, "1.2", Seal([key])).async_save(installation)

    asyncio.run(saving())


def token(url: str, key: str, team: str) -> str | None:
    """The team's token, opened with one key."""

    async def finding() -> str | None:
        async with open_database(url) as database:
            store = Installations(database.connection, "1.2", Seal([key]))
            found = await store.async_find_bot(enterprise_id=None, team_id=team)
            return found.bot_token if found else None

    return asyncio.run(finding())


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An SQLite file."""
    return f"sqlite:///{tmp_path}/bot.db"


def test_a_new_key_is_one() -> None:
    """Printed alone, so that it can be piped; each time another."""
    keys = [CliRunner().invoke(cli, ["db", "new-key"]).stdout.strip() for _ in range(2)]
    assert keys[0] != keys[1]
    assert Seal([keys[0]]).open(Seal(keys[:1]).close("xoxb")) == "xoxb"


def test_keys_are_rotated(url: str) -> None:
    """Afterwards the new key alone opens every token; no key or token is printed."""
    old, new = new_key(), new_key()
    save(url, old, "T1")
    save(url, old, "T2")
    result = run(url, new, old)
    assert (result.exit_code, result.stdout) == (0, "4 rows sealed with the first key\n")
    assert [token(url, new, team) for team in ("T1", "T2")] == ["xoxb-1", "xoxb-1"]
    with pytest.raises(UnreadableTokenError):
        token(url, old, "T1")


def test_what_no_key_opens_is_named(url: str) -> None:
    """The rest is renewed; exit code 1."""
    old, new = new_key(), new_key()
    save(url, new_key(), "T1")
    save(url, old, "T2")
    result = run(url, new, old)
    assert result.exit_code == 1
    assert "T1" in result.stderr
    assert "T2" not in result.stderr
    assert token(url, new, "T2") == "xoxb-1"


def test_without_a_key_there_is_nothing_to_rotate(url: str) -> None:
    """The message says how to make one."""
    result = run(url)
    assert isinstance(result.exception, TokenKeysError)
    assert "bot db new-key" in str(result.exception)


def test_tables_are_upgraded_and_their_revision_is_told(url: str) -> None:
    """Before: none, exit code 1. After: the program's, exit code 0, however often."""
    environ = {"DATABASE_URL": url}
    before = CliRunner().invoke(cli, ["db", "current"], env=environ)
    assert (before.exit_code, before.stdout.split(";")[0]) == (1, "tables: none")
    for _ in range(2):
        upgraded = CliRunner().invoke(cli, ["db", "upgrade"], env=environ)
        assert (upgraded.exit_code, upgraded.stdout) == (0, f"the tables have revision {REVISIONS[-1]}\n")
    after = CliRunner().invoke(cli, ["db", "current"], env=environ)
    assert (after.exit_code, after.stdout.split(";")[0]) == (0, f"tables: {REVISIONS[-1]}")


def test_without_tables_there_is_nothing_to_rotate(url: str) -> None:
    """The message says what makes them."""
    result = run(url, new_key())
    assert isinstance(result.exception, TablesBehindError)
    assert "bot db upgrade" in str(result.exception)


def test_looking_at_the_revision_makes_no_file(tmp_path: Path) -> None:
    """Nor a folder for it."""
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/state/bot.db"}
    result = CliRunner().invoke(cli, ["db", "current"], env=environ)
    assert (result.exit_code, result.stdout.split(";")[0]) == (1, "tables: none")
    assert list(tmp_path.iterdir()) == []
