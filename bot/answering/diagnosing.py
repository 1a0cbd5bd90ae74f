"""Names the cause of an error or a symptom from what the message shows, and the smallest fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.absent import not_recorded
from bot.answering.advice import Diagnosis
from bot.answering.answers import (
    Clarification,
    Finding,
    Lookup,
    NoAnswer,
    Outcome,
    Truth,
)
from bot.answering.checking import is_apart
from bot.answering.interpreters import Interpreters
from bot.answering.joins import as_given
from bot.answering.set_outcome import SetRemark
from bot.answering.solvers import Solvers
from bot.knowledge.trouble import KnownError
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.givens import finest
from bot.understanding.question import Given, Question

LEAST_FACT = 0.4
SURE_FACT = 0.55
MOST_FACTS = 2
ODD = frozenset({"index", "other_index", "tag", "unknown"})

SHOWN = "exception"
"""The cue of an error that is shown, not only told of."""


class DiagnosisAnswerer:
    """Joins what a paste shows with the tables: which pair cannot go together, and what would."""

    def __init__(self, solvers: Solvers) -> None:
        self._joins = solvers.joins
        self._kb = solvers.joins.kb
        self._lookups = solvers.lookups
        self._checks = solvers.checks
        self._installer = solvers.installer
        self._sets = solvers.sets
        self._ways_out = solvers.ways_out
        products = self._kb.products.keys()
        self._moving = (products & set(self._installer.builds)) | self._installer.beneath
        self._interpreters = Interpreters(solvers.joins)
        self._facts = {fact.id: fact for fact in self._kb.facts}

    def answer(self, question: Question) -> Outcome:
        """The diagnosis; without a known error only what is certain: a pair that cannot go together."""
        error = self._error(question)
        givens = self._certain(question)
        missing = tuple(
            not_recorded(self._kb, question, given) for given in givens if not self._joins.known(given)
        )
        givens = tuple(given for given in givens if self._joins.known(given))
        belonging = self._belonging(question, givens)
        listed, givens = self._by_companion(question, givens, belonging)
        inferred = self._inferred(listed, error, givens)
        givens = (*givens, inferred) if inferred is not None else givens
        ends = self._ends(listed, error, givens)
        givens = self._at(ends, givens)
        checked = self._checks.findings(replace(question, given=givens))
        conflicts = _excluded(checked) or _excluded(self._without_manner(question, givens))
        conflicts = tuple(finding for finding in conflicts if not self._runs_anyway(finding))
        if error is None and not conflicts:
            return self._unknown(question)
        holds = () if conflicts else tuple(self._holding(checked, error, givens))
        needed = (*belonging, *self._ways_out.required(question, conflicts))
        found = Diagnosis(
            question,
            error,
            conflicts,
            missing,
            question.listed,
            inferred,
            ends=ends,
            holds=holds if error is None or error.device != "refused" else (),
            others=self._others(question, holds, error),
            remarks=tuple(self._remarks(question, error)),
            reach=needed,
            apart=() if conflicts else tuple(finding for finding in checked if is_apart(finding)),
        )
        return self._with_fact(self._with_fix(found, givens))

    def _unknown(self, question: Question) -> Outcome:
        """No answer to an error that is shown; where none is, and something is named, it is asked for."""
        named = any(g.column not in self._kb.qualifiers for g in question.given) or bool(question.about)
        if named and SHOWN not in question.cues:
            return Clarification(question, "trouble", ())
        return NoAnswer(question, "trouble")

    def _belonging(self, question: Question, givens: tuple[Given, ...]) -> tuple[Lookup, ...]:
        """The release of the subject to which that of a companion belongs which an installer did not find."""
        companions = self._installer.installs
        own = [given for given in givens if given.column in companions]
        if not question.listed or len(own) != 1 or any(g.column in self._installer.subjects for g in givens):
            return ()
        subject = min(self._installer.subjects)
        asked = replace(
            question, intent="lookup", want=(subject,), given=tuple(own), about=(), superlative=None
        )
        found = self._lookups.answer(asked, subject)
        return (found,) if isinstance(found, Lookup) and len(found.values) == 1 else ()

    def _by_companion(
        self, question: Question, givens: tuple[Given, ...], belonging: tuple[Lookup, ...]
    ) -> tuple[Question, tuple[Given, ...]]:
        """The question with the releases of the subject in place of those of a companion that are listed."""
        for found in belonging:
            companion, subject = found.question.given[0].column, found.want
            each = (self._lookups.values(subject, (as_given(companion, n),)) for n in question.listed)
            listed = tuple(values[-1] for values in each if values)
            return replace(question, listed=listed), (*givens, as_given(subject, found.values[0]))
        return question, givens

    def _runs_anyway(self, finding: Finding) -> bool:
        """Whether builds of the subject run on a device that the toolkit they are for does not know."""
        columns = {finding.left.column, finding.right.column}
        things = [g for g in (finding.left, finding.right) if isinstance(g.constraint, str)]
        if columns.isdisjoint(self._installer.builds) or not things:
            return False
        sides = (finding.left, finding.right)
        return any(self._lookups.values(subject, sides) for subject in self._installer.subjects)

    def _error(self, question: Question) -> KnownError | None:
        """The error that is shown; what else is told beside may make it another."""
        error = self._kb.errors[question.errors[0]] if question.errors else None
        for given in question.given if error else ():
            other = error.becomes.get(given.column, {}).get(str(given.constraint)) if error else None
            if other is not None:
                return self._kb.errors[other]
        return error

    def _certain(self, question: Question) -> tuple[Given, ...]:
        """The givens as they can be joined: no coarser one beside a finer one, ceilings as drivers."""
        error = self._error(question)
        counts = error.leads_to.counts if error and error.leads_to else ""
        counted = self._ways_out.counted(question.given, counts)
        settled = self._ways_out.settle(finest(self._joins.widened(counted)))
        return tuple(given for given in settled if not self._is_implied(given, settled))

    def _is_implied(self, given: Given, others: Sequence[Given]) -> bool:
        """Whether a thing that is named (a GPU) has just this version of its own (a compute capability)."""
        if isinstance(given.constraint, str):
            return False
        for other in others:
            for relation in self._joins.tables(given.column, other.column):
                rows, _ = self._joins.rows(relation, (other,))
                if isinstance(other.constraint, str) and len(relation.columns) == 2:
                    values = self._joins.values(rows, given.column)
                    if values and all(given.constraint.match(value) is Match.YES for value in values):
                        return other.column not in self._kb.qualifiers
        return False

    def _inferred(
        self, question: Question, error: KnownError | None, givens: Sequence[Given]
    ) -> Given | None:
        """What the list that an installer printed tells of the interpreter, where nothing else does."""
        leads = error.leads_to if error else None
        want = leads.want[0] if leads and leads.want else ""
        if not question.listed or not want or any(given.column == want for given in givens):
            return None
        return self._interpreters.infer(want, question.listed)

    def _ends(self, question: Question, error: KnownError | None, givens: Sequence[Given]) -> Given | None:
        """The platform whose releases end where the list ends, though there are newer ones elsewhere."""
        leads = error.leads_to if error else None
        own = next((g for g in givens if leads and g.column in leads.want), None)
        wanted = next((g for g in givens if leads and g.column in leads.given and g is not own), None)
        if not question.listed or own is None or wanted is None:
            return None
        last = max(question.listed)
        exact = wanted.constraint.exact if isinstance(wanted.constraint, Constraint) else None
        if exact is None or exact <= last:
            return None
        return self._interpreters.place(own, question.listed)

    def _is_past(self, given: Given, last: Number) -> bool:
        """Whether a release of the subject comes after the last that is to be had."""
        exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
        return given.column in self._installer.subjects and exact is not None and exact > last

    def _at(self, place: Given | None, givens: tuple[Given, ...]) -> tuple[Given, ...]:
        """The givens at the place that a list tells of, unless it is told to be another."""
        if place is None:
            return givens
        value = self._kb.attributes[place.column].values[str(place.constraint)]
        told = {str(given.constraint) for given in givens if given.column == place.column}
        if not told <= {str(place.constraint), value.within}:
            return givens
        return (*(given for given in givens if given.column != place.column), place)

    def _holding(
        self, checked: Sequence[Finding], error: KnownError | None, givens: tuple[Given, ...]
    ) -> Iterator[Finding]:
        """Where an error doubts a device, and the tables say that it goes with what is installed."""
        leads = error.leads_to if error else None
        devices = {c for c in leads.given if c not in self._installer.builds} if leads else set()
        if leads is None or self._installer.subjects.isdisjoint(leads.want):
            return
        if not set(self._installer.builds).isdisjoint(leads.without):
            return  # another build is installed than the device needs: no comfort that the release would do
        devices |= {g.column for g in givens if isinstance(g.constraint, str)} - self._kb.qualifiers
        for finding in checked:
            columns = {finding.left.column, finding.right.column}
            if any(self._elsewhere((finding.left, finding.right))):
                continue  # the builds that the tables have are not those for it
            told = finding.truth >= Truth.CONDITIONAL and finding.via is not None
            if told and not columns.isdisjoint(devices) and not columns.isdisjoint(self._installer.subjects):
                yield finding

    def _others(
        self, question: Question, holds: Sequence[Finding], error: KnownError | None
    ) -> Lookup | None:
        """The release with its builds that do run on a device which the installed one refuses."""
        if error is None or error.device != "refused":
            return None
        if any(given.column in self._installer.builds for given in question.given):
            return None  # the build is told, and the tables have the code in it
        for finding in holds:
            subject = finding.left.column
            if subject in self._installer.subjects and isinstance(finding.right.constraint, str):
                given = (finding.left, finding.right)
                asked = replace(question, intent="lookup", want=(subject,), given=given, about=())
                found = self._lookups.answer(asked, subject)
                return found if isinstance(found, Lookup) and found.builds else None
        return None

    def _remarks(self, question: Question, error: KnownError | None) -> Iterator[SetRemark]:
        """What is odd about the packages asked for, where the error itself does not tell the cause."""
        if error is None or not error.vague or question.pins is None or not question.pins.pins:
            return
        for remark in self._sets.answer(question, question.pins).remarks:
            if remark.kind in ODD:
                yield remark

    def _with_fact(self, found: Diagnosis) -> Diagnosis:
        """Add the fact that an error asks for (when what it names arrived or went), or that is said whole."""
        error = found.error
        if error is None:
            return found
        asks = error.leads_to is not None and error.leads_to.intent == "history"
        shown = self._kb.errors[found.question.errors[0]] if found.question.errors else error
        clear = bool(shown.messages) and not shown.vague  # the message itself tells the cause
        least = LEAST_FACT if asks else SURE_FACT
        most = 1 if asks else 0 if clear else MOST_FACTS
        hits = [hit.fact for hit in found.question.facts if hit.score >= least][:most]
        told = dict.fromkeys((*self._elsewhere(found.question.given), *hits))
        return replace(found, facts=tuple(self._facts[fact] for fact in told))

    def _without_manner(self, question: Question, givens: tuple[Given, ...]) -> tuple[Finding, ...]:
        """How things go together whatever the way to install, where of that way nothing is recorded."""
        rest = tuple(g for g in givens if g.column not in self._ways_out.manners)
        return self._checks.findings(replace(question, given=rest)) if len(rest) < len(givens) else ()

    def _elsewhere(self, givens: Sequence[Given]) -> Iterator[str]:
        """The facts about things whose builds no table has: what helps is there."""
        for given in givens:
            attribute = self._kb.attributes.get(given.column)
            value = attribute.values.get(str(given.constraint)) if attribute else None
            if value is not None and value.elsewhere and value.told_by:
                yield value.told_by

    def _is_built_apart(self, givens: Sequence[Given]) -> bool:
        """Whether something is told for which the lines on record install nothing that works (a Jetson)."""
        for given in givens:
            attribute = self._kb.attributes.get(given.column)
            value = attribute.values.get(str(given.constraint)) if attribute else None
            if value is not None and value.elsewhere and value.told_by and not value.within:
                return True
        return False

    def _with_fix(self, found: Diagnosis, givens: tuple[Given, ...]) -> Diagnosis:
        """Add what to install, and which versions would do."""
        leads = found.error.leads_to if found.error else None
        if (leads is None or leads.intent == "history") and not found.conflicts:
            return found
        if self._is_built_apart(found.question.given):
            return found
        want = leads.want if leads else ()
        wrong = leads.without if leads else ()
        givens = tuple(given for given in givens if given.column not in wrong)
        if found.ends is not None and found.ends in givens:
            last = max(found.offered)
            givens = tuple(given for given in givens if not self._is_past(given, last))
        machine = self._ways_out.machine(givens)
        fix = self._ways_out.fix(found.question, givens, want)
        return replace(found, fix=fix, reach=(*found.reach, *self._reach(found.question, machine, want)))

    def _reach(
        self, question: Question, machine: tuple[Given, ...], want: tuple[str, ...]
    ) -> Iterator[Lookup]:
        """Which versions of what is asked for go with what the machine has."""
        error = self._error(question)
        leads = error.leads_to if error else None
        told = set(leads.given) if leads else set()
        named = {given.column for given in machine}
        for column in self._asked(want, named):
            allowed = set(want) if column not in want else told
            given = tuple(g for g in machine if g.column != column and self._tells(column, g, allowed))
            if not given:
                continue
            asked = replace(question, intent="lookup", want=(column,), given=given, superlative=None)
            found = self._lookups.answer(asked, column)
            if isinstance(found, Lookup):
                yield found

    def _asked(self, want: tuple[str, ...], named: set[str]) -> tuple[str, ...]:
        """What is asked for; where that is given, and what can be installed is not, the latter."""
        if named.intersection(want) and named.isdisjoint(self._installer.subjects):
            return tuple(sorted(self._installer.subjects))
        return want

    def _tells(self, column: str, given: Given, allowed: set[str]) -> bool:
        """Whether a given bears on which versions would do: what the error is about, or the device.

        A driver or a CUDA lets through so many that they tell nothing of what can be installed.
        """
        if given.column in self._kb.qualifiers or not self._joins.related(column, given.column):
            return False
        is_thing = isinstance(given.constraint, str)
        if column not in self._installer.subjects:
            return given.column in allowed or is_thing
        return is_thing or (given.column in allowed and given.column not in self._moving)


def _excluded(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.truth is Truth.EXCLUDED)
