"""Checks a pasted list of packages as a set: which two do not go together, and what each should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.answering.answers import Finding, Truth
from bot.answering.checking import CheckAnswerer
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.lookup import LookupAnswerer
from bot.answering.set_lines import SetCorrector
from bot.answering.set_members import MemberReader, Members
from bot.answering.set_outcome import SetCheck, SetConflict, SetRemark
from bot.answering.set_remarks import SetRemarker
from bot.knowledge.cells import Bounds
from bot.knowledge.versions import Constraint, Number
from bot.understanding.pins import Pins
from bot.understanding.question import Given, Question

WRITTEN: Final = frozenset({"index", "other_index", "tag"})
"""What is wrong with how a set is written, so that it does not install."""
TROUBLE: Final = frozenset({"fails", "negative", "trouble", "exception"})


class SetAnswerer:
    """Looks at every two members that tables relate."""

    def __init__(self, joins: Joins, lookups: LookupAnswerer, installer: Installer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._installer = installer
        self._checks = CheckAnswerer(joins, lookups, installer)
        self._lookups = lookups
        self._reader = MemberReader(joins)
        self._remarker = SetRemarker(joins, installer)
        self._corrector = SetCorrector(joins, installer)

    def answer(self, question: Question, pins: Pins) -> SetCheck:
        """Whether all that is pinned and given goes together; what to write where it does not.

        `question` is what was asked beside the list: what it gives counts where no pin says otherwise.
        """
        members = self._reader.read(question, pins)
        members = self._with_default(members, question)
        findings = tuple({_pair(finding): finding for finding in self._findings(members, question)}.values())
        conflicts = tuple(self._conflict(finding, members) for finding in findings if _is_excluded(finding))
        remarks = (
            *self._remarker.remarks(members, machine=bool(self._machine(members, question))),
            *self._within(findings),
            *self._others(members, conflicts),
        )
        solution = self._corrector.solve(members, conflicts, remarks)
        return SetCheck(
            replace(question, intent="check", want=(), about=(), given=(*members.things, *members.places)),
            _together(findings, remarks),
            members.things,
            findings,
            conflicts,
            (*remarks, *solution.remarks),
            solution.lines,
            solution.command,
            pins.unknown,
            troubled=not question.cues.isdisjoint(TROUBLE) and not any(r.kind in WRITTEN for r in remarks),
        )

    def _with_default(self, members: Members, question: Question) -> Members:
        """Where the machine is told and a plain install leaves the build open: the build that it brings."""
        if not self._machine(members, question):
            return members
        told = self._remarker.remarks(members, machine=True)
        found = [remark.other for remark in told if remark.kind == "default" and remark.other]
        return replace(members, things=(*members.things, *found[:1])) if found else members

    def _machine(self, members: Members, question: Question) -> list[Given]:
        """What is said of the machine that no table relates to the subject itself (a GPU, a driver)."""
        return [g for g in question.given if g in members.things and not self._is_near(g, members)]

    def _findings(self, members: Members, question: Question) -> Iterator[Finding]:
        columns = {given.column for given in members.things}
        seen: set[frozenset[str]] = set()
        for index, left in enumerate(members.things):
            for right in members.things[index + 1 :]:
                if left.column != right.column and self._bears(left.column, right.column, columns):
                    seen.add(frozenset((left.column, right.column)))
                    yield self._finding(left, right, members)
        for finding in self._farther(members, question):
            if frozenset((finding.left.column, finding.right.column)) not in seen:
                yield finding

    def _bears(self, left: str, right: str, columns: set[str]) -> bool:
        """Whether a table has both, or a join of two products passes none of the others' columns."""
        if self._joins.routes.direct(left, right):
            return True
        hops = self._joins.routes.hops(left, right)
        products = {left, right} <= self._kb.products.keys()
        return products and bool(hops) and not any(hop.column in columns for hop in hops)

    def _finding(self, left: Given, right: Given, members: Members) -> Finding:
        """The pair in its place, as far as a table of the two tells places apart."""
        tables = self._joins.routes.direct(left.column, right.column)
        told = {column for relation in tables for column in relation.columns}
        places = tuple(given for given in members.places if given.column in told)
        finding = self._joins.check(left, right, places)
        loose = any(not self._is_packaged(given.column) for given in (left, right))
        if members.elsewhere and loose:
            return replace(finding, truth=Truth.NOT_RECORDED, evidence=())
        truths = self._over_range(left, right, places) or self._over_range(right, left, places)
        if not truths:
            return finding
        return replace(finding, truth=truths.pop() if len(truths) == 1 else Truth.CONDITIONAL)

    def _over_range(self, given: Given, other: Given, places: tuple[Given, ...]) -> set[Truth]:
        """How the releases in a pinned range go with the other side: an installer may take any of them."""
        constraint = given.constraint
        if isinstance(constraint, str) or constraint.exact is not None:
            return set()
        releases = constraint.select(self._kb.releases[given.column])
        own = (as_given(given.column, number) for number in releases)
        return {self._joins.truth(one, other, places) for one in own} - {Truth.NOT_RECORDED}

    def _farther(self, members: Members, question: Question) -> Iterator[Finding]:
        """How what the machine has (a GPU) goes with the subject's build: as any check of the two."""
        subjects = self._installer.subjects
        machine = self._machine(members, question)
        build = [g for g in members.things if g.column in subjects or g.column in self._installer.builds]
        if machine and build:
            asked = replace(question, given=(*build, *machine, *members.places))
            for finding in self._checks.findings(asked):
                if finding.left in machine or finding.right in machine:
                    yield finding

    def _is_near(self, given: Given, members: Members) -> bool:
        """Whether a table relates a given to the subject, or to the build, itself."""
        return any(
            self._joins.routes.direct(given.column, other.column)
            for other in members.things
            if other.column in self._installer.subjects
        )

    def _is_packaged(self, column: str) -> bool:
        product = self._kb.products.get(column)
        return bool(product and product.package)

    def _is_build(self, given: Given) -> bool:
        """Whether a build is pinned: a tag, an index or a package of its own, not what the machine has."""
        return given.column in self._installer.builds and given.role == "build"

    def _conflict(self, finding: Finding, members: Members) -> SetConflict:
        """Which of two to change, and to what.

        A build or a package that goes along with a subject follows the subject; of a subject and what it runs
        on, and of two others, either may change.
        """
        left, right = finding.left, finding.right
        subjects = self._installer.subjects
        follows = [
            given
            for given, other in ((left, right), (right, left))
            if other.column in subjects and (self._is_packaged(given.column) or self._is_build(given))
        ]
        if not follows:
            return SetConflict(finding, None, *self._either(finding), scope=self._scope(finding, members))
        wrong = follows[0]
        options = finding.left_options if wrong is left else finding.right_options
        bound = None if options else self._bound(wrong, right if wrong is left else left)
        return SetConflict(finding, wrong, options, bound=bound)

    def _scope(self, finding: Finding, members: Members) -> Given | None:
        """The build for which a join of the subject with something farther was made."""
        sides = (finding.left.column, finding.right.column)
        if finding.via is None or self._installer.subjects.isdisjoint(sides):
            return None
        builds = (given for given in members.things if given.column in self._installer.builds)
        return next((given for given in builds if given.column not in sides), None)

    def _either(self, finding: Finding) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
        """The versions of each side that go with the other, also by a join."""
        left, right = finding.left, finding.right
        if finding.via is None:
            return finding.left_options, finding.right_options
        lefts = self._lookups.values(left.column, (right,))
        rights = self._lookups.values(right.column, (left,))
        return _unless_own(left, lefts), _unless_own(right, rights)

    def _bound(self, given: Given, other: Given) -> Constraint | None:
        """The one specifier that the rows for the other side state for a column."""
        for relation in self._joins.routes.direct(given.column, other.column):
            rows = self._joins.rows(relation, (other,))[0]
            cells = (row.cells.get(given.column) for row in rows)
            found = {cell.constraint for cell in cells if isinstance(cell, Bounds)}
            if len(found) == 1:
                return found.pop()
        return None

    def _within(self, findings: Sequence[Finding]) -> Iterator[SetRemark]:
        """Where a pinned range goes too far: the bound that the other side states."""
        for finding in findings:
            for given, other in ((finding.left, finding.right), (finding.right, finding.left)):
                ranged = isinstance(given.constraint, Constraint) and given.constraint.exact is None
                bound = self._bound(given, other) if finding.truth is Truth.CONDITIONAL and ranged else None
                if bound is not None:
                    yield SetRemark("within", given, replace(given, constraint=bound), places=(other,))

    def _others(self, members: Members, conflicts: Sequence[SetConflict]) -> Iterator[SetRemark]:
        """Where the subject is in most conflicts and all others go together with another version of it."""
        for subject in members.things:
            if subject.column not in self._installer.subjects:
                continue
            against = [c.finding for c in conflicts if subject in (c.finding.left, c.finding.right)]
            if len(against) < 2 or len(against) < len(conflicts):
                continue
            fitting = self._fitting(subject, members)
            if fitting:
                yield SetRemark("rest", subject, versions=fitting)

    def _fitting(self, subject: Given, members: Members) -> tuple[Number, ...]:
        """The versions of the subject that nothing else in the set rules out."""
        near = [g for g in members.things if self._joins.routes.direct(subject.column, g.column)]
        near = [given for given in near if self._joins.known(given)]
        return tuple(
            number
            for number in self._kb.releases[subject.column]
            if all(
                self._joins.truth(as_given(subject.column, number), given) >= Truth.CONDITIONAL
                for given in near
            )
        )


def _pair(finding: Finding) -> frozenset[tuple[str, str]]:
    """What a finding is of, whichever side comes first: a build is told by a tag and by a tool."""
    return frozenset((given.column, str(given)) for given in (finding.left, finding.right))


def _is_excluded(finding: Finding) -> bool:
    return finding.truth is Truth.EXCLUDED


def _together(findings: Sequence[Finding], remarks: Sequence[SetRemark]) -> Truth:
    """All must hold; a build that the tables cannot place, or a release that nobody made, leaves it open."""
    known = [finding.truth for finding in findings if finding.truth is not Truth.NOT_RECORDED]
    if not known:
        return Truth.NOT_RECORDED
    truth = min(known)
    if any(remark.kind in ("mixed", "made_for") for remark in remarks):
        return Truth.EXCLUDED  # two builds are from two indexes, and a wheel is for one Python
    doubtful = any(remark.kind in ("unknown", "open") for remark in remarks)
    if truth is Truth.SUPPORTED and (doubtful or len(known) < len(findings)):
        return Truth.CONDITIONAL
    return truth


def _unless_own(given: Given, options: tuple[Number, ...]) -> tuple[Number, ...]:
    """The options; none where the given itself is one: it is not its version that is wrong."""
    own = isinstance(given.constraint, Constraint) and bool(given.constraint.select(options))
    return () if own else options
