"""Makes the terms of a text, by which facts are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.understanding.lexicon import Entry, Lexicon
from bot.understanding.spans import Spans
from bot.understanding.stems import stem
from bot.understanding.text import Utterance

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
        found[span.first] = name_term(span.entry)
    return found


def name_term(entry: Entry) -> str:
    """The term of a name: a product is one that many facts share; a platform tells what is asked."""
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
