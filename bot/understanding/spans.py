"""Finds spans in a message: names first, exactly, then misspelt ones, then cue words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from bot.understanding.lexicon import Entry, Lexicon, phrase_at
from bot.understanding.text import Token, Utterance

SHORT: Final = 2
SHORT_NAME: Final = 5
LONG_NAME: Final = 9
REMEMBERED: Final = 4_096
LONGEST_REMEMBERED: Final = 32
LEAST_MODEL: Final = 3
"""Digits of a model's number, at least."""
_NO_NAMES: Final[Mapping[str, Entry]] = {}
SEPARATORS: Final = frozenset(" \t\n-_.·(")


class Span(NamedTuple):
    """Tokens `first` to `last` (inclusive) and what they mean; `score` is 1 for an exact match."""

    first: int
    last: int
    entries: tuple[Entry, ...]
    score: float = 1.0

    @property
    def entry(self) -> Entry:
        """The only or first meaning."""
        return self.entries[0]

    def is_a(self, kind: str, slug: str | None = None) -> bool:
        """Whether any meaning is of that kind (and slug)."""
        if len(self.entries) == 1:  # nearly always, and asked very often
            entry = self.entries[0]
            return entry.kind == kind and (slug is None or entry.slug == slug)
        return any(e.kind == kind and (slug is None or e.slug == slug) for e in self.entries)


@dataclass(frozen=True, slots=True)
class Spans:
    """All spans of a message in order, and which tokens they cover.

    `code` are first and last tokens of dotted identifiers (`torch.version.cuda`): they name a thing in a
    program, not the products and cues that their parts spell. `polite` are the tokens of phrases that ask
    nothing ("can anyone tell me").
    """

    names: tuple[Span, ...]
    cues: tuple[Span, ...]
    covered: tuple[bool, ...]
    code: tuple[tuple[int, int], ...] = ()
    polite: frozenset[int] = frozenset()


def find_spans(utterance: Utterance, lexicon: Lexicon, *, misspelt: bool = True) -> Spans:
    """Spot every name and cue. Linear in the message's length. The knowledge itself has no misspelt names."""
    tokens = utterance.tokens
    taken = [False] * len(tokens)
    code = _identifiers(tokens, lexicon, taken)
    names = _exact_names(tokens, lexicon, taken)
    names += _unknown_things(tokens, lexicon, taken)
    named = [False] * len(tokens)
    for span in names:
        _claim(named, span.first, span.last - span.first + 1)
    polite = _polite(tokens, lexicon, taken)
    cues = _cues(tokens, lexicon, taken, named)
    if misspelt:
        names += _misspelt(tokens, lexicon, taken)
    names.sort(key=lambda span: span.first)
    return Spans(tuple(names), tuple(cues), tuple(taken), tuple(code), frozenset(polite))


def _identifiers(tokens: tuple[Token, ...], lexicon: Lexicon, taken: list[bool]) -> list[tuple[int, int]]:
    """Words joined by dots (and underscores), unless the whole is a name of its own."""
    found: list[tuple[int, int]] = []
    index = 0
    if "." not in {token.gap[-1:] for token in tokens}:
        return found
    while index < len(tokens):
        last = index
        while (
            last + 1 < len(tokens) and tokens[last + 1].kind == "word" and tokens[last + 1].gap in (".", "_")
        ):
            last += 1
        dotted = any(token.gap == "." for token in tokens[index + 1 : last + 1])
        dotted |= _is_call(tokens, index)
        words = tuple(token.text for token in tokens[index : last + 1])
        if dotted and tokens[index].kind == "word" and not _is_name(words, lexicon):
            _claim(taken, index, len(words))
            found.append((index, last))
        index = last + 1
    return found


def _is_call(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether a word is a method that is called: `.cuda()`."""
    follows = index + 1 < len(tokens) and tokens[index + 1].gap.startswith("(")
    return follows and tokens[index].gap.endswith(" .")


def _is_name(words: tuple[str, ...], lexicon: Lexicon) -> bool:
    following = words[1] if len(words) > 1 else ""
    return len(words) > 1 and any(phrase == words for phrase, _ in lexicon.names_at(words[0], following))


def _exact_names(tokens: tuple[Token, ...], lexicon: Lexicon, taken: list[bool]) -> list[Span]:
    found = []
    for index, token in enumerate(tokens):
        if token.text not in lexicon.names and token.text not in lexicon.versioned:
            continue  # no name begins here
        if _is_within_another(tokens, index, lexicon):
            continue
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        named = lexicon.names_at(token.text, following)
        for phrase, entry in chain(named, _versioned(tokens, index, lexicon)):
            stands = phrase_at(tokens, index, phrase, taken) and _joined(tokens, index, len(phrase))
            if stands and not _is_counted(tokens, index, phrase, lexicon):
                _claim(taken, index, len(phrase))
                found.append(Span(index, index + len(phrase) - 1, (entry,)))
                break
    return found


def _is_within_another(tokens: tuple[Token, ...], index: int, lexicon: Lexicon) -> bool:
    """Whether a token is part of the name of another thing: letters in float8_e4m3fn, digits in gfx1030."""
    if not index or tokens[index].gap:
        return False
    kind, before = tokens[index].kind, tokens[index - 1]
    if kind == "number":
        known = before.text in lexicon.names or before.text in lexicon.makes or before.text in lexicon.ignored
        return before.kind == "word" and before.text.isascii() and not known
    return before.kind == "number" and len(tokens[index].text) <= SHORT


def _unknown_things(tokens: tuple[Token, ...], lexicon: Lexicon, taken: list[bool]) -> list[Span]:
    """Things by their make and a number that are no name on record: told as such, never passed over."""
    found: list[Span] = []
    index = 0
    if lexicon.makes.keys().isdisjoint([token.text for token in tokens]):
        return found
    while index < len(tokens):
        last = index
        entry = None
        while last < len(tokens) and (made := _make_at(tokens, last, lexicon, taken)):
            entry, last = entry or made[1], last + len(made[0])
        number = last + (last < len(tokens) and tokens[last].kind == "word" and len(tokens[last].text) == 1)
        if entry and _is_model(tokens, number, taken) and _joined(tokens, index, number - index + 1):
            _claim(taken, index, number - index + 1)
            found.append(Span(index, number, (entry,)))
        index = max(last, index + 1)
    return found


def _make_at(
    tokens: tuple[Token, ...], index: int, lexicon: Lexicon, taken: list[bool]
) -> tuple[tuple[str, ...], Entry] | None:
    known = lexicon.makes.get(tokens[index].text, ())
    return next((item for item in known if phrase_at(tokens, index, item[0], taken)), None)


def _is_model(tokens: tuple[Token, ...], index: int, taken: list[bool]) -> bool:
    return (
        index < len(tokens)
        and tokens[index].kind == "number"
        and not taken[index]
        and len(tokens[index].text) >= LEAST_MODEL
        and tokens[index].text.isdigit()
    )


def _versioned(
    tokens: tuple[Token, ...], start: int, lexicon: Lexicon
) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """The names that count only before a version, where one follows: a number with a dot."""
    for phrase, entry in lexicon.versioned.get(tokens[start].text, ()):
        rest = tokens[start + len(phrase) : start + len(phrase) + 2]
        following = next((token for token in rest if token.text not in lexicon.ignored), None)
        if following is not None and following.kind == "number" and "." in following.text:
            yield phrase, entry


def _joined(tokens: tuple[Token, ...], start: int, length: int) -> bool:
    """A name's tokens are parted by nothing but spaces, hyphens, dots, underscores and a bracket."""
    return all(SEPARATORS.issuperset(token.gap) for token in tokens[start + 1 : start + length])


def _polite(tokens: tuple[Token, ...], lexicon: Lexicon, taken: list[bool]) -> list[int]:
    found: list[int] = []
    polite = lexicon.polite
    for index, token in enumerate(tokens):
        if token.text not in polite:
            continue
        for phrase in polite[token.text]:
            if phrase_at(tokens, index, phrase, taken):
                _claim(taken, index, len(phrase))
                found.extend(range(index, index + len(phrase)))
                break
    return found


def _is_counted(tokens: tuple[Token, ...], index: int, phrase: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether a bare number is a count of something, and names nothing."""
    if len(phrase) > 1 or tokens[index].kind != "number" or index == 0:
        return False
    return tokens[index - 1].text in lexicon.counters or "=" in tokens[index].gap


def _cues(tokens: tuple[Token, ...], lexicon: Lexicon, taken: list[bool], named: list[bool]) -> list[Span]:
    """Cues claim what nothing has claimed; one of several words may lie over a name ("pip line")."""
    found = []
    closed = [is_taken and not is_name for is_taken, is_name in zip(taken, named, strict=True)]
    for index, token in enumerate(tokens):
        if closed[index] or token.text not in lexicon.cues:
            continue
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        for phrase, entries in lexicon.cues[token.text]:
            if len(phrase) > 1 and phrase[1] != following:
                continue  # as nearly all of several words
            if phrase_at(tokens, index, phrase, closed) and not all(named[index : index + len(phrase)]):
                _claim(closed, index, len(phrase))
                _claim(taken, index, len(phrase))
                found.append(Span(index, index + len(phrase) - 1, entries))
                break
    return found


def _misspelt(tokens: tuple[Token, ...], lexicon: Lexicon, taken: list[bool]) -> list[Span]:
    found = []
    for index, token in enumerate(tokens):
        word = token.text
        if taken[index] or token.kind != "word" or len(word) < 4:
            continue
        if word in lexicon.ignored or word in lexicon.ordinary:
            continue
        best = _remembered(word, lexicon)
        if best is not None:
            taken[index] = True
            found.append(Span(index, index, (best[0],), best[1]))
    return found


def _remembered(word: str, lexicon: Lexicon) -> tuple[Entry, float] | None:
    """The name that a word misspells; what ordinary words are near to is worked out once for each."""
    known = lexicon.near
    if word in known:
        return known[word]
    if len(known) >= REMEMBERED:
        known.clear()
    found = _closest(word, lexicon)
    if len(word) <= LONGEST_REMEMBERED:
        known[word] = found
    return found


def _closest(word: str, lexicon: Lexicon) -> tuple[Entry, float] | None:
    """The name that the word misspells, if exactly one product is within the allowed distance.

    Distance is optimal string alignment (a swap of neighbours is one edit). One edit is allowed, two
    from nine letters on; a name of up to five letters may only have letters swapped or doubled, so
    that an ordinary word one letter away is left alone.
    """
    found: dict[str, tuple[int, str, Entry]] = {}
    for name, entry, limit in _names_like(word, lexicon):
        distance = OSA.distance(word, name, score_cutoff=limit)
        if distance > limit or (len(name) <= SHORT_NAME and set(word) != set(name)):
            continue
        if entry.slug not in found or distance < found[entry.slug][0]:
            found[entry.slug] = (distance, name, entry)
    if not found:
        return None
    ranked = sorted(found.values(), key=lambda item: item[0])
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        return None
    distance, name, entry = ranked[0]
    return entry, 1 - distance / max(len(word), len(name))


def _names_like(word: str, lexicon: Lexicon) -> Iterator[tuple[str, Entry, int]]:
    """The names of about a word's length, each with how many edits may lie between."""
    for length in range(len(word) - 2, len(word) + 3):
        limit = 2 if min(len(word), length) >= LONG_NAME else 1
        if abs(len(word) - length) <= limit:
            for name, entry in lexicon.fuzzy.get(length, _NO_NAMES).items():
                yield name, entry, limit


def _claim(taken: list[bool], start: int, length: int) -> None:
    for index in range(start, start + length):
        taken[index] = True
