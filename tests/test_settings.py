"""The environment becomes settings, and a value that cannot be used is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy.engine import make_url

from bot.errors import BotError
from bot.settings import (
    VARIABLES,
    Settings,
    SettingsError,
    bundled_knowledge,
    effective_environment,
    load_settings,
)

KEY: Final = "A" * 43 + "="
OTHER_KEY: Final = "b-_9" * 10 + "xyz="
BOT: Final = {"SLACK_BOT_TOKEN": "xoxb-1"}
OAUTH: Final = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "client", "TOKEN_KEYS": KEY}
EVERY: Final = {
    **BOT,
    **OAUTH,
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_SIGNING_SECRET": "signing",
    "TOKEN_KEYS": f"{KEY}, {OTHER_KEY},{KEY}",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "DATABASE_URL": "sqlite+aiosqlite:///x.db",
    "KNOWLEDGE_PATH": "knowledge",
    "HOST": "0.0.0.0",
    "PORT": "8080",
    "WORKSPACE_PORT": "8400",
    "METRICS_PORT": "9090",
    "PUBLIC_URL": "https://bot.example.com/",
    "LOG_LEVEL": "debug",
    "LOG_FORMAT": "Console",
    "MAINTAINERS": "U0ABC",
    "RETENTION_DAYS": "7",
    "LEASE_SECONDS": "0.5",
    "QUESTIONS_PER_MINUTE": "3",
    "ANSWER_EXTERNAL": "Yes",
    "XDG_CACHE_HOME": "caches",
}


class Recording(dict[str, str]):
    """An environment that notes which variables are looked at."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # narrower
        """Note the name."""
        self.read.add(name)
        return super().get(name, default)


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with an environment; nothing if it can be used."""
    try:
        load_settings(environ)
    except SettingsError as error:
        return error.problems
    return ()


def named(environ: Mapping[str, str]) -> list[str]:
    """The variables that the problems of an environment begin with, in their order."""
    return [line.partition(":")[0].partition("=")[0] for line in problems(environ)]


def test_an_empty_environment_opens_the_workspace_with_the_bundled_knowledge() -> None:
    """Nothing set is the local workspace on its own port."""
    settings = load_settings({})
    assert settings.mode == "workspace"
    assert (settings.host, settings.port, settings.workspace_port) == ("127.0.0.1", 3000, 8300)
    assert settings.knowledge_path == (bundled_knowledge(),)


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        (BOT | {"SLACK_APP_TOKEN": "xapp-1"}, "socket"),
        (BOT | {"SLACK_SIGNING_SECRET": "s"}, "http"),
        (BOT | {"SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"}, "socket"),
        (OAUTH | {"SLACK_APP_TOKEN": "xapp-1"}, "socket"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "workspace"),
        ({"SLACK_APP_TOKEN": ""}, "workspace"),
    ],
)
def test_the_tokens_tell_how_the_bot_runs(environ: dict[str, str], mode: str) -> None:
    """An app token means Socket Mode, a signing secret alone HTTP; an empty variable is not set."""
    assert load_settings(environ).mode == mode


def test_every_variable_is_read() -> None:
    """Each setting has its variable."""
    settings = load_settings(EVERY)
    assert settings.slack_bot_token == "xoxb-1"
    assert settings.slack_app_token == "xapp-1"
    assert settings.slack_signing_secret == "signing"
    assert (settings.slack_client_id, settings.slack_client_secret) == ("1.2", "client")
    assert settings.token_keys == (KEY, OTHER_KEY)
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.database_url == "sqlite+aiosqlite:///x.db"
    assert settings.cache_path == Path("caches") / "torchdesk"
    assert (settings.host, settings.port, settings.workspace_port) == ("0.0.0.0", 8080, 8400)
    assert (settings.metrics_port, settings.public_url) == (9090, "https://bot.example.com")
    assert (settings.log_level, settings.log_format) == ("DEBUG", "console")
    assert (settings.retention_days, settings.lease_seconds, settings.questions_per_minute) == (7, 0.5, 3)


def test_several_knowledge_folders_keep_their_order() -> None:
    """Folders are parted as the system parts paths; empty parts are left out."""
    settings = load_settings({"KNOWLEDGE_PATH": os.pathsep.join(["/a", "", "b"])})
    assert settings.knowledge_path == (Path("/a"), Path("b"))


@pytest.mark.parametrize("name", ["PORT", "WORKSPACE_PORT", "METRICS_PORT"])
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


def test_every_problem_is_told_at_once() -> None:
    """A line for each, with the variable's name."""
    wrong = {
        "SLACK_BOT_TOKEN": "xoxp-1",
        "SLACK_APP_TOKEN": "xoxb-1",
        "SLACK_CLIENT_ID": "1.2",
        "TOKEN_KEYS": "short",
        "PORT": "x",
        "LOG_LEVEL": "loud",
        "RETENTION_DAYS": "never",
    }
    found = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TOKEN_KEYS", "PORT", "LOG_LEVEL", "RETENTION_DAYS"]
    assert named(wrong) == [*found, "SLACK_CLIENT_SECRET"]
    with pytest.raises(SettingsError) as caught:
        load_settings(wrong)
    assert str(caught.value).splitlines() == list(problems(wrong))


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1", "begin with xoxb-"),
        ("SLACK_BOT_TOKEN", '"xoxb-1"', "no quotes"),
        ("SLACK_BOT_TOKEN", "xoxb-1\n", "line end"),
        ("SLACK_BOT_TOKEN", "xoxb-1 2", "a space"),
        ("SLACK_APP_TOKEN", "xoxb-1", "begin with xapp-"),
        ("SLACK_SIGNING_SECRET", "ab c", "a space"),
        ("SLACK_CLIENT_SECRET", "ab\tc", "copy it again"),
        ("TOKEN_KEYS", f"{KEY},{KEY[:-1]}", "key 2 of 2 is no Fernet key"),
        ("TOKEN_KEYS", KEY.replace("A", "+"), "key 1 of 1 is no Fernet key"),
        ("SLACK_API_URL", "127.0.0.1:8300/api/", "no http:// or https:// address"),
        ("SLACK_API_URL", "ftp://example.com/api/", "no http:// or https:// address"),
        ("SLACK_API_URL", "http://user:pw@example.com/api/", "without a name and password"),
        ("SLACK_API_URL", "https://", "no http:// or https:// address"),
        ("SLACK_API_URL", "http://example.com:x/api/", "no http:// or https:// address"),
        ("PUBLIC_URL", "http://bot.example.com", "must begin with https://"),
        ("PUBLIC_URL", "bot.example.com", "no address of a site"),
        ("PUBLIC_URL", "https://bot.example.com/?a=b", "no address of a site"),
        ("HOST", "http://0.0.0.0", "a name or an address alone"),
        ("HOST", "127.0.0.1:3000", "the port goes to PORT"),
        ("LOG_LEVEL", "loud", "one of DEBUG"),
        ("LOG_FORMAT", "xml", "one of json, console"),
        ("RETENTION_DAYS", "-1", "a whole number from 0"),
        ("RETENTION_DAYS", "1.5", "a whole number from 0"),
        ("QUESTIONS_PER_MINUTE", "many", "a whole number from 0"),
        ("ANSWER_EXTERNAL", "1", "one of no, yes"),
        ("LEASE_SECONDS", "0", "a number of seconds"),
        ("LEASE_SECONDS", "nan", "a number of seconds"),
        ("LEASE_SECONDS", "1e3", "a number of seconds"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_what_to_do(name: str, value: str, what: str) -> None:
    """The problem begins with the variable's name."""
    found = [problem for problem in problems({**BOT, **OAUTH, name: value}) if problem.startswith(name)]
    assert len(found) == 1
    assert what in found[0]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///torchdesk.db",
        "sqlite+aiosqlite:////srv/torchdesk.db",
        "sqlite:///:memory:",
        "postgres://host/name",
        "postgresql+asyncpg://user:p%40ss@host:5432/name?ssl=require",
        "postgresql://user:a/b#c@[::1]:5432/name",
        "postgresql:///name?host=/run/postgresql",
    ],
)
def test_a_database_url_of_any_usual_form_is_taken(url: str) -> None:
    """What SQLAlchemy reads is taken, a password of odd letters too."""
    assert load_settings({"DATABASE_URL": url}).database_url == url
    assert make_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "torchdesk.db",
        "sqlite://torchdesk.db",
        "mysql://host/name",
        "postgresql://hunter2@h:port/n",
        "postgresql://user:hunter@2@host/name",
        "db:5432",
    ],
)
def test_a_database_url_that_is_none_is_refused_without_being_shown(url: str) -> None:
    """It may hold a password."""
    (problem,) = problems({"DATABASE_URL": url})
    assert problem.startswith("DATABASE_URL: no address of a database")
    assert url not in problem


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("postgresql://user:one@host/name?password=two", {"one", "two"}),
        ("postgresql://user:[p]#?w@host:5432/name", {"[p]#?w"}),
        ("postgresql://user:p%40s@host/name", {"p%40s", "p@s"}),
        ("postgresql://host/name?user=bot&password=p%40s+t", {"p%40s+t", "p@s+t", "p@s t"}),
        ("postgresql://user@host/name", set()),
        ("[", set()),
    ],
)
def test_a_databases_password_is_a_secret(url: str, secrets: set[str]) -> None:
    """Wherever in the address it stands and whatever letters it has, as written and as it is meant."""
    found = Settings(database_url=url).secrets
    assert (set(found), len(found)) == (secrets, len(secrets))


@pytest.mark.parametrize(
    "url", ["https://bot.example.com/torch", "http://127.0.0.1:3000", "http://localhost"]
)
def test_the_public_address_is_https_or_this_machine(url: str) -> None:
    """Plain http is for trying things out."""
    assert load_settings({"PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize("name", sorted(EVERY.keys() - {"XDG_CACHE_HOME", "KNOWLEDGE_PATH"}))
@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12-hunter2 ",
        " xapp-1-hunter2",
        "xoxe.xoxp-hunter2",
        "mysql://u:hunter2@h/n ",
        "0123456789abcdef0123456789abcdef hunter2",
    ],
)
def test_a_secret_in_the_wrong_place_is_never_printed_back(name: str, secret: str) -> None:
    """Whatever variable it landed in."""
    text = "\n".join(problems({**EVERY, name: secret}))
    assert text
    assert "hunter2" not in text


def test_no_secret_is_in_what_settings_look_like() -> None:
    """`repr` is what a log or a traceback would show."""
    settings = load_settings(EVERY | {"DATABASE_URL": "postgresql://user:hunter2@host/name"})
    for shown in (repr(settings), str(settings), f"{settings}"):
        for secret in ("xoxb-1", "xapp-1", "signing'", "'client'", KEY, OTHER_KEY, "hunter2"):
            assert secret not in shown
        assert "port=8080" in shown


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": "s"}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "wrong"}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_CLIENT_ID": "1.2"}, ["SLACK_CLIENT_SECRET", "TOKEN_KEYS"]),
        ({"SLACK_CLIENT_SECRET": "c"}, ["SLACK_CLIENT_ID"]),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c"}, ["TOKEN_KEYS"]),
        (OAUTH, []),
        ({"TOKEN_KEYS": KEY}, []),
    ],
)
def test_what_belongs_together_is_asked_for(environ: dict[str, str], missing: list[str]) -> None:
    """The problem names the variable that is missing."""
    assert named(environ) == missing


def test_a_rotated_bot_token_is_one() -> None:
    """With token rotation switched on, Slack puts one more prefix in front."""
    assert load_settings({"SLACK_BOT_TOKEN": "xoxe.xoxb-1-a"}).slack_bot_token == "xoxe.xoxb-1-a"


def test_the_env_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also an empty variable wins; quotes and comments are as usual, and `$` stays as it is."""
    text = "\ufeff# ours\nexport PORT=4000 # there\nHOST='::1'\nLOG_LEVEL=ERROR\n"
    text += 'SLACK_SIGNING_SECRET="a${b}"\n'
    (tmp_path / ".env").write_text(text + "SLACK_BOT_TOKEN=xoxb-1\nMAINTAINERS\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("LOG_LEVEL", "")
    settings = load_settings()
    assert (settings.port, settings.host, settings.log_level) == (4000, "0.0.0.0", "INFO")
    assert settings.slack_signing_secret == "a${b}"


def test_without_an_env_file_its_reader_is_not_loaded(tmp_path: Path) -> None:
    """`bot ask` stays quick; so does a folder of that name, as a virtual environment may have."""
    (tmp_path / ".env").mkdir()
    program = "import sys; from bot.settings import load_settings; load_settings(); print(*sys.modules)"
    environ = {"PYTHONPATH": str(bundled_knowledge().parent), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "bot.settings" in loaded
    assert loaded.isdisjoint({"dotenv", "pydantic", "cryptography", "sqlalchemy", "difflib"})


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PORT=1\nthis is = no line hunter2\n", ".env:2: write NAME=value"),
        (b"\xff\xfe\x00hunter2", "not UTF-8"),
    ],
)
def test_an_env_file_that_cannot_be_read_is_a_problem(
    content: bytes, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in it is not printed."""
    (tmp_path / ".env").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=what) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_the_example_file_has_every_variable_and_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is missing, none is left over, and as it is it sets what is so anyway."""
    shutil.copy(Path(__file__).parent.parent / ".env.example", tmp_path / ".env")
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as emptied:
        for name in os.environ.keys() - {"HOME"}:
            emptied.delenv(name)
        example = Recording(effective_environment())
    assert load_settings(example) == load_settings({"HOME": example["HOME"]})
    assert example.keys() - {"HOME"} == set(VARIABLES)
    assert example.read - {"HOME", "XDG_CACHE_HOME"} == set(VARIABLES)


def test_nothing_kept_and_no_limit_are_settings() -> None:
    """0 keeps no text once its question is dealt with, and limits nobody."""
    settings = load_settings({"RETENTION_DAYS": "0", "QUESTIONS_PER_MINUTE": "0"})
    assert (settings.retention_days, settings.questions_per_minute) == (0, 0)
