"""A team's pages may hold any text that can be seen; wherever it comes out again, it is text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from markdown_it import MarkdownIt

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.export import to_csv, to_json, to_markdown
from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.knowledge.unseen import UNSEEN
from bot.pipeline import Pipeline
from bot.presenting.blocks import LOOKS, render_blocks
from bot.settings import bundled_knowledge
from tests.injection.hostile import (
    FORMULAS,
    HIDDEN,
    MARKUP,
    QUESTIONS,
    RAN,
    TOKENS,
    Tags,
    faults,
    write_page,
    write_team,
)
from tests.slack.support import ENGLISH

CALCULATED: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
MIXTURES: Final = (
    " ".join(TOKENS),
    " ".join(text for text in MARKUP if text != "```"),
    '=HYPERLINK("https://evil.example")',
    "a\u200bb \ufefft\u043erch \u061c e" + "\u0301" * 200,
)


@cache
def team(evil: str) -> Pipeline:
    """The bundled knowledge under a folder full of a hostile text."""
    with TemporaryDirectory() as folder:
        named = write_team(Path(folder) / "team", evil)
        return Pipeline(load_knowledge([bundled_knowledge(), named]))


def tables(kb: KnowledgeBase) -> Iterator[list[list[str]]]:
    """The team's table as CSV, as written and expanded."""
    for expand in (False, True):
        text = to_csv(kb, kb.relations["evilkit-torch"], expand=expand)
        yield list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("evil", MIXTURES, ids=["tokens", "markup", "formula", "hidden"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_from_the_folder_is_text(evil: str, question: str) -> None:
    """In every look, with why it is so; the folder's own addresses are no links unless they are plain ones."""
    pipeline = team(evil)
    reply = pipeline.ask(question)
    assert any("evil" in (citation.title + citation.url).lower() or evil in citation.title
               for citation in reply.citations) or reply.status != "unknown"  # fmt: skip
    replies = [reply, pipeline.why(reply.asked)] if reply.asked else [reply]
    for told in replies:
        known = [citation.url for citation in told.citations if citation.url != evil]
        for look in LOOKS:
            assert faults(render_blocks(told, ENGLISH, look=look), known) == []
    plain = pipeline.plain(reply) + pipeline.explain(reply)
    assert UNSEEN.findall(plain) == []


@pytest.mark.parametrize("evil", MIXTURES[:3], ids=["tokens", "markup", "formula"])
def test_the_folders_texts_do_come_out(evil: str) -> None:
    """Or the tests above would show nothing."""
    pipeline = team(evil)
    assert evil in pipeline.plain(pipeline.ask("what is evilkit"))
    assert evil in pipeline.plain(pipeline.ask("background rumbling in evilkit"))
    assert any(evil in citation.title for citation in pipeline.ask("evilkit 1.0.0 torch").citations)


@pytest.mark.parametrize("evil", [text.strip() for text in FORMULAS])
def test_a_spreadsheet_calculates_nothing(evil: str) -> None:
    """No cell of the export begins as a formula does, and none does behind a sign that parts columns."""
    for rows in tables(team(evil).kb):
        cells = [part for row in rows for cell in row for part in (cell, *cell.split(";")[1:])]
        assert any(evil[-3:] in cell for cell in cells)
        assert [cell for cell in cells if CALCULATED.match(cell)] == []


def test_no_table_that_is_shipped_is_calculated() -> None:
    """Packages write `==2.6.0`."""
    kb = team(MIXTURES[0]).kb
    texts = [to_csv(kb, relation) for relation in kb.relations.values()]
    cells = [cell for text in texts for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if CALCULATED.match(cell)] == []
    assert any(cell.startswith("'==") for cell in cells)


def test_cells_are_otherwise_as_written() -> None:
    """A hyphen within, a bound or a path is no formula."""
    kb = team(MIXTURES[0]).kb
    rows = list(csv.reader(io.StringIO(to_csv(kb, kb.relations["torch-cuda-book"]), newline="")))
    assert "'" not in "".join(rows[1])


@pytest.mark.parametrize("evil", MIXTURES[:3], ids=["tokens", "markup", "formula"])
def test_markdown_of_the_export_has_no_tag_and_no_link(evil: str) -> None:
    """Read as Markdown it is a heading, a table and a list of sources."""
    kb = team(evil).kb
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(
        to_markdown(kb, kb.relations["evilkit-torch"], "en")
    )  # fmt: skip
    plain = {"h2", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p"}
    assert Tags(page).found - plain == set()


def test_json_of_the_export_can_be_written() -> None:
    """And holds the texts unchanged."""
    kb = team(MIXTURES[1]).kb
    assert MIXTURES[1] in json.loads(to_json(kb))["sources"]["evil"]["title"]
    to_json(kb).encode()


@pytest.mark.parametrize(
    "evil", [text for text in HIDDEN if re.search("[\x00-\x08\x0e-\x1f\x9b\u202a-\u202e\u2066-\u2069]", text)]
)
@pytest.mark.parametrize("place", ["value", "key"])
def test_what_a_terminal_acts_on_is_refused_by_name(tmp_path: Path, evil: str, place: str) -> None:
    """Control characters and direction overrides, written as escapes of YAML: a mistake with file and line."""
    alias = {"value": {"torch": [evil]}, "key": {evil: ["x"]}}[place]
    write_page(tmp_path, "aliases/x.yaml", {"aliases": alias})
    with pytest.raises(KnowledgeError, match="character") as caught:
        load_knowledge([bundled_knowledge(), tmp_path])
    assert "x.yaml:2" in str(caught.value)
    assert UNSEEN.findall(str(caught.value)) == []


@pytest.mark.parametrize(
    "slot", ["{torch.__class__}", "{evilkit!r}", "{0}", "{torch[0]}", "{torch:>999999999}", "{"]
)
def test_what_a_table_says_is_no_program(tmp_path: Path, slot: str) -> None:
    """A placeholder is the name of a column and nothing else."""
    folder = write_team(tmp_path / "team", "evil")
    page = folder / "tables" / "evilkit-torch.yaml"
    page.write_text(page.read_text("utf-8").replace("{torch}", slot), "utf-8")
    with pytest.raises(KnowledgeError, match=r"evilkit-torch\.yaml"):
        load_knowledge([bundled_knowledge(), folder])


@pytest.mark.parametrize("who", ["<!channel>", "U1>", "C1 <@U2>", "u1", "U1\nU2", "https://evil.example"])
def test_a_maintainer_is_the_id_of_one(tmp_path: Path, who: str) -> None:
    """Nobody else is told of mistakes."""
    write_page(tmp_path, "overlay.yaml", {"name": {"en": "x", "zh": "x"}, "maintainers": [who]})
    with pytest.raises(KnowledgeError, match="maintainers"):
        load_knowledge([bundled_knowledge(), tmp_path])
