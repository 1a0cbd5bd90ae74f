"""A team's pages may hold any text that can be seen; wherever it comes out again, it is text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from markdown_it import MarkdownIt
from pydantic import ValidationError

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.export import to_csv, to_json, to_markdown
from bot.knowledge.loader import load_knowledge
from bot.knowledge.models import Overlay
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
    TOKENS,
    Tags,
    faults,
    write_page,
    write_team,
)
from tests.slack.support import ENGLISH

CALCULATED: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
REFUSED: Final = re.compile("[\x00-\x08\x0e-\x1f\x9b\u202a-\u202e\u2066-\u2069]")
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
    """In every look, with why it is so; an address that is no plain one is no link."""
    pipeline = team(evil)
    reply = pipeline.ask(question)
    assert any("evil" in (citation.title + citation.url).lower() or evil in citation.title
               for citation in reply.citations) or reply.status != "unknown"  # fmt: skip
    replies = [reply, pipeline.why(reply.asked)] if reply.asked else [reply]
    for told in replies:
        known = [citation.url for citation in told.citations if evil not in citation.url]
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


@pytest.mark.parametrize("evil", FORMULAS)
def test_a_spreadsheet_calculates_nothing(evil: str) -> None:
    """No cell of the export begins as a formula does, and none does behind a sign that parts columns."""
    kb = team(MIXTURES[2]).kb
    source = kb.sources["evil"].model_copy(update={"title": evil, "url": evil})
    for rows in tables(replace(kb, sources={**kb.sources, "evil": source})):
        cells = [part for row in rows for cell in row for part in (cell, *cell.split(";")[1:])]
        assert sum(evil[-3:] in cell for cell in cells) > 1
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


def test_what_a_terminal_acts_on_is_refused_by_name(tmp_path: Path) -> None:
    """Control characters and direction overrides, as escapes of YAML: a mistake with file and line."""
    evil = [text for text in HIDDEN if REFUSED.search(text)]
    for number, text in enumerate(evil):
        write_page(tmp_path, f"aliases/{number}.yaml", {"aliases": {"torch": [f"x{number} {text}"]}})
        write_page(tmp_path, f"aliases/key{number}.yaml", {"aliases": {f"x{text}": ["x"]}})
    with pytest.raises(KnowledgeError, match="character") as caught:
        load_knowledge([bundled_knowledge(), tmp_path])
    told = str(caught.value)
    for number in range(len(evil)):
        assert re.search(rf"/{number}\.yaml:3: aliases\.torch\.0: a .*character", told)
        assert re.search(rf"/key{number}\.yaml:2: aliases\.x.*: a .*character", told)
    assert UNSEEN.findall(told.replace("\n", "")) == []


def test_what_a_table_says_is_no_program(tmp_path: Path) -> None:
    """A placeholder is the name of a column and nothing else."""
    folder = write_team(tmp_path / "team", "evil")
    page = (folder / "tables" / "evilkit-torch.yaml").read_text("utf-8")
    slots = ("{torch.__class__}", "{evilkit!r}", "{0}", "{torch[0]}", "{torch:>999999999}", "{")
    for number, slot in enumerate(slots):
        changed = page.replace("{torch}", slot).replace("table: evilkit-torch", f"table: t{number}")
        (folder / "tables" / f"t{number}.yaml").write_text(changed, "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge([bundled_knowledge(), folder])
    told = str(caught.value)
    assert [slot for number, slot in enumerate(slots) if f"t{number}.yaml" not in told] == []


@pytest.mark.parametrize(
    "who", ["<!channel>", "U1>", "C1 <@U2>", "u1", "U1\nU2", "U1\n", "https://evil.example"]
)
def test_a_maintainer_is_the_id_of_one(who: str) -> None:
    """Nobody else is told of mistakes."""
    with pytest.raises(ValidationError):
        Overlay.model_validate({"name": {"en": "x"}, "maintainers": [who]})
