"""The closed union of what answering hands to presenting; figures and rows, no wording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from bot.answering.advice import Diagnosis, Recommendation, Roles
from bot.answering.comparisons import Comparison, ReleaseComparison
from bot.answering.options import Option
from bot.answering.set_outcome import SetCheck
from bot.knowledge.base import Relation
from bot.knowledge.models import Environment, Fact, Product
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given, Question


class Truth(IntEnum):
    """Four values. The order makes "any of" a maximum and "all of" a minimum.

    `NOT_RECORDED` stands above `EXCLUDED`: where one way is ruled out and another is not recorded,
    nothing is known to be impossible.
    """

    EXCLUDED = 0
    NOT_RECORDED = 1
    CONDITIONAL = 2
    SUPPORTED = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of one table that an answer rests on."""

    relation: Relation
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a join: the table, what it joins, and its rows."""

    relation: Relation
    left: Given
    right: Given
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Where a losing table differs: what it lists beside the winner, and what it lacks."""

    evidence: Evidence
    column: str
    extra: tuple[Number, ...]
    lacking: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command to run, the value chosen for each column of its table, and what its placeholders got:
    `along` are the rows that placeholders were filled from; `left_out` rules out companions; `elsewhere` is
    for the next usual place, where this one does not hold.
    """

    text: str
    cells: tuple[tuple[str, str], ...]
    evidence: Evidence
    filled: tuple[tuple[str, str], ...] = ()
    along: tuple[Evidence, ...] = ()
    left_out: tuple[Finding, ...] = ()
    elsewhere: tuple[Given, Command] | None = None

    @property
    def rests_on(self) -> tuple[Evidence, ...]:
        """All rows behind it, its own first."""
        return (self.evidence, *self.along)


@dataclass(frozen=True, slots=True)
class Default:
    """What a plain install of a release brings, by the rows of a table of defaults."""

    subject: Given
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Companions:
    """The versions of one product that go with a chosen version of another."""

    product: str
    values: tuple[Number, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Lookup:
    """Which versions of `want` go with the givens.

    `values` are ascending; `bounds` hold specifiers (with their row) where the table states limits, not
    versions. `possible` are values that a coarse given leaves open; `conditional` evidence holds under
    a table's note. `chosen` is what `companions` and `command` are for; `needs` are limits that the givens
    bring along (the driver of a CUDA). `via` names the versions of a third column that join the givens to the
    table, `way` the entries of the columns behind it. `builds` are, by column, for what the builds are that
    hold it. `verdict` tells whether what is given is supported, `default` what a plain install brings.
    """

    question: Question
    want: str
    used: tuple[Given, ...]
    evidence: Evidence
    values: tuple[Number, ...] = ()
    bounds: tuple[tuple[Constraint, Row], ...] = ()
    names: tuple[str, ...] = ()
    possible: tuple[Number, ...] = ()
    conditional: tuple[Evidence, ...] = ()
    chosen: Number | None = None
    companions: tuple[Companions, ...] = ()
    needs: tuple[Lookup, ...] = ()
    command: Command | None = None
    dispute: Dispute | None = None
    unused: tuple[Given, ...] = ()
    caveats: tuple[Given, ...] = ()
    via: tuple[str, tuple[Number | str, ...]] | None = None
    way: tuple[Given, ...] = ()
    builds: tuple[tuple[str, tuple[Number, ...]], ...] = ()
    verdict: Truth | None = None
    default: Default | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether two givens go together.

    `left_options` are the versions of the left column that go with the right given, and the other way
    round; `via` names the entries of a third column that join two tables, as the rows of the given at
    `via_of` have them, and `links` the steps of one such join from left to right. `place` is where that is
    recorded, if not everywhere and nobody said where. `around` are the rows of which only options come.
    """

    truth: Truth
    left: Given
    right: Given
    evidence: tuple[Evidence, ...]
    left_options: tuple[Number, ...] = ()
    right_options: tuple[Number, ...] = ()
    via: tuple[str, tuple[Number | str, ...]] | None = None
    via_of: Literal["left", "right"] = "left"
    links: tuple[Link, ...] = ()
    dispute: Dispute | None = None
    place: Given | None = None
    around: tuple[Evidence, ...] = ()

    @property
    def turned(self) -> Finding:
        """The same finding with its sides exchanged."""
        links = tuple(Link(link.relation, link.right, link.left, link.rows) for link in reversed(self.links))
        side: Literal["left", "right"] = "left" if self.via_of == "right" else "right"
        return replace(self, left=self.right, right=self.left, links=links, via_of=side)


@dataclass(frozen=True, slots=True)
class Check:
    """The truth of all givens together, with one finding for each pair that a table relates.

    `fix` is the smallest change that makes a *no* a *yes*; `default` tells what a plain install brings.
    `missing` are products asked about that no table has. `builds` are for what a release is built, where it
    is built for what is asked. Of a manner in `beyond` (a channel) nothing is recorded: the rest is told
    without it. `unbuilt` says that a toolkit knows a device that no build for it runs on,
    `built` that builds for it run on a device that it does not know.
    """

    question: Question
    truth: Truth
    findings: tuple[Finding, ...]
    context: tuple[Given, ...] = ()
    unused: tuple[Given, ...] = ()
    command: Command | None = None
    fix: Recommendation | None = None
    default: Default | None = None
    missing: tuple[str, ...] = ()
    builds: Lookup | None = None
    beyond: tuple[Given, ...] = ()
    unbuilt: bool = False
    built: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing goes with the givens, and the table says so (its list is complete).

    `below` and `above` are the nearest versions of the given column that have rows, each with the
    versions of the wanted product that they have. Of the versions in `open` the list is not complete;
    of a `sample` not all releases of the wanted product are listed.
    """

    question: Question
    want: str
    given: Given
    evidence: Evidence
    below: tuple[Number, tuple[Number, ...]] | None
    above: tuple[Number, tuple[Number, ...]] | None
    open: tuple[Number, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Install:
    """The command to run; `assumed` names the columns that the question left open.

    `findings` tell how what it installs goes with what no column of a command names (a GPU, a driver).
    """

    question: Question
    command: Command
    assumed: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    unused: tuple[Given, ...] = ()
    default: Default | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Dates of releases of a product, ascending; `extreme` says that the newest or oldest was asked for.

    `fact` tells what the one release asked about brought.
    """

    question: Question
    product: Product
    releases: tuple[tuple[Number, str | None], ...]
    extreme: Literal["newest", "oldest"] | None = None
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that answers, and facts that may be meant as well.

    `holds` tells whether the release that is given has what the fact says came or went, where that is asked.
    """

    question: Question
    fact: Fact
    related: tuple[Fact, ...] = ()
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a product is; `maker` says that the question was who makes it."""

    question: Question
    product: Product
    maker: bool
    newest: tuple[Number, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Products of a kind or topic."""

    question: Question
    products: tuple[Product, ...]
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an environment has; `asked` are the columns that were named."""

    question: Question
    environment: Environment
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rows of one table list in `column` beside the subject of an overview.

    The other columns of the table say where that holds.
    """

    column: str
    evidence: Evidence
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that is on record of one thing.

    `subject` is a release or a value of an attribute, None for a product as a whole; `product` is None for
    a value. `releases` are the subject's (or all) with their days, ascending; the first of `commands` is the
    one of choice.
    """

    question: Question
    subject: Given | None
    product: Product | None
    releases: tuple[tuple[Number, str | None], ...]
    beside: tuple[Beside, ...]
    commands: tuple[Command, ...] = ()
    facts: tuple[Fact, ...] = ()
    unused: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """What the bot can do."""

    question: Question


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the answer to the question before came about: its outcomes, told once more.

    There are none where the question can no longer be answered: what was pasted with it is not kept.
    """

    question: Question
    outcomes: tuple[Outcome, ...]


Answer = (
    Lookup
    | Check
    | Empty
    | Install
    | Release
    | Told
    | Comparison
    | ReleaseComparison
    | Description
    | Listing
    | Inventory
    | Overview
    | Recommendation
    | Diagnosis
    | Roles
    | SetCheck
    | Help
    | Derivation
)


@dataclass(frozen=True, slots=True)
class Clarification:
    """The question can be read in ways that answer differently, or lacks what it asks about.

    `trouble`: it tells of an error, unshown. `near`: what is known may be about something else.
    """

    question: Question
    reason: Literal["topic", "rivals", "unnamed", "project", "trouble", "near"]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No table or fact holds an answer.

    `not_recorded`: what was asked about is in no table; `nearest` and `newest` tell what is, and `alike` the
    things on record whose names are like it. `no_release`: there was no such release, by the full list of
    them; `alike` is what else may be meant.
    `unrelated`: no table relates what was named. `nothing`: nothing was understood. `chat`: chatter.
    """

    question: Question
    reason: Literal[
        "not_recorded", "no_release", "unrelated", "nothing", "chat", "trouble", "nightly", "no_command"
    ]
    given: Given | None = None
    nearest: tuple[Number, ...] = ()
    newest: Number | None = None
    alike: tuple[Given, ...] = ()


Outcome = Answer | Clarification | NoAnswer
