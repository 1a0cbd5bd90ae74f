"""Names of files and folders are chosen by whoever can write there: in every report they are text."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.knowledge.export import to_csv
from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError, Override, Place, Problem
from bot.knowledge.unseen import UNSEEN
from bot.live.pipeline import LivePipeline
from bot.live.reloading import Broken, Reloader
from bot.pipeline import Pipeline
from bot.presenting.blocks import LOOKS, render_blocks
from bot.presenting.payload import Message
from bot.serving import _report
from bot.settings import bundled_knowledge
from bot.slack.app import SlackBot
from bot.slack.maintainers import Report, tell_maintainers
from bot.workspace.embedded import RunningWorkspace
from tests.injection.hostile import HIDDEN, MARKUP, PAYLOADS, TOKENS, faults, write_page
from tests.questions.cases import pipeline
from tests.slack.support import ENGLISH

NAMES: Final = (
    *(
        text
        for text in (*TOKENS, *MARKUP, *HIDDEN)
        if "/" not in text and "\x00" not in text and len(text) < 60
    ),
    "a\nteam.yaml:1: forged: all is well",
    "=HYPERLINK(1)",
)
ODD: Final = "\u202ea\x1b[31mb\udcff\nSource: c"
BROKEN: Final = "products: {}\n"


def name_of(text: str) -> str:
    """A text as a file's name; half a character is a byte that is no UTF-8."""
    return text.replace("\ud83d", "\udcfe")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    (tmp_path / "team").mkdir()
    return tmp_path / "team"


@pytest.fixture
def problems(folder: Path) -> tuple[Problem, ...]:
    """The mistakes in a folder where a file and a folder of every such name hold one."""
    for number, name in enumerate(NAMES):
        (folder / f"{number} {name_of(name)}.yaml").write_text(f"{json.dumps(name)}: 1\n", "utf-8")
        (folder / name_of(name)).mkdir()
        (folder / name_of(name) / "x.yaml").write_text(BROKEN, "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge([bundled_knowledge(), folder])
    assert len(caught.value.problems) >= 2 * len(NAMES)
    return caught.value.problems


def test_a_mistake_is_one_line_whatever_the_file_is_called(
    folder: Path, problems: tuple[Problem, ...]
) -> None:
    """Nothing is forged, nothing hidden; the line can be printed."""
    lines = str(KnowledgeError(problems)).splitlines()
    assert len(lines) == len(problems)
    assert all(line.startswith(str(folder)) for line in lines)
    assert UNSEEN.findall("".join(lines)) == []
    "".join(lines).encode()


def test_the_command_line_tells_it_safely(folder: Path, problems: tuple[Problem, ...]) -> None:
    """`bot knowledge check` over the folder, and over one of such a name."""
    result = CliRunner().invoke(cli, ["knowledge", "check", os.fspath(folder)])
    assert result.exit_code == 1, result.exception
    assert len(result.output.splitlines()) == len(problems) + 3
    assert UNSEEN.findall(result.output) == []
    named = folder / "a\x1b[31m\udcff\nb"
    named.mkdir()
    result = CliRunner().invoke(cli, ["knowledge", "check", os.fspath(named)])
    assert result.exit_code == 1, result.exception
    assert "a\\x1b[31m\\udcff\\x0ab" in result.output


async def test_maintainers_are_told_safely(
    problems: tuple[Problem, ...], workspace: RunningWorkspace, bot: SlackBot
) -> None:
    """The message with blocks, and its text, as Slack gets them."""
    words = pipeline().kb.wordings["en"]
    for problem in problems:
        await tell_maintainers(bot.client, (workspace.user().id,), _report(Broken((problem,)), words))
    told = workspace.messages("@you")
    assert len(told) == len(problems)
    for message in told:
        assert message.blocks
        assert faults(Message(message.text, tuple(message.blocks), "table")) == []


@pytest.mark.parametrize("evil", PAYLOADS)
async def test_a_report_is_text(evil: str, workspace: RunningWorkspace, bot: SlackBot) -> None:
    """Headline and lines, whatever they quote."""
    await tell_maintainers(
        bot.client, (workspace.user().id,), Report(f"1 {evil}", [f"a.yaml:3: {evil}", evil])
    )
    (message,) = workspace.messages("@you")
    assert faults(Message(message.text, tuple(message.blocks), "table")) == []


async def test_a_broken_file_of_any_name_keeps_the_last_good_state(folder: Path) -> None:
    """A name that is no UTF-8 is told of like any other."""
    told: list[object] = []
    live = LivePipeline(pipeline())

    def build() -> Pipeline:
        return Pipeline(load_knowledge([bundled_knowledge(), folder]))

    async def tell(notice: object) -> None:
        told.append(notice)

    (folder / "\udcff\n<!channel>.yaml").write_text(BROKEN, "utf-8")
    assert not await Reloader(live, build, tell).reload()
    (notice,) = told
    assert isinstance(notice, Broken)


@pytest.mark.parametrize("name", [" ".join(t for t in TOKENS if "/" not in t), "*b* [x](javascript:1)", ODD])
def test_a_folder_that_is_cited_by_its_name_is_text(tmp_path: Path, name: str) -> None:
    """Without `overlay.yaml` a folder's own name stands before its titles."""
    inner = tmp_path / name_of(name)
    write_page(inner, "sources/ours.yaml", {"sources": {"ours": {"title": "ours", "checked": "2026-11-20"}}})
    fact = {
        "id": "ours", "about": "torch", "topic": "feature", "source": "ours",
        "text": {"en": "Yes.", "zh": "是。"},
        "asked": {"en": ["rumbling of the basement"], "zh": ["地下室轰鸣"]},
    }  # fmt: skip
    write_page(inner, "facts/ours.yaml", {"facts": [fact]})
    told = Pipeline(load_knowledge([bundled_knowledge(), inner]))
    reply = told.ask("rumbling of the basement")
    assert any(citation.title.endswith("ours") for citation in reply.citations)
    for look in LOOKS:
        assert faults(render_blocks(reply, ENGLISH, look=look)) == []
    assert UNSEEN.findall(told.plain(reply)) == []
    assert list(csv.reader(io.StringIO(to_csv(told.kb, told.kb.relations["torch-cuda-book"]))))


def test_what_replaces_what_is_told_in_one_line() -> None:
    """In the check's notes and in the log."""
    place = Place(Path("a\x1b[31m\n.yaml"), 1)
    assert str(Override("fact", "x\u202e", place, place)).count("\\x1b[31m\\x0a.yaml:1") == 2
    assert (
        str(Problem(Path("a\nb.yaml"), 1, "k\ney", "m\u2028e\x9b"))
        == "a\\x0ab.yaml:1: k\\x0aey: m\\u2028e\\x9b"
    )
