"""The knowledge that ships: it loads without a mistake and says what the chapter says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from bot.knowledge.schema import page_schemas
from tests.questions.cases import pipeline
from tests.tables import pairs, release

PAGES: Final = (
    "sources",
    "categories",
    "product",
    "products",
    "attributes",
    "tables",
    "facts",
    "errors",
    "vocabulary",
    "wording",
)


def disagreements() -> Iterator[tuple[str, str, bool]]:
    """Every pair of the book's table, and whether the official table has it."""
    official = pairs("torch-cuda", "torch", "cuda").pairs
    for torch, cuda in sorted(pairs("torch-cuda-book", "torch", "cuda").pairs):
        yield torch, cuda, (torch, cuda) in official


CELLS: Final[list[tuple[str, str, bool]]] = list(disagreements())
BOOK_CUDAS: Final[list[str]] = sorted(pairs("torch-cuda-book", "torch", "cuda").right, key=release)


def test_every_product_and_fact_has_both_languages() -> None:
    """Whatever can be said can be said in every language."""
    kb = pipeline().kb
    texts = [text for fact in kb.facts for text in (fact.text,)]
    texts += [text for product in kb.products.values() for text in (product.name, product.about)]
    assert [text for text in texts if set(text) < {"en", "zh"}] == []


def test_every_table_row_rests_on_a_source_with_a_day() -> None:
    """A row names at least one source, and each source the day it was checked."""
    kb = pipeline().kb
    rows = [row for relation in kb.relations.values() for row in relation.rows]
    assert rows
    assert [
        row.ref for row in rows if not row.sources or not all(kb.sources[s].checked for s in row.sources)
    ] == []


def test_facts_come_with_ways_to_ask_in_both_languages() -> None:
    """A fact that nobody can ask for is lost."""
    silent = [fact.id for fact in pipeline().kb.facts if not (fact.asked.get("en") and fact.asked.get("zh"))]
    assert silent == []


def test_versions_keep_their_trailing_zero() -> None:
    """`1.10` has not become `1.1` on its way through YAML."""
    known = {str(number) for number in pipeline().kb.releases["python"]}
    assert {"3.1", "3.10"} & known == {"3.10"}


@pytest.mark.parametrize(("torch", "cuda", "agreed"), CELLS)
def test_a_cell_of_the_chapter_is_answered(torch: str, cuda: str, agreed: bool) -> None:
    """Each pair of the chapter's table gets a verdict; where the official table differs, one line says so."""
    reply = pipeline().ask(f"does torch {torch} work with CUDA {cuda}")
    told = [line for line in pipeline().plain(reply).splitlines() if line.startswith("“Book chapter")]
    assert (reply.verdict, len(told)) == (("yes", 0) if agreed else ("no", 1))


@pytest.mark.parametrize("cuda", BOOK_CUDAS)
def test_a_list_that_differs_from_the_chapter_says_so_in_one_line(cuda: str) -> None:
    """A lookup whose list is not the chapter's names the difference once for what it has beside or lacks."""
    official = pairs("torch-cuda", "torch", "cuda").lefts(cuda)
    book = pairs("torch-cuda-book", "torch", "cuda")
    horizon = max(release(torch) for torch in book.left)
    extra = book.lefts(cuda) - official
    lacking = {torch for torch in official - book.lefts(cuda) if release(torch) <= horizon}
    reply = pipeline().ask(f"which torch works with CUDA {cuda}")
    told = [note for note in reply.sections[0].notes if note.startswith("“Book chapter")]
    assert len(told) == bool(extra) + bool(lacking)
    assert all(any(torch in note or "–" in note for note in told) for torch in extra | lacking)


def test_there_is_a_schema_for_each_kind_of_page() -> None:
    """Editors get a schema for every page there is."""
    assert set(PAGES) <= set(page_schemas())


@pytest.mark.parametrize("kind", PAGES)
def test_a_schema_is_closed_and_names_its_fields(kind: str) -> None:
    """A schema describes an object, lists its fields and forbids others, so an editor can point out typos."""
    schema = page_schemas()[kind]
    assert schema["type"] == "object"
    assert schema["properties"]
    assert schema["additionalProperties"] is False
    assert set(schema.get("required", ())) <= set(schema["properties"])


def test_the_table_schema_requires_what_an_answer_needs() -> None:
    """A table without words, columns, source or rows is refused by the editor too."""
    required = set(page_schemas()["tables"]["required"])
    assert {"table", "says", "columns", "source", "rows"} <= required
