"""Adds to an outcome what an expert would add unasked: a way out of a no, the default build, a date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.answering.answers import (
    Check,
    Default,
    Empty,
    Evidence,
    Finding,
    Install,
    Lookup,
    NoAnswer,
    Outcome,
    Release,
    Truth,
)
from bot.answering.joins import as_given
from bot.answering.set_outcome import SetCheck
from bot.answering.solvers import Solvers
from bot.knowledge.versions import Constraint
from bot.understanding.givens import capped
from bot.understanding.question import Given, Question

DATED = "when"
ONLY = "only"


class Enricher:
    """Looks at an outcome and the question it answers; changes no verdict."""

    def __init__(self, solvers: Solvers, release: Callable[[Question], Outcome]) -> None:
        """`release` answers when a release came out."""
        self._joins = solvers.joins
        self._kb = solvers.joins.kb
        self._lookups = solvers.lookups
        self._installer = solvers.installer
        self._ways_out = solvers.ways_out
        self._release = release
        self._subject = next(iter(sorted(solvers.installer.subjects)), "")

    def enrich(self, outcome: Outcome) -> Iterator[Outcome]:
        """The outcome with what belongs to it, then what stands beside it."""
        question = outcome.question
        if isinstance(outcome, Check):
            beside = tuple(self._for_subject(question))
            check = self._as_built(self._with_ways(outcome), beside)
            beside = () if check.truth is Truth.EXCLUDED else beside  # no set that says yes behind a no
            yield check
            conflicts = [f for f in outcome.findings if f.truth is Truth.EXCLUDED]
            yield from self._ways_out.required(question, conflicts)
            yield from beside
            told = check.builds or any(isinstance(o, Lookup) and o.values for o in beside)
            if outcome.truth is Truth.EXCLUDED and not told:
                yield from self._of_device(question)
            yield from self._none_at_all(question, conflicts)
            yield from self._companions(question)
            if ONLY in question.cues:
                yield from self._other_releases(outcome)
            yield from self._dates(question)
        elif isinstance(outcome, SetCheck):
            yield outcome
            if any(
                self._is_about_device(c.finding) or self._is_of_subject(c.finding) for c in outcome.conflicts
            ):
                yield from self._of_device(question)
        elif isinstance(outcome, Install):
            yield replace(outcome, default=self._default(question.given))
        elif isinstance(outcome, Lookup):
            yield from self._looked_up(outcome)
        elif isinstance(outcome, Empty):
            yield outcome
            yield from self._under(outcome)
        elif isinstance(outcome, NoAnswer):
            yield outcome
            yield from self._instead(outcome)
        else:
            yield outcome

    def _looked_up(self, lookup: Lookup) -> Iterator[Outcome]:
        """With the verdict and day of a release, where asked, or which build a plain install brings."""
        question = lookup.question
        if question.want == (self._subject,) and not question.negated:
            yield replace(lookup, verdict=self._verdict(lookup))
            yield from self._day_of(lookup)
        elif question.whether and self._is_for_subject(lookup):
            yield replace(lookup, verdict=Truth.SUPPORTED)
        elif lookup.want in self._installer.builds:
            default = self._default(question.given)
            told = default is not None and lookup.want in default.evidence.relation.columns
            yield replace(lookup, default=default) if told else lookup
        else:
            yield lookup

    def _as_built(self, check: Check, beside: tuple[Outcome, ...]) -> Check:
        """A toolkit that knows a device, though no build of the subject for it runs there; or builds that do,
        though the toolkit does not know it.
        """
        given = check.question.given
        named = any(item.column == self._subject for item in given)
        if named or not self._needs_device(given):
            return check
        if not any(item.column in self._installer.builds for item in given):
            return check
        there = any(isinstance(outcome, Lookup) and outcome.values for outcome in beside)
        if there and check.truth is Truth.EXCLUDED and all(self._is_about_device(f) for f in check.findings):
            return replace(check, truth=Truth.CONDITIONAL, built=True, fix=None)
        if there or check.truth is not Truth.SUPPORTED:
            return check
        return replace(
            check, truth=Truth.CONDITIONAL, unbuilt=True, fix=self._ways_out.fix(check.question, given)
        )

    def _under(self, empty: Empty) -> Iterator[Outcome]:
        """For a build that no release has, the set for a machine that runs so much at most."""
        given, product = empty.given, self._kb.products.get(empty.given.column)
        exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
        if empty.want != self._subject or product is None or not product.ceilings or exact is None:
            return
        most = capped(given, exact)
        rest = (item for item in empty.question.given if item.column != given.column)
        found = self._ways_out.fix(empty.question, (most, *rest))
        if found is not None and not found.fallback:
            yield found

    def _is_about_device(self, finding: Finding) -> bool:
        """Whether a finding is that of a build and a device."""
        columns = {finding.left.column, finding.right.column}
        return not columns.isdisjoint(self._installer.builds) and self._needs_device(
            (finding.left, finding.right)
        )

    def _none_at_all(self, question: Question, conflicts: Sequence[Finding]) -> Iterator[Empty]:
        """That a release of the subject has nothing of a product: not only the version given is wrong."""
        for finding in conflicts:
            pair = {finding.left.column: finding.left, finding.right.column: finding.right}
            own = pair.pop(self._subject, None)
            for other in pair if own and finding.via is None else ():
                options = finding.left_options if other == finding.left.column else finding.right_options
                if not options and own is not None and other in self._kb.products:
                    asked = replace(question, intent="lookup", want=(other,), given=(own,), about=())
                    found = self._lookups.answer(asked, other)
                    if isinstance(found, Empty):
                        yield found

    def _is_of_subject(self, finding: Finding) -> bool:
        """Whether a finding is that of a release of the subject and a device."""
        pair = (finding.left, finding.right)
        return self._subject in {given.column for given in pair} and self._needs_device(pair)

    def _of_device(self, question: Question) -> Iterator[Lookup]:
        """The releases of the subject, and the builds, that run where what is given does not."""
        given = tuple(g for g in question.given if isinstance(g.constraint, str))
        if self._subject and self._needs_device(given):
            asked = replace(
                question, intent="lookup", want=(self._subject,), about=(), given=given, negated=False
            )
            found = self._lookups.answer(asked, self._subject)
            if isinstance(found, Lookup) and found.builds:
                yield replace(found, chosen=None, companions=(), command=None)

    def _instead(self, outcome: NoAnswer) -> Iterator[Outcome]:
        """What goes with the release of the subject, where what is given beside it never was one."""
        strange, question = outcome.given, outcome.question
        if (
            outcome.reason not in ("not_recorded", "no_release")
            or strange is None
            or strange.column == self._subject
        ):
            return
        around = (*question.given, *outcome.alike)
        own = next((given for given in around if given.column == self._subject), None)
        if own is None or not self._is_exact(own) or strange.column not in self._kb.releases:
            return
        asked = replace(question, intent="lookup", want=(strange.column,), given=(own,), about=())
        found = self._lookups.answer(asked, strange.column)
        if isinstance(found, Lookup) and found.values:
            yield found

    def _is_for_subject(self, lookup: Lookup) -> bool:
        """Whether there are versions for the release of the subject that is asked about."""
        own = next((given for given in lookup.question.given if given.column == self._subject), None)
        return own is not None and self._is_exact(own) and bool(lookup.values) and not lookup.caveats

    def with_command(self, check: SetCheck) -> SetCheck:
        """A set with the line that installs it; where a device rules it out, the newest that runs there."""
        by_device = [c for c in check.conflicts if self._needs_device((c.finding.left, c.finding.right))]
        if by_device:
            subjects = {g.column for g in check.members if g.column in self._installer.subjects}
            machine = tuple(g for g in check.members if self._is_of_machine(g, subjects))
            fix = self._ways_out.fix(check.question, (*machine, *self._joins.context(check.question.given)))
            if fix is None:
                return check
            return replace(check, lines=(fix.command.text,), command=fix.command, fix=fix)
        if check.truth is Truth.SUPPORTED and not check.lines:
            command = self._installer.exact(check.question.given)
            if command is not None and any(g.column in self._installer.subjects for g in check.members):
                return replace(check, lines=(command.text,), command=command)
        return check

    def _is_of_machine(self, given: Given, subjects: set[str]) -> bool:
        """Whether a member of a set is the machine's, and no choice of what to install."""
        if isinstance(given.constraint, str):
            return True
        choices = {*subjects, *self._installer.builds, *self._installer.installs}
        if given.column in self._kb.interpreters:
            return True
        tabled = any(self._joins.tables(given.column, subject) for subject in subjects)
        return given.column not in choices and not tabled

    def _with_ways(self, check: Check) -> Check:
        """A no with the smallest change that makes it a yes, where that is another build or release."""
        given = check.question.given
        check = replace(check, builds=self._builds(check))
        if any(item.column in self._installer.builds for item in given):
            check = replace(check, default=self._default(given))
        if ONLY in check.question.cues and check.truth is Truth.SUPPORTED and self._has_others(check):
            check = replace(check, truth=Truth.CONDITIONAL)
        devices = [
            f for f in check.findings if f.truth is Truth.EXCLUDED and self._is_about_build(f.left, f.right)
        ]
        if check.truth is not Truth.EXCLUDED or not devices or self._is_of_rival(given):
            return check
        if any(map(self._is_of_machine_alone, devices)):
            return check  # no other build mends that a driver does not know the GPU
        fix = self._ways_out.fix(check.question, given)
        return (
            check
            if fix is None or (fix.fallback and not self._needs_device(given))
            else replace(check, fix=fix)
        )

    def _has_others(self, check: Check) -> bool:
        """Whether a release has more builds than the only one that is told, or that build more releases."""
        if check.builds is not None and len(check.builds.values) > 1:
            return True
        return any(True for _ in self._other_releases(check))

    def _other_releases(self, check: Check) -> Iterator[Lookup]:
        """The releases of the subject that have a build which is said to be that of one alone."""
        own = next((g for g in check.question.given if g.column == self._subject), None)
        for given in check.question.given if own else ():
            if given.column in self._installer.builds and isinstance(given.constraint, Constraint):
                asked = replace(
                    check.question, intent="lookup", want=(self._subject,), given=(given,), about=()
                )
                found = self._lookups.answer(asked, self._subject)
                told = own.constraint if own and isinstance(own.constraint, Constraint) else Constraint()
                if isinstance(found, Lookup) and len(found.values) > len(told.select(found.values)):
                    yield replace(found, command=None)

    def _is_of_machine_alone(self, finding: Finding) -> bool:
        """Whether a finding is that of a device and of what comes along with a build (a driver)."""
        pair = (finding.left, finding.right)
        return self._needs_device(pair) and any(given.column in self._installer.beneath for given in pair)

    def _is_of_rival(self, given: Sequence[Given]) -> bool:
        """Whether another framework is what was asked about: no build of the subject is a way out."""
        named = {item.column for item in given} & self._kb.products.keys()
        kind = self._kb.products[self._subject].kind if self._subject else ""
        return self._subject not in named and any(self._kb.products[slug].kind == kind for slug in named)

    def _builds(self, check: Check) -> Lookup | None:
        """All that a release is built for, where one of that was asked and is there."""
        places = self._joins.context(check.question.given)
        for finding in check.findings if check.truth is Truth.EXCLUDED else ():
            thing = finding.right
            if finding.left.column == self._subject and isinstance(thing.constraint, str):
                return self._listed(check, self._subject, (thing,), least=1)
        for finding in check.findings if check.truth is Truth.SUPPORTED else ():
            own, other = finding.left, finding.right
            if own.column != self._subject:
                continue
            if other.column in self._installer.builds:
                return self._listed(check, other.column, (own, *places), least=2)
            if isinstance(other.constraint, str) and other not in places:
                return self._listed(check, self._subject, (own, other, *places), least=1)
        return None

    def _listed(self, check: Check, want: str, given: tuple[Given, ...], *, least: int) -> Lookup | None:
        asked = replace(check.question, intent="lookup", want=(want,), given=given, about=())
        found = self._lookups.answer(asked, want)
        return found if isinstance(found, Lookup) and len(found.values) >= least else None

    def _is_about_build(self, left: Given, right: Given) -> bool:
        """Whether a build or what it runs on is in a pair, or what comes along with what is installed."""
        moving = {*self._installer.builds, *self._installer.installs, *self._installer.beneath}
        columns = {left.column, right.column}
        return not columns.isdisjoint(moving) or any(isinstance(g.constraint, str) for g in (left, right))

    def _needs_device(self, given: tuple[Given, ...]) -> bool:
        return any(isinstance(g.constraint, str) and g.column not in self._kb.qualifiers for g in given)

    def _for_subject(self, question: Question) -> Iterator[Outcome]:
        """Where only what surrounds the subject was named (a GPU and a CUDA): its releases for that."""
        columns = {given.column for given in question.given}
        if self._subject in columns or columns.isdisjoint(self._installer.builds):
            return
        related = all(c in self._kb.qualifiers or self._joins.related(self._subject, c) for c in columns)
        if related:
            given = self._without_alternatives(question.given)
            asked = replace(question, intent="lookup", want=(self._subject,), about=(), given=given)
            found = self._lookups.answer(asked, self._subject)
            if isinstance(found, Lookup | Empty):
                yield found

    def _without_alternatives(self, given: tuple[Given, ...]) -> tuple[Given, ...]:
        """Without builds of which several are given: beside a device it is what decides."""
        columns = [item.column for item in given]
        several = {column for column in self._installer.builds if columns.count(column) > 1}
        rest = tuple(item for item in given if item.column not in several)
        return rest if self._needs_device(rest) else given

    def _companions(self, question: Question) -> Iterator[Outcome]:
        """What goes with the release of the subject, of what is named beside it without a version."""
        own = next((given for given in question.given if given.column == self._subject), None)
        if own is None or not self._is_exact(own):
            return
        for slug in question.about:
            if slug in self._kb.products[self._subject].accompany:
                asked = replace(question, intent="lookup", want=(slug,), given=(own,), about=())
                found = self._lookups.answer(asked, slug)
                if isinstance(found, Lookup) and found.values:
                    yield replace(found, command=None)

    def _dates(self, question: Question) -> Iterator[Outcome]:
        """The day of a release whose date is asked for beside."""
        dated = [g for g in question.given if self._kb.releases.get(g.column) and self._is_exact(g)]
        own = [g for g in dated if any(self._kb.products[g.column].releases.values())]
        if DATED in question.cues and own:
            found = self._release(replace(question, intent="release", given=(own[-1],)))
            if isinstance(found, Release):
                yield found

    def _day_of(self, lookup: Lookup) -> Iterator[Outcome]:
        """The day of the release that was chosen, where it is asked when."""
        if DATED in lookup.question.cues and lookup.chosen is not None:
            chosen = as_given(lookup.want, lookup.chosen)
            found = self._release(replace(lookup.question, intent="release", given=(chosen,)))
            if isinstance(found, Release):
                yield found

    def _is_exact(self, given: Given) -> bool:
        return isinstance(given.constraint, Constraint) and given.constraint.exact is not None

    def _default(self, given: tuple[Given, ...]) -> Default | None:
        """What a plain install of the release brings, where a build is given or chosen."""
        subject = next((g for g in given if g.column == self._subject and self._is_exact(g)), None)
        for relation in self._kb.of_kind("default"):
            if subject is not None and subject.column in relation.columns:
                places = tuple(
                    g for g in given if g.column in self._kb.qualifiers and g.column in relation.columns
                )
                rows, maybe = self._joins.rows(relation, (subject, *places))
                if rows or maybe:
                    return Default(subject, Evidence(relation, rows or maybe))
        return None

    def _verdict(self, lookup: Lookup) -> Truth | None:
        """Whether what is given is supported, where that is asked: by the newest release, or by older."""
        if not lookup.question.whether:
            return None
        newest = self._kb.releases[self._subject][-1]
        if newest in lookup.values and not lookup.caveats:
            return Truth.SUPPORTED
        return Truth.CONDITIONAL if lookup.values else None
