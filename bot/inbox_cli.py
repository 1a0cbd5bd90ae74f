"""The inbox's commands: `bot inbox …`: what waits, what was given up, and trying that again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.settings import DEFAULT_DATABASE, load_settings

if TYPE_CHECKING:
    from bot.storage.entries import Depth, Parked

LAST_ID: Final = 2**63 - 1
"""The greatest number that a database gives."""

inbox_cli = typer.Typer(help="What waits, and what was given up.", rich_markup_mode=None)


@inbox_cli.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """Print what waits and what was given up, without what people wrote. Exit code 1 if any was given up."""
    if context.invoked_subcommand is not None:
        return
    depth, processes, parked = asyncio.run(_look(load_settings().database_url or DEFAULT_DATABASE))
    typer.echo(f"processes: {processes}")
    typer.echo(
        f"waiting: {depth.waiting}" + (f", the oldest {depth.oldest // 1_000} s" if depth.waiting else "")
    )
    typer.echo(f"given up: {len(parked)}")
    for each in parked:
        where = f"{each.kind}  {each.team}/{each.channel}"
        typer.echo(f"  {each.id}  {_moment(each.received_at)}  {where}  {each.outcome}")
    if parked:
        raise typer.Exit(1)


@inbox_cli.command()
def retry(id: Annotated[int, typer.Argument(min=1, max=LAST_ID, help="As `bot inbox` prints it.")]) -> None:
    """Let what was given up wait once more. Exit code 1 if there is no such thing, or its text is gone."""
    if not asyncio.run(_reopen(load_settings().database_url or DEFAULT_DATABASE, id)):
        typer.echo(
            f"bot: {id}: nothing with this number was given up, or its text is no longer kept", err=True
        )
        raise typer.Exit(1)
    typer.echo(f"{id} waits to be answered")


async def _look(url: str) -> tuple[Depth, int, list[Parked]]:
    from bot.storage import open_store

    async with open_store(url) as store:
        return await store.inbox.depth(), await store.processes.count(), await store.inbox.parked()


async def _reopen(url: str, id: int) -> bool:
    from bot.storage import open_store

    async with open_store(url) as store:
        return await store.inbox.reopen(id)


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
