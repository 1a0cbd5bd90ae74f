"""What the words of a message tell beside its names: what is asked, what is strange, what is not read."""

from __future__ import annotations

from bot.understanding.lexicon import Lexicon
from bot.understanding.spans import Spans
from bot.understanding.text import Utterance


def asks_whether(spans: Spans) -> bool:
    """Whether it is asked if something does, and not which of several does."""
    found = {(e.kind, e.slug) for span in spans.cues for e in span.entries}
    asks = not found.isdisjoint({("cue", "yesno"), ("cue", "works"), ("cue", "fails")})
    return asks and found.isdisjoint({("cue", "compare"), ("cue", "which"), ("either", "or")})


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
    """Whether something that has no name here is asked for ("which gpu", "does neon support").

    A word of a name that stands elsewhere in the message (its maker) is not strange.
    """
    cues = [(e.slug, span) for span in spans.cues for e in span.entries if e.kind == "cue"]
    likely = {span.last + 1 for cue, span in cues if cue == "which"}
    likely |= {span.first - 1 for cue, span in cues if cue == "version"}
    subject = {span.last + 1 for cue, span in cues if cue == "yesno"}
    likely |= subject & {span.first - 1 for cue, span in cues if cue == "works"}
    if not likely:
        return False
    covered = {i for span in (*spans.names, *spans.cues) for i in range(span.first, span.last + 1)}
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
