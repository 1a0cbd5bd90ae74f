"""Names: more of them from alias pages, and none that would mean two things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from bot.knowledge.document import Document, KeyPath
from bot.knowledge.hints import near
from bot.knowledge.models import Localized
from bot.knowledge.problems import Place

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

Named = tuple[str, str, Document, KeyPath]

_PART: Final = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")


def add_aliases(draft: Draft) -> None:
    """Give products and values of attributes the further names that alias pages list."""
    for page, document in draft.aliases:
        for slug, group in page.aliases.items():
            if isinstance(group, dict):
                _add_to_attribute(draft, slug, group, document)
            else:
                _add_to_product(draft, slug, group, document)


def _add_to_product(draft: Draft, slug: str, names: tuple[str, ...], document: Document) -> None:
    product = draft.products.get(slug)
    if product is not None:
        draft.products[slug] = product.model_copy(update={"aliases": (*product.aliases, *names)})
    elif slug in draft.attributes:
        hint = f"{slug!r} is an attribute: write the names under one of its values"
        draft.problems.append(document.problem(("aliases", slug), hint))
    elif not draft.may_lack("products", slug):
        draft.problems.append(
            document.problem(("aliases", slug), f"no product {slug!r}{near(slug, draft.products)}")
        )


def _add_to_attribute(draft: Draft, slug: str, group: dict[str, tuple[str, ...]], document: Document) -> None:
    attribute = draft.attributes.get(slug)
    if attribute is None:
        if not draft.may_lack("attributes", slug):
            message = f"no attribute {slug!r}{near(slug, draft.attributes)}"
            draft.problems.append(document.problem(("aliases", slug), message))
        return
    values = dict(attribute.values)
    for name, more in group.items():
        if name not in values:
            message = f"no value {name!r} of {slug!r}{near(name, values)}"
            draft.problems.append(document.problem(("aliases", slug, name), message))
            continue
        values[name] = values[name].model_copy(update={"aliases": (*values[name].aliases, *more)})
    draft.attributes[slug] = attribute.model_copy(update={"values": values})


def verify_aliases(draft: Draft) -> None:
    """Tell every name that two things share, over all languages and folders, with both places."""
    owners: dict[str, tuple[str, Document, KeyPath]] = {}
    told: set[tuple[str, str]] = set()
    for owner, name, document, key in _all_names(draft):
        folded = fold_name(name)
        first = owners.setdefault(folded, (owner, document, key))
        if first[0] != owner and folded and (folded, owner) not in told:
            told.add((folded, owner))
            place = Place(first[1].path, first[1].line(first[2]))
            draft.problems.append(
                document.problem(key, f"{name.casefold()!r} already names {first[0]!r} at {place}")
            )


def fold_name(name: str) -> str:
    """A name as questions are read: without case, width, spaces and hyphens."""
    return "".join(_PART.findall(unicodedata.normalize("NFKC", name).casefold()))


def _all_names(draft: Draft) -> Iterator[Named]:
    for slug, product in draft.products.items():
        document, start = draft.places[("product", slug)]
        yield slug, slug, document, (*start, "product")
        names = (*product.aliases, *product.versioned_aliases)
        yield from _own(slug, product.name, names, document, start)
    for slug, attribute in draft.attributes.items():
        document, start = draft.places[("attribute", slug)]
        for value, item in attribute.values.items():
            owner = f"{slug} {value}"
            yield from _own(owner, item.name, item.aliases, document, (*start, "values", value))
    for slug, environment in draft.environments.items():
        document, start = draft.places[("environment", slug)]
        yield slug, slug, document, (*start, "environment")
        yield from _own(slug, environment.name, environment.aliases, document, start)
    yield from _added(draft)


def _own(
    owner: str, names: Localized, aliases: Iterable[str], document: Document, start: KeyPath
) -> Iterator[Named]:
    for lang, name in names.items():
        yield owner, name, document, (*start, "name", lang)
    for index, alias in enumerate(aliases):
        yield owner, alias, document, (*start, "aliases", index)


def _added(draft: Draft) -> Iterator[Named]:
    for page, document in draft.aliases:
        for slug, group in page.aliases.items():
            key: KeyPath = ("aliases", slug)
            if isinstance(group, dict):
                for value, names in group.items():
                    for index, name in enumerate(names):
                        yield f"{slug} {value}", name, document, (*key, value, index)
            else:
                for index, name in enumerate(group):
                    yield slug, name, document, (*key, index)
