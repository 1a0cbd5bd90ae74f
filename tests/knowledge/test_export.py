"""The knowledge written out as JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.export import NoSuchTable, find_table, lines, to_csv, to_json, to_markdown
from bot.knowledge.stats import version_pairs
from tests.questions.cases import pipeline

BOOK = "torch-cuda-book"


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """The real knowledge."""
    return pipeline().kb


@pytest.fixture(scope="module")
def book(kb: KnowledgeBase) -> Relation:
    """The book's table, which has ranges and lists."""
    return kb.relations[BOOK]


def read(text: str) -> list[list[str]]:
    """CSV as a program reads it."""
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_has_a_line_for_each_row_as_written(kb: KnowledgeBase, book: Relation) -> None:
    """The columns of the table, then what each row rests on; lines end as RFC 4180 says."""
    text = to_csv(kb, book)
    header, *rows = read(text)
    assert header == ["cuda", "torch", "open", "source", "title", "url", "checked", "confidence"]
    assert len(rows) == len(book.rows) == text.count("\r\n") - 1
    assert rows[1][:4] == ["8.0", "0.1.10~0.4.1/1.0.0", "", "book"]
    assert rows[1][-1] == "book"


def test_expanded_every_line_is_a_pair_of_single_versions(kb: KnowledgeBase, book: Relation) -> None:
    """No range, list or bound is left."""
    _, *rows = read(to_csv(kb, book, expand=True))
    pairs = {(row[0], row[1]) for row in rows}
    assert len(rows) == len(pairs)
    assert ("7.5", "0.3.1") in pairs
    assert ("9.2", "1.3.0") not in pairs
    assert not any(set(value) & set("~/<>=") for pair in pairs for value in pair)


def test_expanding_says_what_the_tables_say(kb: KnowledgeBase) -> None:
    """The pairs of the expanded tables are those that the counts know."""
    relation = kb.relations["torch-cuda"]
    listed = {(line.cells["cuda"], line.cells["torch"]) for line in lines(kb, relation, expand=True)}
    assert listed == {(p[1], p[3]) for p in version_pairs(kb) if p[::2] == ("cuda", "torch")}


def test_a_table_of_commands_has_them_and_their_values(kb: KnowledgeBase) -> None:
    """A comma or quote within is quoted."""
    header, *rows = read(to_csv(kb, kb.relations["torch-install"]))
    assert header[4:6] == ["command", "with"]
    assert {len(row) for row in rows} == {len(header)}
    assert [row[4] for row in rows] == [row.command for row in kb.relations["torch-install"].rows]
    assert any(row[5].startswith("python=") for row in rows)


def test_an_open_row_says_so(kb: KnowledgeBase) -> None:
    """Of the rows that a complete list leaves out."""
    header, *rows = read(to_csv(kb, kb.relations["torch-rocm"]))
    marked = [row for row in rows if row[header.index("open")] == "true"]
    assert len(marked) == sum(row.open for row in kb.relations["torch-rocm"].rows) > 0


def test_json_holds_everything(kb: KnowledgeBase) -> None:
    """Sources, products, attributes, tables and facts, each by its name."""
    found = json.loads(to_json(kb))
    assert found["form"] == "torchdesk-knowledge/1"
    assert set(found["sources"]) == set(kb.sources)
    assert [item["product"] for item in found["products"]] == list(kb.products)
    assert [item["attribute"] for item in found["attributes"]] == list(kb.attributes)
    assert [item["table"] for item in found["tables"]] == list(kb.relations)
    assert [item["id"] for item in found["facts"]] == [fact.id for fact in kb.facts]


def test_json_of_one_table_has_its_sources_alone(kb: KnowledgeBase, book: Relation) -> None:
    """The row's cells, sources and nothing that is not there."""
    found = json.loads(to_json(kb, book))
    assert list(found["sources"]) == ["book"]
    assert found["tables"][0]["rows"][0] == {
        "cells": {"cuda": "7.5", "torch": "0.1.6~0.4.1"},
        "source": ["book"],
    }
    assert "products" not in found


def test_expanded_json_says_so(kb: KnowledgeBase, book: Relation) -> None:
    """A reader can tell the two forms apart."""
    found = json.loads(to_json(kb, book, expand=True))
    assert found["expanded"] is True
    assert found["tables"][0]["rows"][0]["cells"] == {"cuda": "7.5", "torch": "0.1.6"}


@pytest.mark.parametrize("slug", [BOOK, "torch-cuda", "torch-install"])
def test_markdown_reads_back_as_it_was(kb: KnowledgeBase, slug: str) -> None:
    """Whatever the cells hold, a Markdown reader sees the same text."""
    relation = kb.relations[slug]
    tokens = MarkdownIt("commonmark").enable("table").parse(to_markdown(kb, relation, "en"))
    texts = [
        "".join(child.content for child in token.children or ())
        for before, token in pairwise(tokens)
        if before.type == "td_open"
    ]
    width = len(texts) // len(relation.rows)
    cells = [tuple(texts[i : i + len(relation.columns)]) for i in range(0, len(texts), width)]
    assert cells == [tuple(line.cells.values()) for line in lines(kb, relation)]


def test_markdown_names_the_sources_and_their_days(kb: KnowledgeBase, book: Relation) -> None:
    """Below the table, with the confidence."""
    text = to_markdown(kb, book, "zh")
    assert text.startswith(f"## {BOOK}\n\n| CUDA | PyTorch | source |\n")
    assert f"- book: {kb.sources['book'].title}, checked {kb.sources['book'].checked}, book" in text


def test_a_table_that_is_not_there_is_refused(kb: KnowledgeBase) -> None:
    """The message lists those that are."""
    with pytest.raises(NoSuchTable, match=f"'nope'.*{BOOK}"):
        find_table(kb, "nope")
