"""The whole way over the example overlay, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.presenting.jsonl import as_json
from bot.presenting.phrasing import Phrasing
from bot.presenting.reply import Reply
from bot.settings import bundled_knowledge

EXAMPLE: Final = Path(__file__).resolve().parent.parent / "docs" / "example-overlay"


@cache
def team() -> Pipeline:
    """The bundled knowledge with the example overlay over it."""
    return Pipeline(load_knowledge([bundled_knowledge(), EXAMPLE]))


def titles(reply: Reply) -> list[str]:
    """What a reply cites."""
    return [citation.title for citation in reply.citations]


@pytest.mark.parametrize(
    ("text", "title", "value"),
    [
        ("which torch for tensorkit 1.1.0", "Platform team: tensorkit README", "2.3.1"),
        ("tensorkit 1.1.0 需要哪个 torch", "平台组：tensorkit README", "2.3.1"),
        ("which jobrunner works with tkit 1.0.0", "Platform team: GPU cluster wiki", "5, 6"),
        ("job runner 7 配哪个 tensorkit", "平台组：GPU cluster wiki", "2.0.0"),
        ("background checkpoints in tensorkit", "Platform team: tensorkit README", "tensorkit 2.0.0"),
        ("what is tensorkit", "Platform team: tensorkit README", "training library"),
        ("tensorkit 是什么", "平台组：tensorkit README", "训练库"),
    ],
)
def test_an_answer_from_the_team_names_it(text: str, title: str, value: str) -> None:
    """The first citation is the team's; the headline holds the figure."""
    reply = team().ask(text)
    assert reply.status == "answered"
    assert titles(reply)[0] == title
    assert value in team().plain(reply)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("does tensorkit 2.0.0 work with torch 2.3.0", "yes"),
        ("tensorkit 2.0.0 支持 torch 2.1.0 吗", "no"),
        ("does jobrunner 5 work with tensorkit 2.0.0", "no"),
        ("can tensorkit 1.0.0 run on python 3.12", "no"),
    ],
)
def test_the_team_library_is_checked_like_any_other(text: str, verdict: str) -> None:
    """Directly, and by way of torch."""
    reply = team().ask(text)
    assert reply.verdict == verdict
    assert any(title.startswith(("Platform team", "平台组")) for title in titles(reply))


def test_official_figures_stay_official() -> None:
    """Over an overlay, what it does not touch is cited as before."""
    base = Pipeline(load_knowledge([bundled_knowledge()]))
    for text in ("which torch works with CUDA 10.2", "torch 2.1 支持哪些 python"):
        assert team().ask(text).citations == base.ask(text).citations


def test_house_names_are_understood() -> None:
    """Names from an alias page."""
    assert team().ask("corp torch 2.1.0 对应哪个 torchvision").question["want"] == ["torchvision"]
    assert team().ask("what compute capability has the dev box card").question["given"] == {
        "gpu": "tesla-v100"
    }


def test_programs_see_the_team_in_the_title() -> None:
    """The JSON contract has no field of its own for it."""
    reply = team().ask("which torch for tensorkit 1.1.0")
    citations = as_json(1, reply, team().plain)["citations"]
    assert isinstance(citations, list)
    assert citations[0] == {
        "title": "Platform team: tensorkit README",
        "url": "https://git.example.com/platform/tensorkit",
        "checked": "2026-11-21",
    }


def test_a_table_that_a_team_replaces_is_cited_as_its_own(tmp_path: Path) -> None:
    """Though it names an official source, the answer tells it from the official row."""
    folder = tmp_path / "ours"
    (folder / "tables").mkdir(parents=True)
    page = (bundled_knowledge() / "tables" / "torch-torchtext.yaml").read_text("utf-8")
    (folder / "tables" / "x.yaml").write_text(page, "utf-8")
    pipeline = Pipeline(load_knowledge([bundled_knowledge(), folder]))
    reply = pipeline.ask("which torchtext for torch 1.7.1")
    assert titles(reply)[0].startswith("ours: ")


LINES: Final = {
    "en": "cluster-a: NVIDIA driver 470.82.01, Tesla V100, Python 3.8, Linux.",
    "zh": "cluster-a：NVIDIA 驱动 470.82.01、Tesla V100、Python 3.8、Linux。",
}
WIKI: Final = {"en": "Platform team: GPU cluster wiki", "zh": "平台组：GPU cluster wiki"}


@pytest.mark.parametrize(
    ("text", "intent", "verdicts"),
    [
        ("torch on cluster-a?", "lookup", {None}),
        ("newest torch for cluster a", "lookup", {None}),
        ("老集群能用哪个 torch", "lookup", {None}),
        ("cluster-a 能装 torch 2.1 吗", "check", {"yes", "depends"}),
        ("does torch 2.6.0 run on the old cluster", "check", {"no"}),
        ("cluster-a 怎么装 torch", "install", {None}),
        ("pip install line for torch 2.1 on cluster-a", "install", {None}),
        ("what is cluster-a", "environment", {None}),
        ("cluster-a", "environment", {None}),
        ("cluster-a 是什么", "environment", {None}),
    ],
)
def test_an_answer_about_an_environment_says_what_it_has(
    text: str, intent: str, verdicts: set[str | None]
) -> None:
    """In a line of its own, with the source of that."""
    reply = team().ask(text)
    assert (reply.status, reply.intent, reply.verdict in verdicts) == ("answered", intent, True)
    assert LINES[reply.lang] in team().plain(reply).splitlines()
    assert WIKI[reply.lang] in titles(reply)
    assert "cluster-a" in str(reply.question["given"])


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("what driver has cluster-a", "cluster-a has NVIDIA driver 470.82.01."),
        ("which python is on the new cluster", "cluster-b has Python 3.11."),
        ("老集群用什么 python", "cluster-a 上是 Python 3.8。"),
        ("does cluster-a have python 3.10", "cluster-a has Python 3.8."),
        ("has cluster-b an H100", "cluster-b has A100, H100."),
    ],
)
def test_what_an_environment_has_can_be_asked(text: str, headline: str) -> None:
    """The part that was asked for leads."""
    reply = team().ask(text)
    assert (reply.intent, reply.sections[0].headline) == ("environment", headline)


@pytest.mark.parametrize("text", ["torch on cluster-a?", "cluster-a 上最新的 torch"])
def test_the_newest_that_fits_an_environment_is_recommended(text: str) -> None:
    """With the build that its driver runs, for the Python that is there."""
    (section,) = team().ask(text).sections
    assert section.code == (
        "pip install torch==2.4.1 torchvision==0.19.1 torchaudio==2.4.1 "
        "--index-url https://download.pytorch.org/whl/cu118"
    )
    assert any("CUDA 11.8" in note for note in section.notes)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "torch on cluster-a with python 3.10",
            "You say Python 3.10, so that is used instead of Python 3.8.",
        ),
        ("python 3.10 的话 cluster-a 用哪个 torch", "按你说的 Python 3.10 计算，而不是 Python 3.8。"),
    ],
)
def test_what_the_question_says_wins_over_the_environment(text: str, line: str) -> None:
    """And the answer tells so."""
    reply = team().ask(text)
    assert line in reply.sections[0].paragraphs
    assert reply.question["given"] == {
        "python": "3.10",
        "driver": "470.82.01",
        "gpu": "tesla-v100",
        "platform": "linux",
        "environment": "cluster-a",
    }


@pytest.mark.parametrize(
    "text",
    [
        "torch on cluster-a and cluster-b?",
        "does torch 2.1 work on cluster-a? and on cluster-b?",
        "torch 2.1 能在 cluster-a 和 cluster-b 上用吗",
        "cluster-a vs cluster-b",
        "which torch for cluster-a? and for cluster-b?",
    ],
)
def test_each_environment_that_is_named_gets_an_answer(text: str) -> None:
    """In the order in which they are named."""
    reply = team().ask(text)
    first, second = reply.sections
    for name, section in (("cluster-a", first), ("cluster-b", second)):
        lines = (section.headline, *section.paragraphs)
        assert any(line.startswith(name) for line in lines)
    other = {"cluster-a": "535.104.05", "cluster-b": "470.82.01"}
    assert other["cluster-a"] not in str(first)
    assert other["cluster-b"] not in str(second)


def test_a_product_of_the_environment_can_be_what_is_asked_for() -> None:
    """Where a version of something else is given."""
    reply = team().ask("which driver do I need for CUDA 12.4 on cluster-a")
    assert reply.question["want"] == ["driver"]
    assert "550.54.14" in reply.sections[0].headline


def test_a_product_of_the_environment_can_be_what_is_checked() -> None:
    """It alone, where nothing else of the environment is asked about."""
    reply = team().ask("does the driver of cluster-a support cuda 11.3")
    assert reply.question["given"] == {
        "cuda": "11.3",
        "driver": "470.82.01",
        "platform": "linux",
        "environment": "cluster-a",
    }
    assert reply.verdict == "yes"


def test_all_gpus_of_an_environment_must_be_satisfied() -> None:
    """They are no alternatives: one answer, with both as givens."""
    reply = team().ask("torch on cluster-b?")
    assert len(reply.sections) == 1
    assert reply.question["given"] == {
        "driver": "535.104.05",
        "gpu": "a100, h100",
        "python": "3.11",
        "platform": "linux",
        "environment": "cluster-b",
    }


def test_a_table_that_tells_of_each_gpu_is_asked_for_each() -> None:
    """As it has no row for both."""
    first, second = team().ask("compute capability of cluster-b").sections
    assert ("8.0" in first.headline, "9.0" in second.headline) == (True, True)


@pytest.mark.parametrize("text", ["is cluster-a down", "when was cluster-a bought", "谁负责 cluster-a"])
def test_what_is_not_recorded_of_an_environment_is_not_answered(text: str) -> None:
    """A name that is known is no answer."""
    reply = team().ask(text)
    assert reply.status != "answered"
    assert reply.citations == ()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_phrase_for_teams_is_said(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that no reply needs is not tested, or not needed."""
    said: set[str] = set()
    say = Phrasing.say

    def record(self: Phrasing, key: str, **slots: object) -> str:
        said.add(key)
        return say(self, key, **slots)

    monkeypatch.setattr(Phrasing, "say", record)
    questions = {
        "en": ("torch on cluster-a with python 3.10", "which python has cluster-a"),
        "zh": ("python 3.10 的话 cluster-a 用哪个 torch", "cluster-a 的 python 是哪个版本"),
    }
    for text in questions[lang]:
        team().explain(team().ask(text))
    assert [key for key in team().kb.wordings[lang] if key.startswith("team.") and key not in said] == []
