"""From a message to readings: spans, then slots, then the intent whose rule claims them best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact
from bot.knowledge.versions import Clause, Constraint, Match, Number
from bot.understanding.binding import Bound, bind_versions
from bot.understanding.environments import moved, named_environments, settle
from bot.understanding.han import Simplifier
from bot.understanding.lexicon import Lexicon, build_lexicon
from bot.understanding.parts import MAX_PARTS, split_parts
from bot.understanding.question import FactHit, Given, Question, Reading, Superlative
from bot.understanding.retrieval import FactIndex, terms
from bot.understanding.rules import Slots, choose
from bot.understanding.spans import Spans, find_spans
from bot.understanding.text import Utterance, tokenize

MAX_GIVEN: Final = 12
ADDING: Final = frozenset({"also", "works", "yesno", "how"})
FOLLOWED: Final = frozenset({"check", "lookup", "install", "release"})


class Understanding:
    """Compiled once for a knowledge base; `read` is pure."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._simplify = Simplifier()
        self._lexicon: Lexicon = build_lexicon(kb)
        self._columns = {column for relation in kb.primary for column in relation.columns}
        self._facts = {fact.id: fact for fact in kb.facts}
        self._installable = {r.columns[0] for r in kb.of_kind("command")}
        self._brought = self._installable | {
            name
            for r in kb.of_kind("command")
            for slug in r.columns[:1]
            for name in kb.products[slug].accompany
        }

    @cached_property
    def _index(self) -> FactIndex:
        """Built when the first question needs it: a single `bot ask` about versions never does."""
        return FactIndex(self._kb, self._lexicon)

    def warm(self) -> None:
        """Build now what would otherwise be built by the first questions."""
        self._index.rank(())
        self._simplify.warm()

    def read(self, text: str, default_lang: str | None = None) -> tuple[Reading, ...]:
        """Read a message: one reading for each question in it, at most five."""
        whole = tokenize(text, self._simplify)
        lang = self.language(whole, default_lang)
        readings: list[Reading] = []
        before: Question | None = None
        for part in split_parts(whole, self._lexicon):
            for read in self._read_part(part, lang, before):
                readings.append(self._follow(read, before))
            before = readings[-1].questions[0]
        kept = [r for r in readings if r.questions[0].intent != "none"]
        return tuple(kept or readings[:1])

    def language(self, utterance: Utterance, default: str | None) -> str:
        """The language whose script the message uses; the default where it has no letters."""
        kinds = {token.kind for token in utterance.tokens}
        scripts = self._lexicon.scripts
        if "han" in kinds and "han" in scripts:
            return scripts["han"]
        if default in scripts.values() and "word" not in kinds:
            return str(default)
        return scripts.get("latin", next(iter(scripts.values())))

    def _read_part(self, text: str, lang: str, before: Question | None) -> Iterator[Reading]:
        """The readings of one part: one, or one for each environment that it names."""
        utterance = tokenize(text, self._simplify)
        spans = find_spans(utterance, self._lexicon)
        bound = bind_versions(utterance, spans, self._lexicon, self._kb)
        trace = _trace(spans, utterance)
        rivals: tuple[tuple[Given, ...], ...] = (
            tuple((given,) for given in bound.rivals[0]) if bound.rivals else ((),)
        )
        for name in named_environments(spans)[:MAX_PARTS] or ("",):
            questions = []
            for rival in rivals:
                slots, asked = self._slots(utterance, spans, bound, rival, before)
                settled = settle(slots, self._kb.environments[name], self._kb) if name else slots
                questions.append(self._question(text, lang, settled, asked, trace))
            yield Reading(tuple(dict.fromkeys(questions)))

    def _follow(self, reading: Reading, before: Question | None) -> Reading:
        """A part that only names another version ("and with 10.0?") asks the question before it again."""
        part = reading.questions[0]
        if before is None or before.intent not in FOLLOWED:
            return reading
        if part.intent == "environment" and before.environment and not part.about and part.cues <= ADDING:
            other = moved(before, self._kb.environments[part.environment], self._kb)
            return Reading((replace(other, text=part.text, trace=part.trace, facts=()),))
        own = tuple(item for item in part.given if item not in before.given)
        if own and part.intent not in ("topic", "none"):
            return reading
        given = own or tuple(self._loose_given(part.text, before))
        if not given:
            return reading
        columns = {item.column for item in given}
        kept = tuple(item for item in before.given if item.column not in columns)
        wanted = tuple(slug for slug in before.want if slug not in columns)
        merged = replace(before, text=part.text, given=(*kept, *given), want=wanted or before.want, facts=())
        return Reading((replace(merged, trace=(*part.trace, f"intent follow-up:{before.intent}")),))

    def _loose_given(self, text: str, before: Question) -> Iterator[Given]:
        """Versions that no product was found for, given to the last product before that has such a one."""
        for token in tokenize(text, self._simplify).tokens:
            if token.kind != "number" or "." not in token.text:
                continue
            constraint = Constraint.series(Number.parse(token.text))
            columns = [g.column for g in before.given if isinstance(g.constraint, Constraint)]
            owner = next((c for c in reversed(columns) if self._kb.knows(c, constraint)), None)
            if owner is not None:
                yield Given(owner, constraint, token.text, inferred=True)

    def _question(self, text: str, lang: str, slots: Slots, asked: list[str], trace: list[str]) -> Question:
        chosen = choose(slots, lambda: self._fitting(self._index.rank(asked), slots.versions))
        question = Question(
            intent=chosen.intent,
            text=text,
            lang=lang,
            given=slots.versions + slots.values,
            about=slots.bare,
            kinds=slots.kinds,
            topics=slots.topics,
            superlative=_superlative(slots),
            cues=slots.cues,
            facts=chosen.facts,
            environment=slots.environment,
            trace=(*trace, f"intent {chosen.rule}"),
        )
        return self._wanting(question, slots, chosen.rule) if question.intent == "lookup" else question

    def _wanting(self, question: Question, slots: Slots, rule: str) -> Question:
        """Tell what a lookup asks for from what it gives."""
        wants = {"lookup.asked": slots.asked, "lookup.ranged": slots.ranged[:1]}
        want = wants.get(rule) or slots.bare or self._counterpart(slots.versions[0].column)
        given = question.given
        if rule == "lookup.asked":
            given = tuple(item for item in given if item.column not in want)
        return replace(question, want=want, given=given, about=(), negated="fails" in slots.cues)

    def _slots(
        self,
        utterance: Utterance,
        spans: Spans,
        bound: Bound,
        rival: tuple[Given, ...],
        before: Question | None,
    ) -> tuple[Slots, list[str]]:
        """The slots, and the terms by which facts are found."""
        versions = _distinct(_capped((*bound.givens, *rival), spans))
        named = self._named_values(utterance, spans, versions)
        values = tuple(item for item in named if item.column in self._kb.qualifiers)
        things = tuple(dict.fromkeys(item for item in named if item not in values))
        versions += things[: MAX_GIVEN - len(versions)]
        given = {item.column for item in versions}
        bare = _unique(
            span.entry.slug
            for span in spans.names
            if span.is_a("product") and span.first not in bound.used and span.entry.slug not in given
        )
        cues = frozenset(e.slug for span in spans.cues for e in span.entries if e.kind == "cue")
        asked = terms(utterance, spans, self._lexicon) + [f"@{item.column}" for item in versions]
        if before is not None and not versions:
            versions, bare, inherited = _inherit(before, bare)
            asked += inherited
        slots = Slots(
            cues=cues,
            bare=bare,
            versions=versions,
            values=tuple(dict.fromkeys(values)),
            kinds=_unique(e.slug for s in spans.cues for e in s.entries if e.kind == "kind"),
            topics=_unique(e.slug for s in spans.cues for e in s.entries if e.kind == "topic"),
            asked=self._asked(spans, bound, given),
            tabled=sum(1 for slug in bare if slug in self._columns),
            strange=_strange(utterance, spans, self._lexicon),
            surrounding=self._installable.isdisjoint([*bare, *(v.column for v in versions)]),
            installable=bool(things or self._brought.intersection([*bare, *(v.column for v in versions)])),
        )
        return slots, asked

    def _asked(self, spans: Spans, bound: Bound, given: set[str]) -> tuple[str, ...]:
        """Products with a question word right before them, though a version of them is given elsewhere."""
        which = {span.last for span in spans.cues if span.is_a("cue", "which")}
        return _unique(
            span.entry.slug
            for span in spans.names
            if span.is_a("product")
            and span.first not in bound.used
            and span.entry.slug in given
            and span.first - 1 in which
        )

    def _named_values(self, utterance: Utterance, spans: Spans, versions: Iterable[Given]) -> list[Given]:
        """The values of attributes; a product named without a version, beside another, may stand for one."""
        given = {item.column for item in versions}
        products = given | {span.entry.slug for span in spans.names if span.is_a("product")}
        found = []
        for span in spans.names:
            entry = span.entry
            surface = utterance.raw[utterance.tokens[span.first].start : utterance.tokens[span.last].end]
            if entry.kind == "value":
                found.append(Given(entry.owner, entry.slug, surface))
            elif entry.kind == "product" and entry.slug not in given and len(products) > 1:
                stands = self._kb.products[entry.slug].stands_for
                found += [Given(column, value, surface) for column, value in stands.items()]
        return found

    def _fitting(self, hits: tuple[FactHit, ...], versions: Iterable[Given]) -> tuple[FactHit, ...]:
        """Drop facts about another version than the one given."""
        constraints = {v.column: v.constraint for v in versions if isinstance(v.constraint, Constraint)}
        facts = ((hit, self._facts[hit.fact]) for hit in hits)
        return tuple(
            hit
            for hit, fact in facts
            if _fits(fact, constraints, versioned=bool(self._kb.releases.get(fact.about)))
        )

    def _counterpart(self, column: str) -> tuple[str, ...]:
        """What "which version works with this" asks for: what can be installed, else the first product."""
        others = [
            other
            for relation in self._kb.routes.tables(column)
            for other in relation.columns
            if other != column and other in self._kb.releases
        ]
        if self._installable.isdisjoint(others):
            near = (slug for slug in sorted(self._installable) if self._kb.routes.length(column, slug))
            others = [*near, *others]
        others.sort(key=lambda other: other not in self._installable)
        return tuple(others[:1])


def _capped(givens: tuple[Given, ...], spans: Spans) -> tuple[Given, ...]:
    """Read a version beside a tool that prints ceilings (nvidia-smi's CUDA) as an upper bound."""
    capped = {e.slug for span in spans.cues for e in span.entries if e.kind == "ceiling"}
    return tuple(_as_most(given) if given.column in capped else given for given in givens)


def _distinct(givens: tuple[Given, ...]) -> tuple[Given, ...]:
    """Each given once, and no more of them than anybody means.

    What is excepted ("not 10.2") goes where another version of the same product is given ("but 11.0").
    """
    positive = {given.column for given in givens if not _is_excepted(given)}
    givens = tuple(g for g in givens if g.column not in positive or not _is_excepted(g))
    found = {(given.column, str(given.constraint)): given for given in reversed(givens)}
    return tuple(reversed(found.values()))[:MAX_GIVEN]


def _is_excepted(given: Given) -> bool:
    clauses = given.constraint.clauses if isinstance(given.constraint, Constraint) else ()
    return bool(clauses) and all(clause.op == "!=" for clause in clauses)


def _as_most(given: Given) -> Given:
    exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
    return (
        given
        if exact is None
        else replace(given, constraint=Constraint((Clause("<=", exact),)), role="ceiling")
    )


def _strange(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> bool:
    """Whether something that the knowledge has no name for is asked for ("which gpu", "numpy version")."""
    covered = {i for span in (*spans.names, *spans.cues) for i in range(span.first, span.last + 1)}
    which = {span.last + 1 for span in spans.cues if span.is_a("cue", "which")}
    version = {span.first - 1 for span in spans.cues if span.is_a("cue", "version")}
    return any(
        token.kind == "word"
        and len(token.text) > 2
        and index not in covered
        and token.text not in lexicon.ignored
        for index, token in enumerate(utterance.tokens)
        if index in which or index in version
    )


def _fits(fact: Fact, given: Mapping[str, Constraint], *, versioned: bool) -> bool:
    """Whether a fact is about the version given, as far as both tell one.

    Of a product without releases (`versioned` is false) nothing tells which versions a fact is about.
    """
    asked = given.get(fact.about)
    if fact.version is None:
        return asked is None or versioned
    if asked is None:
        elsewhere = (c.exact for c in given.values())
        return all(exact is None or not Number.parse(fact.version).within(exact) for exact in elsewhere)
    return asked.match(Number.parse(fact.version)) is not Match.NO


def _inherit(before: Question, bare: tuple[str, ...]) -> tuple[tuple[Given, ...], tuple[str, ...], list[str]]:
    """The givens, names and terms that a later question of the same message takes from the one before."""
    versions = tuple(g for g in before.given if not isinstance(g.constraint, str) and g.column not in bare)
    names = bare or (() if versions else before.about or before.want)
    if bare:
        return versions, names, []
    inherited = [f"@{slug}" for slug in (*(g.column for g in versions), *names)]
    return versions, names, inherited + [f"#{g.constraint}" for g in versions]


def _superlative(slots: Slots) -> Superlative | None:
    if slots.has("newest"):
        return "newest"
    return "oldest" if slots.has("oldest") else None


def _unique(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))


def _trace(spans: Spans, utterance: Utterance) -> list[str]:
    found = []
    for span in sorted((*spans.names, *spans.cues), key=lambda item: item.first):
        tokens = utterance.tokens[span.first : span.last + 1]
        surface = utterance.raw[tokens[0].start : tokens[-1].end]
        meaning = "|".join(f"{entry.kind}:{entry.slug}" for entry in span.entries)
        found.append(f"span {surface!r} → {meaning}" + (f" ({span.score:.2f})" if span.score < 1 else ""))
    return found
