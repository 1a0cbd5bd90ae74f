"""The command line: `bot`, `bot ask`, `chat`, `serve`, `workspace`, `doctor`, `knowledge`, `db`, `inbox`."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated

import typer

from bot.db_cli import db_cli
from bot.errors import BotError
from bot.inbox_cli import inbox_cli
from bot.knowledge_cli import knowledge_cli
from bot.settings import Settings, bundled_knowledge, load_settings

if TYPE_CHECKING:
    from bot.pipeline import Pipeline
    from bot.presenting.reply import Reply

ANSWERED, NOT_ANSWERED, USAGE = 0, 1, 2

cli = typer.Typer(
    help="Answers which PyTorch, CUDA, driver and Python versions go together, with proof.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(knowledge_cli, name="knowledge")
cli.add_typer(db_cli, name="db")
cli.add_typer(inbox_cli, name="inbox")

Echo = Annotated[str | None, typer.Argument(help="The question; without it, and without --jsonl, an error.")]


def main() -> None:
    """The console script: a `BotError` becomes one plain message and exit code 2."""
    try:
        cli()
    except BotError as error:
        typer.echo(f"bot: {error}", err=True)
        sys.exit(USAGE)


@cli.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Join Slack where tokens are set; open the local workspace where none are."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    if settings.mode == "workspace":
        _run_workspace(settings, settings.workspace_port)
    else:
        _run_slack(settings, http=settings.mode == "http")


@cli.command()
def serve() -> None:
    """Serve Slack's requests over HTTP (POST /slack/events)."""
    _run_slack(load_settings(), http=True)


@cli.command()
def workspace(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the page.")] = None,
) -> None:
    """Open the local workspace with the bot in it."""
    settings = load_settings()
    _run_workspace(settings, settings.workspace_port if port is None else port)


@cli.command()
def ask(
    question: Echo = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show how the answer was found.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read and write JSON lines.")] = False,
) -> None:
    """Answer one question. Exit code: 0 answered, 1 not answered, 2 usage."""
    if jsonl == (question is not None):
        raise typer.BadParameter("give a question, or --jsonl with questions on standard input")
    pipeline = _pipeline(load_settings())
    if question is None:
        raise typer.Exit(_answer_lines(pipeline))
    reply = pipeline.ask(question)
    _show(pipeline, reply)
    if explain:
        typer.echo(f"\n{pipeline.explain(reply)}")
    raise typer.Exit(ANSWERED if reply.status == "answered" else NOT_ANSWERED)


@cli.command()
def chat() -> None:
    """Hold a conversation in the terminal; an empty line or end of input ends it."""
    from bot.pipeline import Context

    pipeline, context = _pipeline(load_settings()), Context()
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        typer.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not line.strip():
            return
        reply = pipeline.ask(line, context)
        context = Context(before=reply.asked or context.before)
        _show(pipeline, reply)
        typer.echo()


@cli.command()
def doctor(
    live: Annotated[bool, typer.Option("--live", help="Ask Slack too: tokens, scopes, clock.")] = False,
) -> None:
    """Look at settings, knowledge and database: a line for each. Exit code 1 if there is a problem."""
    import asyncio

    from bot.doctoring.examination import examine
    from bot.doctoring.findings import Level

    async def healthy() -> bool:
        levels = set()
        async for finding in examine(live=live):
            typer.echo(str(finding))
            levels.add(finding.level)
        return Level.PROBLEM not in levels

    if not asyncio.run(healthy()):
        raise typer.Exit(1)


def _pipeline(settings: Settings) -> Pipeline:
    from bot.knowledge.collecting import collector_paused, keep_loaded

    with collector_paused():  # importing, too, is a quarter quicker without it
        from bot.knowledge.folders import over_base
        from bot.knowledge.loader import load_knowledge
        from bot.pipeline import Pipeline

        folders = over_base(settings.knowledge_path, bundled_knowledge())
        pipeline = Pipeline(load_knowledge(folders, settings.cache_path))
        keep_loaded()
    return pipeline


def _show(pipeline: Pipeline, reply: Reply) -> None:
    if sys.stdout.isatty():
        from bot.presenting.terminal import print_reply

        print_reply(reply, pipeline.words(reply.lang))
    else:
        typer.echo(pipeline.plain(reply))


def _answer_lines(pipeline: Pipeline) -> int:
    """Answer each line; one that is no question is named on standard error, and the rest go on."""
    from bot.pipeline import Context
    from bot.presenting.jsonl import BadLine, Lines

    code = ANSWERED
    lines = Lines(lambda text, before: pipeline.ask(text, Context(before=before)), pipeline.plain)
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            typer.echo(lines.answer(line, number))
        except BadLine as error:
            typer.echo(f"bot: {error}", err=True)
            code = USAGE
    return code


def _run_slack(settings: Settings, *, http: bool) -> None:
    from bot.knowledge.collecting import collector_paused

    with collector_paused():
        from bot.serving import serve as serve_slack

        pipeline = _pipeline(settings)
    _run(serve_slack(pipeline, settings, http=http))


def _run_workspace(settings: Settings, port: int) -> None:
    from bot.serving import serve_workspace

    def opened(address: str) -> None:
        typer.echo(f"The local workspace is open at {address} (Ctrl-C stops it)")

    try:
        _run(serve_workspace(_pipeline(settings), settings, port, opened))
    except OSError as error:
        typer.echo(f"bot: port {port}: {error.strerror or error}", err=True)
        raise typer.Exit(USAGE) from error


def _run(work: Coroutine[object, object, None]) -> None:
    import asyncio

    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        typer.echo("")
