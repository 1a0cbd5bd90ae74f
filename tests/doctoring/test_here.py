"""What is seen on this machine: settings by name, the mode, the knowledge."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.doctoring.here import check_knowledge, check_mode, check_settings, doubtful_names
from bot.settings import Settings, bundled_knowledge, load_settings

BOT = {"SLACK_BOT_TOKEN": "xoxb-hunter2"}
OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hunter2", "TOKEN_KEYS": "A" * 43 + "="}


def settings_lines(environ: dict[str, str]) -> list[str]:
    """What is said of an environment."""
    return [str(finding) for finding in check_settings(load_settings(environ), environ)]


def test_variables_are_told_by_name_alone() -> None:
    """Never their values; an empty one is not set."""
    environ = BOT | {"DATABASE_URL": "postgresql://u:hunter2@h/n", "PORT": ""}
    assert settings_lines(environ) == ["ok       settings: set: SLACK_BOT_TOKEN, DATABASE_URL"]
    assert settings_lines({}) == ["ok       settings: none is set, and none has to be"]


def test_a_misspelt_variable_is_a_warning() -> None:
    """It would have no effect, in silence."""
    assert settings_lines({"SLACK_APP_TOKN": "xapp-hunter2"})[1:] == [
        "warning  settings: SLACK_APP_TOKN is no variable of the bot: is SLACK_APP_TOKEN meant?"
    ]


@pytest.mark.parametrize(
    ("url", "warned"),
    [("http://proxy.example/api/", True), ("http://127.0.0.1:1/api/", False), ("https://p/", False)],
)
def test_tokens_in_the_open_are_a_warning(url: str, warned: bool) -> None:
    """Plain http beyond this machine."""
    assert bool(settings_lines({"SLACK_API_URL": url})[1:]) is warned


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ["ok       mode: `bot` opens the local workspace on port 8300"]),
        (BOT | {"SLACK_APP_TOKEN": "xapp-1"}, ["ok       mode: `bot` joins Slack by Socket Mode"]),
        (
            BOT | {"SLACK_SIGNING_SECRET": "s"},
            ["ok       mode: `bot` serves Slack over HTTP on 127.0.0.1, port 3000"],
        ),
        (BOT, ["warning  mode: `bot` opens the local workspace on port 8300, though SLACK_BOT_TOKEN is set: "
               "to join Slack set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) too"]),
        (
            OAUTH | {"SLACK_SIGNING_SECRET": "s"},
            [
                "ok       mode: `bot` serves Slack over HTTP on 127.0.0.1, port 3000",
                "warning  mode: PUBLIC_URL is not set: Slack sends people who install the app back to "
                "the bot's own address",
            ],
        ),
    ],
)  # fmt: skip
def test_the_mode_is_told(environ: dict[str, str], expected: list[str]) -> None:
    """And what is missing where it may not be the one that was meant."""
    assert [str(finding) for finding in check_mode(load_settings(environ))] == expected


@pytest.fixture(scope="module")
def shipped() -> Settings:
    """Settings with the bundled knowledge."""
    return Settings(knowledge_path=(bundled_knowledge(),), cache_path=load_settings().cache_path)


@pytest.mark.parametrize(("today", "level"), [(date(2026, 12, 1), "ok"), (date(2028, 1, 1), "warning")])
def test_knowledge_is_told_with_its_size_and_age(shipped: Settings, today: date, level: str) -> None:
    """Old knowledge is a warning."""
    line = str(check_knowledge(shipped, today))
    assert line.startswith(f"{level:<8} knowledge: ")
    assert " tables, " in line
    assert "last checked 2026-" in line


def test_broken_knowledge_is_a_problem(tmp_path: Path) -> None:
    """The first mistake, how many there are, and the command that lists all."""
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "bad.yaml").write_text("facts: 3\n", encoding="utf-8")
    line = str(check_knowledge(Settings(knowledge_path=(tmp_path,))))
    assert line.startswith("problem  knowledge: 1 mistakes, the first: ")
    assert "bad.yaml:1: facts: " in line
    assert line.endswith("; run `bot knowledge check`")


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """KNOWLEDGE_PATH may be misspelt."""
    line = str(check_knowledge(Settings(knowledge_path=(tmp_path / "nowhere",))))
    assert line.startswith("problem  knowledge: ")
    assert "nowhere" in line


def test_a_name_that_looks_like_one_of_ours_is_doubtful() -> None:
    """A slip of the finger is told; what is ours or far from it is not."""
    names = ["SLACK_BOT_TOKENS", "DATABASE_URI", "loglevel", "PORT", "HOME", "HOSTNAME", "PATH", "PGHOST"]
    assert doubtful_names(dict.fromkeys(names, "x")) == {
        "SLACK_BOT_TOKENS": "SLACK_BOT_TOKEN",
        "DATABASE_URI": "DATABASE_URL",
        "loglevel": "LOG_LEVEL",
    }
