"""The dictionary of all names and cue words, as phrases of tokens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Tag, Vocabulary
from bot.understanding.stems import stem
from bot.understanding.text import Token, token_texts

EntryKind = Literal[
    "product",
    "value",
    "environment",
    "attribute",
    "kind",
    "topic",
    "cue",
    "before",
    "after",
    "between",
    "either",
    "range",
    "ceiling",
    "toolkit",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means: a product, an attribute's value (`owner` is the attribute), a cue …"""

    kind: EntryKind
    slug: str
    owner: str = ""


@dataclass(slots=True)
class Lexicon:
    """Phrases by their first token, longest first; `versioned` are names only right before a version.

    `makes` are the first words of names of things, by the attribute whose values they are. `fuzzy` are the
    names that may be misspelt, by their length. `one_word` are products' names of one word, with a mark for
    the product. `idle` are words of letters that tell nothing: an article, a preposition. `openings` has the
    names by their first two tokens (of one token: by it and the empty text), for some words begin hundreds of
    names. `near` remembers the name that a word misspells.
    """

    names: Mapping[str, list[tuple[tuple[str, ...], Entry]]]
    versioned: Mapping[str, list[tuple[tuple[str, ...], Entry]]]
    cues: Mapping[str, list[tuple[tuple[str, ...], tuple[Entry, ...]]]]
    ignored: frozenset[str]
    idle: frozenset[str]
    ignored_phrases: Mapping[str, list[tuple[str, ...]]]
    ordinary: frozenset[str]
    polite: Mapping[str, list[tuple[str, ...]]]
    counters: frozenset[str]
    units: frozenset[str]
    links: frozenset[str]
    fuzzy: Mapping[int, Mapping[str, Entry]]
    tags: Mapping[str, tuple[tuple[str, Tag], ...]]
    scripts: Mapping[str, str] = field(default_factory=dict)
    symptoms: Mapping[str, tuple[tuple[tuple[str, ...], str, frozenset[str]], ...]] = field(
        default_factory=dict
    )
    symptom_words: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)
    one_word: Mapping[str, str] = field(default_factory=dict)
    makes: Mapping[str, list[tuple[tuple[str, ...], Entry]]] = field(default_factory=dict)
    openings: Mapping[tuple[str, str], list[tuple[tuple[str, ...], Entry]]] = field(default_factory=dict)
    near: dict[str, tuple[Entry, float] | None] = field(default_factory=dict, repr=False, compare=False)

    def sense(self, word: str) -> str:
        """A word without what makes no difference: the thing that it names alone, else its stem."""
        return self.one_word.get(word) or _form(word)

    def names_at(self, first: str, second: str) -> Iterator[tuple[tuple[str, ...], Entry]]:
        """The names that may stand where these two tokens do, longest first."""
        yield from self.openings.get((first, second), ())
        yield from self.openings.get((first, ""), ())


def build_lexicon(kb: KnowledgeBase) -> Lexicon:
    """Compile the names of the knowledge and the cue words of every language."""
    names = _index((cut(phrase), entry) for phrase, entry in _names(kb))
    grouped = _grouped(kb)
    ignored = [cut(word) for v in kb.vocabularies.values() for word in v.ignored]
    ordinary = {word for tokens in grouped for word in tokens}
    ordinary |= {w for v in kb.vocabularies.values() for phrase in v.never_names for w in cut(phrase)}
    single = frozenset(tokens[0] for tokens in ignored if len(tokens) == 1)
    idle = frozenset(word for word in single if len(word) > 1 and word.isascii())
    symptoms = _symptoms(kb, _one_word(names), idle)
    return Lexicon(
        names=names,
        versioned=_index(_versioned(kb)),
        cues=_by_first(grouped),
        ignored=single,
        idle=idle,
        ignored_phrases=_phrases(ignored),
        ordinary=frozenset(ordinary),
        polite=_phrases([cut(phrase) for v in kb.vocabularies.values() for phrase in v.polite], least=1),
        counters=frozenset(word.lower() for v in kb.vocabularies.values() for word in v.counters),
        units=frozenset(word.lower() for v in kb.vocabularies.values() for word in v.units),
        links=frozenset(word.lower() for v in kb.vocabularies.values() for word in v.links),
        fuzzy=_fuzzy(kb),
        tags=_tags(kb),
        scripts={v.script: lang for lang, v in kb.vocabularies.items()},
        symptoms=symptoms,
        symptom_words=_by_rarest(symptoms),
        one_word=_one_word(names),
        makes=_index(_makes(kb)),
        openings=_openings(names),
    )


def _grouped(kb: KnowledgeBase) -> dict[tuple[str, ...], list[Entry]]:
    """What each phrase of the vocabularies and of the knowledge's categories means."""
    grouped: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for vocabulary in kb.vocabularies.values():
        for phrase, entry in _cues(vocabulary):
            if entry not in grouped[cut(phrase)]:
                grouped[cut(phrase)].append(entry)
    for phrase, entry in (*_categories(kb), *_ceilings(kb), *_things(kb)):
        grouped[cut(phrase)].append(entry)
    return grouped


def _by_first(
    grouped: Mapping[tuple[str, ...], list[Entry]],
) -> dict[str, list[tuple[tuple[str, ...], tuple[Entry, ...]]]]:
    """The phrases by their first token, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[Entry, ...]]]] = defaultdict(list)
    for tokens, entries in grouped.items():
        if tokens:
            found[tokens[0]].append((tokens, tuple(entries)))
    for phrases in found.values():
        phrases.sort(key=lambda item: -len(item[0]))
    return found


def _versioned(kb: KnowledgeBase) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for slug, product in kb.products.items():
        yield from ((cut(name), Entry("product", slug)) for name in product.versioned_aliases)


def _makes(kb: KnowledgeBase) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for slug, attribute in kb.attributes.items():
        yield from ((cut(word), Entry("unknown", word, slug)) for word in attribute.makes)


def _openings(
    names: Mapping[str, list[tuple[tuple[str, ...], Entry]]],
) -> dict[tuple[str, str], list[tuple[tuple[str, ...], Entry]]]:
    found: dict[tuple[str, str], list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
    for phrases in names.values():
        for phrase, entry in phrases:
            found[(phrase[0], phrase[1] if len(phrase) > 1 else "")].append((phrase, entry))
    return dict(found)


@lru_cache(maxsize=8_192)
def _form(word: str) -> str:
    """Forms of a verb that tell what happened are one; the bare form, which asks for it, is another."""
    cut_short = stem(word)
    return word if cut_short == word else f"{cut_short}+"


def _one_word(names: Mapping[str, list[tuple[tuple[str, ...], Entry]]]) -> dict[str, str]:
    return {
        word: f"@{entry.slug}"
        for word, phrases in names.items()
        for phrase, entry in phrases
        if len(phrase) == 1 and entry.kind == "product"
    }


def _by_rarest(
    symptoms: Mapping[str, tuple[tuple[tuple[str, ...], str, frozenset[str]], ...]],
) -> dict[str, tuple[frozenset[str], ...]]:
    """The sets of words of all phrases of trouble, each by the word that the fewest phrases have."""
    needed = {words for items in symptoms.values() for _, _, words in items}
    often = Counter(word for words in needed for word in words)
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    for words in needed:
        found[min(words, key=lambda word: (often[word], word))].append(words)
    return {word: tuple(sets) for word, sets in found.items()}


def _symptoms(
    kb: KnowledgeBase, one_word: Mapping[str, str], idle: Set[str]
) -> dict[str, tuple[tuple[tuple[str, ...], str, frozenset[str]], ...]]:
    """The phrases that tell of trouble by their first word's sense: the longest first, each also as a set."""
    found: dict[str, list[tuple[tuple[str, ...], str, frozenset[str]]]] = defaultdict(list)
    for error in kb.errors.values():
        for phrase in (phrase for phrases in error.symptoms.values() for phrase in phrases):
            told = (word for word in cut(phrase) if word not in idle)
            words = tuple(one_word.get(word) or _form(word) for word in told)
            if words:
                found[words[0]].append((words, error.id, frozenset(words)))
    return {first: tuple(sorted(items, key=lambda i: -len(i[0]))) for first, items in found.items()}


def cut(phrase: str) -> tuple[str, ...]:
    """A phrase of the knowledge as the tokens that a message would have."""
    return token_texts(phrase)


def _names(kb: KnowledgeBase) -> Iterator[tuple[str, Entry]]:
    for slug, product in kb.products.items():
        for name in (slug, *product.aliases, *product.name.values()):
            yield name, Entry("product", slug)
    for slug, attribute in kb.attributes.items():
        for value, item in attribute.values.items() if attribute.recognized else ():
            for name in (*item.aliases, *item.name.values()):
                yield name, Entry("value", value, slug)
    for slug, environment in kb.environments.items():
        for name in (slug, *environment.aliases, *environment.name.values()):
            yield name, Entry("environment", slug)


def _categories(kb: KnowledgeBase) -> Iterator[tuple[str, Entry]]:
    for slug, category in kb.categories.kinds.items():
        for words in category.words.values():
            yield from ((word, Entry("kind", slug)) for word in words)
    for slug, category in kb.categories.topics.items():
        for words in category.words.values():
            yield from ((word, Entry("topic", slug)) for word in words)


def _things(kb: KnowledgeBase) -> Iterator[tuple[str, Entry]]:
    for slug, attribute in kb.attributes.items():
        for words in attribute.words.values():
            yield from ((word, Entry("attribute", slug)) for word in words)


def _ceilings(kb: KnowledgeBase) -> Iterator[tuple[str, Entry]]:
    for slug, product in kb.products.items():
        yield from ((tool, Entry("ceiling", slug)) for tool in product.ceilings)
        yield from ((tool, Entry("toolkit", slug)) for tool in product.toolkits)


def _cues(vocabulary: Vocabulary) -> Iterator[tuple[str, Entry]]:
    for cue, phrases in vocabulary.cues.items():
        yield from ((phrase, Entry("cue", cue)) for phrase in phrases)
    comparators = vocabulary.comparators
    for op, phrases in comparators.before.items():
        yield from ((phrase, Entry("before", op)) for phrase in phrases)
    for op, phrases in comparators.after.items():
        yield from ((phrase, Entry("after", op)) for phrase in phrases)
    yield from ((phrase, Entry("between", "to")) for phrase in comparators.between)
    yield from ((phrase, Entry("either", "or")) for phrase in comparators.either)
    yield from ((phrase, Entry("range", "before")) for phrase in comparators.range_before)
    yield from ((phrase, Entry("range", "after")) for phrase in comparators.range_after)


def _index(
    phrases: Iterable[tuple[tuple[str, ...], Entry]],
) -> dict[str, list[tuple[tuple[str, ...], Entry]]]:
    first: dict[tuple[str, ...], Entry] = {}
    for tokens, entry in phrases:
        first.setdefault(tokens, entry)
    found: dict[str, list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
    for tokens, entry in first.items():
        if tokens:
            found[tokens[0]].append((tokens, entry))
    for items in found.values():
        items.sort(key=lambda item: -len(item[0]))
    return dict(found)


def _phrases(ignored: Iterable[tuple[str, ...]], least: int = 2) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for tokens in ignored:
        if len(tokens) >= least:
            found[tokens[0]].append(tokens)
    for phrases in found.values():
        phrases.sort(key=len, reverse=True)
    return dict(found)


def _fuzzy(kb: KnowledgeBase) -> dict[int, dict[str, Entry]]:
    """One-word names that may be misspelt, by length: of products that tables or comparisons know."""
    columns = {column for relation in kb.relations.values() for column in relation.columns}
    found: dict[int, dict[str, Entry]] = defaultdict(dict)
    for slug, product in kb.products.items():
        if slug in columns or product.traits:
            for name in (slug, *product.aliases):
                tokens = cut(name)
                if len(tokens) == 1 and len(tokens[0]) >= 4 and tokens[0].isascii():
                    found[len(tokens[0])][tokens[0]] = Entry("product", slug)
    return dict(found)


def _tags(kb: KnowledgeBase) -> dict[str, tuple[tuple[str, Tag], ...]]:
    found: dict[str, list[tuple[str, Tag]]] = defaultdict(list)
    for slug, product in kb.products.items():
        for tag in product.tags:
            found[tag.prefix].append((slug, tag))
    return {prefix: tuple(owners) for prefix, owners in found.items()}


def phrase_at(tokens: tuple[Token, ...], start: int, phrase: tuple[str, ...], taken: list[bool]) -> bool:
    """Whether the phrase stands at `start` on tokens that nothing has claimed."""
    end = start + len(phrase)
    if end > len(tokens) or taken[start]:
        return False
    for offset in range(1, len(phrase)):  # the first token led to the phrase
        if tokens[start + offset].text != phrase[offset] or taken[start + offset]:
            return False
    return True
