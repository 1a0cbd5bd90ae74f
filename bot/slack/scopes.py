"""The scopes that the bot's features need, as the app's manifest asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

BOT_SCOPES: Final[Mapping[str, str]] = {
    "app_mentions:read": "questions by mention",
    "chat:write": "answers",
    "commands": "the slash command",
    "im:history": "questions in direct messages",
}
"""Each scope of the bot token with what does not work without it."""

APP_SCOPE: Final = "connections:write"
"""The one scope of an app-level token."""
