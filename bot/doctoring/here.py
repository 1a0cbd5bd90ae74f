"""What can be seen without asking anybody: the settings, how the bot would run, the knowledge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from bot.doctoring.findings import Finding, ok, problem, warning
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.folders import over_base
from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.settings import VARIABLES, Settings, bundled_knowledge, is_loopback

STALE_DAYS: Final = 180


def check_settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Which variables are set (their names alone), and what about them looks like a slip."""
    named = [name for name in VARIABLES if environ.get(name)]
    yield ok("settings", f"set: {', '.join(named)}" if named else "none is set, and none has to be")
    for name, meant in doubtful_names(environ).items():
        yield warning("settings", f"{name} is no variable of the bot: is {meant} meant?")
    url = settings.slack_api_url
    if url and url.startswith("http://") and not is_loopback(url):
        yield warning("settings", "SLACK_API_URL is http://, so tokens travel unencrypted: use https://")


def check_mode(settings: Settings) -> Iterator[Finding]:
    """What `bot` alone would do."""
    if settings.mode == "socket":
        yield ok("mode", "`bot` joins Slack by Socket Mode")
    elif settings.mode == "http":
        yield ok("mode", f"`bot` serves Slack over HTTP on {settings.host}, port {settings.port}")
    else:
        yield _workspace(settings)
    if settings.slack_client_id and not settings.public_url:
        text = "PUBLIC_URL is not set: Slack sends people who install the app back to the bot's own address"
        yield warning("mode", text)


def _workspace(settings: Settings) -> Finding:
    """Opened on purpose where nothing of Slack is set; otherwise something is missing."""
    given = [
        name
        for name, value in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token),
            ("SLACK_CLIENT_ID", settings.slack_client_id),
        )
        if value
    ]
    opens = f"`bot` opens the local workspace on port {settings.workspace_port}"
    if not given:
        return ok("mode", opens)
    return warning(
        "mode",
        f"{opens}, though {given[0]} is set: to join Slack set SLACK_APP_TOKEN (Socket Mode) "
        "or SLACK_SIGNING_SECRET (HTTP) too",
    )


def check_knowledge(settings: Settings, today: date | None = None) -> Finding:
    """Whether the knowledge loads, how much it is and how old."""
    folders = over_base(settings.knowledge_path, bundled_knowledge())
    try:
        kb = load_knowledge(folders, settings.cache_path)
    except KnowledgeError as error:
        count = len(error.problems)
        return problem(
            "knowledge", f"{count} mistakes, the first: {error.problems[0]}; run `bot knowledge check`"
        )
    return _age(kb, today or datetime.now(UTC).date())


def _age(kb: KnowledgeBase, today: date) -> Finding:
    rows = sum(len(relation.rows) for relation in kb.relations.values())
    newest = max((source.checked for source in kb.sources.values()), default=None)
    size = f"{len(kb.products)} products, {len(kb.relations)} tables, {rows} rows, {len(kb.facts)} facts"
    if newest is None:
        return ok("knowledge", size)
    days = max(0, (today - newest).days)
    text = f"{size}; last checked {newest} ({days} days ago)"
    if days <= STALE_DAYS:
        return ok("knowledge", text)
    return warning("knowledge", f"{text}: newer releases may be missing; see `bot knowledge refresh --check`")


def doubtful_names(environ: Mapping[str, str]) -> dict[str, str]:
    """The names of `environ` that are none of `VARIABLES` but look like one, with the one they look like."""
    from difflib import get_close_matches  # only `bot doctor` asks

    strange = (name for name in sorted(environ) if name not in VARIABLES and len(name) > len("PORTS"))
    close = {name: get_close_matches(name.upper(), VARIABLES, 1, 0.85) for name in strange}
    return {name: found[0] for name, found in close.items() if found}
