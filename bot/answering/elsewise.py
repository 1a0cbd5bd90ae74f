"""What is told where tables do not answer just what is asked: of the chosen, of the rest, of a device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from bot.answering.answers import Check, Evidence, Finding, Lookup, NoAnswer, Outcome, Truth
from bot.answering.joins import as_given
from bot.answering.solvers import Solvers
from bot.understanding.question import Given, Question

PAIR: Final = 2
NEEDS: Final = frozenset({"need", "which", "version"})
NEWEST: Final = 8
"""Releases of which the builds may not be recorded yet, at most."""


class Elsewise:
    """Looks up, beside a question that has no answer of its own, what comes nearest to one."""

    def __init__(self, solvers: Solvers) -> None:
        self._joins = solvers.joins
        self._kb = solvers.joins.kb
        self._lookups = solvers.lookups
        self._checks = solvers.checks
        self._installer = solvers.installer

    def by_chosen(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        """What no table relates to what is given, looked up for the release of the subject that is chosen."""
        subjects = self._installer.subjects
        own = (o for o in outcomes if isinstance(o, Lookup) and o.want in subjects)
        chosen = next(((o.want, o.chosen) for o in own if o.chosen is not None), None)
        for outcome in outcomes:
            question = outcome.question
            is_left_out = isinstance(outcome, NoAnswer) and outcome.reason == "unrelated"
            if chosen is None or not is_left_out or not question.want:
                yield outcome
                continue
            beside = self._lookups.answer(replace(question, given=(as_given(*chosen),)), question.want[0])
            yield beside if isinstance(beside, Lookup) else outcome

    def built_for(self, question: Question) -> Outcome | None:
        """Which builds of a release run on a device: by the code inside them, not by what a toolkit knows."""
        own = next((g for g in question.given if g.column in self._installer.subjects), None)
        if own is None or not self._has_device(question) or question.want[0] not in self._installer.builds:
            return None
        found = self._lookups.answer(replace(question, want=(own.column,)), own.column)
        return found if isinstance(found, Lookup) and found.builds else None

    def beside_subject(self, question: Question) -> Lookup | None:
        """What comes along with a release of the subject, where a build is given that this does not have."""
        own = next((g for g in question.given if g.column in self._installer.subjects), None)
        builds = [g for g in question.given if g.column in self._installer.builds]
        if own is None or not builds or not set(question.want) <= self._installer.installs:
            return None
        rest = tuple(g for g in question.given if g not in builds)
        found = self._lookups.answer(replace(question, given=rest, negated=False), question.want[0])
        return replace(found, command=None) if isinstance(found, Lookup) and found.values else None

    def unrecorded(self, question: Question) -> Outcome | None:
        """Where no table tells what goes with all that is given: the rest, or that two of it stay apart."""
        return self.beside_subject(question) or self._apart(question)

    def _apart(self, question: Question) -> Check | None:
        """That nothing goes with all that is given, since two of it do not go together."""
        if question.negated or not set(question.want) <= self._installer.subjects | self._installer.installs:
            return None
        asked = replace(question, intent="check", want=())
        found = self._checks.answer(asked)
        if not isinstance(found, Check) or found.truth is not Truth.EXCLUDED:
            return None
        apart = tuple(f for f in found.findings if f.truth is Truth.EXCLUDED)
        return replace(found, question=question, findings=apart)

    def by_subject(self, question: Question) -> Outcome | None:
        """Whether things that no table relates (a Python, a GPU) go together for what can be installed.

        They do where a release goes with all of them; else one of them rules out what the other needs.
        """
        subject = min(self._installer.subjects, default="")
        things = [g for g in question.given if g.column not in self._kb.qualifiers]
        others = [slug for slug in question.about if slug != subject]
        if len(things) < 2 or others or subject in {g.column for g in things}:
            return None
        companions = self._installer.installs
        if not self._has_device(question) or any(g.column in companions for g in things):
            return None  # of a companion that names no release nothing is ruled out
        releases = [(thing, self._lookups.values(subject, (thing,))) for thing in things]
        if not all(values for _, values in releases):
            return None
        if set.intersection(*(set(values) for _, values in releases)):
            asked = replace(question, intent="lookup", want=(subject,), about=(), whether=True)
            found = self._lookups.answer(asked, subject)
            return found if isinstance(found, Lookup) else None
        apart = [(b, a) for a, b in combinations(releases, 2) if set(a[1]).isdisjoint(b[1])]
        if not apart:
            return None  # every two of them go together somewhere, all of them nowhere
        (left, own), (right, _) = apart[0]
        evidence = tuple(self._rows(subject, thing) for thing in (left, right))
        finding = Finding(Truth.EXCLUDED, left, right, tuple(e for e in evidence if e), via=(subject, own))
        return Check(question, Truth.EXCLUDED, (finding,))

    def _rows(self, subject: str, thing: Given) -> Evidence | None:
        found = self._lookups.answer(Question("lookup", "", "", want=(subject,), given=(thing,)), subject)
        return found.evidence if isinstance(found, Lookup) else None

    def impossible_machine(self, question: Question) -> Check | None:
        """That a driver does not know the device beside it: whatever is asked, nothing runs there."""
        devices = [g for g in question.given if isinstance(g.constraint, str)]
        drivers = [g for g in question.given if g.column in self._installer.beneath and not g.role]
        if len(drivers) != 1 or not devices:
            return None
        asked = replace(question, intent="check", want=(), given=(*drivers, *devices))
        found = self._checks.answer(asked)
        if not isinstance(found, Check) or found.truth is not Truth.EXCLUDED:
            return None
        return replace(found, question=replace(asked, given=question.given))

    def of_newest(self, question: Question) -> Outcome | None:
        """Which version of another its newest release takes, where a library is named without any version.

        Where the newest release asks for nothing, what an older one asks for is no answer.
        """
        if question.given or len(question.about) != PAIR or question.cues.isdisjoint(NEEDS):
            return None
        for own, other in (question.about, reversed(question.about)):
            for relation in self._joins.tables(own, other):
                requires = relation.table.relation == "requirement" and relation.columns[0] == own
                newest = max(relation.values(own), default=None) if requires else None
                if newest is not None and newest == self._joins.kb.releases[own][-1]:
                    asked = replace(question, intent="lookup", want=(other,), about=())
                    asked = replace(asked, given=(as_given(own, newest),))
                    return self._lookups.answer(asked, other)
        return None

    def _has_device(self, question: Question) -> bool:
        """Whether a thing on record is given (a GPU), not only where it stands."""
        things = (g for g in question.given if isinstance(g.constraint, str))
        return any(g.column not in self._kb.qualifiers and self._joins.known(g) for g in things)

    def never_built(self, question: Question) -> Outcome | None:
        """Why the newest release of the subject whose builds are recorded does not go with a device.

        So is answered where no release at all is built for it.
        """
        subject, *others = question.want
        things = [g for g in question.given if isinstance(g.constraint, str)]
        if subject not in self._installer.subjects or others or not self._has_device(question):
            return None
        builds = [g for g in question.given if g.column in self._installer.builds]
        if builds:
            asked = replace(question, intent="check", want=(), given=(*things, *builds))
            found = self._checks.answer(asked)
            return found if isinstance(found, Check) else None
        for release in reversed(self._kb.releases[subject][-NEWEST:]):
            given = (as_given(subject, release), *things)
            found = self._checks.answer(replace(question, intent="check", want=(), given=given))
            if isinstance(found, Check) and found.truth is Truth.EXCLUDED:
                return found
        return None

    def without_unrelated(self, question: Question) -> Outcome | None:
        """Whether the rest goes together, where what is asked for is in no table (a library around torch).

        Of a rival of what can be installed (another framework) the tables say nothing.
        """
        asked = [self._kb.products[slug] for slug in question.want if slug in self._kb.products]
        kinds = {self._kb.products[slug].kind for slug in self._installer.subjects}
        things = {given.column for given in question.given if given.column not in self._kb.qualifiers}
        tabled = any(self._kb.routes.tables(product.product) for product in asked)
        if tabled or len(things) < 2 or any(product.kind in kinds for product in asked):
            return None
        found = self._checks.answer(replace(question, intent="check", want=(), about=question.want))
        return replace(found, missing=question.want) if isinstance(found, Check) else None
