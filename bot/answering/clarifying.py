"""Asks back: what about a name, which version of it, which of two; at most four choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.answering.absent import not_recorded
from bot.answering.answers import Clarification, Outcome, Told
from bot.answering.install import Installer
from bot.answering.joins import Joins
from bot.answering.milestones import Milestones
from bot.answering.options import Option
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given, Question

MAX_OPTIONS: Final = 4
MAX_NEAR: Final = 2


class Clarifier:
    """Chooses what is worth offering for a name alone, by what tables hold of it."""

    def __init__(self, joins: Joins, installer: Installer, milestones: Milestones) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._installer = installer
        self._milestones = milestones
        self._facts = {fact.id: fact for fact in self._kb.facts}

    def told_of(self, question: Question, given: Given) -> Told | None:
        """What a fact says of a version that no table knows."""
        asked = given.constraint
        if not isinstance(asked, Constraint) or asked.exact is None:
            return None
        fact = self._milestones.of_version(given.column, asked)
        return Told(replace(question, intent="history"), fact) if fact else None

    def topic(self, question: Question) -> Outcome:
        """A name alone: ask what about it."""
        versions = [g for g in question.given if isinstance(g.constraint, Constraint)]
        things = [g for g in question.given if g not in versions and g.column not in self._kb.qualifiers]
        if things and not versions and not question.about:
            return Clarification(question, "topic", tuple(self._about_thing(things[0]))[:MAX_OPTIONS])
        given = next(
            (g for g in versions if isinstance(g.constraint, Constraint) and g.constraint.exact), None
        )
        if given is None and versions:
            return self.topic(replace(question, about=(versions[0].column, *question.about), given=()))
        if given is not None:
            return self._clarify_version(question, given)
        pair = tuple(slug for slug in question.about if dates(self._kb, slug))[:2]
        if len(pair) == 2 and self._joins.related(*pair):
            return Clarification(question, "topic", tuple(self._newest_of(*pair)))
        slug = question.about[0]
        options = [Option("latest", slug), Option("releases", slug)] if dates(self._kb, slug) else []
        options += [Option("install", slug)] if slug in self._installer.subjects else []
        return Clarification(question, "topic", (*options, Option("describe", slug)))

    def near(self, question: Question) -> Clarification:
        """What the nearest facts are asked by, most fully: whether one of them is meant, the asker knows."""
        ways = (self._facts[hit.fact].asked.get(question.lang, ()) for hit in question.facts)
        options = (Option("fact", "", other=max(asked, key=len)) for asked in ways if asked)
        return Clarification(question, "near", tuple(options)[:MAX_NEAR])

    def _about_thing(self, thing: Given) -> Iterator[Option]:
        """A GPU or the like alone: what can be installed for it, and what its tables tell."""
        told = (c for r in self._joins.tables(thing.column) for c in r.columns if c in self._kb.releases)
        near = dict.fromkeys((*sorted(self._installer.subjects), *told))
        for other in near:
            if self._joins.related(thing.column, other):
                yield Option("match", thing.column, str(thing.constraint), other)

    def _newest_of(self, left: str, right: str) -> Iterator[Option]:
        """Two names and no version: what goes with the newest of each, as far as a table knows it."""
        for slug, other in ((left, right), (right, left)):
            listed = {v for r in self._joins.tables(slug, other) for v in r.values(slug)}
            if listed:
                yield Option("match_newest", slug, str(max(listed)), other)
            if slug in self._installer.subjects:
                yield Option("install", slug)

    def _clarify_version(self, question: Question, given: Given) -> Outcome:
        if isinstance(given.constraint, Constraint) and not self._kb.knows(given.column, given.constraint):
            return self.told_of(question, given) or not_recorded(self._kb, question, given)
        version = str(given.constraint)
        others = self._goes_with(given.column)
        options = [Option("match", given.column, version, other) for other in others]
        tail = [Option("install", given.column, version)] if given.column in self._installer.subjects else []
        tail += [Option("when", given.column, version), Option("overview", given.column, version)]
        return Clarification(question, "topic", (*options[: MAX_OPTIONS - len(tail)], *tail))

    def _goes_with(self, column: str) -> list[str]:
        """What a product is matched with: what can be installed, what chooses its build, what comes along."""
        found = dict.fromkeys(
            other
            for relation in self._joins.tables(column)
            for other in relation.columns
            if other != column and other in self._kb.releases
        )
        commands = {c for relation in self._kb.of_kind("command") for c in relation.columns}
        builds = {c for c in commands & self._kb.products.keys() if self._kb.products[c].implicit}
        along = self._kb.products[column].accompany

        def rank(other: str) -> tuple[bool, bool, bool]:
            return other not in self._installer.subjects, other not in builds, other not in along

        return sorted(found, key=rank)


def dates(kb: KnowledgeBase, slug: str) -> tuple[tuple[Number, str | None], ...]:
    """The releases of a product with their days, ascending."""
    releases = kb.products[slug].releases
    return tuple(sorted((Number.parse(text), day) for text, day in releases.items()))
