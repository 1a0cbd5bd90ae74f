"""Runs the maintainers' commands, in this process and as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys

from typer.testing import CliRunner, Result

from bot.cli import cli


def run(*arguments: str, text: str | None = None, **environ: str) -> Result:
    """Run `bot knowledge …` in this process."""
    return run_bot("knowledge", *arguments, text=text, **environ)


def run_bot(*arguments: str, text: str | None = None, **environ: str) -> Result:
    """Run `bot …` in this process."""
    return CliRunner().invoke(cli, list(arguments), input=text, env=environ)


def bot(*arguments: str, text: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `bot knowledge …` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "knowledge", *arguments],
        input=text,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
