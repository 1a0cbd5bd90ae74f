"""From a message to readings: spans, then slots, then the intent whose rule claims them best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from operator import itemgetter
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.binding import Spanned
from bot.understanding.environments import named_environments, settle
from bot.understanding.filled import Slots
from bot.understanding.follow_ups import UNREAD, FollowUps, Taken, taken_from
from bot.understanding.guides import Guides
from bot.understanding.han import Simplifier
from bot.understanding.lexicon import Lexicon, build_lexicon
from bot.understanding.parts import MAX_PARTS, Part, split_parts
from bot.understanding.pastes import PasteReader
from bot.understanding.question import FactHit, Given, Question, Reading, Superlative
from bot.understanding.reports import Report, ReportReader
from bot.understanding.retrieval import FactIndex, Ranked
from bot.understanding.roles import without_roles
from bot.understanding.rules import SURE_FACT, choose
from bot.understanding.slots import NOTHING, Beside, SlotReader
from bot.understanding.spans import Spans
from bot.understanding.text import Utterance, tokenize

_ASKS: Final = re.compile(r"[?？]")
MOST_BESIDE: Final = 2
CAME: Final = "feature"
OWN_QUESTIONS: Final = frozenset({"lookup", "install", "recommend", "history"})
ASKING_AGAIN: Final = frozenset({"pronoun", "yesno", "works", "chat"})
WHICH: Final = ("which", "list", "newest", "oldest", "need", "show")


class Understanding:
    """Compiled once for a knowledge base; `read` is pure."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._simplify = Simplifier()
        self._lexicon: Lexicon = build_lexicon(kb)
        self._reports = ReportReader(kb)
        self._slots = SlotReader(kb, self._lexicon)
        self._pastes = PasteReader(kb, self._lexicon, self._simplify, self._slots, lambda: self._index)
        self._follow_ups = FollowUps(kb, self._lexicon, self._simplify)
        self._facts = {fact.id: fact for fact in kb.facts}
        self._guides = Guides(kb, self._slots.installable)

    @cached_property
    def _index(self) -> FactIndex:
        """Built when the first question needs it: a single `bot ask` about versions never does."""
        return FactIndex(self._kb, self._lexicon)

    def warm(self) -> None:
        """Build now what would otherwise be built by the first questions."""
        self._index.rank(())
        self._simplify.warm()

    def read(
        self, text: str, default_lang: str | None = None, before: Question | None = None
    ) -> tuple[Reading, ...]:
        """Read a message: one reading for each question in it, at most five.

        `before` is the question that the thread was about so far.
        """
        report = self._reports.read(text)
        whole = self._spanned(report.text)
        lang = self.language(whole.utterance, default_lang or (before.lang if before else None))
        pasted = self._pastes.read(report, whole, lang)
        if pasted is not None and pasted.intent != "diagnose" and not _ASKS.search(report.text):
            return (Reading((pasted,)),)
        readings = self._read_parts(whole, lang, report, before, apart=pasted is not None)
        if pasted is not None and pasted.pins is not None and pasted.intent != "diagnose":
            pinned = {pin.column for pin in pasted.pins.pins}
            told = [r for r in readings if _is_told(r.questions[0])]
            beside = [r for r in readings if _wants_more(r.questions[0], pinned)]
            return tuple(told[:1]) or (*beside[:1], Reading((pasted,)))
        if pasted is not None:
            beside = [self._without_trouble(r, pasted) for r in readings if _is_own_question(r)]
            return (Reading((pasted,)), *beside[:MOST_BESIDE])
        kept = [r for r in readings if r.questions[0].intent != "none"] or readings[:1]
        told = [r for r in kept if r.questions[0].intent not in UNREAD]
        if told and all(reading.far for reading in told):
            return (Reading((replace(told[0].questions[0], intent="near"),)),)
        return tuple(kept)

    def _read_parts(
        self, whole: Spanned, lang: str, report: Report, before: Question | None, *, apart: bool
    ) -> list[Reading]:
        """The readings of all parts of a message, each in the light of those before it.

        Beside an error (`apart`), what is asked outright is about what it names, not about all that is shown.
        """
        readings: list[Reading] = []
        devices: tuple[Given, ...] = ()
        for part in split_parts(whole):
            within = bool(readings)
            taken = taken_from(before) if before and within else None
            shown = () if apart and _ASKS.search(part.text) else report.givens
            beside = Beside(taken=taken, shown=shown, places=report.places, devices=devices, core=part.core)
            for read in self._read_part(part, lang, beside):
                if readings and self._is_said_for(readings[-1], read):
                    readings[-1:] = [read]
                    continue
                if readings and _is_told_already(readings[-1].questions[0], read.questions[0]):
                    continue
                readings += self._follow(read, before, within=within) if before else (read,)
            before = readings[-1].questions[0]
            devices = self._slots.devices_of(before.given) or devices
        return self._guides.narrowed(readings)

    def _without_trouble(self, reading: Reading, pasted: Question) -> Reading:
        """What is asked beside an error, without what that error says is wrong (that it is a CPU build)."""
        leads = (self._kb.errors[name].leads_to for name in pasted.errors[:1])
        wrong = {column for found in leads if found is not None for column in found.without}
        return Reading(
            tuple(
                replace(q, given=tuple(given for given in q.given if given.column not in wrong))
                for q in reading.questions
            )
        )

    def _is_said_for(self, before: Reading, reading: Reading) -> bool:
        """Whether what stood before only told of the machine that is asked about now: "my GPU is …"."""
        said, asked = before.questions[0], reading.questions[0]
        if said.about or not said.cues <= {"yesno"} or _ASKS.search(said.text):
            return False
        own = {(given.column, given.constraint) for given in self._slots.devices_of(said.given)}
        return bool(own) and own <= {(given.column, given.constraint) for given in asked.given}

    def language(self, utterance: Utterance, default: str | None) -> str:
        """The language whose script the message uses; the default where it has no letters."""
        kinds = {token.kind for token in utterance.tokens}
        scripts = self._lexicon.scripts
        if "han" in kinds and "han" in scripts:
            return scripts["han"]
        if default in scripts.values() and "word" not in kinds:
            return str(default)
        return scripts.get("latin", next(iter(scripts.values())))

    def _read_part(self, part: Part, lang: str, beside: Beside = NOTHING) -> Iterator[Reading]:
        """The readings of one part: one, or one for each environment that it names."""
        text = part.read or self._spanned(part.text)
        utterance, spans, bound = text.utterance, text.spans, text.bound
        trace = _trace(spans, utterance)
        rivals: tuple[tuple[Given, ...], ...] = (
            tuple((given,) for given in bound.rivals[0]) if bound.rivals else ((),)
        )
        for name in named_environments(spans)[:MAX_PARTS] or ("",):
            questions: list[Question] = []
            told: Question | None = None
            for rival in rivals:
                around = replace(beside, rival=rival) if rival else beside
                slots, asked = self._slots.fill(utterance, spans, bound, around)
                settled = settle(slots, self._kb.environments[name], self._kb) if name else slots
                ranked = Ranked(partial(self._ranked, asked, settled))
                question = self._question(part.text, lang, settled, ranked, trace)
                fact = self._guides.told(question, settled, ranked)
                if fact is None or self._guides.leaves(question, settled):
                    questions.append(question)
                told = told or fact
            if len(questions) > 1:
                questions = list(dict.fromkeys(questions))
            found = [self._reading(questions, asked)] if questions else []
            own = [self._reading([told], asked)] if told else []
            if own and own[0].far and not found and self._guides.is_tabled(question):
                found, own = [Reading((question,))], []
            yield from found + own if self._guides.follows(questions) else own + found

    def _reading(self, questions: Sequence[Question], asked: Sequence[str]) -> Reading:
        """The reading of questions that were made of these terms."""
        first = questions[0]
        doubted = first.facts[:1] if first.intent == "history" else ()
        far = any(hit.score < SURE_FACT and self._index.is_far(hit.fact, asked) for hit in doubted)
        return Reading(tuple(questions), far)

    def _spanned(self, text: str) -> Spanned:
        return Spanned(tokenize(text, self._simplify), self._lexicon, self._kb)

    def _follow(self, reading: Reading, before: Question, *, within: bool) -> Iterator[Reading]:
        """A part or message that builds on the question before it: changed, or read again with its things."""
        merged = self._follow_ups.merge(reading, before, within=within)
        if not isinstance(merged, Taken):
            yield merged or reading
            return
        part = reading.questions[0]
        whole = Part(part.text, NOTHING.core)
        again = tuple(self._read_part(whole, part.lang, Beside(taken=merged)))
        yield from (reading,) if any(r.questions[0].intent in UNREAD for r in again) else again

    def _question(self, text: str, lang: str, slots: Slots, ranked: Ranked, trace: list[str]) -> Question:
        chosen = choose(slots, ranked)
        question = Question(
            intent=chosen.intent,
            text=text,
            lang=lang,
            given=_given(slots, chosen.rule),
            about=slots.bare,
            kinds=slots.kinds,
            topics=slots.unnamed if chosen.intent == "unnamed" else slots.topics,
            superlative=_superlative(slots),
            cues=slots.cues,
            facts=chosen.facts,
            environment=slots.environment,
            identifiers=slots.code or slots.feature,
            trace=(*trace, f"intent {chosen.rule}"),
        )
        if question.intent == "recommend":
            wanted = tuple(dict.fromkeys((*sorted(self._slots.installable)[:1], *slots.bare)))
            return replace(question, want=wanted, about=())
        if chosen.rule == "lookup.since":
            return replace(question, want=slots.bare, about=(), superlative="oldest")
        return self._wanting(question, slots, chosen.rule) if question.intent == "lookup" else question

    def _wanting(self, question: Question, slots: Slots, rule: str) -> Question:
        """Tell what a lookup asks for from what it gives."""
        subject = tuple(sorted(self._slots.installable))[:1]
        wants = {
            "lookup.asked": (*slots.asked, *(slug for slug in slots.bare if slug in self._kb.releases)),
            "lookup.ranged": slots.ranged[:1],
            "lookup.device": subject,
            "lookup.supported": subject,
            "lookup.extreme": subject,
        }
        asks_both = set(subject) <= set(slots.bare)
        want = (
            wants.get(rule)
            or (() if asks_both else slots.requiring)
            or slots.bare
            or self._counterpart(slots.versions[0].column)
        )
        given = question.given
        whether = rule in ("lookup.device", "lookup.supported") or (
            slots.has("yesno") and not slots.has(*WHICH)
        )
        if slots.surrounding and slots.devices and slots.bare and slots.builds_only:
            want = (*slots.bare, *subject)
        if rule in ("lookup.asked", "lookup.extreme"):
            given = tuple(item for item in given if item.column not in want)
        return replace(
            question,
            want=want,
            given=given,
            about=(),
            whether=whether,
            negated=slots.has("fails")
            and slots.has("which", "list")
            and not slots.has("works", "how")
            and rule != "lookup.asked",
        )

    def _ranked(self, asked: Sequence[str], slots: Slots) -> tuple[FactHit, ...]:
        hits = self._naming(self._index.rank(asked), slots)
        if slots.feature:  # when it came is the answer, whatever version was asked about
            unversioned = self._naming(self._index.rank([t for t in asked if not t.startswith("#")]), slots)
            told = self._index.with_words(unversioned, slots.feature)
            came = tuple(hit for hit in told if self._facts[hit.fact].topic == CAME)
            return _surely(came[:1]) or self._fitting(hits, slots.versions)
        if not slots.code:
            return self._fitting(hits, slots.versions)
        alone = slots.subject_given and len(slots.columns) == 1 and not slots.unexplained
        asks = slots.has("yesno") and alone
        sure = bool(hits) and hits[0].score >= SURE_FACT
        if (sure and not asks) or not slots.has("yesno", "when", "since", "which"):
            return hits
        # When a function came is the answer, whatever version was asked about and whatever else is said.
        named = self._naming(self._index.of_names([name.lower() for name in slots.code], ()), slots)
        came = tuple(hit for hit in named if self._came(self._facts[hit.fact]))
        told = came if asks else () if sure else self._fitting(named, slots.versions) or named
        return _surely(told[:1]) or hits

    def _came(self, fact: Fact) -> bool:
        """Whether a fact tells with which release something came."""
        return fact.version is not None and fact.topic == CAME

    def _naming(self, hits: tuple[FactHit, ...], slots: Slots) -> tuple[FactHit, ...]:
        """Without the facts that do not name a product that no table has: they are about something else."""
        if not slots.outside:
            return hits
        return tuple(hit for hit in hits if self._index.tells_of(hit.fact, slots.outside))

    def _fitting(self, hits: tuple[FactHit, ...], versions: Iterable[Given]) -> tuple[FactHit, ...]:
        """Drop facts about another version than the one given."""
        constraints = {v.column: v.constraint for v in versions if isinstance(v.constraint, Constraint)}
        facts = ((hit, self._facts[hit.fact]) for hit in hits)
        return tuple(hit for hit, fact in facts if _fits(fact, constraints))

    def _counterpart(self, column: str) -> tuple[str, ...]:
        """What "which version works with this" asks for: what can be installed, else the first product."""
        others = [
            other
            for relation in self._kb.routes.tables(column)
            for other in relation.columns
            if other != column and other in self._kb.releases
        ]
        if self._slots.installable.isdisjoint(others):
            near = (slug for slug in sorted(self._slots.installable) if self._kb.routes.length(column, slug))
            others = [*near, *others]
        others.sort(key=lambda other: other not in self._slots.installable)
        return tuple(others[:1])


def _surely(hits: Iterable[FactHit]) -> tuple[FactHit, ...]:
    """The facts as what is asked for: they have its name."""
    return tuple(replace(hit, score=max(hit.score, SURE_FACT)) for hit in hits)


def _fits(fact: Fact, given: Mapping[str, Constraint]) -> bool:
    """Whether a fact is about the version given, as far as both tell one."""
    if fact.version is None:
        return True
    asked = given.get(fact.about)
    if asked is None:
        elsewhere = (c.exact for c in given.values())
        return all(exact is None or not Number.parse(fact.version).within(exact) for exact in elsewhere)
    return asked.match(Number.parse(fact.version)) is not Match.NO


def _is_own_question(reading: Reading) -> bool:
    """Whether a part beside an error asks something of its own: which version goes with another."""
    first = reading.questions[0]
    errors = not first.cues.isdisjoint({"exception", "trouble"})
    asks = not first.cues.isdisjoint({"which", "need", "install", "newest", "oldest"})
    whether = not first.cues.isdisjoint({"works", "yesno"}) and bool(_ASKS.search(first.text))
    asks |= "works" in first.cues and whether
    if first.intent == "history" and first.facts and first.facts[0].score >= SURE_FACT:
        return not first.cues.isdisjoint({"how", "yesno", "which", "why"})
    if errors or not first.given:
        return False
    if whether and (first.whether or first.intent == "check"):
        return True
    return asks and first.intent in OWN_QUESTIONS


def _is_told(question: Question) -> bool:
    """Whether a question beside a list is one that a fact answers, and none about the list."""
    sure = question.intent == "history" and question.facts and question.facts[0].score >= SURE_FACT
    return bool(sure) and bool(_ASKS.search(question.text))


def _is_told_already(before: Question, question: Question) -> bool:
    """Whether "is that ok?" only asks again about what a fact has told just before."""
    told = before.intent == "history" and bool(before.facts)
    again = "pronoun" in question.cues and question.cues <= ASKING_AGAIN
    return told and again and not question.about and set(question.given) <= set(before.given)


def _wants_more(question: Question, pinned: set[str]) -> bool:
    """Whether a question beside a list asks for the version of something that the list has not."""
    asks = bool(_ASKS.search(question.text)) and question.intent == "lookup" and bool(question.given)
    return asks and bool(question.want) and pinned.isdisjoint(question.want) and not question.whether


def _given(slots: Slots, rule: str) -> tuple[Given, ...]:
    """What is given; roles are told apart only where they are what is asked about."""
    apart = rule in ("roles", "check.ceiling")
    versions = slots.versions if apart else without_roles(slots.versions)
    return versions + slots.values


def _superlative(slots: Slots) -> Superlative | None:
    if slots.has("newest"):
        return "newest"
    return "oldest" if slots.has("oldest") else None


def _trace(spans: Spans, utterance: Utterance) -> list[str]:
    raw, tokens = utterance.raw, utterance.tokens
    found = []
    for span in sorted((*spans.names, *spans.cues), key=itemgetter(0)):
        surface = raw[tokens[span.first].start : tokens[span.last].end]
        meaning = "|".join([f"{entry.kind}:{entry.slug}" for entry in span.entries])
        doubt = f" ({span.score:.2f})" if span.score < 1 else ""
        found.append(f"span {surface!r} → {meaning}{doubt}")
    return found
