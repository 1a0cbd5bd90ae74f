"""Finds the facts that a question asks for: a small ranked index over their phrases, names and words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from sys import intern
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact
from bot.understanding.lexicon import Lexicon
from bot.understanding.question import FactHit
from bot.understanding.spans import find_spans
from bot.understanding.stems import stem
from bot.understanding.terms import identifier_terms, name_term, terms
from bot.understanding.text import tokenize_phrase

KEEP: Final = 3
ROUNDED: Final = 0.001
LEAST: Final = 0.4
COMMON_CUES: Final = frozenset({"~works", "~install", "~newest", "~oldest", "~need", "~project"})
WHOLE: Final = 0.999
SAID: Final = 0.45
TELLING: Final = 0.3
RARE: Final = 10.0
FEW_FACTS: Final = 6
NAMES: Final = "@#"
TOLD_ELSEWHERE: Final = "@#&"
NOT_WORDS: Final = "@#&~"
KEYED: Final = 0.5
KEYED_MORE: Final = 0.25
UNSEEN: Final = 0.5
"""How much a word that no fact has weighs, of the most that a word can: it tells little against a fact."""
DISCOUNT: Final = 0.5
SEVERAL: Final = 2
HARDLY: Final = 0.33
"""Of 26 facts told alone to unseen questions with less of their words than this, 17 were no answer."""
ELSEWHERE: Final = 0.95


class Ranked:
    """The facts for one reading of a question, looked up when they are first wanted, if they are."""

    def __init__(self, rank: Callable[[], tuple[FactHit, ...]]) -> None:
        self._rank = rank

    @cached_property
    def hits(self) -> tuple[FactHit, ...]:
        """The best facts, strongest first."""
        return self._rank()


@dataclass(frozen=True, slots=True)
class _Indexed:
    fact: Fact
    phrases: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    name: str


class FactIndex:
    """Ranks facts for a question.

    A fact's score is the best, over its `asked` phrases, of the product of two shares, each weighted by
    rarity (inverse document frequency): how much of the phrase the question says, and how much of the
    question the phrase explains (the fact's other words explain at a discount). A phrase that is said whole
    counts for something however much else is said: the more, the rarer its words are.
    """

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._tabled = frozenset(f"@{column}" for relation in kb.primary for column in relation.columns)
        self._facts = [self._index(fact) for fact in kb.facts]
        self._words = {item.fact.id: item.words for item in self._facts}
        frequency: Counter[str] = Counter(term for item in self._facts for term in item.words)
        total = len(self._facts) + 1
        self._weight = {term: math.log(1 + total / count) for term, count in frequency.items()}
        self._unseen = UNSEEN * math.log(1 + total)
        self._phrases = [
            (number, phrase) for number, item in enumerate(self._facts) for phrase in item.phrases
        ]
        self._totals = [self._sum(phrase) for _, phrase in self._phrases]
        self._least = [LEAST * total for total in self._totals]
        self._said = [self._said_whole(phrase) for _, phrase in self._phrases]
        self._rest: list[tuple[str, ...]] = [()] * len(self._phrases)
        self._by_term: Mapping[str, list[int]] = self._postings()
        self._keys = self._keyed()

    def _index(self, fact: Fact) -> _Indexed:
        asked = (phrase for group in fact.asked.values() for phrase in group)
        found = (set(map(intern, self.terms_of(phrase))) for phrase in asked)
        phrases = [tuple(sorted(phrase)) for phrase in found]  # which takes a third of what a set does
        words = set().union(*phrases) | {f"@{fact.about}"}
        for text in fact.text.values():
            words.update(map(intern, self._words_of(text)))  # one text for all facts that have the word
        telling = tuple(phrase for phrase in phrases if _is_telling(phrase, self._tabled))
        return _Indexed(fact, telling, frozenset(words), f"@{fact.about}")

    def _postings(self) -> dict[str, list[int]]:
        """The phrases by those of their terms of which one must be said, or too little of the phrase is.

        `_rest` are the other terms of each.
        """
        postings: dict[str, list[int]] = defaultdict(list)
        for number, (_, phrase) in enumerate(self._phrases):
            rest = self._totals[number]
            ordered = sorted(phrase, key=lambda term: (-self._weight[term], term))
            for place, term in enumerate(ordered):
                if rest < self._least[number]:
                    self._rest[number] = tuple(ordered[place:])
                    break
                postings[term].append(number)
                rest -= self._weight[term]
        return dict(postings)

    def _keyed(self) -> dict[str, list[tuple[frozenset[str], int]]]:
        """The keys of facts, by one term of each."""
        found: dict[str, list[tuple[frozenset[str], int]]] = defaultdict(list)
        for number, item in enumerate(self._facts):
            keys = (frozenset(self.terms_of(text)) for text in item.fact.keys)
            for key in (key for key in keys if any(term[0] not in NOT_WORDS for term in key)):
                found[max(key, key=lambda term: (self._weight.get(term, self._unseen), term))].append(
                    (key, number)
                )
        return dict(found)

    def _by_key(self, wanted: frozenset[str]) -> Iterator[tuple[int, float]]:
        """The facts that a word of the question points to, stronger the more else of a phrase is said."""
        if all(term[0] not in TOLD_ELSEWHERE for term in wanted):
            return  # a word alone, and nothing of what is known here
        for term in wanted & self._keys.keys():
            for key, number in self._keys[term]:
                if key <= wanted:
                    shares = (
                        self._sum(wanted.intersection(phrase)) / self._sum(phrase)
                        for phrase in self._facts[number].phrases
                    )
                    yield number, KEYED + KEYED_MORE * max(shares, default=0.0)

    def terms_of(self, text: str) -> list[str]:
        """The terms of a text that is not a message (a phrase, a fact's own words)."""
        utterance = tokenize_phrase(text)
        return terms(utterance, find_spans(utterance, self._lexicon, misspelt=False), self._lexicon)

    def _words_of(self, text: str) -> Iterator[str]:
        """The terms of a running text, without its cues: names of one word, versions, stems, Han pairs."""
        previous = ""
        for token in tokenize_phrase(text).tokens:
            if token.kind == "han":
                yield previous + token.text if previous and not token.gap else ""
                previous = token.text
                continue
            previous = ""
            names = [entry for phrase, entry in self._lexicon.names.get(token.text, ()) if len(phrase) == 1]
            if names:
                yield name_term(names[0])
            elif token.text not in self._lexicon.ignored:
                yield f"#{token.text}" if token.kind == "number" else stem(token.text)

    def rank(self, asked: Sequence[str]) -> tuple[FactHit, ...]:
        """The best facts for the terms of a question, strongest first."""
        wanted = frozenset(asked)
        if not _tells(wanted):
            return ()
        named = {term for term in wanted if term[0] == "@"}
        best: dict[int, float] = {}
        for fact, score in self._by_key(wanted):
            best[fact] = max(best.get(fact, 0.0), score * self._share(fact, named))
        self._add_phrases(best, wanted, named)
        told = [(-round(score, 3), self._facts[fact].fact.id) for fact, score in best.items()]
        told.sort()
        return tuple([FactHit(fact, -score) for score, fact in told[:KEEP] if -score >= LEAST])

    def tells_of(self, fact: str, slugs: Iterable[str]) -> bool:
        """Whether a fact is about one of the products, or names it in its text or in ways to ask for it."""
        return any(f"@{slug}" in self._words[fact] for slug in slugs)

    def is_far(self, fact: str, asked: Iterable[str]) -> bool:
        """Whether a fact has hardly any of the words that are asked, beside names, versions and cues."""
        words = {term for term in asked if term[0] not in NOT_WORDS}
        known = self._sum(words & self._words[fact])
        return len(words) >= SEVERAL and known < HARDLY * self._sum(words)

    def with_words(self, hits: Iterable[FactHit], words: Iterable[str]) -> tuple[FactHit, ...]:
        """The facts in which one of these words stands that few facts have."""
        least = math.log(1 + (len(self._facts) + 1) / FEW_FACTS)
        rare = {term for term in map(stem, words) if self._weight.get(term, 0.0) >= least}
        return tuple(hit for hit in hits if not rare.isdisjoint(self._words[hit.fact]))

    def of_names(self, names: Sequence[str], asked: Sequence[str]) -> tuple[FactHit, ...]:
        """The facts about what a program's names name: those that have the words of such a name, too."""
        own = [frozenset(self.terms_of(name.rpartition(".")[2])) for name in names]
        hits = self.rank([*identifier_terms(names), *asked])
        return tuple(hit for hit in hits if any(terms <= self._words[hit.fact] for terms in own))

    def _add_phrases(self, best: dict[int, float], wanted: frozenset[str], named: set[str]) -> None:
        """Raise the score of each fact to the best of its phrases, as far as it may be among the first.

        A phrase explains what of it is said and the fact's name, and at a discount the fact's other words:
        these are summed up once for a fact, and only where they may still tell.
        """
        total = self._sum(wanted)
        weights = [(term, self._weight.get(term, self._unseen)) for term in wanted]
        words: dict[int, float] = {}
        floor = _floor(best)
        for bound, number, weight in self._likely(wanted, total, self._sum(named)):
            if bound < floor:
                break  # nor is any that follows among the first
            fact, phrase = self._phrases[number]
            share = self._share(fact, named)
            if bound * share <= best.get(fact, 0.0):
                continue
            item = self._facts[fact]
            if fact not in words:
                words[fact] = sum([own for term, own in weights if term in item.words])
            own = weight + self._weight[item.name] * (item.name in named and item.name not in phrase)
            recall = weight / self._totals[number]
            score = recall * (own + DISCOUNT * (words[fact] - own)) / total
            if recall >= WHOLE:
                score = max(score, self._said[number])
            if score * share > best.get(fact, 0.0):
                best[fact] = score * share
                floor = _floor(best)

    def _likely(self, wanted: frozenset[str], total: float, most: float) -> list[tuple[float, int, float]]:
        """The phrases of which the question says enough: the most that each may score, what is said.

        The most first. `total` is the weight of the question, `most` that of the names in it.
        """
        weight, least, rest = self._weight, self._least, self._rest
        found: list[tuple[float, int, float]] = []
        for number, begun in self._begun(wanted).items():
            said = begun
            for term in rest[number]:
                if term in wanted:
                    said += weight[term]
            if said < least[number]:
                continue
            recall = said / self._totals[number]
            explained = said + most if said + most < total else total
            bound = recall * (explained + DISCOUNT * (total - explained)) / total
            if recall >= WHOLE and self._said[number] > bound:
                bound = self._said[number]
            if bound >= LEAST:
                found.append((bound, number, said))
        found.sort(key=_bound, reverse=True)
        return found

    def _begun(self, wanted: frozenset[str]) -> dict[int, float]:
        """The phrases of which a term is said that must be, and how much all such terms of each weigh."""
        postings = sorted(((self._by_term[t], t) for t in wanted & self._by_term.keys()), key=_length)
        if not postings:
            return {}
        most, common = postings.pop()
        begun = dict.fromkeys(most, self._weight[common])  # the longest list is entered at once
        for numbers, term in postings:
            own = self._weight[term]
            for number in numbers:
                begun[number] = begun[number] + own if number in begun else own
        return begun

    def _said_whole(self, phrase: Sequence[str]) -> float:
        """The score of a phrase that is said whole, however much else is said: 0 for a word or names alone.

        What counts are the words that are no names and no common cues.
        """
        words = [term for term in phrase if term[0] not in TOLD_ELSEWHERE and term not in COMMON_CUES]
        return SAID + TELLING * min(1.0, self._sum(words) / RARE) if len(words) > 1 else 0.0

    def _share(self, number: int, named: set[str]) -> float:
        """How much of its score a fact keeps: one about another thing than those named, not all."""
        return ELSEWHERE if named and self._facts[number].name not in named else 1.0

    def _sum(self, found: Iterable[str]) -> float:
        weight, unseen = self._weight, self._unseen
        return sum([weight.get(term, unseen) for term in found])


def _length(posting: tuple[list[int], str]) -> int:
    return len(posting[0])


def _bound(phrase: tuple[float, int, float]) -> float:
    return phrase[0]


def _floor(best: Mapping[int, float]) -> float:
    """What a score must reach to be among the first, as far as is known; less what rounding adds."""
    return sorted(best.values())[-KEEP] - ROUNDED if len(best) >= KEEP else 0.0


def _is_telling(phrase: Sequence[str], tabled: frozenset[str]) -> bool:
    """Whether a phrase says more than names that tables have and one common cue."""
    if len(phrase) > 1 and any(term[0] == "@" and term not in tabled for term in phrase):
        return True
    words = [term for term in phrase if term[0] not in NAMES]
    return len(words) > 1 or any(term not in COMMON_CUES for term in words)


def _tells(wanted: frozenset[str]) -> bool:
    """Whether the terms are more than names, or more than cues: "PyTorch", "ok" ask for no fact."""
    kinds = {term[0] if term[0] in "@#~" else "word" for term in wanted}
    return "word" in kinds or {"@", "~"} <= kinds
