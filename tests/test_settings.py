"""The environment becomes settings, and a value that cannot be used is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import BotError
from bot.settings import SettingsError, bundled_knowledge, load_settings


def test_an_empty_environment_opens_the_workspace_with_the_bundled_knowledge() -> None:
    """Nothing set is the local workspace on its own port."""
    settings = load_settings({})
    assert settings.mode == "workspace"
    assert (settings.host, settings.port, settings.workspace_port) == ("127.0.0.1", 3000, 8300)
    assert settings.knowledge_path == (bundled_knowledge(),)


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        ({"SLACK_APP_TOKEN": "xapp-1"}, "socket"),
        ({"SLACK_SIGNING_SECRET": "s"}, "http"),
        ({"SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"}, "socket"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "workspace"),
        ({"SLACK_APP_TOKEN": ""}, "workspace"),
    ],
)
def test_the_tokens_tell_how_the_bot_runs(environ: dict[str, str], mode: str) -> None:
    """An app token means Socket Mode, a signing secret alone HTTP; an empty variable is not set."""
    assert load_settings(environ).mode == mode


def test_every_variable_is_read() -> None:
    """Each setting has its variable."""
    settings = load_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_API_URL": "http://127.0.0.1:1/api/",
            "DATABASE_URL": "sqlite+aiosqlite:///x.db",
            "HOST": "0.0.0.0",
            "PORT": "8080",
            "WORKSPACE_PORT": "8400",
            "LOG_LEVEL": "debug",
        }
    )
    assert settings.slack_bot_token == "xoxb-1"
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.database_url == "sqlite+aiosqlite:///x.db"
    assert (settings.host, settings.port, settings.workspace_port) == ("0.0.0.0", 8080, 8400)
    assert settings.log_level == "DEBUG"


def test_several_knowledge_folders_keep_their_order() -> None:
    """Folders are parted as the system parts paths; empty parts are left out."""
    settings = load_settings({"KNOWLEDGE_PATH": os.pathsep.join(["/a", "", "b"])})
    assert settings.knowledge_path == (Path("/a"), Path("b"))


@pytest.mark.parametrize("name", ["PORT", "WORKSPACE_PORT"])
@pytest.mark.parametrize("value", ["0", "65536", "-1", "80a", "８０", "1e3", " 80", "99999999999999999999"])
def test_a_port_that_is_none_is_refused(name: str, value: str) -> None:
    """The message names the variable and what a port is."""
    with pytest.raises(SettingsError, match=f"{name}=.*a port is a number from 1 to 65535"):
        load_settings({name: value})


def test_a_settings_error_is_a_bot_error() -> None:
    """The command line turns it into one plain message."""
    assert issubclass(SettingsError, BotError)


def test_settings_cannot_be_changed() -> None:
    """Settings are read once."""
    settings = load_settings({})
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]  # what is tested


def test_maintainers_are_slack_ids() -> None:
    """With commas, each once."""
    assert load_settings({"MAINTAINERS": "U0ABC, C0DEF,U0ABC"}).maintainers == ("U0ABC", "C0DEF")
    assert load_settings({"MAINTAINERS": ""}).maintainers == ()


@pytest.mark.parametrize("value", ["@somebody", "u0abc", "#general"])
def test_a_maintainer_that_is_no_slack_id_is_refused(value: str) -> None:
    """Names change; ids do not."""
    with pytest.raises(SettingsError, match="MAINTAINERS"):
        load_settings({"MAINTAINERS": value})
