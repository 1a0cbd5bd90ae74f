"""Checks that need more than one file: references, alias collisions, languages, placeholders."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.knowledge.document import KeyPath
from bot.knowledge.environments import verify_environments
from bot.knowledge.errors import verify_errors
from bot.knowledge.models import Localized, Product, Table
from bot.knowledge.overlays import verify_overlays
from bot.knowledge.problems import Problem

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft


def verify(draft: Draft) -> None:
    """Add every cross-file problem to the draft."""
    if len(draft.categories) != 1:
        _missing(draft, "categories.yaml")
    _verify_sources(draft)
    for slug, product in draft.products.items():
        _verify_product(draft, slug, product)
    _verify_attributes(draft)
    for slug, table in draft.tables.items():
        _verify_table(draft, slug, table)
    _verify_facts(draft)
    verify_errors(draft)
    verify_environments(draft)
    verify_overlays(draft)
    _verify_wordings(draft)


def _missing(draft: Draft, name: str) -> None:
    """Record that a file every base needs is not there exactly once."""
    places = next(iter(draft.places.values()), None)
    folder = places[0].path.parent if places else None
    if folder is not None:
        draft.problems.append(Problem(folder, 1, name, "must be there, in one of the folders at least"))


def _verify_sources(draft: Draft) -> None:
    for slug, source in draft.sources.items():
        if source.url and not source.url.startswith(("https://", "http://")):
            draft.problem("source", slug, ("url",), "a URL begins with https://")


def _verify_product(draft: Draft, slug: str, product: Product) -> None:
    _references(draft, "product", slug, product.source)
    _languages(draft, "product", slug, "name", product.name)
    _languages(draft, "product", slug, "about", product.about)
    for name in product.accompany:
        if name not in draft.products and name not in draft.dropped:
            draft.problem("product", slug, ("accompany",), f"no product {name!r}")
    categories = draft.categories[0] if draft.categories else None
    if categories is not None:
        if product.kind not in categories.kinds:
            draft.problem("product", slug, ("kind",), f"no kind {product.kind!r} in categories.yaml")
        for topic in product.topics:
            if topic not in categories.topics:
                draft.problem("product", slug, ("topics",), f"no topic {topic!r} in categories.yaml")
    for column, value in product.stands_for.items():
        if column not in draft.attributes or value not in draft.attributes[column].values:
            draft.problem("product", slug, ("stands_for", column), f"no value {value!r} of {column!r}")


def _verify_attributes(draft: Draft) -> None:
    for slug, attribute in draft.attributes.items():
        for name, value in attribute.values.items():
            if value.within is not None and value.within not in attribute.values:
                draft.problem("attribute", slug, ("values", name, "within"), f"no value {value.within!r}")


def _verify_table(draft: Draft, slug: str, table: Table) -> None:
    _references(draft, "table", slug, table.source)
    _languages(draft, "table", slug, "says", table.says)
    for key, name in (("complete_for", table.complete_for), *(("headlines", c) for c in table.headlines)):
        if name is not None and name not in table.columns:
            draft.problem("table", slug, (key,), f"{name!r} is no column of this table")
    for key, names in (("ends", table.ends), ("tells", table.tells), ("joined_by", table.joined_by)):
        for name in names:
            if name not in table.columns:
                draft.problem("table", slug, (key,), f"{name!r} is no column of this table")
    winner = table.yields_to
    if winner is not None and winner not in draft.tables and winner not in draft.dropped:
        draft.problem("table", slug, ("yields_to",), f"no table {winner!r}")
    if len(set(table.columns)) < len(table.columns):
        draft.problem("table", slug, ("columns",), "a column stands there twice")
    for name in table.prefer:
        if name not in table.columns:
            draft.problem("table", slug, ("prefer", name), "no column of this table")
    _verify_texts(draft, slug, table)
    _verify_commands(draft, slug, table)


def _verify_texts(draft: Draft, slug: str, table: Table) -> None:
    texts: dict[tuple[str, ...], Localized] = {
        ("says",): table.says,
        ("denies",): table.denies,
        ("note",): table.note,
    }
    texts |= {("headlines", column): text for column, text in table.headlines.items()}
    for key, localized in texts.items():
        for lang, text in localized.items():
            try:
                unknown = _placeholders(text) - set(table.columns)
            except ValueError as error:
                draft.problem("table", slug, (*key, lang), f"a brace is wrong: {error}")
                continue
            for name in sorted(unknown):
                draft.problem("table", slug, (*key, lang), f"{{{name}}} is no column of this table")


def _verify_commands(draft: Draft, slug: str, table: Table) -> None:
    """Each placeholder of a command is a cell, its tag, a value of `with`, or a product with a table."""
    tagged = {f"{c}_tag" for c in table.columns if c in draft.products and draft.products[c].tags}
    joined = {
        c for other in draft.tables.values() if table.columns[0] in other.columns for c in other.columns
    }
    for index, row in enumerate(table.rows):
        command, extra = row.get("command"), row.get("with")
        known = {*table.columns, *tagged, *joined, *(extra if isinstance(extra, dict) else ())}
        try:
            unknown = _placeholders(command) - known if isinstance(command, str) else set()
        except ValueError as error:
            draft.problem("table", slug, ("rows", index, "command"), f"a brace is wrong: {error}")
            continue
        for name in sorted(unknown):
            draft.problem("table", slug, ("rows", index, "command"), f"nothing fills {{{name}}}")


def _verify_facts(draft: Draft) -> None:
    for slug, fact in draft.facts.items():
        if fact.about not in draft.products and fact.about not in draft.dropped:
            draft.problem("fact", slug, ("about",), f"no product {fact.about!r}")
        _references(draft, "fact", slug, fact.source)
        _languages(draft, "fact", slug, "text", fact.text)
        if fact.disputed is not None:
            _references(draft, "fact", slug, (fact.disputed.source,), ("disputed", "source"))


def _verify_wordings(draft: Draft) -> None:
    if not draft.wordings or set(draft.wordings) != set(draft.vocabularies):
        _missing(draft, "wording/ and vocabulary/ with the same languages")
        return
    first, reference = next(iter(draft.wordings.items()))
    for lang, wording in draft.wordings.items():
        for key in reference.phrases.keys() ^ wording.phrases.keys():
            draft.problem("wording", lang, ("phrases", key), f"must be in {first} and {lang} alike")
        for key, text in wording.phrases.items():
            other = reference.phrases.get(key, text)
            try:
                alike = _placeholders(text) == _placeholders(other)
            except ValueError as error:
                draft.problem("wording", lang, ("phrases", key), f"a brace is wrong: {error}")
                continue
            if not alike:
                draft.problem("wording", lang, ("phrases", key), f"placeholders differ from those of {first}")


def _references(draft: Draft, kind: str, slug: str, names: Iterable[str], key: KeyPath = ("source",)) -> None:
    for name in names:
        if name not in draft.sources:
            draft.problem(kind, slug, key, f"no source {name!r} in sources.yaml")


def _languages(draft: Draft, kind: str, slug: str, key: str, text: Localized) -> None:
    for lang in draft.vocabularies:
        if lang not in text:
            draft.problem(kind, slug, (key,), f"no text in {lang!r}")


def _placeholders(text: str) -> set[str]:
    """The names in braces; the empty one for `{}`.

    Raises:
        ValueError: a brace has no partner.
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
