"""Turns what a product's page says it requires into tables, one for each product that is required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from bot.knowledge.document import KeyPath
from bot.knowledge.hints import near
from bot.knowledge.models import Localized, Product, Table

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

RELEASE: Final = "release"
SOURCE: Final = "source"
TEXTS: Final = ("says", "denies", "required", "requiring")


def derive_requirements(draft: Draft) -> None:
    """Add the tables that `requires` of the draft's products stands for.

    The table `<product>-<other>` has a row for each entry that names the other product. It is complete for
    the product: a version outside what a release accepts is ruled out. Joins pass through the other product
    where the product `rests_on` it. Its sentences are the wording's `requires.…` phrases. An entry that
    cannot be read becomes a problem.
    """
    for product in list(draft.products.values()):
        required = list(_required(draft, product))
        for other in required:
            _derive(draft, product, other)
        for other in product.rests_on:
            if other not in required:
                key: KeyPath = ("rests_on",)
                draft.problem("product", product.product, key, f"{other!r} is nothing that it requires")


def _required(draft: Draft, product: Product) -> Iterator[str]:
    """The products that any entry names, each once; what is none of them is a problem."""
    seen = set()
    for index, entry in enumerate(product.requires):
        if RELEASE not in entry:
            _say(draft, product, (index,), f"no {RELEASE!r}: name the releases that this is about")
        for key in entry:
            if key in (RELEASE, SOURCE) or key in seen:
                continue
            seen.add(key)
            if key != product.product and key in draft.products and draft.products[key].releases:
                yield key
            elif not draft.may_lack("products", key):
                known = [name for name, other in draft.products.items() if other.releases]
                _say(
                    draft,
                    product,
                    (index, key),
                    f"{key!r} is no other product with releases{near(key, known)}",
                )


def _derive(draft: Draft, product: Product, other: str) -> None:
    slug = f"{product.product}-{other}"
    document, start = draft.places[("product", product.product)]
    entries = [(n, e) for n, e in enumerate(product.requires) if other in e and RELEASE in e]
    if not entries:
        return
    if slug in draft.tables:
        _say(draft, product, (entries[0][0], other), f"table {slug!r} tells this: keep one of the two")
        return
    texts = {text: _text(draft, f"requires.{text}", product, other) for text in TEXTS}
    draft.tables[slug] = Table(
        table=slug,
        says=texts["says"],
        denies=texts["denies"],
        headlines={other: texts["required"], product.product: texts["requiring"]},
        columns=(product.product, other),
        relation="requirement",
        complete_for=product.product,
        joined_by=() if other in product.rests_on else (product.product,),
        source=product.source,
        rows=tuple(_row(product.product, other, entry) for _, entry in entries),
    )
    draft.places[("table", slug)] = (document, (*start, "requires"))
    draft.row_keys[slug] = tuple((*start, "requires", n) for n, _ in entries)


def _row(product: str, other: str, entry: dict[str, object]) -> dict[str, object]:
    row = {product: entry[RELEASE], other: entry[other]}
    return row | {SOURCE: entry[SOURCE]} if SOURCE in entry else row


def _text(draft: Draft, key: str, product: Product, other: str) -> Localized:
    """A phrase of the wording with names filled in, and a place left for the versions."""
    required = draft.products[other]
    found = {}
    for lang, wording in draft.wordings.items():
        names = {"product": product.name.get(lang, ""), "other": required.name.get(lang, "")}
        slots = {"release": f"{{{product.product}}}", "required": f"{{{other}}}"}
        if key in wording.phrases:
            found[lang] = wording.phrases[key].format(**names, **slots)
    return found


def _say(draft: Draft, product: Product, key: KeyPath, message: str) -> None:
    draft.problem("product", product.product, ("requires", *key), message)
