"""Binds each version in a message to its product: by tag, by neighbourhood, by which product has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Clause, Constraint, Match, Number
from bot.understanding.lexicon import Entry, Lexicon
from bot.understanding.mentions import BREAK, RANGE_GAP, Mention, MentionReader, groups, joins_versions
from bot.understanding.question import Given
from bot.understanding.spans import Span, Spans, find_spans
from bot.understanding.text import Utterance

_LIST_GAP: Final = re.compile(r"^\s*+[/,、，|&]++\s*+(?:[<>!=]=?)?\s*+$")
_TOUCHING: Final = re.compile(r"^\s*+(?:[=~<>!]=*+)?\s*+$|^_$")
_YEAR_AND_MONTH: Final = re.compile(r"^(?:1[6-9]|[23][0-9])\.(?:0[1-9]|1[0-2])$")
_CLAUSE: Final = re.compile(r"[,，?!;。？！；\n]")
_MAX_LINK: Final = 4
_TOOL_REACH: Final = 8
MOST_PARTS: Final = 3
"""Numbers in a version that stands beside no product."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The givens that versions make, which product spans they used, and versions left ambiguous."""

    givens: tuple[Given, ...]
    used: frozenset[int]
    rivals: tuple[tuple[Given, ...], ...]
    loose: tuple[Number, ...]


UNBOUND: Final = Bound((), frozenset(), (), ())


def bind_versions(utterance: Utterance, spans: Spans, lexicon: Lexicon, kb: KnowledgeBase) -> Bound:
    """Bind all versions of a message.

    A version goes to the product that its tag names (`cu118`), else to the product right before or
    after it, else to the one product, named first, that has such a version. `rivals` holds, for each
    version that several unnamed products have, the alternatives.
    """
    if "number" not in [token.kind for token in utterance.tokens]:
        return UNBOUND
    return _Binder(utterance, spans, lexicon, kb).bind()


class Spanned:
    """A text in tokens with its spans; its versions are bound once, when they are first asked for."""

    def __init__(self, utterance: Utterance, lexicon: Lexicon, kb: KnowledgeBase) -> None:
        self.utterance = utterance
        self.spans = find_spans(utterance, lexicon)
        self._lexicon = lexicon
        self._kb = kb
        self._bound: Bound | None = None

    @property
    def bound(self) -> Bound:
        """The versions of the text, as `bind_versions` binds them."""
        if self._bound is None:
            self._bound = bind_versions(self.utterance, self.spans, self._lexicon, self._kb)
        return self._bound


class _Binder:
    def __init__(self, utterance: Utterance, spans: Spans, lexicon: Lexicon, kb: KnowledgeBase) -> None:
        self.tokens = utterance.tokens
        self.utterance = utterance
        self.lexicon = lexicon
        self.kb = kb
        self.named = frozenset(span.entry.slug for span in spans.names if span.is_a("product"))
        self.reader = MentionReader(utterance, spans, lexicon, kb)
        self.cue_at, self.name_at = self.reader.cue_at, self.reader.name_at
        self.used: set[int] = set()

    def bind(self) -> Bound:
        mentions = self.reader.read()
        self.used |= self.reader.used
        bound: dict[int, tuple[str, bool]] = {}
        for index, mention in enumerate(mentions):
            owner = mention.tagged or self._neighbour(mention, mentions, index, bound)
            if owner is not None:
                bound[index] = (owner, False)
        self._bind_lists(mentions, bound)
        rivals, loose = self._bind_others(mentions, bound)
        return Bound(self._givens(mentions, bound), frozenset(self.used), tuple(rivals), tuple(loose))

    def _bind_others(
        self, mentions: list[Mention], bound: dict[int, tuple[str, bool]]
    ) -> tuple[list[tuple[Given, ...]], list[Number]]:
        """Bind what stands beside no product by which product has it; what is left ambiguous, and whose it is
        not known.
        """
        doubtful: dict[int, list[str]] = {}
        loose: list[Number] = []
        said = {mentions[index].number: owner for index, (owner, _) in bound.items()}
        taken = {owner for index, (owner, _) in bound.items() if mentions[index].clause.op != "!="}
        for index, mention in enumerate(mentions):
            if index in bound:
                continue
            if self._is_foreign(mention) or self._is_of_address(mention):
                loose.append(mention.number)
                continue
            owner = said.get(mention.number)  # said again
            owners = [owner] if owner else self._of_subject(self._holders(mention, taken))
            if not owner and self.named.isdisjoint(owners):
                owners = [close] if (close := self._of_close_version(mention, mentions, bound)) else owners
            again = self._of_another_version(mention, taken) if not owners else None
            if again or len(owners) == 1:
                bound[index] = (again or owners[0], True)
                said[mention.number] = again or owners[0]
                taken |= {owners[0]} if owners and not owner and mention.clause.op != "!=" else set()
            elif owners:
                doubtful[index] = owners
            else:
                loose.append(mention.number)
        return self._rivals(mentions, bound, doubtful), loose

    def _rivals(
        self, mentions: list[Mention], bound: dict[int, tuple[str, bool]], doubtful: Mapping[int, list[str]]
    ) -> list[tuple[Given, ...]]:
        """What each version that several products have may be; one near to another that is given is of its
        product.
        """
        rivals = []
        for index, owners in doubtful.items():
            close = self._of_close_version(mentions[index], mentions, bound)
            if close in owners:
                bound[index] = (close, True)
            else:
                rivals.append(tuple(self._given(o, [mentions[index]], inferred=True) for o in owners))
        return rivals

    def _of_another_version(self, mention: Mention, taken: set[str]) -> str | None:
        """The one product named whose other version is given, and which has this one too."""
        found = [slug for slug in self.named & taken if self._holds(slug, mention)]
        return found[0] if len(found) == 1 and len(mention.number.release) > 1 else None

    def _of_close_version(
        self, mention: Mention, mentions: list[Mention], bound: dict[int, tuple[str, bool]]
    ) -> str | None:
        """The one product of which a version of the same branch is given: "torch 2.8 … we use 2.7"."""
        major = mention.number.release[0]
        near = {slug for i, (slug, _) in bound.items() if mentions[i].number.release[0] == major}
        found = [slug for slug in near if self._holds(slug, mention)]
        return found[0] if len(found) == 1 and len(mention.number.release) > 1 else None

    def _bind_lists(self, mentions: list[Mention], bound: dict[int, tuple[str, bool]]) -> None:
        """Give the members of a list before its product (`1.6 and 1.7 of torch`) the owner of the last."""
        for index in range(len(mentions) - 2, -1, -1):
            following = bound.get(index + 1)
            listed = self._listed(mentions[index], mentions[index + 1])
            if index not in bound and following is not None and listed:
                bound[index] = following

    def _givens(self, mentions: list[Mention], bound: dict[int, tuple[str, bool]]) -> tuple[Given, ...]:
        grouped: dict[str, list[Mention]] = {}
        for index in sorted(bound):
            grouped.setdefault(bound[index][0], []).append(mentions[index])
        inferred = {owner: all(bound[i][1] for i in bound if bound[i][0] == owner) for owner in grouped}
        return tuple(
            self._given(owner, group, inferred=inferred[owner])
            for owner, items in grouped.items()
            for group in groups(items)
        )

    def _given(self, owner: str, mentions: list[Mention], *, inferred: bool) -> Given:
        first, last = mentions[0], mentions[-1]
        surface = self.utterance.raw[self.tokens[first.token].start : self.tokens[last.last].end]
        clauses = (mention.clause for mention in mentions)
        listed = (Clause(clause.op, self.kb.listed(owner, clause.number)) for clause in clauses)
        at = self.tokens[first.token].start
        return Given(owner, Constraint(tuple(listed)), surface, inferred, at=at)

    def _neighbour(
        self, mention: Mention, mentions: list[Mention], index: int, bound: dict[int, tuple[str, bool]]
    ) -> str | None:
        before = self._product_before(mention.token)
        if before is not None and self._plausible(before, mention):
            self.used.update(range(before.first, before.last + 1))
            return before.entry.slug
        trait = self._trait_before(mention)
        if trait is not None:
            return trait
        if index and self._listed(mentions[index - 1], mention) and index - 1 in bound:
            owner = bound[index - 1][0]
            if self._holds(owner, mention) or not self._is_of_another(owner, mention):
                return owner
        after = None if self._is_foreign(mention) else self._product_after(mention.last)
        free = after is not None and not self._has_version(after)
        if after is not None and free and self._holds(after.entry.slug, mention):
            self.used.update(range(after.first, after.last + 1))
            return after.entry.slug
        return self._told_by_tool(mention)

    def _trait_before(self, mention: Mention) -> str | None:
        """The product of which the thing right before has just this version: "V100 (7.0)"."""
        span = self.name_at.get(mention.token - 1)
        if span is None or not span.is_a("value") or self.tokens[mention.token].gap.strip() not in ("", "("):
            return None
        entry = span.entry
        for relation in self.kb.primary:
            other = next((c for c in relation.columns if c != entry.owner), "")
            if len(relation.columns) == 2 and entry.owner in relation.columns and other in self.kb.products:
                rows = (relation.rows[i] for i in relation.candidates(entry.owner, entry.slug))
                if any(row.matches(other, Constraint.series(mention.number)) is Match.YES for row in rows):
                    return other
        return None

    def _told_by_tool(self, mention: Mention) -> str | None:
        """The product whose versions a tool prints that stands earlier in the clause ("nvcc still says")."""
        for position in range(mention.token - 1, max(-1, mention.token - 1 - _TOOL_REACH), -1):
            if _CLAUSE.search(self.tokens[position + 1].gap) or position in self.name_at:
                return None
            if self.tokens[position].kind == "number":
                return None
            tool = self._tool_at(position)
            if tool is not None:
                return tool.entry.slug if self._knows(tool.entry.slug, mention.token) else None
        return None

    def _is_of_another(self, owner: str, mention: Mention) -> bool:
        """Whether a listed version is none of its neighbour's product, but one of another that is named."""
        return any(self._holds(slug, mention) for slug in self.named if slug != owner)

    def _has_version(self, product: Span) -> bool:
        """Whether a version of its own follows the product."""
        position = product.last + 1
        while position < len(self.tokens) and position not in self.name_at and self._links(position):
            position += 1
        return position < len(self.tokens) and self.tokens[position].kind == "number"

    def _plausible(self, product: Span, mention: Mention) -> bool:
        """Right beside its product a version counts even if unknown; otherwise the product must have it."""
        if self._holds(product.entry.slug, mention):
            return True
        if _YEAR_AND_MONTH.match(self.tokens[mention.token].text):
            return False  # the tag of a container (pytorch:24.12) is no release
        elsewhere = self._product_after(mention.last)
        if elsewhere is not None and self._holds(elsewhere.entry.slug, mention):
            apart = elsewhere.first > mention.last + 1 or self._has_version(elsewhere)
            if not (apart and product.last == mention.token - 1):
                return False
        if self._is_build_of(product.entry.slug, mention):
            return False
        words = self._version_words(product, mention)
        if words and self._is_of_another(product.entry.slug, mention):
            return False
        return product.last >= mention.token - 1 - words

    def _is_build_of(self, slug: str, mention: Mention) -> bool:
        """Whether a version that a product never had is one that it is built for ("torch 12.8")."""
        known = self.kb.releases.get(slug, ())
        if not known or mention.number.release[0] <= known[-1].release[0]:
            return False
        return any(
            mention.number.release == number.release
            for relation in self.kb.of_kind("command")
            for build in relation.columns[1:]
            if relation.columns[0] == slug and build in self.kb.products
            for number in relation.values(build)
        )

    def _version_words(self, product: Span, mention: Mention) -> int:
        between = range(product.last + 1, mention.token)
        return len(between) if all(self._links(i) for i in between) else 0

    def _holds(self, slug: str, mention: Mention) -> bool:
        return self.kb.knows(slug, Constraint.series(mention.number))

    def _product_before(self, index: int) -> Span | None:
        """The product that the words between it and the version link to it."""
        for position in range(index - 1, max(-1, index - 2 - _MAX_LINK), -1):
            if BREAK.search(self.tokens[position + 1].gap):
                return None
            span = self.name_at.get(position)
            if span is not None:
                return span if span.is_a("product") else None
            tool = self._tool_at(position)
            if tool is not None:
                return tool if self._knows(tool.entry.slug, index) else None
            if not self._links(position):
                return None
        return None

    def _tool_at(self, position: int) -> Span | None:
        """A tool that prints versions of a product (nvcc) stands for the product."""
        span = self.cue_at.get(position)
        entries = span.entries if span else ()
        slug = next((entry.slug for entry in entries if entry.kind in ("ceiling", "toolkit")), None)
        return Span(span.first, span.last, (Entry("product", slug),)) if span and slug else None

    def _knows(self, slug: str, index: int) -> bool:
        """Whether a number may be a version of a product that is not named itself."""
        return self.kb.knows(slug, Constraint.series(Number.parse(self.tokens[index].text)))

    def _product_after(self, index: int) -> Span | None:
        position = index + 1
        if position < len(self.tokens) and self._is_version_word(position):
            position += 1
        if position >= len(self.tokens) or BREAK.search(self.tokens[position].gap):
            return None
        span = self.name_at.get(position)
        return span if span is not None and span.is_a("product") else None

    def _is_version_word(self, position: int) -> bool:
        span = self.cue_at.get(position)
        if span is not None:
            return span.is_a("cue", "version")
        return self.tokens[position].text in self.lexicon.ignored

    def _links(self, position: int) -> bool:
        """Whether a token may stand between a product and its version."""
        token = self.tokens[position]
        if token.kind == "number":
            return False
        if token.text in self.lexicon.links:
            return True
        span = self.cue_at.get(position)
        if span is not None:
            links = span.is_a("before") or span.is_a("cue", "version") or span.is_a("range", "before")
            return links or span.is_a("cue", "follow")  # "driver changed to 535"
        return token.text in self.lexicon.ignored and token.text not in self.lexicon.ordinary

    def _listed(self, before: Mention, mention: Mention) -> bool:
        """Whether two versions stand in one list or range: `9.2/10.1`, `1.5 to 1.7`, `1.7 or 1.8`."""
        if mention.token == before.last + 1:
            gap = self.tokens[mention.token].gap
            return bool(_LIST_GAP.match(gap) or RANGE_GAP.match(gap))
        span = self.cue_at.get(before.last + 1)
        joins = span is not None and any(span.is_a(kind) for kind in ("between", "either", "after"))
        joins = joins or bool(span and joins_versions(span))
        return bool(joins and span and mention.token == span.last + 1)

    def _is_foreign(self, mention: Mention) -> bool:
        """Whether a word or name that tables don't know stands right before: its version is no other's."""
        before = mention.token - 1
        if before < 0 or not _TOUCHING.match(self.tokens[mention.token].gap):
            return False
        span = self.name_at.get(before)
        if span is not None:
            return span.is_a("value")
        token = self.tokens[before]
        known = before in self.cue_at or token.text in self.lexicon.ignored
        return token.kind == "word" and len(token.text) > 1 and not known

    def _is_of_address(self, mention: Mention) -> bool:
        """Whether digits are of an address or a host's name: 10.2.3.4, node-11.8.example.net."""
        following = mention.last + 1
        within = following < len(self.tokens) and self.tokens[following].gap == "."
        named = within and self.tokens[following].kind == "word"
        return named or len(mention.number.release) > MOST_PARTS

    def _holders(self, mention: Mention, taken: set[str]) -> list[str]:
        """The products, not yet given a version, that have such a version; those named come first."""
        if len(mention.number.release) < 2:
            return []
        named = self.named - taken
        holders = [slug for slug in named if self._holds(slug, mention)]
        if holders:
            return sorted(holders)
        return [slug for slug in self.kb.implicit if slug not in taken and self._holds(slug, mention)]

    def _of_subject(self, owners: list[str]) -> list[str]:
        """Of what is installed and what comes along with it, the former: the latter follows from it."""
        if len(owners) < 2:
            return owners
        for subject in (relation.columns[0] for relation in self.kb.of_kind("command")):
            if subject in owners and self.named.issuperset(owners):
                others = set(owners) - {subject}
                return [subject] if others.issubset(self.kb.products[subject].accompany) else owners
        return owners
