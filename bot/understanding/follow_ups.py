"""Merges a question with the one before it: in the same message, or in the same thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint
from bot.understanding.environments import moved
from bot.understanding.fragments import SAME_QUESTION, SAYING_NOTHING, Fragment, Fragments
from bot.understanding.lexicon import Lexicon
from bot.understanding.question import Given, Question, Reading

MATCHING: Final = frozenset({"lookup", "check", "recommend"})
CONSTRAINED: Final = MATCHING | {"install"}
NAMING: Final = frozenset({"release", "describe", "overview"})
UNREAD: Final = frozenset({"topic", "none"})
ELSEWHERE: Final = frozenset({"also", "follow", "works", "yesno", "how"})
ASKING_WHY: Final = SAYING_NOTHING | {"why", "which", "yesno", "negative"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message takes over from an earlier question, to be read together with its own words.

    `given` are versions and things, `values` those that only say where. `whole` says that it counts for a
    message that gives versions itself, too.
    """

    names: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    values: tuple[Given, ...] = ()
    whole: bool = False

    def onto(
        self, versions: tuple[Given, ...], bare: tuple[str, ...]
    ) -> tuple[tuple[Given, ...], tuple[str, ...], list[str]]:
        """The versions, names and further terms of a message with what it takes over.

        A message that gives versions or names products itself takes less of what was before.
        """
        if versions and not self.whole:
            return versions, bare, []
        own = {*bare, *(item.column for item in versions)}
        taken = tuple(g for g in self.given if g.column not in own)
        if bare and not self.whole:
            return taken, bare, []
        more = tuple(slug for slug in self.names if slug not in own)
        columns = {item.column for item in taken}
        found = [f"@{slug}" for slug in (*(g.column for g in taken), *more)]
        return (
            (*taken, *versions),
            (*bare, *(slug for slug in more if slug not in columns)),
            found + [f"#{g.constraint}" for g in taken],
        )


def taken_from(before: Question) -> Taken:
    """What a later question of the same message takes over where it says nothing itself."""
    versions = tuple(g for g in before.given if not isinstance(g.constraint, str))
    return Taken(() if versions else before.about or before.want, versions)


class FollowUps:
    """Reads messages that only make sense with the question before them. In doubt nothing is merged."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon, simplify: Callable[[str], str]) -> None:
        """Keep what messages are read with."""
        self._kb = kb
        self._fragments = Fragments(kb, lexicon, simplify)
        self._standing = {
            column: frozenset(p.kind for p in kb.products.values() if column in p.stands_for)
            for product in kb.products.values()
            for column in product.stands_for
        }
        self._commands = {r.columns[0] for r in kb.of_kind("command")}

    def merge(self, reading: Reading, before: Question, *, within: bool) -> Reading | Taken | None:
        """What a message means after `before`.

        A reading is the question before with a part changed, or why it was answered so; `Taken` is to be
        read again with the message; None: the message stands for itself. `within` says that both questions
        are parts of one message, whose later part was read with the earlier one already.
        """
        part, base = reading.questions[0], before.before or before
        elsewhere = self._elsewhere(part, base)
        if elsewhere is not None:
            return _follow_up(elsewhere, part, base)
        fragment = self._fragments.cut(part, base.given if within else ())
        if fragment is None or (fragment.other and not within):
            return None
        if _asks_why(fragment):
            return Reading((Question("why", part.text, part.lang, before=base, trace=part.trace),))
        if self._is_complete(fragment, base):
            return None
        if fragment.cues <= SAME_QUESTION and not _asks_of(fragment, base):
            merged = self._changed(fragment, base)
            if merged is not None:
                lang = base.lang if fragment.only_names else part.lang
                return _follow_up(replace(merged, lang=lang), part, base)
        return None if within else self._taken(fragment, base)

    def _elsewhere(self, part: Question, base: Question) -> Question | None:
        """The same question for another environment ("and on cluster-b?")."""
        named = part.intent == "environment" and not part.about and part.cues <= ELSEWHERE
        if not named or not base.environment or base.intent not in CONSTRAINED | {"release"}:
            return None
        return moved(base, self._kb.environments[part.environment], self._kb)

    def _is_complete(self, fragment: Fragment, base: Question) -> bool:
        """Whether a message says by itself what it asks and of what."""
        part, linked = fragment.question, fragment.leads or fragment.refers
        things = [item for item in fragment.given if item.column not in self._kb.qualifiers]
        if fragment.names and things and base.intent != "topic":
            return True
        match part.intent:
            case "topic" | "none":
                return False
            case "history":
                return not fragment.cues <= SAME_QUESTION or bool(fragment.names and not linked)
            case "lookup" | "recommend":
                return bool(fragment.names) or not (linked or fragment.cues <= SAYING_NOTHING)
            case "check":
                return self._is_whole_check(fragment)
            case "describe":
                return "describe" in fragment.cues
            case "install":
                return bool(fragment.names) or not linked
        return True

    def _is_whole_check(self, fragment: Fragment) -> bool:
        """A pronoun stands for what is checked, unless that is named; "and with A and B" only adds."""
        if any(item.column in self._commands for item in fragment.given):
            return not fragment.leads or fragment.has("works", "yesno")
        return not fragment.refers and (not fragment.leads or fragment.has("works", "yesno"))

    def _changed(self, fragment: Fragment, base: Question) -> Question | None:
        """The question before with what the fragment changes, if that can be told."""
        own = self._own(fragment, base)
        if own is None or fragment.empty:
            return None
        if base.intent in CONSTRAINED:
            return self._constrained(fragment, own, base)
        if base.intent == "diagnose":
            told = bool(fragment.given) and not (fragment.loose or fragment.names)
            return replace(base, given=_replaced(base.given, own)) if told else None
        return self._renamed(fragment, own, base) if base.intent in NAMING else None

    def _own(self, fragment: Fragment, base: Question) -> tuple[Given, ...] | None:
        """The givens of a fragment, its loose versions given to products of the question before.

        None where nothing asked about has such a version.
        """
        columns = [g.column for g in base.given if isinstance(g.constraint, Constraint)]
        named = [slug for slug in (*columns, *base.want, *base.about) if slug in self._kb.products]
        own = list(fragment.given)
        for constraint in fragment.loose:
            taken = {item.column for item in own}
            holders = dict.fromkeys(s for s in named if s not in taken and self._kb.knows(s, constraint))
            whole = constraint.exact is not None and len(constraint.exact.release) < 2
            if not holders or (whole and len(holders) > 1):
                return None
            own.append(Given(next(iter(holders)), constraint, str(constraint), inferred=True))
        return tuple(own)

    def _constrained(self, fragment: Fragment, own: tuple[Given, ...], base: Question) -> Question | None:
        """A question about what goes together: other givens, another thing wanted, or the newest."""
        given = _replaced(self._compatible(base.given, own), own)
        superlative = fragment.question.superlative
        if not self._belong(own, base):
            return None
        if fragment.names:
            return None if superlative else self._wanting(fragment.names, given, base)
        if superlative:
            newest = replace(base, given=given, superlative=superlative)
            return newest if base.intent == "lookup" and base.want else None
        columns = {item.column for item in own}
        want = tuple(slug for slug in base.want if slug not in columns)
        if want == base.want:
            if fragment.has("yesno", "works") and self._is_of_release(given, own):
                return replace(base, intent="check", want=(), given=given, superlative=None)
            return replace(base, given=given)
        intent = base.intent if want or base.intent == "recommend" else "check"
        return replace(base, intent=intent, want=want, given=given, superlative=None)

    def _is_of_release(self, given: Iterable[Given], own: Iterable[Given]) -> bool:
        """Whether it is asked if a release of what can be installed runs on a thing."""
        exact = (
            item.column in self._commands
            and isinstance(item.constraint, Constraint)
            and item.constraint.exact
            for item in given
        )
        things = (g for g in own if isinstance(g.constraint, str) and g.column not in self._kb.qualifiers)
        return any(exact) and any(True for _ in things)

    def _compatible(self, before: tuple[Given, ...], own: Iterable[Given]) -> tuple[Given, ...]:
        """What was given before, without what is an alternative to what is given now.

        Products may stand for values of a column (ROCm for an accelerator): another value of that column
        rules out every product of their kind, and such a product every value.
        """
        products, kept = self._kb.products, before
        for item in own:
            ruled = {column for column, kinds in self._standing.items() if self._kinds([item.column]) & kinds}
            kinds = self._standing.get(item.column, frozenset())
            kept = tuple(
                other
                for other in kept
                if other.column not in ruled
                and not (
                    self._kinds([other.column]) & kinds
                    and products[other.column].stands_for.get(item.column) != item.constraint
                )
            )
        return kept

    def _wanting(self, names: tuple[str, ...], given: tuple[Given, ...], base: Question) -> Question | None:
        """The same givens, another thing wanted: one that tables relate to all of them."""
        columns = {item.column for item in given} - self._kb.qualifiers
        if not all(self._kb.routes.tables(name) for name in names) or columns.intersection(names):
            return None
        if base.intent == "recommend":
            return replace(base, want=tuple(dict.fromkeys((*base.want, *names))), given=given)
        if not all(self._related(name, column) for name in names for column in columns):
            return None
        return replace(base, intent="lookup", want=names, given=given, about=(), negated=False)

    def _belong(self, own: Iterable[Given], base: Question) -> bool:
        """Whether what is given now has to do with what was asked before, and is no rival of it.

        A rival is of the same kind: another framework beside a framework.
        """
        known = {*base.want, *base.about, *(item.column for item in base.given)}
        added = {item.column for item in own} - known - self._kb.qualifiers
        if not self._kinds(added).isdisjoint(self._kinds(known)):
            return False
        return all(any(self._related(column, other) for other in known) for column in added)

    def _kinds(self, columns: Iterable[str]) -> set[str]:
        return {self._kb.products[column].kind for column in columns if column in self._kb.products}

    def _related(self, left: str, right: str) -> bool:
        return self._kb.routes.length(left, right) is not None

    def _renamed(self, fragment: Fragment, own: tuple[Given, ...], base: Question) -> Question | None:
        """A question about one thing (its date, what it is, all about it) asked of another."""
        if len(base.given) + len(base.about) != 1 or len(own) + len(fragment.names) > 1:
            return None
        superlative = fragment.question.superlative or base.superlative
        if own:
            fits = base.intent != "describe" and own[0].column in _things(base)
            return replace(base, given=own, about=(), superlative=None) if fits else None
        if fragment.names:
            return replace(base, about=fragment.names, superlative=superlative) if base.about else None
        if base.intent != "release" or not fragment.question.superlative:
            return None
        return replace(base, given=(), about=_things(base), superlative=superlative)

    def _taken(self, fragment: Fragment, base: Question) -> Taken | None:
        """What a fragment takes over that asks something else about the same things."""
        if base.intent == "topic":
            return None if fragment.question.intent == "none" and not fragment.cues else self._all_of(base)
        if fragment.has("install"):
            return self._to_install(fragment, base)
        told = self._as_told(base)
        if fragment.names:
            return self._all_of(told) if base.intent == "release" and told.given and fragment.refers else None
        base = told
        bounded = base.intent in NAMING and base.about and fragment.cues <= SAME_QUESTION
        if bounded and fragment.given and not fragment.question.superlative:
            return self._all_of(base)
        if fragment.given and not fragment.refers:
            return None
        if fragment.has("when"):
            return None if base.intent == "lookup" or fragment.given else _first_of(base)
        asks = fragment.has("works", "yesno") and bool(fragment.given or fragment.loose)
        newest = base.intent == "describe" and bool(fragment.question.superlative)
        return self._all_of(base) if (asks and base.intent not in MATCHING) or newest else None

    def _as_told(self, base: Question) -> Question:
        """The newest or the first release as the one that was told: "it" is that one."""
        known = self._kb.releases.get(base.about[0], ()) if len(base.about) == 1 else ()
        if base.intent != "release" or base.superlative is None or not known:
            return base
        number = known[-1] if base.superlative == "newest" else known[0]
        told = Given(base.about[0], Constraint.series(number), number.text, inferred=True)
        return replace(base, given=(told,), about=(), superlative=None)

    def _all_of(self, base: Question) -> Taken:
        places = self._kb.qualifiers
        given = tuple(item for item in base.given if item.column not in places)
        values = tuple(item for item in base.given if item.column in places)
        return Taken((*base.want, *base.about), given, values, whole=True)

    def _to_install(self, fragment: Fragment, base: Question) -> Taken | None:
        """How to install what was asked about, if anything of it can be installed."""
        about = {*base.want, *base.about, *(item.column for item in base.given)}
        if self._commands.isdisjoint(about) or fragment.names:
            return None
        return self._all_of(base)


def _asks_why(fragment: Fragment) -> bool:
    """Why, and nothing else: a version or name beside it is a question of its own."""
    return fragment.has("why") and fragment.cues <= ASKING_WHY and fragment.empty and not fragment.other


def _asks_of(fragment: Fragment, base: Question) -> bool:
    """Whether a yes or no is asked of what was not checked before: "does it run on that?"."""
    asks = fragment.refers and fragment.has("works", "yesno")
    return asks and base.intent not in MATCHING


def _replaced(before: tuple[Given, ...], own: tuple[Given, ...]) -> tuple[Given, ...]:
    """The givens before, those of a column given anew replaced where they stood."""
    return tuple(_in_place(before, own))


def _in_place(before: tuple[Given, ...], own: tuple[Given, ...]) -> Iterator[Given]:
    columns, told = {item.column for item in own}, set()
    for item in before:
        if item.column not in columns:
            yield item
        elif item.column not in told:
            told.add(item.column)
            yield from (other for other in own if other.column == item.column)
    yield from (item for item in own if item.column not in told)


def _first_of(base: Question) -> Taken:
    """The thing that was asked about first, with its version if one was given."""
    versions = [g for g in base.given if isinstance(g.constraint, Constraint) and g.constraint.exact]
    return Taken(() if versions else base.about[:1], tuple(versions[:1]), whole=True)


def _things(base: Question) -> tuple[str, ...]:
    return base.about or tuple(item.column for item in base.given)


def _follow_up(merged: Question, part: Question, base: Question) -> Reading:
    """The merged question in the words of the later message."""
    trace = (*part.trace, f"intent follow-up:{base.intent}")
    return Reading((replace(merged, text=part.text, facts=(), cues=merged.cues, trace=trace),))
