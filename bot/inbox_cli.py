"""The inbox's commands: `bot inbox …`: what waits, what was given up, and trying that again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.settings import DEFAULT_DATABASE, load_settings

if TYPE_CHECKING:
    from bot.storage.entries import Depth, Parked

LAST_ID: Final = 2**63 - 1
"""The greatest number that a database gives."""

SHOWN: Final = 100

inbox_cli = typer.Typer(help="What waits, and what was given up.", rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class _Found:
    depth: Depth
    processes: int
    given_up: int
    newest: list[Parked]


@inbox_cli.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=0, max=LAST_ID, help="How many of what was given up.")] = SHOWN,
) -> None:
    """Print what waits and what was given up, without what people wrote. Exit code 1 if any was given up."""
    if context.invoked_subcommand is not None:
        return
    found = asyncio.run(_look(load_settings().database_url or DEFAULT_DATABASE, limit))
    waiting = found.depth.waiting
    typer.echo(f"processes: {found.processes}")
    typer.echo(f"waiting: {waiting}" + (f", the oldest {found.depth.oldest // 1_000} s" if waiting else ""))
    typer.echo(f"given up: {found.given_up}")
    for each in found.newest:
        where = f"{each.kind}  {each.team}/{each.channel}"
        typer.echo(f"  {each.id}  {_moment(each.received_at)}  {where}  {each.outcome}")
    if found.given_up > len(found.newest):
        typer.echo(f"  and {found.given_up - len(found.newest)} older: bot inbox --limit {found.given_up}")
    if found.given_up:
        raise typer.Exit(1)


@inbox_cli.command()
def retry(
    ids: Annotated[list[int], typer.Argument(min=1, max=LAST_ID, help="As `bot inbox` prints them.")],
) -> None:
    """Let what was given up wait once more. Exit code 1 if there is no such thing, or its text is gone."""
    wanted = tuple(dict.fromkeys(ids))
    left = asyncio.run(_reopen(load_settings().database_url or DEFAULT_DATABASE, wanted))
    for id in wanted:
        if id in left:
            reason = "nothing with this number was given up, or its text is no longer kept"
            typer.echo(f"bot: {id}: {reason}", err=True)
        else:
            typer.echo(f"{id} waits to be answered")
    if left:
        raise typer.Exit(1)


async def _look(url: str, limit: int) -> _Found:
    from bot.storage import open_store

    async with open_store(url) as store:
        inbox = store.inbox
        return _Found(
            await inbox.depth(),
            await store.processes.count(),
            await inbox.count_parked(),
            await inbox.parked(limit),
        )


async def _reopen(url: str, ids: Iterable[int]) -> set[int]:
    """Those that cannot be tried again."""
    from bot.storage import open_store

    async with open_store(url) as store:
        return {id for id in ids if not await store.inbox.reopen(id)}


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
