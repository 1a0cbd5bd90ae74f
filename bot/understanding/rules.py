"""The table of intents: each rule names the slots it accepts and how strongly it claims them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.understanding import lookup_rules as lookups
from bot.understanding import outright_rules as outright
from bot.understanding.filled import Slots
from bot.understanding.question import FactHit, Intent
from bot.understanding.retrieval import Ranked

LEAST_FACT: Final = 0.55
SURE_FACT: Final = 0.7
LITTLE: Final = 3
MUCH: Final = 5
"""Words that are not accounted for, beside a plain request; in a longer text another thing may be meant."""
MOST: Final = 12
"""Words that are not accounted for, where a fact that is no more than near may still be told."""
MOST_OF_FACTS: Final = 0.85
VAGUE: Final = 0.2
NEEDED: Final = 0.15
"""Whether something must be installed, or why, is not how to: less than names alone."""
LEAST_OF_VAGUE: Final = 0.42
"""Where names alone would be asked back about, a fact that is near enough is told."""
WORD_FOR_WORD: Final = 0.97
ASKING_BACK: Final = frozenset({"topic", "unnamed"})
OTHER_THAN_SET: Final = ("compare", "counts", "when", "maker", "since")
"""What is asked of a machine, other than what to install on it."""
SHOWING: Final = frozenset({"show", "list", "describe", "also"})
SAID_IN_TROUBLE: Final = frozenset({"trouble", "how", "pronoun", "why"})
SAID_IN_CHAT: Final = frozenset({"chat", "works", "pronoun", "also", "installed", "negative"})
ASKING: Final = ("how", "which", "need", "newest", "yesno", "list", "describe", "why", "compare", "help")
WITH_FACTS: Final = frozenset({"compare", "list"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A name for the trace, the intent it reads, and a claim from 0 (no reading) to 1.

    It is asked for its claim only where one of its `cues` stands, if it has any. A rule that `yields` gives
    way to a fact whose score reaches `to`: that is asked for word for word. One for `plain` questions claims
    nothing where much of the message is about something else.
    """

    name: str
    intent: Intent
    claim: Callable[[Slots], float]
    cues: frozenset[str] = frozenset()
    yields: bool = False
    to: float = WORD_FOR_WORD
    plain: bool = False

    def claims(self, slots: Slots, *, much: bool) -> float:
        """How strongly the rule claims a message; `much` of it may be about something else."""
        if (self.cues and self.cues.isdisjoint(slots.cues)) or (much and self.plain):
            return 0.0
        return self.claim(slots)


def _exception(_slots: Slots) -> float:
    """A pasted exception is no plain question about the versions in it."""
    return 0.95


def _trouble(_slots: Slots) -> float:
    """A word of trouble alone, where nothing is asked."""
    return 0.65


def _recommend(slots: Slots) -> float:
    """What to install on a machine of which two things or more are told."""
    if not slots.subject_wanted or not slots.devices or slots.has(*OTHER_THAN_SET):
        return 0.0
    if (
        slots.rivals
        or slots.build_given
        or len(slots.columns) < len({given.column for given in slots.versions})
    ):
        return 0.0
    versions = [given.column for given in slots.versions if not isinstance(given.constraint, str)]
    if len(versions) > len(set(versions)):
        return 0.0
    most = any(given.role == "ceiling" for given in slots.versions)
    several = most or len(slots.columns) > 1 or len(slots.devices) > 1 or slots.has("install", "how")
    asks = slots.has("which", "newest", "install", "need", "how") or not slots.has("yesno", "works")
    asks |= len(set(slots.devices)) > 1 and not slots.surrounding  # not whether a GPU goes with its driver
    return 0.91 if asks and several and not slots.has("oldest") else 0.0


def _roles(slots: Slots) -> float:
    """Which of several versions of one thing counts for what."""
    asks = (
        slots.has("which", "compare", "yesno", "describe", "fails", "how", "why", "trouble") or not slots.bare
    )
    other = slots.has("install", "newest", "oldest", "when")
    other |= slots.has("list") and bool(slots.kinds or slots.topics)
    other |= slots.subject_given and not slots.has("which", "compare")
    asks = slots.has("counts") or (asks and not other)
    return 0.93 if slots.roles > 1 and asks else 0.0


def _unnamed(slots: Slots) -> float:
    """Whether a thing is supported that is not named."""
    asks = slots.has("works", "yesno", "fails", "negative")
    return 0.9 if slots.unnamed and asks and not slots.columns and not slots.has("install") else 0.0


def _changes(slots: Slots) -> float:
    """What a release brought."""
    exact = [given for given in slots.versions if not isinstance(given.constraint, str)]
    return 0.91 if exact and not slots.has("yesno", "works") else 0.0


def _environment(slots: Slots) -> float:
    """What an environment has: its name alone, or with names of what it has."""
    if not slots.inventory or slots.has("when", "maker", "since", "ended", "origin", "install"):
        return 0.0
    asks = slots.bare or slots.has("which", "describe", "list", "version", "need")
    return 0.93 if asks or not slots.has("yesno") else 0.0


def _topic_pair(slots: Slots) -> float:
    """Two columns of a table and no version: "what cuda does pytorch support"."""
    other = slots.has("compare", "when", "since", "ended", "install", "origin")
    return 0.0 if slots.versions or slots.tabled < 2 or other else 0.86


def _check_ceiling(slots: Slots) -> float:
    """Whether a build runs where a tool prints the most that is supported: the same product twice."""
    most = {given.column for given in slots.versions if given.role == "ceiling"}
    plain = {given.column for given in slots.versions if not given.role or given.role == "build"}
    other = slots.has("which", "need", "how") or (slots.has("compare") and not slots.has("works"))
    return 0.92 if most & plain and not other else 0.0


def _check_pair(slots: Slots) -> float:
    if len(slots.columns) < 2:
        return 0.0
    if slots.code and slots.has("yesno") and not slots.has("works", "fails"):
        return VAGUE  # whether a release has a function, not whether the versions go together
    if slots.subject_given and slots.has("need") and slots.has("install") and slots.has("yesno"):
        return NEEDED
    if slots.build_given and slots.unexplained > 1 and any(g.role == "toolkit" for g in slots.versions):
        return 0.6  # what a toolkit compiles may be meant: a fact tells more
    if slots.has("which", "need") and (slots.bare or slots.asks_around):
        return 0.0
    if slots.requiring or (slots.rivals and slots.bare):
        return 0.0  # whether it takes them is asked, not whether they go together
    return 0.86 if slots.has("yesno") or not slots.bare else 0.7


def _check_value(slots: Slots) -> float:
    if len(slots.columns) != 1 or not slots.values or slots.bare or slots.has("install", "when"):
        return 0.0
    if slots.surrounding and slots.strange:
        return 0.0
    told = slots.has("works", "negative", "fails")
    if not told and (slots.surrounding or not slots.has("yesno")):
        return 0.0  # "can I have CUDA 8 for Windows" asks for it, not whether it goes there
    return 0.86 if slots.subject_given or not slots.surrounding else 0.68


def _install(slots: Slots) -> float:
    if not slots.installable or slots.rivals:
        return 0.0
    if len(slots.columns) > 1 and slots.has("yesno"):
        return 0.4
    if slots.unexplained > MUCH and not slots.has(*ASKING):
        return 0.0  # a set-up in passing
    if slots.requiring and slots.subject_given:
        return 0.4  # which of it goes with that release comes first
    if slots.has("compare") and not slots.has("how", "need"):
        return 0.4
    if slots.has("which") and slots.bare and slots.versions and not slots.along_only:
        return 0.4
    if slots.subject_given and slots.bare and not slots.along_only and slots.has("negative", "need"):
        return NEEDED
    if slots.has("why"):
        return NEEDED
    if slots.versions or slots.placed or slots.devices:
        return 0.9
    if slots.has("negative", "describe") or (slots.has("need") and slots.has("yesno")):
        return NEEDED
    if slots.unexplained > LITTLE:
        return 0.62
    if slots.has("yesno") and not slots.has("how"):
        return 0.6  # whether something may be is not how to install it
    return 0.7 if slots.has("need", "which", "compare", "describe", "negative") else 0.76


def _release_when(slots: Slots) -> float:
    if slots.has("compare", "ended", "fails", "works", "merged", "default"):
        return 0.0
    if len(slots.columns) == 1 and not slots.bare:
        return 0.0 if any(isinstance(given.constraint, str) for given in slots.versions) else 0.9
    return 0.6 if len(slots.bare) == 1 and not slots.versions else 0.0


def _release_extreme(slots: Slots) -> float:
    only_one = len(slots.bare) == 1 and not slots.versions and not slots.kinds and not slots.strange
    if not only_one:
        return 0.0
    # The first release that has something is another question than the first.
    other = slots.code or (slots.unexplained and slots.has("oldest"))
    return 0.5 if other else 0.88


def _compare(slots: Slots) -> float:
    named = len(set(slots.bare) | slots.columns)
    two_versions = len(slots.columns) == 1 and len(slots.versions) == 2
    one_sided = len(slots.columns) < 2 and (named >= 2 or two_versions)
    of_machine = (slots.devices or slots.build_given) and slots.bare
    return 0.87 if one_sided and not of_machine else 0.0


def _compare_order(slots: Slots) -> float:
    """Whether one release of a product is newer, or older, than another."""
    two = len(slots.columns) == 1 and len(slots.versions) == 2 and not slots.bare
    asks = (len(slots.ranged) == 1 and slots.has("yesno")) or (
        not slots.ranged and slots.has("which") and slots.has("newer")
    )
    return 0.9 if two and asks else 0.0


def _describe(slots: Slots) -> float:
    if len(slots.bare) != 1 or slots.versions:
        return 0.0
    if slots.has("maker"):
        return 0.8
    plain = slots.has("describe") and not slots.has("origin", "since", "compare", "works", "install", "list")
    return 0.86 if plain else 0.0


def _list_releases(slots: Slots) -> float:
    if len(slots.bare) != 1 or slots.versions or slots.kinds or slots.topics:
        return 0.0
    if slots.has("since", "ended"):
        return 0.0
    asks = slots.has("list") or (slots.has("which") and not slots.unexplained)
    return 0.66 if asks else 0.0


def _list_category(slots: Slots) -> float:
    if slots.versions or slots.has("compare", "when"):
        return 0.0
    if slots.kinds and slots.topics:
        return 0.84
    if slots.kinds and slots.has("list"):
        return 0.9
    if slots.topics or slots.kinds:
        return 0.7 if slots.has("list", "which", "maker", "need") else 0.0
    return 0.0


def _history(slots: Slots, facts: tuple[FactHit, ...]) -> float:
    best = facts[0].score if facts else 0.0
    doubtful = (slots.strange and slots.versions) or slots.environment
    if doubtful and best < SURE_FACT:
        return 0.0
    says_nothing = slots.has("chat") or (slots.cues <= SAID_IN_TROUBLE and not slots.unexplained)
    if says_nothing and slots.nothing and not slots.code and best < WORD_FOR_WORD:
        return 0.0
    return MOST_OF_FACTS - 0.5 * (1 - best) if best >= LEAST_FACT else 0.0


def _help(slots: Slots) -> float:
    alone = slots.nothing and not slots.values and slots.unexplained <= LITTLE
    return 0.9 if alone else 0.0


def _topic(slots: Slots) -> float:
    """Names alone; thanks that name something ask nothing."""
    if slots.has("chat") and slots.cues <= SAID_IN_CHAT:
        return 0.0
    return 0.2 if slots.bare or slots.versions else 0.0


def _overview(slots: Slots) -> float:
    """All about one thing, or "show" and nothing else beside it."""
    things = len(set(slots.bare) | slots.columns) or len(slots.values)
    if things != 1 or len(slots.versions) > 1 or slots.strange or slots.kinds or slots.topics:
        return 0.0
    if slots.has("overview"):
        return 0.0 if slots.has("compare", "when", "since", "ended", "install", "maker") else 0.92
    return 0.9 if slots.cues <= SHOWING and (slots.bare or slots.versions) else 0.0


def _any(*cues: str) -> frozenset[str]:
    """Cues of which one must stand in a message for a rule."""
    return frozenset(cues)


RULES: Final = (
    Rule("help", "help", _help, _any("help"), yields=True),
    Rule("exception", "trouble", _exception, _any("exception"), yields=True),
    Rule("trouble", "trouble", _trouble, _any("trouble"), yields=True),
    Rule("needed", "history", outright.needed, _any("need")),
    Rule("meaning", "history", outright.meaning, _any("describe")),
    Rule("nightly", "nightly", outright.nightly, _any("nightly"), yields=True),
    Rule("nightly.install", "nightly", outright.nightly_install, _any("install"), yields=True, to=LEAST_FACT),
    Rule("team.environment", "environment", _environment, yields=True),
    Rule("topic.pair", "topic", _topic_pair, _any("works", "which", "version", "list", "need"), yields=True),
    Rule("roles", "roles", _roles),
    Rule("recommend", "recommend", _recommend),
    Rule("project", "project", outright.project, _any("project")),
    Rule("changes", "history", _changes, _any("changed")),
    Rule("unnamed", "unnamed", _unnamed, yields=True),
    Rule("lookup.extreme", "lookup", lookups.extreme, _any("newest", "oldest")),
    Rule("lookup.since", "lookup", lookups.since, _any("when")),
    Rule("lookup.device", "lookup", lookups.device, yields=True, to=LEAST_FACT),
    Rule("lookup.supported", "lookup", lookups.supported, _any("works"), yields=True),
    Rule("lookup.asked", "lookup", lookups.asked),
    Rule("lookup.ranged", "lookup", lookups.ranged),
    Rule("check.ceiling", "check", _check_ceiling, _any("yesno", "works", "fails")),
    Rule("check.pair", "check", _check_pair),
    Rule("check.value", "check", _check_value),
    Rule("lookup.wanted", "lookup", lookups.wanted),
    Rule("lookup.place", "lookup", lookups.place, _any("which", "newest", "oldest")),
    Rule("lookup.counterpart", "lookup", lookups.counterpart, _any("which", "newest", "oldest"), yields=True),
    Rule("install", "install", _install, _any("install"), yields=True),
    Rule("release.when", "release", _release_when, _any("when"), plain=True),
    Rule("release.extreme", "release", _release_extreme, _any("newest", "oldest"), yields=True, plain=True),
    Rule("compare", "compare", _compare, _any("compare")),
    Rule("compare.order", "compare", _compare_order, _any("yesno", "which")),
    Rule("describe", "describe", _describe, _any("maker", "describe"), yields=True, plain=True),
    Rule("list.releases", "list", _list_releases, _any("version"), plain=True),
    Rule("list.category", "list", _list_category, plain=True),
    Rule("overview", "overview", _overview, _any("overview", "show")),
    Rule("topic", "topic", _topic),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule whose claim won, its intent, and the facts that were looked up on the way."""

    rule: str
    intent: Intent
    facts: tuple[FactHit, ...] = ()


def choose(slots: Slots, ranked: Ranked) -> Choice:
    """The reading with the strongest claim; the earlier rule of two equal claims.

    Facts are looked up (`ranked`) only where they could win, or where the answer shows one beside.
    """
    much = slots.unexplained > MUCH
    claims = [rule.claims(slots, much=much) for rule in RULES]
    claim = max(claims)
    rule = RULES[claims.index(claim)]
    facts = ranked.hits if claim < MOST_OF_FACTS or rule.yields or rule.intent in WITH_FACTS else ()
    asked_for = rule.yields and bool(facts) and facts[0].score >= rule.to
    told = not (slots.strange or slots.nothing or slots.environment)
    near = told and bool(facts) and facts[0].score >= LEAST_OF_VAGUE and slots.unexplained <= MOST
    vague = near and claim <= VAGUE and (not slots.versions or rule.intent in ("install", "check"))
    if rule.name in ("needed", "meaning"):
        told_outright = slots.unneeded if rule.name == "needed" else slots.meant
        return Choice(rule.name, rule.intent, (FactHit(told_outright, 1.0),))
    unread = told and rule.intent in ASKING_BACK and slots.unexplained > 0
    sure = unread and bool(facts) and facts[0].score >= SURE_FACT
    if asked_for or vague or sure or _history(slots, facts) > claim:
        return Choice("history", "history", facts)
    return Choice(rule.name, rule.intent, facts) if claim > 0 else Choice("none", "none", facts)
