"""Finds the smallest change that makes a set installable which is not: what gives way, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.answering.advice import Recommendation
from bot.answering.answers import Finding, Lookup
from bot.answering.install import Installer
from bot.answering.joins import as_given
from bot.answering.lookup import LookupAnswerer
from bot.answering.recommending import Recommender
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Clause, Constraint, Number
from bot.understanding.givens import finest
from bot.understanding.question import Given, Question

MOST_TRIED = 4


class WaysOut:
    """Lets builds give way before releases; what a machine has (a GPU, a driver) never does."""

    def __init__(
        self, kb: KnowledgeBase, installer: Installer, lookups: LookupAnswerer, recommender: Recommender
    ) -> None:
        self._kb = kb
        self._installer = installer
        self._lookups = lookups
        self._recommender = recommender

    @property
    def manners(self) -> frozenset[str]:
        """The attributes that are a choice of how to install."""
        return self._recommender.manners

    def fix(
        self, question: Question, givens: Sequence[Given], want: Sequence[str] = ()
    ) -> Recommendation | None:
        """The set that keeps most of what is given, with its command; without a device where none will do.

        `want` names what is asked for: it gives way before anything else. None where nothing that can be
        installed is named or wanted.
        """
        machine = self.machine(givens)
        subjects = tuple(sorted(self._installer.subjects))
        named = any(given.column in subjects for given in machine) or not set(question.about).isdisjoint(
            subjects
        )
        if want and not named and not set(want).intersection(subjects):
            return None
        found = self._with_companion(question, givens, machine)
        found = (
            found or self._recommender.recommend(question, machine) or self._with_nearest(question, machine)
        )
        found = found or self._with_bound(question, machine) or self._with_later(question, machine)
        found = found or self._with_next(question, machine, subjects)
        freed = found or self._recommender.recommend(question, machine, self._orders(want, subjects))
        found = freed if freed is not None and self._is_same_kind(freed) else None
        return found or self._recommender.without_device(question, machine)

    def _with_companion(
        self, question: Question, givens: Sequence[Given], machine: tuple[Given, ...]
    ) -> Recommendation | None:
        """The set with a companion that is given without a subject: its release, or the next that fits."""
        own = next((given for given in givens if given.column in self._installer.installs), None)
        exact = own.constraint.exact if own and isinstance(own.constraint, Constraint) else None
        if own is None or exact is None or any(g.column in self._installer.subjects for g in machine):
            return None
        fitting = self._lookups.values(own.column, machine)
        above = [number for number in fitting if number > exact and not number.within(exact)]
        own_release = [number for number in fitting if number == exact]
        for number in (*own_release, *above[:MOST_TRIED]):
            for subject in sorted(self._installer.subjects):
                belonging = self._lookups.values(subject, (as_given(own.column, number),))
                releases = tuple(as_given(subject, release) for release in belonging[-1:])
                found = self._recommender.recommend(question, (*machine, *releases)) if releases else None
                if found is not None:
                    return found if number == exact else replace(found, changed=(own,))
        return None

    def _with_nearest(self, question: Question, machine: tuple[Given, ...]) -> Recommendation | None:
        """The set with another build of the same release: an older one first, which newer drivers run."""
        subject = next((given for given in machine if given.column in self._installer.subjects), None)
        for given in machine if subject is not None else ():
            exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
            if given.column not in self._installer.builds or exact is None or given.role == "ceiling":
                continue
            rest = tuple(other for other in machine if other is not given)
            listed = self._lookups.values(given.column, (subject,)) if subject else ()
            below, above = [v for v in listed if v < exact], [v for v in listed if v > exact]
            for value in (*reversed(below), *above):
                found = self._recommender.recommend(question, (*rest, as_given(given.column, value)))
                if found is not None:
                    return replace(found, changed=(given,))
        return None

    def _with_next(
        self, question: Question, machine: tuple[Given, ...], subjects: tuple[str, ...]
    ) -> Recommendation | None:
        """The set with the next newer release of the subject that fits all that a device asks for.

        A build that is given and that such a release does not have gives way with it.
        """
        own = next((given for given in machine if given.column in subjects), None)
        exact = own.constraint.exact if own and isinstance(own.constraint, Constraint) else None
        devices = tuple(
            g for g in machine if isinstance(g.constraint, str) and g.column not in self._kb.qualifiers
        )
        if own is None or exact is None or not devices:
            return None
        fitting = self._lookups.values(own.column, devices)
        later = [n for n in fitting if n > exact and not n.within(exact)]
        rest = tuple(given for given in machine if given is not own)
        builds = tuple(given for given in rest if given.column in self._installer.builds)
        for number in later[:MOST_TRIED]:
            asked = (*rest, as_given(own.column, number))
            found = self._recommender.recommend(question, asked, ((), tuple(g.column for g in builds)))
            if found is not None and not found.fallback and self._is_same_kind(found):
                return replace(found, changed=(own, *found.changed))
        return None

    def _with_bound(self, question: Question, machine: tuple[Given, ...]) -> Recommendation | None:
        """The newest set whose build is no newer than one that does not fit, but of the same kind.

        What runs a build runs older ones too; a build of another kind (ROCm) is no way out.
        """
        for given, exact in self._exact_builds(machine):
            bound = replace(given, constraint=Constraint((Clause("<=", exact),)))
            found = self._recommender.recommend(question, _with(machine, given, bound))
            if found is not None:
                return replace(found, changed=(given,))
        return None

    def _with_later(self, question: Question, machine: tuple[Given, ...]) -> Recommendation | None:
        """The newest set with the next newer build that fits, of the same kind."""
        for given, exact in self._exact_builds(machine):
            later = sorted(
                {
                    n
                    for r in self._kb.of_kind("command")
                    if given.column in r.columns
                    for n in r.values(given.column)
                    if n > exact
                },
                key=Number.rank,
            )
            for value in later:
                found = self._recommender.recommend(
                    question, _with(machine, given, as_given(given.column, value))
                )
                if found is not None:
                    return replace(found, changed=(given,))
        return None

    def _exact_builds(self, machine: Iterable[Given]) -> Iterator[tuple[Given, Number]]:
        """The builds that are given with a version, each with it."""
        for given in machine:
            exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
            if given.column in self._installer.builds and exact is not None:
                yield given, exact

    def _is_same_kind(self, found: Recommendation) -> bool:
        """Whether a build that gave way was not replaced by one for another make of device."""
        kinds = {column for column, _ in found.command.cells if column in self._kb.products}
        changed = {given.column for given in found.changed} & set(self._installer.builds)
        return changed <= kinds or kinds.isdisjoint(self._installer.builds)

    def required(self, question: Question, findings: Iterable[Finding]) -> Iterator[Lookup]:
        """What a thing asks for of another that has ever more releases (a driver), where that is too old."""
        products = self._kb.products
        for finding in findings:
            for given, other in ((finding.left, finding.right), (finding.right, finding.left)):
                product = products.get(given.column)
                told = finding.via is None or isinstance(other.constraint, str)
                if told and product is not None and product.more_releases:
                    asked = replace(question, intent="lookup", want=(given.column,), given=(other,), about=())
                    found = self._lookups.answer(asked, given.column)
                    if isinstance(found, Lookup):
                        yield found

    def counted(self, givens: tuple[Given, ...], role: str) -> tuple[Given, ...]:
        """The givens with the version in the role that decides, in place of all others of its product.

        Where no build is just for it, any of its major version that is no newer will do.
        """
        own = next((given for given in givens if role and given.role == role), None)
        exact = own.constraint.exact if own and isinstance(own.constraint, Constraint) else None
        if own is None or exact is None:
            return tuple(given for given in givens if given.role != "other")
        plain = replace(own, role="")
        built = any(self._lookups.values(subject, (plain,)) for subject in self._installer.subjects)
        if not built:
            major = Clause(">=", exact.series(1))
            plain = replace(plain, constraint=Constraint((major, Clause("<=", exact))))
        return (*(given for given in givens if given.column != own.column), plain)

    def settle(self, givens: Sequence[Given]) -> tuple[Given, ...]:
        """The givens as a set can be solved for: what a driver supports at most becomes the driver."""
        return self._recommender.settle(givens)

    def machine(self, givens: Sequence[Given]) -> tuple[Given, ...]:
        """The givens without what comes along, places of which several are named, and ways of installing."""
        columns = [given.column for given in givens]
        kinds = self._recommender.qualifiers
        kept = (
            given
            for given in givens
            if given.column not in self._installer.installs and given.column not in self._recommender.manners
        )
        return finest(
            [given for given in kept if given.column not in kinds or columns.count(given.column) == 1]
        )

    def _orders(self, want: Sequence[str], subjects: tuple[str, ...]) -> list[tuple[str, ...]]:
        builds = self._installer.builds
        free = tuple(column for column in want if column not in subjects)
        if free:
            return [free, (*free, *builds)]
        return [*((build,) for build in builds), builds, (*builds, *subjects)]


def _with(machine: Iterable[Given], given: Given, other: Given) -> tuple[Given, ...]:
    """The givens with another in place of one."""
    return tuple(other if item is given else item for item in machine)
