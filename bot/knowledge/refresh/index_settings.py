"""How the user has set up pip: which indexes to ask, and how to connect to them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from bot.knowledge.refresh.errors import RefreshError

SECTIONS: Final = ("global", "install", ":env:")
SECONDS_FOR_PIP: Final = 60
WITHOUT_PIP: Final = "name the index with --index-url, or install pip (python -m ensurepip)"


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """The indexes, in the order of their weight, and the connection; `timeout` in seconds."""

    indexes: tuple[str, ...] = (PYPI_SIMPLE_ENDPOINT,)
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout: float = 15.0
    retries: int = 5


def read_index_settings(chosen: Sequence[str] = ()) -> IndexSettings:
    """What pip is set to (its files and variables), as `pip config list` tells; `chosen` indexes win.

    Raises:
        RefreshError: pip cannot be asked, or is told to use no index.
    """
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        done = subprocess.run(  # noqa: S603  (a fixed command)
            command, capture_output=True, text=True, timeout=SECONDS_FOR_PIP, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        if chosen:
            return IndexSettings(tuple(chosen))
        raise RefreshError(f"pip does not tell its settings: {WITHOUT_PIP}") from error
    settings = parse_pip_config(done.stdout)
    return replace(settings, indexes=tuple(chosen)) if chosen else settings


def parse_pip_config(text: str) -> IndexSettings:
    """Read the lines of `pip config list` (`global.timeout='60'`); variables win over files.

    Raises:
        RefreshError: a number is none, or no index is left.
    """
    values = _values(text)
    default = IndexSettings()
    indexes = (values.get("index-url") or default.indexes[0], *values.get("extra-index-url", "").split())
    if values.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        raise RefreshError("pip is set to use no index (no-index): name one with --index-url")
    return IndexSettings(
        indexes=tuple(dict.fromkeys(url.rstrip("/") + "/" for url in indexes)),
        cert=values.get("cert") or None,
        client_cert=values.get("client-cert") or None,
        proxy=values.get("proxy") or None,
        timeout=_number(values, "timeout", _number(values, "default-timeout", default.timeout)),
        retries=int(_number(values, "retries", default.retries)),
    )


def _values(text: str) -> dict[str, str]:
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in text.splitlines():
        key, _, written = line.partition("=")
        section, _, name = key.strip().rpartition(".")
        if section in found:
            found[section][name] = _unquoted(written.strip())
    merged: dict[str, str] = {}
    for section in SECTIONS:
        merged |= found[section]
    return merged


def _unquoted(written: str) -> str:
    try:
        return str(ast.literal_eval(written))
    except (ValueError, SyntaxError):
        return written


def _number(values: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(values.get(name, default))
    except ValueError as error:
        raise RefreshError(f"pip's setting {name}={values[name]!r} is no number: correct it") from error
