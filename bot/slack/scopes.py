"""What the bot asks a workspace for: the scopes of the manifest, and no more."""

from __future__ import annotations

from typing import Final

BOT_SCOPES: Final = ("app_mentions:read", "chat:write", "commands", "im:history")
"""As in docs/slack-app-manifest.yaml, where each is explained; a test holds the two together."""
