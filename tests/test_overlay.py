"""The whole way over the example overlay, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.presenting.jsonl import as_json
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
