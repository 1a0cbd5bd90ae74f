"""The bot over HTTP as `bot serve` has it, without the second between two messages in a channel."""

from __future__ import annotations

import asyncio

from bot.cli import _pipeline
from bot.serving import serve
from bot.settings import load_settings
from bot.slack.handling import Pace

if __name__ == "__main__":
    settings = load_settings()
    asyncio.run(serve(_pipeline(settings), settings, http=True, pace=Pace(post_seconds=0)))
