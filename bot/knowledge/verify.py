"""Checks that need more than one file: references, alias collisions, languages, placeholders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.knowledge.document import KeyPath
from bot.knowledge.environments import verify_environments
from bot.knowledge.errors import verify_errors
from bot.knowledge.hints import near
from bot.knowledge.models import Categories, Localized, Product
from bot.knowledge.naming import placeholders, verify_languages, verify_sources
from bot.knowledge.overlays import verify_overlays
from bot.knowledge.problems import Problem
from bot.knowledge.tools import verify_tools
from bot.knowledge.verify_tables import verify_table

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
        verify_table(draft, slug, table)
    _verify_facts(draft)
    verify_errors(draft)
    _verify_outputs(draft)
    verify_environments(draft)
    verify_tools(draft)
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
    verify_sources(draft, "product", slug, product.source)
    texts: dict[KeyPath, Localized] = {("name",): product.name, ("about",): product.about}
    texts |= {("maker",): product.maker} if product.maker else {}
    texts |= {("status",): product.status} if product.status else {}
    texts |= {("traits", name): text for name, text in product.traits.items()}
    for key, text in texts.items():
        verify_languages(draft, "product", slug, key, text)
    for part, names in (("accompany", product.accompany), ("rests_on", product.rests_on)):
        for index, name in enumerate(names):
            if name not in draft.products and not draft.may_lack("products", name):
                message = f"no product {name!r}{near(name, draft.products)}"
                draft.problem("product", slug, (part, index), message)
    for column, value in product.stands_for.items():
        known = draft.attributes[column].values if column in draft.attributes else ()
        if value not in known:
            message = f"no value {value!r} of {column!r}{near(value, known)}"
            draft.problem("product", slug, ("stands_for", column), message)
    if product.unneeded is not None and product.unneeded not in draft.facts:
        told = product.unneeded
        draft.problem("product", slug, ("unneeded",), f"no fact {told!r}{near(told, draft.facts)}")
    for index, tag in enumerate(product.tags):
        if tag.means is not None and tag.means not in draft.facts:
            message = f"no fact {tag.means!r}{near(tag.means, draft.facts)}"
            draft.problem("product", slug, ("tags", index, "means"), message)
    for categories in draft.categories:
        _verify_categories(draft, slug, product, categories)


def _verify_categories(draft: Draft, slug: str, product: Product, categories: Categories) -> None:
    """The kind, the topics and the traits of a product have their words in `categories.yaml`."""
    named: list[tuple[KeyPath, str, Iterable[str]]] = [(("kind",), product.kind, categories.kinds)]
    named += [(("topics", index), name, categories.topics) for index, name in enumerate(product.topics)]
    named += [(("traits", name), name, categories.traits) for name in product.traits]
    for key, name, known in named:
        if name not in known:
            message = f"no {str(key[0]).removesuffix('s')} {name!r} in categories.yaml{near(name, known)}"
            draft.problem("product", slug, key, message)


def _verify_attributes(draft: Draft) -> None:
    for slug, attribute in draft.attributes.items():
        verify_languages(draft, "attribute", slug, ("name",), attribute.name)
        for name, value in attribute.values.items():
            key: KeyPath = ("values", name)
            verify_languages(draft, "attribute", slug, (*key, "name"), value.name)
            if value.note:
                verify_languages(draft, "attribute", slug, (*key, "note"), value.note)
            for column, place in value.at.items():
                known = draft.attributes[column].values if column in draft.attributes else ()
                if place not in known:
                    message = f"no value {place!r} of {column!r}{near(place, known)}"
                    draft.problem("attribute", slug, (*key, "at", column), message)
            if value.told_by is not None and value.told_by not in draft.facts:
                told = value.told_by
                message = f"no fact {told!r}{near(told, draft.facts)}"
                draft.problem("attribute", slug, (*key, "told_by"), message)
            wrong = value.wrong_beside_device
            if wrong is not None and wrong not in draft.errors:
                message = f"no error {wrong!r}{near(wrong, draft.errors)}"
                draft.problem("attribute", slug, (*key, "wrong_beside_device"), message)
            for field, other in (("within", value.within), ("said_as", value.said_as)):
                if other is not None and other not in attribute.values:
                    message = f"no value {other!r}{near(other, attribute.values)}"
                    draft.problem("attribute", slug, (*key, field), message)


def _verify_outputs(draft: Draft) -> None:
    for slug, output in draft.outputs.items():
        for index, field in enumerate(output.fields):
            name = field.column
            if name is not None and name not in draft.products and not draft.may_lack("products", name):
                message = f"no product {name!r}{near(name, draft.products)}"
                draft.problem("output", slug, ("fields", index, "column"), message)


def _verify_facts(draft: Draft) -> None:
    for slug, fact in draft.facts.items():
        if fact.about not in draft.products and not draft.may_lack("products", fact.about):
            draft.problem(
                "fact", slug, ("about",), f"no product {fact.about!r}{near(fact.about, draft.products)}"
            )
        verify_sources(draft, "fact", slug, fact.source)
        verify_languages(draft, "fact", slug, ("text",), fact.text)
        verify_languages(draft, "fact", slug, ("asked",), fact.asked)
        for name in fact.instead:
            known = name in draft.attributes or name in draft.products or draft.may_lack("products", name)
            if not known and all(name not in attribute.values for attribute in draft.attributes.values()):
                draft.problem("fact", slug, ("instead",), f"no product, attribute or value of one {name!r}")
        floor = fact.floor.column if fact.floor is not None else None
        if floor is not None and floor not in draft.products and not draft.may_lack("products", floor):
            message = f"no product {floor!r}{near(floor, draft.products)}"
            draft.problem("fact", slug, ("floor", "column"), message)
        if fact.disputed is not None:
            verify_sources(draft, "fact", slug, (fact.disputed.source,), ("disputed", "source"))
            verify_languages(draft, "fact", slug, ("disputed", "text"), fact.disputed.text)


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
                alike = placeholders(text) == placeholders(other)
            except ValueError as error:
                draft.problem("wording", lang, ("phrases", key), f"a brace is wrong: {error}")
                continue
            if not alike:
                draft.problem("wording", lang, ("phrases", key), f"placeholders differ from those of {first}")
