"""Puts what a named environment has into the slots of a question that does not say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Environment
from bot.knowledge.versions import Constraint, Number
from bot.understanding.filled import Slots
from bot.understanding.question import Given, Question
from bot.understanding.spans import Spans


def named_environments(spans: Spans) -> tuple[str, ...]:
    """The environments that a message names, in order, each once."""
    found = (span.entry.slug for span in spans.names if span.is_a("environment"))
    return tuple(dict.fromkeys(found))


def settle(slots: Slots, environment: Environment, kb: KnowledgeBase) -> Slots:
    """The slots of a question that names an environment.

    A question about nothing but the environment and what it has ("what driver has cluster-a") is an
    inventory, and keeps its slots. Any other gets the environment's values as givens; what the question gives
    itself wins. A product that the environment has and the question only names ("for the driver of
    cluster-a") is asked for where a version of something else is given and nothing else is asked for; in a
    plain yes-or-no question it alone is meant.
    """
    own = environment.has
    said = tuple(given for given in slots.versions if not given.origin)
    named = tuple(slug for slug in slots.bare if slug in own)
    others = tuple(slug for slug in slots.bare if slug not in own)
    beyond = any(given.column not in own for given in said)
    if not (others or beyond or slots.kinds or slots.topics):
        about = tuple(dict.fromkeys((*named, *(given.column for given in said))))
        return replace(slots, bare=about, versions=said, environment=environment.environment, inventory=True)
    asked = not others and (slots.has("which", "need") or not slots.has("yesno"))
    given = {item.column for item in (*said, *slots.values)} | set(named if asked else ())
    added = [item for item in _givens(environment, kb) if item.column not in given]
    if named and not others and not asked:
        added = [item for item in added if item.column in {*named, *kb.qualifiers}]
    return replace(
        slots,
        bare=slots.bare if asked else others,
        versions=(*said, *(item for item in added if item.column not in kb.qualifiers)),
        values=(*slots.values, *(item for item in added if item.column in kb.qualifiers)),
        environment=environment.environment,
    )


def moved(before: Question, environment: Environment, kb: KnowledgeBase) -> Question:
    """A question asked again for another environment ("and on cluster-b?")."""
    kept = tuple(given for given in before.given if not given.origin)
    columns = {given.column for given in kept} | set(before.want)
    added = (given for given in _givens(environment, kb) if given.column not in columns)
    return replace(before, given=(*kept, *added), environment=environment.environment)


def _givens(environment: Environment, kb: KnowledgeBase) -> Iterator[Given]:
    for column, values in environment.has.items():
        for value in values:
            constraint: Constraint | str = value
            if column not in kb.attributes:
                constraint = Constraint.series(kb.listed(column, Number.parse(value)))
            yield Given(column, constraint, value, origin=environment.environment)
