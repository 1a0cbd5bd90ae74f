"""The whole examination in order: settings, mode, knowledge, database, and Slack where it is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.doctoring.database import check_database
from bot.doctoring.findings import Finding, ok, problem
from bot.doctoring.here import check_knowledge, check_mode, check_settings
from bot.doctoring.live import check_slack
from bot.settings import SettingsError, effective_environment, load_settings


async def examine(*, live: bool) -> AsyncIterator[Finding]:
    """Look at everything, and give each finding as soon as it is known. `live` asks Slack too.

    Settings that cannot be used end it: all else rests on them.
    """
    try:
        environ = effective_environment()
        settings = load_settings(environ)
    except SettingsError as error:
        for line in error.problems:
            yield problem("settings", line)
        return
    for finding in (*check_settings(settings, environ), *check_mode(settings), check_knowledge(settings)):
        yield finding
    if settings.database_url or settings.mode != "workspace":
        yield await check_database(settings.database_url)
    else:
        yield ok("database", "none is set: the local workspace keeps everything in memory")
    if live:
        async for finding in check_slack(settings):
            yield finding
