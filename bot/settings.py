"""Configuration: the only module that reads the environment, and `.env` in the working directory."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, unquote_plus, urlsplit

from bot.errors import BotError


class SettingsError(BotError):
    """Variables of the environment that cannot be used: a line for each, with its name and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


DEFAULT_HOST = "127.0.0.1"
DEFAULT_DATABASE = "sqlite:///torchdesk.db"
DEFAULT_PORT = 3000
DEFAULT_WORKSPACE_PORT = 8300
DEFAULT_LOG_LEVEL = "INFO"
DEFAULT_LOG_FORMAT = "json"
DEFAULT_RETENTION_DAYS = 30
DEFAULT_LEASE_SECONDS = 30.0
DEFAULT_QUESTIONS_PER_MINUTE = 20
NO, YES = "no", "yes"
SLACK_ID = "[CDGUW][A-Z0-9]+"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("json", "console")

ENV_FILE: Final = Path(".env")
VARIABLES: Final = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "TOKEN_KEYS",
    "SLACK_API_URL",
    "DATABASE_URL",
    "KNOWLEDGE_PATH",
    "HOST",
    "PORT",
    "WORKSPACE_PORT",
    "METRICS_PORT",
    "PUBLIC_URL",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "MAINTAINERS",
    "RETENTION_DAYS",
    "LEASE_SECONDS",
    "QUESTIONS_PER_MINUTE",
    "ANSWER_EXTERNAL",
)

# Patterns are compiled when a value is there to be looked at: most starts have none.
_CONFIDENTIAL: Final = r"(?i)xox[a-z]|xapp-|://[^/]*@|[0-9a-f]{32}|[\w-]{43}="
_PREFIXES: Final = "xox[a-z]|xapp-"
_HOST: Final = r"[\w.-]+|[\w:.%]*:[\w.%]*:[\w:.%]*"
_ROTATED: Final = "xoxe."
_FERNET_KEY: Final = "[A-Za-z0-9_-]{43}="
_DATABASE: Final = r"(?s)(sqlite|postgres|postgresql)(?:\+\w+)?://(.*)"
_CREDENTIALS: Final = "[^:/]*(?::([^@]*))?@"
_IN_QUERY: Final = r"[?&]\w*password=([^&]*)"
_SERVER: Final = r"(\[[^\]]*\]|[^/:?@\s]*)(:[0-9]+)?([/?]\S*)?"
_MAKE_KEY: Final = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the environment may set. An empty variable counts as not set.

    Secrets, and the database's address with its password, are in no `repr`.
    """

    slack_bot_token: str | None = field(default=None, repr=False)
    slack_app_token: str | None = field(default=None, repr=False)
    slack_signing_secret: str | None = field(default=None, repr=False)
    slack_client_id: str | None = None
    slack_client_secret: str | None = field(default=None, repr=False)
    token_keys: tuple[str, ...] = field(default=(), repr=False)
    slack_api_url: str | None = field(default=None, repr=False)
    database_url: str | None = field(default=None, repr=False)
    knowledge_path: tuple[Path, ...] = ()
    cache_path: Path | None = None
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    workspace_port: int = DEFAULT_WORKSPACE_PORT
    metrics_port: int | None = None
    public_url: str | None = None
    log_level: str = DEFAULT_LOG_LEVEL
    log_format: str = DEFAULT_LOG_FORMAT
    maintainers: tuple[str, ...] = ()
    retention_days: int = DEFAULT_RETENTION_DAYS
    lease_seconds: float = DEFAULT_LEASE_SECONDS
    questions_per_minute: int = DEFAULT_QUESTIONS_PER_MINUTE
    answer_external: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown anywhere, whole or in part of a line."""
        named = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.slack_client_secret,
            *_passwords(self.database_url or ""),
            *self.token_keys,
        )
        return tuple(secret for secret in named if secret)

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
    """Read the settings from `environ`; by default from `.env`, over which the process's own variables win.

    A variable of the process that is empty wins too: it switches off what `.env` sets.

    Raises:
        SettingsError: with every problem at once. No value that may be a secret stands in it.
    """
    reader = _Reader(effective_environment() if environ is None else environ)
    settings = reader.settings()
    problems = [*reader.problems, *_unfit_together(reader.env)]
    if problems:
        raise SettingsError(*problems)
    return settings


def effective_environment() -> Mapping[str, str]:
    """The variables of `.env` in the working directory, and over them the process's own.

    Raises:
        SettingsError: `.env` cannot be read.
    """
    return {**_read_env_file(ENV_FILE), **os.environ} if ENV_FILE.is_file() else os.environ


def _read_env_file(path: Path) -> dict[str, str]:
    from dotenv.parser import parse_stream  # costs time, and few have the file

    try:
        with path.open(encoding="utf-8-sig") as stream:
            lines = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{path} cannot be read: {reason}") from None
    wrong = [line.original.line for line in lines if line.error]
    if wrong:
        raise SettingsError(
            *(f"{path}:{number}: write NAME=value, or # before a comment" for number in wrong)
        )
    return {line.key: line.value or "" for line in lines if line.key}


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine itself."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


class _Reader:
    """Reads one variable after the other, and goes on after a problem so that all are told at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env: Final = env
        self.problems: list[str] = []

    def settings(self) -> Settings:
        """All settings; where a value has a problem, as if it were not set."""
        return Settings(
            slack_bot_token=self._token("SLACK_BOT_TOKEN", "xoxb-", "the Bot User OAuth Token of the app"),
            slack_app_token=self._token("SLACK_APP_TOKEN", "xapp-", "an app-level token of the app"),
            slack_signing_secret=self._secret("SLACK_SIGNING_SECRET"),
            slack_client_id=self._secret("SLACK_CLIENT_ID"),
            slack_client_secret=self._secret("SLACK_CLIENT_SECRET"),
            token_keys=self._token_keys(),
            slack_api_url=self._api_url(),
            database_url=self._database_url(),
            knowledge_path=self._folders() or (bundled_knowledge(),),
            cache_path=self._cache(),
            host=self._host(),
            port=self._port("PORT") or DEFAULT_PORT,
            workspace_port=self._port("WORKSPACE_PORT") or DEFAULT_WORKSPACE_PORT,
            metrics_port=self._port("METRICS_PORT"),
            public_url=self._public_url(),
            log_level=self._choice("LOG_LEVEL", LOG_LEVELS, DEFAULT_LOG_LEVEL),
            log_format=self._choice("LOG_FORMAT", LOG_FORMATS, DEFAULT_LOG_FORMAT),
            maintainers=self._maintainers(),
            retention_days=self._whole("RETENTION_DAYS", DEFAULT_RETENTION_DAYS, 36_500),
            lease_seconds=self._seconds("LEASE_SECONDS", DEFAULT_LEASE_SECONDS),
            questions_per_minute=self._whole("QUESTIONS_PER_MINUTE", DEFAULT_QUESTIONS_PER_MINUTE, 100_000),
            answer_external=self._choice("ANSWER_EXTERNAL", (NO, YES), NO) == YES,
        )

    def _text(self, name: str) -> str | None:
        return self.env.get(name) or None

    def _refuse(self, name: str, value: str, what: str) -> None:
        """Note a problem, with the value unless it may be a secret that landed in the wrong place."""
        shown = "" if re.search(_CONFIDENTIAL, value) else f"={value[:60]!r}"
        self.problems.append(f"{name}{shown}: {what}")

    def _refuse_secret(self, name: str, what: str) -> None:
        self.problems.append(f"{name}: {what}")

    def _token(self, name: str, prefix: str, what: str) -> str | None:
        token = self._text(name)
        if token is None:
            return None
        if not token.removeprefix(_ROTATED).startswith(prefix):
            self._refuse_secret(name, f"it must begin with {prefix} (no quotes around it): copy {what} again")
            return None
        return self._printable(name, token)

    def _secret(self, name: str) -> str | None:
        secret = self._text(name)
        if secret is not None and re.match(_PREFIXES, secret):
            self._refuse_secret(name, "a token stands here: copy it from the app's page Basic Information")
            return None
        return self._printable(name, secret)

    def _printable(self, name: str, secret: str | None) -> str | None:
        if secret is None or re.fullmatch("[!-~]+", secret):
            return secret
        self._refuse_secret(name, "a space, a line end or a strange letter is in it: copy it again")
        return None

    def _token_keys(self) -> tuple[str, ...]:
        keys = [part.strip() for part in (self._text("TOKEN_KEYS") or "").split(",") if part.strip()]
        for number, key in enumerate(keys, start=1):
            if not re.fullmatch(_FERNET_KEY, key):
                what = f"key {number} of {len(keys)} is no Fernet key (44 characters); make one: {_MAKE_KEY}"
                self._refuse_secret("TOKEN_KEYS", what)
        return tuple(dict.fromkeys(keys))

    def _api_url(self) -> str | None:
        url = self._text("SLACK_API_URL")
        if url is None or (_is_url(url) and url.startswith(("http://", "https://")) and "@" not in url):
            return url
        self._refuse_secret(
            "SLACK_API_URL",
            "no http:// or https:// address (without a name and password); empty for Slack itself",
        )
        return None

    def _public_url(self) -> str | None:
        url = self._text("PUBLIC_URL")
        if url is None:
            return None
        if not _is_url(url) or set("?#@") & set(url):
            self._refuse_secret("PUBLIC_URL", "no address of a site: write https:// and the bot's host name")
        elif not url.startswith("https://") and not (url.startswith("http://") and is_loopback(url)):
            self._refuse_secret("PUBLIC_URL", "it must begin with https:// (Slack sends people back to it)")
        return url.rstrip("/")

    def _database_url(self) -> str | None:
        url = self._text("DATABASE_URL")
        if url is not None and not _is_database(url):
            self._refuse_secret(
                "DATABASE_URL",
                "no address of a database: sqlite:///file.db or postgresql://user:password@host:5432/name, "
                "a password's /, @, : and % written as %2F, %40, %3A and %25",
            )
        return url

    def _folders(self) -> tuple[Path, ...]:
        return tuple(Path(part) for part in self.env.get("KNOWLEDGE_PATH", "").split(os.pathsep) if part)

    def _cache(self) -> Path | None:
        """The user's cache folder as desktops name it; None where the user has no home."""
        if self.env.get("XDG_CACHE_HOME"):
            return Path(self.env["XDG_CACHE_HOME"]) / "torchdesk"
        return Path(self.env["HOME"]) / ".cache" / "torchdesk" if self.env.get("HOME") else None

    def _host(self) -> str:
        host = self._text("HOST") or DEFAULT_HOST
        if not re.fullmatch(_HOST, host) or re.match(_PREFIXES, host):
            self._refuse(
                "HOST", host, "a name or an address alone, as 127.0.0.1 or 0.0.0.0; the port goes to PORT"
            )
        return host

    def _port(self, name: str) -> int | None:
        text = self._text(name)
        if text is None or (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            return None if text is None else int(text)
        self._refuse(name, text, "a port is a number from 1 to 65535")
        return None

    def _whole(self, name: str, default: int, most: int) -> int:
        text = self._text(name)
        if text is None:
            return default
        if re.fullmatch("[0-9]{1,9}", text) and int(text) <= most:
            return int(text)
        self._refuse(name, text, f"a whole number from 0 to {most}")
        return default

    def _seconds(self, name: str, default: float) -> float:
        text = self._text(name)
        if text is None:
            return default
        seconds = float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) else math.nan
        if 0.1 <= seconds <= 3600:
            return seconds
        self._refuse(name, text, "a number of seconds from 0.1 to 3600")
        return default

    def _choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        text = self._text(name) or default
        chosen = next((choice for choice in choices if choice.lower() == text.lower()), None)
        if chosen is None:
            self._refuse(name, text, f"one of {', '.join(choices)}")
        return chosen or default

    def _maintainers(self) -> tuple[str, ...]:
        names = tuple(filter(None, map(str.strip, self.env.get("MAINTAINERS", "").split(","))))
        for name in names:
            if not re.fullmatch(SLACK_ID, name):
                self._refuse("MAINTAINERS", name, "ids of Slack users (U…) or channels (C…), with commas")
        return tuple(dict.fromkeys(names))


def _is_url(text: str) -> bool:
    if not re.fullmatch("[!-~]+", text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _is_database(url: str) -> bool:
    """Whether a URL has the form that SQLAlchemy reads; it stays unloaded until the database opens."""
    found = re.fullmatch(_DATABASE, url)
    if found is None:
        return False
    kind, rest = found.groups()
    if kind == "sqlite":
        return not rest or rest.startswith("/")
    return re.fullmatch(_SERVER, rest[len(_matched(_CREDENTIALS, rest)) :]) is not None


def _passwords(url: str) -> Iterator[str]:
    """The passwords in a database's URL, as written and as they are meant; any text is read."""
    rest = url.partition("://")[2]
    found = re.match(_CREDENTIALS, rest)
    for written in (found[1] or "" if found else "", *re.findall(_IN_QUERY, rest)):
        yield from dict.fromkeys((written, unquote(written), unquote_plus(written)))


def _matched(pattern: str, text: str) -> str:
    found = re.match(pattern, text)
    return found[0] if found else ""


def _unfit_together(env: Mapping[str, str]) -> Iterator[str]:
    """What no variable shows by itself. One with a problem of its own counts as set."""
    joins = next((name for name in ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET") if env.get(name)), None)
    if joins and not env.get("SLACK_BOT_TOKEN") and not env.get("SLACK_CLIENT_ID"):
        yield (
            f"SLACK_BOT_TOKEN: not set, though {joins} is: set the bot token (xoxb-...), "
            "or SLACK_CLIENT_ID to serve many workspaces"
        )
    pair = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
    for name, other in (pair, pair[::-1]):
        if env.get(other) and not env.get(name):
            yield f"{name}: not set, though {other} is: copy both from the app's page Basic Information"
    if env.get("SLACK_CLIENT_ID") and not env.get("TOKEN_KEYS"):
        yield f"TOKEN_KEYS: not set, though SLACK_CLIENT_ID is: workspaces' tokens are encrypted; {_MAKE_KEY}"
