"""Answers a question: one small method for each intent, over the joins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.answering.absent import not_recorded
from bot.answering.advice import Roles
from bot.answering.answers import (
    Check,
    Clarification,
    Derivation,
    Description,
    Empty,
    Help,
    Install,
    Inventory,
    Listing,
    Lookup,
    NoAnswer,
    Outcome,
    Release,
    Told,
    Truth,
)
from bot.answering.checking import by_way_apart
from bot.answering.clarifying import Clarifier, dates
from bot.answering.diagnosing import DiagnosisAnswerer
from bot.answering.elsewise import Elsewise
from bot.answering.enriching import Enricher
from bot.answering.milestones import Milestones
from bot.answering.options import Option
from bot.answering.overview import OverviewAnswerer
from bot.answering.side_by_side import SideBySide
from bot.answering.solvers import Solvers
from bot.answering.telling import FactTeller
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact
from bot.knowledge.versions import Constraint, Match
from bot.understanding.givens import finest
from bot.understanding.question import Given, Question, Reading

MAX_OPTIONS = 4
MAX_EACH = 5
SOLVED = frozenset({"lookup", "recommend", "install"})
FLOORED = SOLVED | {"check", "topic"}
JOINED = frozenset({"lookup", "check", "install", "recommend", "topic", "overview", "list"})
FACT_BESIDE = 0.45
FACT_INSTEAD = 0.7


class Answering:
    """Pure: the same knowledge and question give the same outcome."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        solvers = Solvers.over(kb)
        self._joins, self._installer = solvers.joins, solvers.installer
        self._lookups, self._checks, self._sets = solvers.lookups, solvers.checks, solvers.sets
        self._recommender = solvers.recommender
        self._ways_out = solvers.ways_out
        self._diagnoses = DiagnosisAnswerer(solvers)
        self._elsewise = Elsewise(solvers)
        self._side_by_side = SideBySide(solvers.joins, solvers.lookups)
        self._facts = {fact.id: fact for fact in kb.facts}
        self._milestones = Milestones(kb)
        self._clarifier = Clarifier(self._joins, self._installer, self._milestones)
        self._teller = FactTeller(kb, solvers, self._clarifier)
        self._enricher = Enricher(solvers, self.answer_release)
        self._by_intent: Mapping[str, Callable[[Question], Outcome]] = {
            "lookup": self.answer_lookup,
            "check": self.answer_check,
            "install": self.answer_install,
            "release": self.answer_release,
            "history": self._teller.answer,
            "describe": self.answer_describe,
            "compare": self.answer_compare,
            "list": self.answer_list,
            "overview": OverviewAnswerer(self._joins, self._installer).answer,
            "help": Help,
            "topic": lambda q: self._elsewise.of_newest(q) or self._clarifier.topic(q),
            "recommend": self.answer_recommend,
            "diagnose": self._diagnoses.answer,
            "roles": self.answer_roles,
            "unnamed": lambda question: Clarification(question, "unnamed", ()),
            "project": lambda question: Clarification(question, "project", ()),
            "near": self._clarifier.near,
            "trouble": self._diagnoses.answer,
            "nightly": lambda question: NoAnswer(question, "nightly"),
            "environment": self.answer_environment,
            "none": self.decline,
        }

    def answer(self, reading: Reading) -> tuple[Outcome, ...]:
        """Answer a reading; rivals that would answer differently become a clarification.

        A lookup for several versions of one product ("for CUDA 9.2 and 10.1") has one outcome for each.
        """
        first = reading.questions[0]
        if first.before is not None:
            asked = replace(first.before, lang=first.lang)
            return (Derivation(first, () if asked.partial else self.answer(Reading((asked,)))),)
        if len(reading.questions) == 1:
            found = self._elsewise.by_chosen([self._one(question) for question in self._each(first)])
            return tuple(outcome for own in found for outcome in self._enricher.enrich(own))
        outcomes = [self._one(question) for question in reading.questions]
        answered = [o for o in outcomes if not isinstance(o, NoAnswer)]
        told = [o for o in answered if isinstance(o, Told)]
        if len(told) == 1 and all(isinstance(o, Told | Clarification) for o in answered):
            return (told[0],)
        answered = [outcome for outcome in answered if not by_way_apart(outcome)] or answered
        if len(answered) <= 1:
            return tuple((answered or outcomes)[:1])
        rivals = [q for q, o in zip(reading.questions, outcomes, strict=True) if o in answered]
        options = tuple(
            Option("value", given.column, str(given.constraint), other=question.text)
            for question in rivals
            for given in question.given
            if all(given not in other.given for other in rivals if other is not question)
        )
        return (Clarification(reading.questions[0], "rivals", options[:MAX_OPTIONS]),)

    def _each(self, question: Question) -> list[Question]:
        """A lookup split by what it wants, and by the versions that are given for one product.

        Of what an environment has (two GPUs), all must be satisfied together, unless a table tells of each
        by itself.
        """
        if question.intent != "lookup":
            return [question]
        several = next((column for column in self._alternatives(question)), None)
        rest = tuple(g for g in question.given if g.column != several)
        own = [given for given in question.given if given.column == several]
        shares = [(given, *rest) for given in own] or [rest]
        split = [replace(question, want=(want,), given=given) for given in shares for want in question.want]
        return split[:MAX_EACH] or [question]

    def _alternatives(self, question: Question) -> Iterator[str]:
        """The columns of which several are given, each for itself."""
        columns = [given.column for given in question.given]
        for given in question.given:
            if columns.count(given.column) > 1 and given.column not in question.want:
                told = any(any(self._joins.tables(want, given.column)) for want in question.want)
                if told or not given.origin:
                    yield given.column

    def _one(self, question: Question) -> Outcome:
        strange = self._strange(question)
        if strange is not None and not self._is_told(question):
            return not_recorded(self._kb, question, strange)
        asked = question
        if strange is not None:
            rest = tuple(given for given in question.given if given is not strange)
            asked = replace(question, given=rest)
        outcome = self._by_intent[question.intent](asked)
        if question.intent in SOLVED:
            outcome = self._elsewise.impossible_machine(asked) or outcome
        if question.intent in FLOORED and not isinstance(outcome, Told):
            outcome = self._teller.below(asked) or outcome
        if strange is not None and isinstance(outcome, Lookup):
            return replace(outcome, unused=(*outcome.unused, strange))
        if not _lacks(outcome):
            return outcome
        places = (str(g.constraint) for g in question.given if g.column in self._kb.qualifiers)
        columns = (*question.want, *question.about, *(given.column for given in question.given), *places)
        fact = self._of_place(question) or self._milestones.between(columns)
        return self._teller.tell(question, fact) if fact else outcome

    def _of_place(self, question: Question) -> Fact | None:
        """What is told of a platform that has no builds of the kind that is given: a Mac has no CUDA."""
        named = {*question.want, *(given.column for given in question.given)}
        if named.isdisjoint(self._installer.builds):
            return None
        if question.want and not any(map(self._kb.routes.tables, question.want)):
            return None  # what is wanted is not what the place has no builds of
        for given in question.given:
            attribute = self._kb.attributes.get(given.column)
            value = attribute.values.get(str(given.constraint)) if attribute and attribute.qualifier else None
            if attribute is not None and not attribute.manner and value is not None and value.told_by:
                return self._facts.get(value.told_by)
        return None

    def _strange(self, question: Question) -> Given | None:
        """A thing that is named and on no record: without it, the question would be another."""
        if question.intent not in JOINED or question.pins is not None:
            return None
        things = (given for given in question.given if isinstance(given.constraint, str))
        return next((given for given in things if not self._joins.known(given)), None)

    def _is_told(self, question: Question) -> bool:
        """Whether a version alone tells what is looked up: what is beside it may be left out, and said so."""
        versions = [given for given in question.given if isinstance(given.constraint, Constraint)]
        tabled = (any(self._joins.tables(want, v.column)) for want in question.want for v in versions)
        return question.intent == "lookup" and any(tabled)

    def answer_environment(self, question: Question) -> Outcome:
        """What an environment has, what was asked for first."""
        return Inventory(question, self._kb.environments[question.environment], question.about)

    def answer_lookup(self, question: Question) -> Outcome:
        """Which versions of the wanted product go with what is given; else a fact that tells."""
        if not question.want:
            return self._fact_or(question, NoAnswer(question, "unrelated"))
        built = self._elsewise.built_for(question)
        if built is not None:
            return built
        outcome = self._lookups.answer(question, question.want[0])
        if isinstance(outcome, NoAnswer) and outcome.reason == "not_recorded":
            return self._elsewise.unrecorded(question) or self._elsewise.never_built(question) or outcome
        if isinstance(outcome, NoAnswer) and outcome.reason not in ("not_recorded", "no_release"):
            return self._elsewise.without_unrelated(question) or self._fact_or(question, outcome)
        return outcome

    def answer_install(self, question: Question) -> Outcome:
        """The command for what is given; if nothing fits, why."""
        subject = next(
            (s for s in self._installer.subjects if question.value(s) or s in question.about), None
        )
        if subject is None:
            subject = next(iter(sorted(self._installer.subjects)))
        unclear = self._several(question)
        if unclear:
            return Clarification(question, "rivals", unclear[:MAX_OPTIONS])
        command = self._installer.best(question.given)
        if command is None:
            return self._not_installable(question, subject)
        named = {given.column for given in question.given}
        assumed = tuple(column for column, _ in command.cells if column not in named)
        columns = {c for relation in self._kb.of_kind("command") for c in relation.columns}
        unused = tuple(
            given
            for given in question.given
            if given.column not in columns and not self._joins.related(subject, given.column)
        )
        found = self._installer.findings(command, question.given)
        return Install(
            question, self._installer.with_elsewhere(command, question.given), assumed, found, unused
        )

    def _several(self, question: Question) -> tuple[Option, ...]:
        """A choice for each version where several of one product are given: only one can be installed."""
        versions = [g for g in question.given if isinstance(g.constraint, Constraint)]
        columns = [g.column for g in versions]
        for column in dict.fromkeys(columns):
            if columns.count(column) > 1:
                rest = tuple(g for g in versions if columns.count(g.column) == 1)
                return tuple(
                    Option("exact", g.column, str(g.constraint), others=rest)
                    for g in versions
                    if g.column == column
                )
        return ()

    def _not_installable(self, question: Question, subject: str) -> Outcome:
        own = question.value(subject)
        if own is not None and isinstance(own.constraint, Constraint):
            if not self._kb.knows(subject, own.constraint):
                return not_recorded(self._kb, question, own)
            if len({g.column for g in question.given}) > 1:
                check = self._checks.answer(question)
                if isinstance(check, Check) and check.truth is Truth.EXCLUDED:
                    return check
            return NoAnswer(question, "no_command", own)
        if not question.given:
            return NoAnswer(question, "unrelated")
        found = self._lookups.answer(question, subject)
        if isinstance(found, Empty) and len(question.given) == 1:
            return found
        if isinstance(found, NoAnswer | Empty):
            return self._elsewhere(question) or found
        return found

    def _elsewhere(self, question: Question) -> Outcome | None:
        """The nearest that can be installed, in another manner (pip, not conda) where that has nothing."""
        fix = self._ways_out.fix(question, question.given)
        manners = tuple(given for given in question.given if self._is_manner(given))
        if fix is None or not manners or fix.changed:
            return fix
        builds = tuple(given for given in question.given if given.column in self._installer.builds)
        return replace(fix, changed=(*builds, *manners))

    def answer_release(self, question: Question) -> Outcome:
        """The dates of the releases asked for."""
        given = next((g for g in question.given if isinstance(g.constraint, Constraint)), None)
        slug = given.column if given else question.about[0]
        product = self._kb.products[slug]
        dated = dates(self._kb, slug)
        if given is not None and isinstance(given.constraint, Constraint):
            found = tuple((n, day) for n, day in dated if given.constraint.match(n) is not Match.NO)
            if not found:
                return self._clarifier.told_of(question, given) or not_recorded(self._kb, question, given)
            return Release(question, product, found, fact=self._milestones.of_releases(slug, found))
        if not dated:
            fact = self._milestones.of_product(slug, newest=question.superlative == "newest")
            return Told(question, fact) if fact else self._fact_or(question, self.answer_describe(question))
        if question.superlative == "newest":
            return Release(question, product, dated[-1:], "newest")
        return Release(question, product, dated[:1], "oldest", self._milestones.of_releases(slug, dated[:1]))

    def answer_describe(self, question: Question) -> Outcome:
        """What a product is, or who makes it."""
        product = self._kb.products[question.about[0]]
        dated = dates(self._kb, product.product)
        return Description(question, product, "maker" in question.cues, newest=dated[-1] if dated else None)

    def answer_compare(self, question: Question) -> Outcome:
        """Products, or releases of one, side by side; a fact that contrasts them comes along."""
        return self._side_by_side.answer(question, self._beside(question, FACT_INSTEAD))

    def _beside(self, question: Question, least: float = FACT_BESIDE) -> Fact | None:
        strong = [hit for hit in question.facts if hit.score >= least]
        return self._facts[strong[0].fact] if strong else None

    def answer_list(self, question: Question) -> Outcome:
        """Products of a kind or topic, or the releases of a product."""
        if not question.kinds and not question.topics:
            product = self._kb.products[question.about[0]]
            dated = dates(self._kb, product.product)
            return Release(question, product, dated) if dated else self.answer_describe(question)
        found = tuple(p for p in self._kb.products.values() if _belongs(p.kind, p.topics, question))
        fact = self._beside(question) if question.topics else None
        if not found:
            return Told(question, fact) if fact else NoAnswer(question, "unrelated")
        return Listing(question, found, fact)

    def answer_check(self, question: Question) -> Outcome:
        """Whether all that is given goes together; a pasted list of packages as the set that it is."""
        question = replace(question, given=self._joins.widened(question.given))
        if question.pins is not None and question.pins.is_set:
            found = self._sets.answer(question, question.pins)
            manners = tuple(given for given in found.question.given if self._is_manner(given))
            ruled_out = self._checks.ruled_out(found.question, found.members, manners)
            elsewhere = any(remark.kind == "elsewhere" for remark in found.remarks)
            return (ruled_out if not elsewhere else None) or self._enricher.with_command(found)
        outcome = self._checks.answer(replace(question, given=self._settled(question.given)))
        if isinstance(outcome, NoAnswer) and outcome.reason in ("unrelated", "not_recorded"):
            return self._elsewise.by_subject(question) or outcome
        return outcome

    def _is_manner(self, given: Given) -> bool:
        return given.column in self._kb.attributes and self._kb.attributes[given.column].manner

    def _settled(self, given: tuple[Given, ...]) -> tuple[Given, ...]:
        """A ceiling as the driver that it stands for, beside a version of the same product, or a release."""
        plain = {item.column for item in given if item.role != "ceiling"}
        told = plain if plain.isdisjoint(self._installer.subjects) else {item.column for item in given}
        beside = tuple(item for item in given if item.role == "ceiling" and item.column in told)
        rest = tuple(item for item in given if item not in beside)
        return (*rest, *self._recommender.settle(beside, newest=True)) if beside else given

    def answer_roles(self, question: Question) -> Outcome:
        """What each version is, and whether the build runs with the driver."""
        versions = tuple(given for given in question.given if given.role in ("ceiling", "toolkit", "build"))
        columns = [given.column for given in versions]
        several = tuple(given for given in versions if columns.count(given.column) > 1)
        drivers = [g for g in self._recommender.settle(question.given) if g.column not in columns]
        builds = [given for given in several if given.role == "build"]
        found = (self._joins.check(build, driver) for build in builds for driver in drivers)
        return Roles(question, several, tuple(f for f in found if f.truth is not Truth.NOT_RECORDED))

    def answer_recommend(self, question: Question) -> Outcome:
        """The newest full set for everything given; where there is none, what does not go together."""
        unknown = next((given for given in question.given if not self._joins.known(given)), None)
        if unknown is not None:
            return self._clarifier.told_of(question, unknown) or not_recorded(self._kb, question, unknown)
        found = self._recommender.recommend(question, finest(question.given))
        if found is not None:
            return found
        check = self._checks.answer(question)
        if isinstance(check, Check) and check.truth is Truth.EXCLUDED:
            return check
        other = self._recommender.without_device(question, question.given)
        return other or NoAnswer(question, "no_command")

    def decline(self, question: Question) -> Outcome:
        """Nothing to answer: an empty message gets help, chatter and the rest a line."""
        if not question.text.strip():
            return Help(question)
        return NoAnswer(question, "chat" if question.cues and question.cues <= {"chat"} else "nothing")

    def _fact_or(self, question: Question, otherwise: Outcome) -> Outcome:
        fact = self._beside(question, FACT_INSTEAD)
        return self._teller.tell(question, fact) if fact else otherwise


def _lacks(outcome: Outcome) -> bool:
    """Whether tables hold nothing for what was named, or names alone leave open what is asked of them."""
    if isinstance(outcome, NoAnswer):
        return outcome.reason in ("not_recorded", "unrelated")
    if isinstance(outcome, Clarification):
        return outcome.reason == "topic" and len(outcome.question.about) > 1
    if isinstance(outcome, Check):
        return outcome.truth is Truth.NOT_RECORDED
    return isinstance(outcome, Empty) and outcome.sample


def _belongs(kind: str, topics: tuple[str, ...], question: Question) -> bool:
    kinds_fit = not question.kinds or kind in question.kinds
    return kinds_fit and (not question.topics or bool(set(topics) & set(question.topics)))
