"""Answers about a version or thing that no table has: not recorded, or no release of a full list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.answering.answers import NoAnswer
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint, Number
from bot.understanding.alike import things_alike
from bot.understanding.question import Given, Question

TELLING = 2
"""Components of a version that cannot be a number of something else."""


def not_recorded(
    kb: KnowledgeBase, question: Question, given: Given, listed: tuple[Number, ...] | None = None
) -> NoAnswer:
    """No table has this version or thing: the nearest that are there (of those `listed`), and the newest.

    Of a product whose list of releases is all there is, such a version was never released.
    """
    if isinstance(given.constraint, str):
        return NoAnswer(question, "not_recorded", given, alike=tuple(things_alike(kb, given)))
    known = kb.releases.get(given.column, ())
    near = nearest_versions(given, known if listed is None else listed)
    newest = (known or listed or (None,))[-1]
    never = is_no_release(kb, given)
    meant = tuple(_others(kb, given)) if never else ()
    return NoAnswer(question, "no_release" if never else "not_recorded", given, near, newest, meant)


def nearest_versions(given: Given, listed: tuple[Number, ...]) -> tuple[Number, ...]:
    """The listed versions right below and above what is given."""
    target = given.constraint.exact if isinstance(given.constraint, Constraint) else None
    if target is None:
        return ()
    below = [v for v in listed if v < target][-1:]
    above = [v for v in listed if v > target][:1]
    return tuple(below + above)


def is_no_release(kb: KnowledgeBase, given: Given) -> bool:
    """Whether a version that is named outright is none of a list that the package index was read for."""
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
    product = kb.products.get(given.column)
    if exact is None or product is None or given.inferred or len(exact.release) < TELLING:
        return False
    complete = bool(product.package) and not product.more_releases and bool(kb.releases.get(given.column))
    return complete and not kb.knows(given.column, Constraint.series(exact))


def _others(kb: KnowledgeBase, given: Given) -> Iterator[Given]:
    """What else such a version may be of, where it is too high for the product."""
    known = kb.releases[given.column]
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
    if exact is None or exact < known[-1]:
        return
    for slug in kb.implicit:
        if slug != given.column and kb.knows(slug, Constraint.series(exact)):
            yield replace(given, column=slug, constraint=Constraint.series(exact))
