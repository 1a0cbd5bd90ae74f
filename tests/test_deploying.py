"""What is written for who deploys the bot: commands, settings, probes and figures are the program's own."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import typer
import yaml
from starlette.routing import Route

from bot.cli import cli
from bot.metrics import Metrics
from bot.settings import DEFAULT_LEASE_SECONDS, DEFAULT_RETENTION_DAYS, VARIABLES
from bot.slack.handling import LATE_SECONDS, LONGEST_WAIT, STALE_SECONDS, TOKEN_WAIT
from bot.slack.listening import CLOSING_SECONDS
from bot.slack.probes import Health, probe_routes
from bot.slack.settling import MOST_TRIES
from bot.slack.worker import AT_ONCE, DRAIN_SECONDS

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
UNIT: Final = DOCS / "deploying" / "torchdesk.service"
STOPPING: Final = CLOSING_SECONDS + DRAIN_SECONDS
PAGES: Final = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
ASSIGNMENT: Final = re.compile(r"[A-Z_]+=")
CODE: Final = re.compile(r"`+(?:sh\n)?([^`]+)`+")
COMMAND: Final = re.compile(r"^(?:\$ )?(?:\S*bin/)?bot((?: [\w-]+)*)", re.MULTILINE)
SECRET: Final = re.compile(r"xox[a-z]-\w|xapp-\w|[\w-]{43}=|://[^/\s]+:[^/\s]+@")

Tree = dict[str, Any]  # as YAML gives it


def procfile() -> dict[str, list[str]]:
    """The words of each line of the Procfile, by the kind of process."""
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    return {kind: shlex.split(command) for kind, _, command in (line.partition(":") for line in lines)}


def is_command(words: Sequence[str]) -> bool:
    """Whether `bot` with these words is a command; what comes behind a command is its arguments."""
    command: object = typer.main.get_command(cli)
    for word in words:
        commands = getattr(command, "commands", None)
        if commands is None:
            return True
        if word not in commands:
            return False
        command = commands[word]
    return not hasattr(command, "commands") or bool(getattr(command, "invoke_without_command", False))


def pods() -> Iterator[Tree]:
    """The specification of each pod."""
    for document in yaml.safe_load_all((DOCS / "deploying" / "kubernetes.yaml").read_text("utf-8")):
        if document["kind"] == "Deployment":
            yield document["spec"]["template"]["spec"]


def containers() -> Iterator[Tree]:
    """Each container, those that run before the others included."""
    for pod in pods():
        for kind in ("initContainers", "containers"):
            yield from pod[kind]


def unit() -> dict[str, list[str]]:
    """The service's settings, each with all its values."""
    lines = [line.partition("=") for line in UNIT.read_text("utf-8").splitlines() if line[:1] not in "#[ "]
    names = {name for name, _, _ in lines}
    return {name: [value for key, _, value in lines if key == name] for name in names}


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading of a page."""
    text = (DOCS / page).read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in lines[2:]]


def test_the_procfile_runs_commands_that_exist() -> None:
    """The release brings the tables up to date, and both ways to reach Slack have their process."""
    commands = procfile()
    assert set(commands) == {"release", "web", "worker"}
    for words in commands.values():
        given = [word for word in words if ASSIGNMENT.match(word)]
        program, *rest = words[len(given) :]
        assert program == "bot"
        assert is_command(rest)
        assert {word.partition("=")[0] for word in given} <= set(VARIABLES)
    assert commands["release"] == ["bot", "db", "upgrade"]


def test_kubernetes_runs_commands_that_exist() -> None:
    """What is given to the image's program is a command of it."""
    assert [is_command(container.get("args", [])) for container in containers()] == [True] * 4


def test_the_service_runs_commands_that_exist() -> None:
    """So too before the start."""
    started = [shlex.split(line) for name in ("ExecStartPre", "ExecStart") for line in unit()[name]]
    assert [(Path(program).name, is_command(words)) for program, *words in started] == [("bot", True)] * 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_commands_that_exist(page: Path) -> None:
    """`bot …` at the beginning of code, or of a line in it, is a command."""
    code = "\n".join(CODE.findall(page.read_text("utf-8")))
    named = [words.split() for words in COMMAND.findall(code)]
    assert [words for words in named if not is_command(words)] == []


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    """The page and the example file tell the same."""
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text("utf-8").splitlines()
        if ASSIGNMENT.match(line)
    )
    table = {name.strip("`"): default.strip("`") for name, default, _ in rows("deploying.md", "Settings")}
    assert table == example


def test_the_probes_of_kubernetes_are_answered() -> None:
    """Each asks for a path that there is, on the port that the settings name."""
    paths = {route.path for route in probe_routes(Health(), Metrics()) if isinstance(route, Route)}
    for pod in pods():
        (bot,) = pod["containers"]
        asked = [bot[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")]
        assert [probe["path"] for probe in asked] == ["/healthz", "/healthz", "/readyz"]
        assert {probe["path"] for probe in asked} <= paths
        variables = {each["name"]: each["value"] for each in bot["env"]}
        assert variables.keys() <= set(VARIABLES)
        port = {each["name"]: str(each["containerPort"]) for each in bot["ports"]}
        assert port["http"] in (variables.get("PORT"), variables.get("METRICS_PORT"))


def test_processes_are_given_the_time_to_finish() -> None:
    """Nobody kills one that stops in order."""
    assert [int(value) > STOPPING for value in unit()["TimeoutStopSec"]] == [True]
    for pod in pods():
        (bot,) = pod["containers"]
        asleep = int(bot["lifecycle"]["preStop"]["exec"]["command"][1]) if "lifecycle" in bot else 0
        assert int(str(pod["terminationGracePeriodSeconds"])) > STOPPING + asleep


@pytest.mark.parametrize("path", sorted((DOCS / "deploying").iterdir()), ids=lambda path: path.name)
def test_no_file_for_deploying_holds_a_secret(path: Path) -> None:
    """Tokens come from outside, as a file or a Secret."""
    assert SECRET.findall(path.read_text("utf-8")) == []


def test_the_image_is_made_of_named_parts() -> None:
    """No `COPY .`, which would take a .env along, and no user root."""
    lines = (DOCS / "deploying" / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert [name for names in copied for name in names if not (ROOT / name).exists() or name == "."] == []
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]


@pytest.mark.parametrize(
    "figure",
    [
        f"(`LEASE_SECONDS`, {DEFAULT_LEASE_SECONDS:g} s, looked at every {DEFAULT_LEASE_SECONDS / 3:g} s)",
        f"at most {LONGEST_WAIT:g} s",
        f"after {STALE_SECONDS // 3600} h it is given up",
        f"every {TOKEN_WAIT:g} s for an hour",
        f"within {DRAIN_SECONDS:g} s",
        f"has {AT_ONCE} in hand",
    ],
)
def test_the_figures_of_failures_are_the_programs(figure: str) -> None:
    """Whoever reads them may plan with them."""
    assert figure in (DOCS / "failures.md").read_text("utf-8")


def test_the_figures_in_words_are_the_programs() -> None:
    """An hour until an answer is late, three tries, thirty days."""
    assert (LATE_SECONDS, MOST_TRIES) == (3_600, 3)
    assert f"`RETENTION_DAYS` ({DEFAULT_RETENTION_DAYS}) days" in (DOCS / "privacy.md").read_text("utf-8")
