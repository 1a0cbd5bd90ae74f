"""Checks what environments say they have against the products and attributes that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.knowledge.hints import near
from bot.knowledge.models import Environment, Product
from bot.knowledge.versions import BadVersion, Number

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft


def verify_environments(draft: Draft) -> None:
    """Add every unknown name, bad version and missing language of an environment to the draft."""
    for slug, environment in draft.environments.items():
        for name in environment.source:
            if name not in draft.sources and not draft.may_lack("sources", name):
                draft.problem(
                    "environment", slug, ("source",), f"no source {name!r}{near(name, draft.sources)}"
                )
        for lang in draft.vocabularies:
            if lang not in environment.name:
                draft.problem("environment", slug, ("name",), f"no text in {lang!r}")
        for column in environment.has:
            _verify_column(draft, environment, column)


def _verify_column(draft: Draft, environment: Environment, column: str) -> None:
    slug = environment.environment
    attribute, product = draft.attributes.get(column), draft.products.get(column)
    if attribute is not None:
        for value in environment.has[column]:
            if value not in attribute.values:
                message = f"no value {value!r} of {column!r}{near(value, attribute.values)}"
                draft.problem("environment", slug, ("has", column), message)
    elif product is not None and product.releases:
        _verify_version(draft, environment, column, product)
    elif not draft.may_lack("products", column) and not draft.may_lack("attributes", column):
        known = [*draft.attributes, *(name for name, item in draft.products.items() if item.releases)]
        message = f"{column!r} is neither a product with releases nor an attribute{near(column, known)}"
        draft.problem("environment", slug, ("has", column), message)


def _verify_version(draft: Draft, environment: Environment, column: str, product: Product) -> None:
    slug, texts = environment.environment, environment.has[column]
    message = None if len(texts) == 1 else "one version: the one that is used there"
    try:
        numbers = [Number.parse(text) for text in texts]
    except BadVersion as error:
        message, numbers = f"{error}: write it as it is installed", []
    known = [Number.parse(text) for text in product.releases if not product.more_releases]
    for number in numbers if known else ():
        if not any(release.within(number) or number.within(release) for release in known):
            message = f"{number} is no known release of {column!r}: correct it or add the release"
    if message is not None:
        draft.problem("environment", slug, ("has", column), message)
