"""Every mistake on the page of tools that install packages is told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.settings import bundled_knowledge

TOOL: Final = "tools:\n  other:\n    names: [{names}]\n    verbs: [{verbs}]\n    {more}\n"


def told(folder: Path, page: str) -> list[str]:
    """The problems of a page of tools in a folder over the bundled knowledge."""
    path = folder / "tools.yaml"
    path.write_text(page, encoding="utf-8")
    try:
        load_knowledge([bundled_knowledge(), folder])
    except KnowledgeError as error:
        return [str(problem).removeprefix(f"{path}:") for problem in error.problems]
    return []


def tool(names: str = "other", verbs: str = "add", more: str = "index: [--from]") -> str:
    """A page with one tool."""
    return TOOL.format(names=names, verbs=verbs, more=more)


def test_a_team_may_add_a_tool(tmp_path: Path) -> None:
    """One more program, with its words and options, beside those that are known."""
    assert told(tmp_path, tool(more="stands_for: {channel: pip}")) == []
    assert {"pip", "conda", "other"} <= load_knowledge([bundled_knowledge(), tmp_path]).tools.keys()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (tool(names="pip"), "3: tools.other.names.0: 'pip' already calls 'pip'"),
        (tool(names=""), "3: tools.other.names: too few: name at least 1"),
        (tool(more="stands_for: {channel: pipp}"), "5: tools.other.stands_for.channel: no value 'pipp'"),
        (tool(more="stands_for: {chanel: pip}"), "5: tools.other.stands_for.chanel: no value 'pip'"),
        (tool(more="with_value: [from]"), "5: tools.other.with_value.0: "),
        (
            tool(more="index: [--from]\n    with_value: [--from]"),
            "6: tools.other.with_value.0: '--from' already stands under 'index'",
        ),
        ("interpreters: {pyton: [py]}\n", "1: interpreters.pyton: no product 'pyton': did you mean python"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, page: str, message: str) -> None:
    """A name or option that means two things, and a value or product that there is none of."""
    (line,) = told(tmp_path, page)
    assert line.startswith(message)
