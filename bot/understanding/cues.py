"""What the words of a message tell beside its names: what is asked, what is strange, what is not read."""

from __future__ import annotations

from collections.abc import Iterator

from bot.understanding.lexicon import Lexicon
from bot.understanding.spans import Spans
from bot.understanding.text import Utterance


def choices_at(utterance: Utterance, spans: Spans) -> tuple[int, ...] | None:
    """Where each "or" stands; None where it is not asked if something does, or which of several does."""
    found = {(e.kind, e.slug) for span in spans.cues for e in span.entries}
    works = not found.isdisjoint({("cue", "works"), ("cue", "fails")})
    asks = works or (("cue", "yesno") in found and ("cue", "compare") not in found)
    if not asks or ("cue", "which") in found:
        return None
    return tuple(utterance.tokens[span.first].start for span in spans.cues if span.is_a("either", "or"))


def asks_to_install(spans: Spans) -> bool:
    """Whether the command is asked for that installs what is named."""
    return any(span.is_a("cue", "install") for span in spans.cues)


def cues_of(utterance: Utterance, spans: Spans, core: tuple[int, int]) -> frozenset[str]:
    """The cues of the question itself; those around it only where it has none."""
    found = [
        (utterance.tokens[span.first].start, e.slug)
        for span in spans.cues
        for e in span.entries
        if e.kind == "cue"
    ]
    own = frozenset(slug for at, slug in found if core[0] <= at < core[1])
    return own or frozenset(slug for _, slug in found)


def strange(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> bool:
    """Whether something that has no name here is asked for ("which gpu", "does neon support", "neon 1.8").

    A word of a name that stands elsewhere in the message (its maker) is not strange.
    """
    covered = {i for span in (*spans.names, *spans.cues) for i in range(span.first, span.last + 1)}
    likely = set(_likely_subjects(utterance, spans, lexicon, covered))
    if not likely:
        return False
    beside = [utterance.tokens[i] for i in likely - covered if 0 <= i < len(utterance.tokens)]
    unknown = [
        token.text
        for token in beside
        if token.kind == "word" and len(token.text) > 2 and token.text not in lexicon.ignored
    ]
    if not unknown:
        return False
    named = {utterance.tokens[i].text for span in spans.names for i in range(span.first, span.last + 1)}
    return not named.issuperset(unknown)


def _likely_subjects(
    utterance: Utterance, spans: Spans, lexicon: Lexicon, covered: set[int]
) -> Iterator[int]:
    """Where the name of what is asked for would stand: the positions of tokens, some of none."""
    tokens = utterance.tokens
    cues = [(e.slug, span) for span in spans.cues for e in span.entries if e.kind == "cue"]
    works = [span.first for cue, span in cues if cue == "works"]
    for cue, span in cues:
        after = span.last + 1
        if cue == "which":
            yield after
        elif cue == "version":
            yield span.first - 1
            if after + 1 < len(tokens) and tokens[after].text in lexicon.ignored:
                yield after + 1  # which version of it
        elif cue == "yesno" and (
            after + 1 in works or (after + 1 not in covered and max(works, default=0) > after)
        ):
            yield after
        if cue in ("yesno", "works") and tokens[span.first].kind == "han":
            yield span.first - 1  # whose subject stands before it
    if len(tokens) > 1 and tokens[1].kind == "number" and "." in tokens[1].text:
        yield 0


def unexplained(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> int:
    """How many words tell something that was not read; two Han characters make a word."""
    code = {i for first, last in spans.code for i in range(first, last + 1)}
    rest = [
        token
        for index, token in enumerate(utterance.tokens)
        if not spans.covered[index] and token.text not in lexicon.ignored and index not in code
    ]
    han = [token for token in rest if token.kind == "han"]
    return len(han) // 2 + len([token for token in rest if token.kind == "word" and len(token.text) > 2])


def unread(utterance: Utterance, spans: Spans, lexicon: Lexicon) -> tuple[str, ...]:
    """The Latin words that were not read: of a feature that is asked about, its name.

    None where one has a number of its own ("FSDP2"): it is another thing than the word alone.
    """
    tokens = utterance.tokens
    found = [
        index
        for index, token in enumerate(tokens)
        if token.kind == "word" and len(token.text) > 2 and not spans.covered[index]
        if token.text not in lexicon.ignored
    ]
    following = [tokens[index + 1] for index in found if index + 1 < len(tokens)]
    if any(token.kind == "number" and not token.gap for token in following):
        return ()
    return tuple(tokens[index].text for index in found)
