"""Puts an outcome into words: one small function for each kind, in the language of the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.answering import answers as a
from bot.answering.advice import Diagnosis, Recommendation, Roles
from bot.answering.comparisons import Comparison, ReleaseComparison
from bot.answering.set_outcome import SetCheck
from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.models import Environment, Fact
from bot.knowledge.trouble import KnownError
from bot.presenting.checks import say_check, truth_asked
from bot.presenting.derivations import say_derivation
from bot.presenting.diagnoses import say_diagnosis, say_recommendation
from bot.presenting.environments import say_environment, say_inventory
from bot.presenting.lookups import say_empty, say_lookup
from bot.presenting.overviews import say_overview
from bot.presenting.phrasing import Phrasing
from bot.presenting.proof import Page, Support, cite, word_grounds
from bot.presenting.releases_compared import say_releases
from bot.presenting.reply import Choice, Citation, Grid, Grounds, Reply, Section, Status, VerdictWord
from bot.presenting.roles import say_roles
from bot.presenting.sets import is_misled, say_set_check
from bot.presenting.told import (
    say_comparison,
    say_description,
    say_help,
    say_install,
    say_listing,
    say_no_answer,
    say_release,
    say_told,
)
from bot.understanding.question import Question

VERDICTS: dict[a.Truth, VerdictWord] = {
    a.Truth.SUPPORTED: "yes",
    a.Truth.CONDITIONAL: "depends",
    a.Truth.EXCLUDED: "no",
}


RECORDED = ("not_recorded", "no_release", "no_command")
WHETHER = ("check", "topic", "lookup", "overview")
_WITH_VERDICT = (a.Check, SetCheck, a.Lookup, a.NoAnswer, a.Empty, Diagnosis)


@dataclass(slots=True)
class Draft:
    """One section being written: its words and the sources it rests on, in order."""

    headline: str = ""
    paragraphs: list[str] = field(default_factory=list)
    grid: Grid | None = None
    code: str | None = None
    notes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)

    def rest_on(self, evidence: Iterable[a.Evidence]) -> None:
        """Cite the sources of rows, and name the rows in the trace."""
        for item in evidence:
            if item.rows:
                self.supports.append(item)
            for row in item.rows:
                self.sources.extend(row.sources)
                self.rows.append(row.ref)

    def rest_on_table(self, relation: Relation) -> None:
        """Cite a table as a whole."""
        self.sources.extend(relation.table.source)
        self.supports.append(a.Evidence(relation, ()))

    def rest_on_page(self, page: Fact | KnownError | Page | Environment) -> None:
        """Cite a fact, an error entry or a page, and name it in the trace if it is an entry."""
        self.sources.extend(page.product.source if isinstance(page, Page) else page.source)
        self.supports.append(page)
        if isinstance(page, Fact | KnownError):
            self.rows.append(f"{'fact' if isinstance(page, Fact) else 'error'} {page.id}")

    def section(self) -> Section:
        """The finished section."""
        return Section(self.headline, tuple(self.paragraphs), self.grid, self.code, tuple(self.notes))


class Composer:
    """Words for every kind of outcome."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._citations: dict[tuple[str, str], Citation] = {}
        self._phrasings = {lang: Phrasing(kb, lang) for lang in kb.wordings}

    def phrasing(self, lang: str) -> Phrasing:
        """The words of a language; the first known one where it has none."""
        return self._phrasings.get(lang) or next(iter(self._phrasings.values()))

    def compose(self, outcomes: Sequence[a.Outcome], asked: Question | None = None) -> Reply:
        """One reply for the outcomes of a message, in order; `asked` is what "why" explains."""
        outcomes = _worth_saying(outcomes)
        drafts = [self._draft(outcome) for outcome in outcomes]
        first = outcomes[0]
        words = self.phrasing(first.question.lang)
        sources = dict.fromkeys(slug for draft in drafts for slug in draft.sources)
        return Reply(
            status=_status(outcomes),
            verdict=_verdict(outcomes),
            intent=first.question.intent,
            lang=first.question.lang,
            sections=tuple(draft.section() for draft in drafts),
            citations=tuple(self._citation(slug, words) for slug in sources),
            choices=tuple(choice for draft in drafts for choice in draft.choices),
            question=summary(first.question),
            asked=asked,
            trace=tuple(line for outcome in outcomes for line in outcome.question.trace)
            + tuple(f"row {ref}" for draft in drafts for ref in dict.fromkeys(draft.rows)),
            grounds=partial(_grounds, outcomes, drafts, words),
        )

    def _citation(self, slug: str, words: Phrasing) -> Citation:
        """A source as it is cited, worded once for each language."""
        key = (slug, words.lang)
        if key not in self._citations:
            self._citations[key] = cite(slug, words)
        return self._citations[key]

    def _draft(self, outcome: a.Outcome) -> Draft:
        words = self.phrasing(outcome.question.lang)
        draft = Draft()
        match outcome:
            case a.Lookup():
                say_lookup(outcome, words, draft)
            case a.Check():
                say_check(outcome, words, draft)
            case a.Empty():
                say_empty(outcome, words, draft)
            case a.Install():
                say_install(outcome, words, draft)
            case a.Release():
                say_release(outcome, words, draft)
            case a.Overview():
                say_overview(outcome, words, draft)
            case SetCheck() | Recommendation() | Diagnosis() | Roles():
                _say_advice(outcome, words, draft)
            case (
                a.Told() | Comparison() | ReleaseComparison() | a.Description() | a.Listing() | a.Inventory()
            ):
                _say_description(outcome, words, draft)
            case a.Derivation():
                self._say_derivation(outcome, words, draft)
            case a.Help():
                say_help(words, draft)
            case a.Clarification():
                _say_clarification(outcome, words, draft)
            case a.NoAnswer():
                say_no_answer(outcome, words, draft)
        say_environment(outcome, words, draft)
        return draft

    def _say_derivation(self, outcome: a.Derivation, words: Phrasing, draft: Draft) -> None:
        """The answer before, drafted once more for what it rests on."""
        if not outcome.outcomes:
            draft.headline = words.say("derive.not_kept")
            return
        outcomes = _worth_saying(outcome.outcomes)
        drafts = [self._draft(before) for before in outcomes]
        for before in drafts:
            draft.sources.extend(before.sources)
            draft.rows.extend(before.rows)
            draft.supports.extend(before.supports)
        grounds = _grounds(outcomes, drafts, words)
        say_derivation(grounds, [before.headline for before in drafts], words, draft)


def _grounds(outcomes: Sequence[a.Outcome], drafts: Sequence[Draft], words: Phrasing) -> Grounds:
    """How a reply came about, in words."""
    questions = [outcome.question for outcome in outcomes]
    return word_grounds(questions, [support for draft in drafts for support in draft.supports], words)


def _say_advice(
    outcome: SetCheck | Recommendation | Diagnosis | Roles, words: Phrasing, draft: Draft
) -> None:
    match outcome:
        case SetCheck():
            say_set_check(outcome, words, draft)
        case Recommendation():
            say_recommendation(outcome, words, draft)
        case Diagnosis():
            say_diagnosis(outcome, words, draft)
        case Roles():
            say_roles(outcome, words, draft)


def _say_description(
    outcome: a.Told | Comparison | ReleaseComparison | a.Description | a.Listing | a.Inventory,
    words: Phrasing,
    draft: Draft,
) -> None:
    match outcome:
        case a.Told():
            say_told(outcome, words, draft)
        case Comparison():
            say_comparison(outcome, words, draft)
        case ReleaseComparison():
            say_releases(outcome, words, draft)
        case a.Description():
            say_description(outcome, words, draft)
        case a.Listing():
            say_listing(outcome, words, draft)
        case a.Inventory():
            say_inventory(outcome, words, draft)


def _say_clarification(outcome: a.Clarification, words: Phrasing, draft: Draft) -> None:
    names = list(dict.fromkeys(words.given(given) for given in outcome.question.given))
    names += [words.name(slug) for slug in (*outcome.question.about, *outcome.question.topics)]
    draft.headline = words.say(f"clarify.{outcome.reason}", name=words.join(names))
    for option in outcome.options:
        others = words.join(words.given(given) for given in option.others)
        thing = option.product in words.kb.attributes
        slots = {
            "product": "" if thing else words.name(option.product),
            "version": words.value(option.product, option.version) if thing else option.version,
            "other": words.name(option.other) if option.kind in ("match", "match_newest") else others,
            "text": option.other if option.kind in ("value", "fact") else "",
        }
        label = words.say(f"option.{option.kind}", **slots)
        ask = " ".join(words.say(f"option.{option.kind}.ask", **slots).split())
        draft.choices.append(Choice(label, ask))


def _worth_saying(outcomes: Sequence[a.Outcome]) -> Sequence[a.Outcome]:
    """Leave out what repeats an earlier part, and, where a part is answered, what could not be read."""
    if len(outcomes) == 1:
        return outcomes
    seen: dict[tuple[object, ...], a.Outcome] = {}
    for outcome in outcomes:
        question = outcome.question
        asked = (question.intent, question.environment, question.want, question.about)
        key: tuple[object, ...] = (*asked, tuple(map(str, question.given)))
        if isinstance(outcome, a.Check) and not outcome.missing:
            key = tuple(sorted(map(str, question.given)))  # the same things in another order
        key = (outcome.fact.id,) if isinstance(outcome, a.Told) else key
        seen.setdefault((type(outcome), *key), outcome)
    kept = list(seen.values())
    by_fact = {o.question.text for o in kept if isinstance(o, a.Told)}
    told = [
        o
        for o in kept
        if not isinstance(o, a.Clarification | a.Help)
        and not is_silent(o)
        and not (isinstance(o, a.NoAnswer) and o.question.text in by_fact)
    ]
    return _with_one_way(told) or kept[:1]


def _with_one_way(outcomes: Sequence[a.Outcome]) -> Sequence[a.Outcome]:
    """Beside a diagnosis for the machine that is shown, no other line to install."""
    found = next((o for o in outcomes if isinstance(o, Diagnosis) and o.fix), None)
    if found is None:
        return outcomes
    kept = (o for o in outcomes if o is found or not _is_settled_by(found, o))
    return [replace(o, command=None) if isinstance(o, a.Lookup) else o for o in kept]


def _is_settled_by(found: Diagnosis, outcome: a.Outcome) -> bool:
    """Whether a part asks for what the diagnosis tells already: what to install for all that is shown."""
    given = outcome.question.given
    if isinstance(outcome, a.Lookup):
        return bool(given) and all(item.role == "ceiling" for item in given)
    asked = {(item.column, str(item.constraint)) for item in given}
    shown = [(item.column, str(item.constraint)) for item in found.question.given]
    if not asked <= set(shown):
        return False
    if isinstance(outcome, a.Check):
        refused = found.error is not None and found.error.device == "refused"
        return refused or (bool(found.conflicts) and outcome.truth is a.Truth.EXCLUDED)
    subject = found.fix.command.evidence.relation.columns[0] if found.fix else ""
    several = sum(column == subject for column, _ in shown) > 1
    return isinstance(outcome, a.Install | Recommendation) and not several


def is_silent(outcome: a.Outcome) -> bool:
    """Whether there is nothing to tell, not even that something asked about is not recorded."""
    return isinstance(outcome, a.NoAnswer) and outcome.reason not in RECORDED


def _is_undated(outcome: a.Outcome) -> bool:
    """A release on record whose date, which was asked for, is not."""
    if not isinstance(outcome, a.Release) or outcome.question.intent != "release" or outcome.extreme:
        return False
    return all(day is None for _, day in outcome.releases)


def _is_unrecorded(outcome: a.Outcome) -> bool:
    """A set of which no table relates any two, and nothing else is to be told."""
    return isinstance(outcome, SetCheck) and outcome.truth is a.Truth.NOT_RECORDED and not outcome.remarks


def _is_no_release(outcome: a.Outcome) -> bool:
    return isinstance(outcome, a.NoAnswer) and outcome.reason == "no_release"


def _is_told(outcome: a.Outcome) -> bool:
    """Whether an outcome answers what was asked."""
    if isinstance(outcome, a.NoAnswer | a.Clarification):
        return _is_no_release(outcome)
    if isinstance(outcome, a.Derivation):
        return any(map(_is_told, outcome.outcomes))
    if isinstance(outcome, a.Check) and outcome.truth is a.Truth.NOT_RECORDED:
        return False
    if isinstance(outcome, a.Empty) and outcome.sample and outcome.question.whether:
        return False
    return not _is_undated(outcome) and not _is_unrecorded(outcome)


def _status(outcomes: Sequence[a.Outcome]) -> Status:
    if any(map(_is_told, outcomes)):
        return "answered"
    return "clarify" if any(isinstance(o, a.Clarification) for o in outcomes) else "unknown"


def _is_aside(outcome: a.Check | SetCheck) -> bool:
    """Whether all that goes together was not asked about: what was is in no table."""
    return isinstance(outcome, a.Check) and bool(outcome.missing) and outcome.truth is a.Truth.SUPPORTED


def _may_judge(outcome: a.Outcome) -> bool:
    """Whether an outcome may say yes or no: of a fact it is known beforehand, and most say neither."""
    if isinstance(outcome, ReleaseComparison | a.Told):
        return outcome.holds is not None
    return isinstance(outcome, _WITH_VERDICT)


def _verdict(outcomes: Sequence[a.Outcome]) -> VerdictWord | None:
    """The verdict of the parts that have one; parts that differ depend on which is meant."""
    if not any(map(_may_judge, outcomes)):
        return None
    checked = [o for o in outcomes if isinstance(o, a.Check | SetCheck) and not _is_aside(o)]
    truths = [truth_asked(o) if isinstance(o, a.Check) else o.truth for o in checked]
    words = {VERDICTS[truth] for truth in truths if truth in VERDICTS}
    if not words:
        words = {VERDICTS[o.verdict] for o in outcomes if isinstance(o, a.Lookup) and o.verdict is not None}
    if not words and any(_is_no_release(o) and o.question.intent in WHETHER for o in outcomes):
        words.add("no")
    words |= {
        "yes" if o.holds else "no"
        for o in outcomes
        if isinstance(o, ReleaseComparison | a.Told) and o.holds is not None
    }
    if not checked and any(isinstance(o, a.Empty) and not (o.open or o.sample) for o in outcomes):
        words.add("no")
    fitting = [o for o in outcomes if isinstance(o, SetCheck) and o.truth is a.Truth.SUPPORTED]
    if any(o.troubled or is_misled(o) for o in fitting):
        words.add("depends")  # that they fit is not all that was asked
    if any(isinstance(o, Diagnosis) and o.conflicts for o in outcomes):
        words.add("no")
    if len(words) > 1:
        return "depends"
    return next(iter(words), None)


def summary(question: Question) -> dict[str, object]:
    """The question as the JSON contract prints it; for "why", what is given is that of the one before."""
    asked = question.before or question
    given: dict[str, object] = {}
    for item in asked.given:
        text = str(item)
        known = given.get(item.column)
        given[item.column] = text if known is None else f"{known}, {text}"
    if asked.environment:
        given["environment"] = asked.environment
    want = list(asked.want or asked.about)
    return {"intent": question.intent, "want": want, "given": given}
