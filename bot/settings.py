"""Configuration: the only module that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import BotError


class SettingsError(BotError):
    """A variable of the environment has a value that cannot be used."""


DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 3000
DEFAULT_WORKSPACE_PORT = 8300
DEFAULT_LOG_LEVEL = "INFO"
SLACK_ID = re.compile("[CDGUW][A-Z0-9]+")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the environment may set. An empty variable counts as not set."""

    slack_bot_token: str | None = None
    slack_app_token: str | None = None
    slack_signing_secret: str | None = None
    slack_client_id: str | None = None
    slack_client_secret: str | None = field(default=None, repr=False)
    token_keys: tuple[str, ...] = field(default=(), repr=False)
    slack_api_url: str | None = None
    database_url: str | None = None
    knowledge_path: tuple[Path, ...] = ()
    cache_path: Path | None = None
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    workspace_port: int = DEFAULT_WORKSPACE_PORT
    log_level: str = DEFAULT_LOG_LEVEL
    maintainers: tuple[str, ...] = ()
    public_url: str | None = None

    @property
    def mode(self) -> str:
        """How `bot` alone runs: `socket`, `http` or `workspace`."""
        if self.slack_app_token:
            return "socket"
        return "http" if self.slack_signing_secret else "workspace"


def bundled_knowledge() -> Path:
    """The knowledge that came with the program: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent
    inside = package / "_knowledge"
    return inside if inside.is_dir() else package.parent / "knowledge"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (by default the process's own).

    Raises:
        SettingsError: a port is not a number from 1 to 65535, the log level is none, or a maintainer is no
            Slack id.
    """
    env = os.environ if environ is None else environ
    folders = tuple(Path(part) for part in env.get("KNOWLEDGE_PATH", "").split(os.pathsep) if part)
    return Settings(
        slack_bot_token=env.get("SLACK_BOT_TOKEN") or None,
        slack_app_token=env.get("SLACK_APP_TOKEN") or None,
        slack_signing_secret=env.get("SLACK_SIGNING_SECRET") or None,
        slack_client_id=env.get("SLACK_CLIENT_ID") or None,
        slack_client_secret=env.get("SLACK_CLIENT_SECRET") or None,
        token_keys=_parts(env, "TOKEN_KEYS"),
        slack_api_url=env.get("SLACK_API_URL") or None,
        database_url=env.get("DATABASE_URL") or None,
        knowledge_path=folders or (bundled_knowledge(),),
        cache_path=_cache(env),
        host=env.get("HOST") or DEFAULT_HOST,
        port=_port(env, "PORT", DEFAULT_PORT),
        workspace_port=_port(env, "WORKSPACE_PORT", DEFAULT_WORKSPACE_PORT),
        log_level=_level(env),
        maintainers=_maintainers(env),
        public_url=env.get("PUBLIC_URL") or None,
    )


def _parts(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, env.get(name, "").split(","))))


def _maintainers(env: Mapping[str, str]) -> tuple[str, ...]:
    names = _parts(env, "MAINTAINERS")
    for name in names:
        if not SLACK_ID.fullmatch(name):
            raise SettingsError(
                f"MAINTAINERS={name!r}: ids of Slack users (U…) or channels (C…), with commas"
            )
    return tuple(dict.fromkeys(names))


def _level(env: Mapping[str, str]) -> str:
    level = (env.get("LOG_LEVEL") or DEFAULT_LOG_LEVEL).upper()
    if level not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL={level!r}: one of {', '.join(LOG_LEVELS)}")
    return level


def _cache(env: Mapping[str, str]) -> Path | None:
    """The user's cache folder as desktops name it; None where the user has no home."""
    if env.get("XDG_CACHE_HOME"):
        return Path(env["XDG_CACHE_HOME"]) / "torchdesk"
    return Path(env["HOME"]) / ".cache" / "torchdesk" if env.get("HOME") else None


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"{name}={text!r}: a port is a number from 1 to 65535")
    return int(text)
