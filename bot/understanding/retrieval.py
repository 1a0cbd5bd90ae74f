"""Finds the facts that a question asks for: a small ranked index over their phrases, names and words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact
from bot.understanding.lexicon import Entry, Lexicon
from bot.understanding.question import FactHit
from bot.understanding.spans import Spans, find_spans
from bot.understanding.stems import stem
from bot.understanding.text import Utterance, tokenize_phrase

KEEP: Final = 3
LEAST: Final = 0.4
SILENT_CUES: Final = frozenset(
    {
        "show",
        "overview",
        "which",
        "version",
        "when",
        "yesno",
        "also",
        "pronoun",
        "follow",
        "why",
        "list",
        "help",
        "chat",
    }
)
COMMON_CUES: Final = frozenset({"~works", "~install", "~newest", "~oldest", "~need"})
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
ELSEWHERE: Final = 0.95


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
        self._telling = [self._telling_weight(phrase) for _, phrase in self._phrases]
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
                if rest < LEAST * self._totals[number]:
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
                yield _name_term(names[0])
            elif token.text not in self._lexicon.ignored:
                yield f"#{token.text}" if token.kind == "number" else stem(token.text)

    def rank(self, asked: Sequence[str]) -> tuple[FactHit, ...]:
        """The best facts for the terms of a question, strongest first."""
        wanted = frozenset(asked)
        if not _tells(wanted):
            return ()
        named = {term for term in wanted if term[0] == "@"}
        best = self._by_phrase(wanted, named)
        for fact, score in self._by_key(wanted):
            best[fact] = max(best.get(fact, 0.0), score)
        hits = [self._hit(fact, score, named) for fact, score in best.items() if score >= LEAST]
        kept = [hit for hit in hits if hit.score >= LEAST]
        kept.sort(key=lambda hit: (-hit.score, hit.fact))
        return tuple(kept[:KEEP])

    def tells_of(self, fact: str, slugs: Iterable[str]) -> bool:
        """Whether a fact is about one of the products, or names it in its text or in ways to ask for it."""
        return any(f"@{slug}" in self._words[fact] for slug in slugs)

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

    def _by_phrase(self, wanted: frozenset[str], named: set[str]) -> dict[int, float]:
        """The best score of each fact over its phrases.

        A phrase explains what of it is said and the fact's name, and at a discount the fact's other words:
        these are summed up once for a fact, and only where they may still tell.
        """
        total = self._sum(wanted)
        weights = [(term, self._weight.get(term, self._unseen)) for term in wanted]
        best: dict[int, float] = {}
        words: dict[int, float] = {}
        for bound, number, weight in self._likely(wanted, total, self._sum(named)):
            fact, phrase = self._phrases[number]
            recall = weight / self._totals[number]
            whole = recall >= WHOLE and self._telling[number]
            if not whole and bound <= best.get(fact, 0.0):
                continue
            item = self._facts[fact]
            if fact not in words:
                words[fact] = sum([own for term, own in weights if term in item.words])
            own = weight + self._weight[item.name] * (item.name in named and item.name not in phrase)
            score = recall * (own + DISCOUNT * (words[fact] - own)) / total
            if whole:
                score = max(score, SAID + TELLING * min(1.0, self._telling[number] / RARE))
            if score > best.get(fact, 0.0):
                best[fact] = score
        return best

    def _likely(self, wanted: frozenset[str], total: float, most: float) -> list[tuple[float, int, float]]:
        """The phrases of which the question says enough: the most that each may score, what is said.

        `total` is the weight of the question, `most` that of the names in it.
        """
        weight, totals, rest = self._weight, self._totals, self._rest
        found: list[tuple[float, int, float]] = []
        for number, own in self._begun(wanted).items():
            said = own
            for term in rest[number]:
                if term in wanted:
                    said += weight[term]
            recall = said / totals[number]
            if recall < LEAST:
                continue
            explained = said + most if said + most < total else total
            bound = recall * (explained + DISCOUNT * (total - explained)) / total
            if bound >= LEAST or recall >= WHOLE:
                found.append((bound, number, said))
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

    def _telling_weight(self, phrase: Sequence[str]) -> float:
        """How much the words of a phrase weigh that are no names and no common cues; 0 for fewer than two."""
        words = [term for term in phrase if term[0] not in TOLD_ELSEWHERE and term not in COMMON_CUES]
        return self._sum(words) if len(words) > 1 else 0.0

    def _hit(self, number: int, score: float, named: set[str]) -> FactHit:
        fact = self._facts[number].fact
        elsewhere = bool(named) and f"@{fact.about}" not in named
        return FactHit(fact.id, round(score * (ELSEWHERE if elsewhere else 1), 3))

    def _sum(self, found: Iterable[str]) -> float:
        weight, unseen = self._weight, self._unseen
        return sum([weight.get(term, unseen) for term in found])


def _length(posting: tuple[list[int], str]) -> int:
    return len(posting[0])


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


def terms(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> list[str]:
    """The meaningful terms of a text.

    A name is `@slug`, a version `#1.0`, a cue `~cue` (so that its synonyms meet), a category `&slug`, a
    word its stem; Han characters go in pairs. Cues that every question has are left out.
    """
    meaning = _meanings(spans)
    skipped = _ignored(utterance, lexicon)
    found: list[str] = []
    if spans.code:
        meaning |= _identifiers(utterance, spans)
        found += [f"@{slug}" for slug in _owners(utterance, spans, lexicon)]
        found += [
            stem(utterance.tokens[i].text)
            for first, last in spans.code
            for i in _last_part(utterance, first, last)
        ]
    previous = ""
    for index, token in enumerate(utterance.tokens):
        if index in meaning:
            found.append(meaning[index])
        elif token.kind == "han" and index not in skipped:
            found.append(previous + token.text if previous and not token.gap else "")
            previous = token.text
            continue
        elif token.kind == "number":
            found.append(f"#{token.text}")
        elif index not in skipped:
            found.append(stem(token.text))
        previous = ""
    return [term for term in found if term]


def identifier_terms(names: Sequence[str]) -> list[str]:
    """The terms of dotted names: the whole, and the words of its last part (`inference_mode`)."""
    found: list[str] = []
    for name in names:
        found += [name, *(stem(word) for word in name.rpartition(".")[2].split("_") if word)]
    return found


def _identifiers(utterance: Utterance, spans: Spans) -> dict[int, str]:
    """A dotted identifier as one term at its first token."""
    found: dict[int, str] = {}
    for first, last in spans.code:
        parts = utterance.tokens[first : last + 1]
        found.update(dict.fromkeys(range(first, last + 1), ""))
        found[first] = parts[0].text + "".join(part.gap + part.text for part in parts[1:])
    return found


def _last_part(utterance: Utterance, first: int, last: int) -> Iterator[int]:
    """The tokens of what stands after the last dot of an identifier (`inference`, `mode`)."""
    dots = [i for i in range(first + 1, last + 1) if utterance.tokens[i].gap == "."]
    yield from range(dots[-1], last + 1) if dots else ()


def _owners(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> list[str]:
    """The products that the first words of dotted identifiers name (`torch` of `torch.fx`)."""
    heads = [utterance.tokens[first].text for first, _ in spans.code]
    return [
        entry.slug for head in heads for phrase, entry in lexicon.names.get(head, ()) if phrase == (head,)
    ]


def _meanings(spans: Spans) -> dict[int, str]:
    """The term of each token that a span covers; the empty text where it means nothing here."""
    found: dict[int, str] = {}
    for span in spans.cues:
        for index in range(span.first + 1, span.last + 1):
            found[index] = ""
        found[span.first] = next(filter(None, map(_cue_term, span.entries)), "")
    for span in spans.names:
        for index in range(span.first + 1, span.last + 1):
            found[index] = ""
        found[span.first] = _name_term(span.entry)
    return found


def _name_term(entry: Entry) -> str:
    """A product is a name that many facts share; a platform or channel tells what is asked."""
    return f"@{entry.slug}" if entry.kind == "product" else f"&{entry.slug}"


def _cue_term(entry: Entry) -> str:
    if entry.kind == "cue":
        return "" if entry.slug in SILENT_CUES else f"~{entry.slug}"
    if entry.kind in ("ceiling", "toolkit"):
        return f"{entry.kind}:{entry.slug}"  # a tool is named (nvidia-smi, nvcc)
    return f"&{entry.slug}" if entry.kind in ("kind", "topic") else ""


def _ignored(utterance: Utterance, lexicon: Lexicon) -> set[int]:
    found = {i for i, token in enumerate(utterance.tokens) if token.text in lexicon.ignored}
    for index, token in enumerate(utterance.tokens):
        for phrase in lexicon.ignored_phrases.get(token.text, ()):
            if tuple(t.text for t in utterance.tokens[index : index + len(phrase)]) == phrase:
                found.update(range(index, index + len(phrase)))
    return found
