"""Answers whether all that is given goes together, pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.answering.absent import not_recorded
from bot.answering.answers import Check, Command, Evidence, Finding, NoAnswer, Outcome, Truth
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.lookup import LookupAnswerer
from bot.understanding.question import Given, Question


class CheckAnswerer:
    """Looks at every two givens that tables relate."""

    def __init__(self, joins: Joins, lookups: LookupAnswerer, installer: Installer) -> None:
        self._joins = joins
        self._lookups = lookups
        self._installer = installer

    def answer(self, question: Question) -> Outcome:
        """Whether all givens go together, pair by pair."""
        context = self._joins.context(question.given)
        findings = self.findings(question)
        known = [f for f in findings if f.truth is not Truth.NOT_RECORDED]
        if not known:
            return (
                self._by_other_means(question)
                or self._listed_apart(question, findings)
                or self._unrecorded(question, findings)
            )
        scope = () if any(f.right in context for f in findings) else context
        told = {given.column for finding in findings for given in (finding.left, finding.right)}
        unused = tuple(g for g in question.given if g.column not in told and g not in context)
        truth = self._together(known, findings)
        if unused and truth is Truth.SUPPORTED:
            truth = Truth.CONDITIONAL
        check = Check(question, truth, findings, (*scope, *self._spoilt_for(findings, question)), unused)
        if check.truth is not Truth.SUPPORTED:
            return check
        return replace(check, command=self._command_for(question))

    def _spoilt_for(self, findings: Iterable[Finding], question: Question) -> tuple[Given, ...]:
        """The build that is given, where it alone may be what a device cannot run: a release has others."""
        apart = [f for f in findings if f.truth is Truth.EXCLUDED]
        devices = bool(apart) and all(self._is_about_device((f.left, f.right)) for f in apart)
        return tuple(g for g in question.given if g.column in self._installer.builds) if devices else ()

    def _by_other_means(self, question: Question) -> Check | None:
        """Where nothing is recorded of all with the manner that is given (a channel): what rules it out."""
        manners = tuple(filter(self._is_manner, question.given))
        if not manners:
            return None
        rest = tuple(given for given in question.given if given not in manners)
        ruled_out = self.ruled_out(question, rest, manners)
        if ruled_out is not None:
            return ruled_out
        found = self.answer(replace(question, given=rest))
        if not isinstance(found, Check) or found.truth is not Truth.EXCLUDED:
            return None
        return replace(found, question=question, beyond=manners)

    def ruled_out(
        self, question: Question, things: Sequence[Given], manners: Sequence[Given]
    ) -> Check | None:
        """Which things are not had in a manner at all: releases that a channel does not have."""
        pairs = (self._joins.check(thing, manner) for thing in things for manner in manners)
        found = tuple(finding for finding in pairs if finding.truth is Truth.EXCLUDED)
        return Check(question, Truth.EXCLUDED, found) if found else None

    def _listed_apart(self, question: Question, findings: tuple[Finding, ...]) -> Check | None:
        """Two releases of which each is listed with another, where the list may not be all there is."""
        apart = tuple(f for f in findings if is_apart(f))
        return Check(question, Truth.NOT_RECORDED, apart) if apart and len(apart) == len(findings) else None

    def findings(self, question: Question) -> tuple[Finding, ...]:
        """How every two givens that tables relate go together."""
        context = self._joins.context(question.given)
        found = [
            self._checked(left, right, () if right in context else _beside(question, left, right))
            for left, right in self._pairs(question)
        ]
        wrong = {item for f in found if f.truth is Truth.EXCLUDED for item in (f.left, f.right)}
        told = (self._unless_spoilt(finding, question, wrong) for finding in found)
        return (*map(self._with_ways_out, told), *self._side_by_side(question))

    def _unless_spoilt(self, finding: Finding, question: Question, wrong: set[Given]) -> Finding:
        """A pair of which nothing is recorded beside a build that is ruled out: without that build."""
        around = _beside(question, finding.left, finding.right)
        builds = [g for g in around if g in wrong and g.column in self._installer.builds]
        if finding.truth is not Truth.NOT_RECORDED or not builds:
            return finding
        return self._checked(finding.left, finding.right, tuple(g for g in around if g not in builds))

    def _checked(self, left: Given, right: Given, beside: tuple[Given, ...]) -> Finding:
        """The finding; where it is recorded at some places only and none was named, that at the usual one.

        What is ruled out by itself is so whatever is given beside it, though that may be recorded nowhere.
        Which way it is installed (pip) tells nothing of what runs on a device.
        """
        finding = self._joins.check(left, right, beside)
        places = self._joins.context((*beside, left, right))
        device = self._is_about_device((left, right))
        rest = tuple(given for given in beside if not (device and self._is_manner(given)))
        if finding.truth is Truth.NOT_RECORDED and len(rest) < len(beside):
            return self._checked(left, right, rest)
        if finding.truth is not Truth.NOT_RECORDED:
            return finding if places else self._where_it_runs(finding, beside)
        if not device and not any(map(self._is_manner, beside)):
            anywhere = self._joins.check(left, right, self._at_places(left, right, beside))
            if anywhere.truth is Truth.EXCLUDED:
                return anywhere  # whatever else is given
        for place in () if places else self._installer.usual_places:
            there = self._joins.check(left, right, (*beside, place))
            if there.truth is not Truth.NOT_RECORDED:
                return replace(there, place=place)
        return finding

    def _at_places(self, left: Given, right: Given, beside: tuple[Given, ...]) -> tuple[Given, ...]:
        """The places among what else is given, as far as tables of the pair may differ by them."""
        tables = self._joins.routes.direct(left.column, right.column)
        told = {column for relation in tables for column in relation.columns}
        return tuple(g for g in self._joins.context(beside) if not tables or g.column in told)

    def _is_manner(self, given: Given) -> bool:
        attribute = self._joins.kb.attributes.get(given.column)
        return attribute is not None and attribute.manner

    def _where_it_runs(self, finding: Finding, beside: tuple[Given, ...]) -> Finding:
        """A release that runs on a device only elsewhere than at the usual place: where that is."""
        pair = (finding.left, finding.right)
        if finding.truth < Truth.CONDITIONAL or not self._is_about_device(pair):
            return finding
        attributes = self._joins.kb.attributes
        for place in (p for p in self._installer.usual_places if not attributes[p.column].manner):
            if self._joins.check(*pair, (*beside, place)).truth is not Truth.EXCLUDED:
                continue
            for value in attributes[place.column].values:
                other = Given(place.column, value, value)
                there = self._joins.check(*pair, (*beside, other))
                if there.truth >= Truth.CONDITIONAL:
                    return replace(there, truth=Truth.CONDITIONAL, place=other)
        return finding

    def _is_about_device(self, pair: tuple[Given, Given]) -> bool:
        subjects = {given.column for given in pair} & self._installer.subjects
        things = [given for given in pair if isinstance(given.constraint, str)]
        return bool(subjects) and any(g.column not in self._joins.kb.qualifiers for g in things)

    def _side_by_side(self, question: Question) -> Iterator[Finding]:
        """Two products that each bring their own copy of what is given: nobody says they go together."""
        routes = self._joins.kb.routes
        columns = list(dict.fromkeys(given.column for given in question.given))
        for index, left in enumerate(columns):
            for right in columns[index + 1 :]:
                own = ([c for r in routes.tables(near) for c in r.table.ends] for near in (left, right))
                shared = set.intersection(*map(set, own)).intersection(columns)
                if shared and not self._joins.related(left, right):
                    one, other = (question.value(column) for column in (left, right))
                    if one is not None and other is not None:
                        yield Finding(Truth.NOT_RECORDED, one, other, ())

    def _with_ways_out(self, finding: Finding) -> Finding:
        """What may do nevertheless, and, where a join over tables rules out, what would go instead."""
        if finding.truth > Truth.NOT_RECORDED:
            return finding
        if finding.via is None:
            found = tuple(self._fallbacks([finding.left], [finding.right]))
            truth = Truth.CONDITIONAL if found else finding.truth
            return replace(finding, truth=truth, evidence=(*finding.evidence, *found))
        if finding.truth is Truth.NOT_RECORDED:
            return finding
        own = [given for link in finding.links for given in (link.left, link.right)]
        near = [as_given(finding.via[0], entry) for entry in finding.via[1]]
        found = tuple(self._fallbacks(near, own))
        options = self._lookups.values(finding.left.column, (finding.right,))
        return replace(finding, left_options=options, evidence=(*finding.evidence, *found))

    def _fallbacks(self, left: Sequence[Given], right: Sequence[Given]) -> Iterator[Evidence]:
        """The rows of fallback tables that let any of the left go with any of the right."""
        for relation in self._joins.kb.fallbacks:
            pairs = [(near, far) for near in left for far in right if near.column != far.column]
            told = [pair for pair in pairs if {pair[0].column, pair[1].column} <= set(relation.columns)]
            rows = {row.ref: row for pair in told for row in self._joins.rows(relation, pair)[0]}
            if rows:
                yield Evidence(relation, tuple(rows.values()))

    def _together(self, known: list[Finding], findings: tuple[Finding, ...]) -> Truth:
        """All must hold; where several versions of one product were named, some may hold and some not.

        What an environment has (two GPUs) are no alternatives: all of it must be satisfied.
        """
        rest = [finding for finding in known if not _is_own_copy(finding)]
        if rest and len(rest) < len(known):
            return min(Truth.CONDITIONAL, self._together(rest, findings))
        truth = min(finding.truth for finding in known)
        if truth is Truth.EXCLUDED:
            held = [
                f for f in known if f.truth is not Truth.EXCLUDED and not (f.left.origin or f.right.origin)
            ]
            alternatives = {(f.left.column, f.right.column) for f in held}
            excluded = {(f.left.column, f.right.column) for f in known if f.truth is Truth.EXCLUDED}
            return Truth.CONDITIONAL if excluded <= alternatives else truth
        return truth if len(known) == len(findings) else Truth.CONDITIONAL

    def _pairs(self, question: Question) -> list[tuple[Given, Given]]:
        """Every two givens that tables relate; equally many versions of two products go in pairs.

        What one environment has is there together already: only what is asked about is checked against it.
        """
        places = self._joins.context(question.given)
        things = [given for given in question.given if given not in places]
        columns = list(dict.fromkeys(given.column for given in things))
        found: list[tuple[Given, Given]] = []
        for index, left in enumerate(columns):
            for right in columns[index + 1 :]:
                if self._tells(left, right, columns, question):
                    found += _paired(
                        [g for g in things if g.column == left], [g for g in things if g.column == right]
                    )
        releases = [given for given in things if not isinstance(given.constraint, str)]
        found = found or [(t, p) for t in releases for p in places if self._joins.related(t.column, p.column)]
        return [(one, other) for one, other in found if not (one.origin and other.origin)]

    def _tells(self, left: str, right: str, given: list[str], question: Question) -> bool:
        """Whether tables relate two columns, other pairs do not tell more, and it is them that are meant.

        What leads through another product than the one asked about, which brings its own, is not meant.
        """
        if not self._joins.related(left, right) or self._is_implied(left, right, given):
            return False
        routes = self._joins.kb.routes
        ways = {hop.column for hop in routes.hops(left, right)}
        own = self._installer.subjects | self._installer.installs
        others = {*given, *question.about}.intersection(self._joins.kb.products) - {left, right} - ways - own
        return not ways or not any(
            {left, right}.intersection(r.table.ends) for other in others for r in routes.tables(other)
        )

    def _is_by_code(self, build: str, trait: str, given: list[str]) -> bool:
        """Whether a release is given whose builds' code decides, not what a toolkit compiles for."""
        if build not in self._installer.builds:
            return False
        return any(
            build in hop.relation.columns and hop.column != build
            for subject in self._installer.subjects.intersection(given)
            for hop in self._joins.kb.routes.hops(subject, trait)
        )

    def _is_implied(self, left: str, right: str, given: list[str]) -> bool:
        """Whether other pairs tell more exactly what a join of these two would.

        Where every way between them leads through a column that is given as well (torch, CUDA, driver), or
        where a table tells one of them for each pair of the other and a third (the architectures of a torch
        for a CUDA), the join has nothing to add.
        """
        if self._is_by_code(left, right, given) or self._is_by_code(right, left, given):
            return True
        hops = self._joins.kb.routes.hops(left, right)
        others = [column for column in given if column not in (left, right)]
        if hops and all(hop.column in others for hop in hops):
            return True
        return bool(hops) and any(
            near in hop.relation.columns and hop.column != near
            for third in others
            for near, far in ((left, right), (right, left))
            for hop in self._joins.kb.routes.hops(third, far)
        )

    def _unrecorded(self, question: Question, findings: tuple[Finding, ...]) -> NoAnswer:
        for given in (g for f in findings for g in (f.left, f.right)):
            if isinstance(given.constraint, str) or self._joins.kb.knows(given.column, given.constraint):
                continue
            return not_recorded(self._joins.kb, question, given)
        return NoAnswer(question, "not_recorded" if findings else "unrelated")

    def _command_for(self, question: Question) -> Command | None:
        subjects = {g.column for g in question.given} & self._installer.subjects
        return self._installer.exact(question.given) if subjects else None


def _is_own_copy(finding: Finding) -> bool:
    """Whether only another version is ruled out of what the package brings along by itself."""
    tables = [evidence.relation.table for evidence in finding.evidence]
    return finding.truth is Truth.EXCLUDED and bool(tables) and all(table.bundled for table in tables)


def by_way_apart(outcome: Outcome) -> bool:
    """Whether no more is told than that two things go together in no release of a third."""
    if not isinstance(outcome, Check) or outcome.truth is not Truth.EXCLUDED:
        return False
    return all(f.via is not None for f in outcome.findings if f.truth is Truth.EXCLUDED)


def is_apart(finding: Finding) -> bool:
    """Whether nothing is recorded of two releases, and each is listed with another."""
    listed = bool(finding.around and finding.left_options and finding.right_options)
    return finding.truth is Truth.NOT_RECORDED and listed


def _beside(question: Question, left: Given, right: Given) -> tuple[Given, ...]:
    """What else is given, as far as it is one thing: of several versions of a product none is the context."""
    columns = [given.column for given in question.given]
    pair = (left.column, right.column)
    return tuple(g for g in question.given if g.column not in pair and columns.count(g.column) == 1)


def _paired(left: list[Given], right: list[Given]) -> list[tuple[Given, Given]]:
    if len(left) == len(right) > 1 and not any(given.origin for given in (*left, *right)):
        return list(zip(left, right, strict=True))
    return [(one, other) for one in left for other in right]
