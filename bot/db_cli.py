"""The database's commands: `bot db …`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from bot.settings import DEFAULT_DATABASE, Settings, load_settings

if TYPE_CHECKING:
    from bot.storage.installations import Rotation

db_cli = typer.Typer(help="Look after the database.", rich_markup_mode=None, no_args_is_help=True)


@db_cli.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date. Safe to run twice, and while the bot runs."""
    from bot.storage.opening import upgrade_database

    revision = asyncio.run(upgrade_database(load_settings().database_url or DEFAULT_DATABASE))
    typer.echo(f"the tables have revision {revision}")


@db_cli.command("current")
def current() -> None:
    """Print the revision of the tables and that of this program. Exit code 1 if an upgrade is due."""
    from bot.storage.opening import revision_at
    from bot.storage.revisions import REVISIONS, is_older

    revision = asyncio.run(revision_at(load_settings().database_url or DEFAULT_DATABASE))
    typer.echo(f"tables: {revision or 'none'}; program: {REVISIONS[-1]}")
    if is_older(revision):
        raise typer.Exit(1)


@db_cli.command("new-key")
def make_key() -> None:
    """Print a fresh key for TOKEN_KEYS."""
    from bot.storage.sealing import new_key

    typer.echo(new_key())


@db_cli.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every stored token with the first of TOKEN_KEYS. Exit code 1 if one opens with no key."""
    rotation = asyncio.run(_rotate(load_settings()))
    typer.echo(f"{rotation.renewed} rows sealed with the first key")
    for team in rotation.unreadable:
        typer.echo(
            f"{team}: no key opens its tokens; add the old key, or install the bot there again", err=True
        )
    if rotation.unreadable:
        raise typer.Exit(1)


async def _rotate(settings: Settings) -> Rotation:
    from bot.storage.errors import TablesBehindError
    from bot.storage.installations import rotate
    from bot.storage.opening import open_database, revision_at
    from bot.storage.revisions import is_older
    from bot.storage.sealing import Seal

    seal, url = Seal(settings.token_keys), settings.database_url or DEFAULT_DATABASE
    if is_older(await revision_at(url)):
        raise TablesBehindError
    async with open_database(url) as database:
        return await rotate(database.connection, seal)
