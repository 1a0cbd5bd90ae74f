"""Outcomes that advise: a recommended set, and a diagnosis with its fix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.knowledge.models import Fact
from bot.knowledge.trouble import KnownError
from bot.knowledge.versions import Number
from bot.understanding.question import Given, Question

if TYPE_CHECKING:
    from bot.answering.answers import Command, Companions, Finding, Lookup, NoAnswer
    from bot.answering.set_outcome import SetRemark


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a change of one given would allow: the `least` of it that newer versions (`cells`) ask for."""

    given: Given
    least: Number
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The newest full set that fits what is given, with its command, and why each part of it is so.

    `findings` tell how the set goes with each thing that is given; `changed` are the givens that had to give
    way; `needs` are least versions that the set brings along (the driver of its CUDA).
    """

    question: Question
    command: Command
    findings: tuple[Finding, ...] = ()
    changed: tuple[Given, ...] = ()
    companions: tuple[Companions, ...] = ()
    needs: tuple[Lookup, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
    unused: tuple[Given, ...] = ()
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Roles:
    """What each of several versions of one thing is: a driver's most, a toolkit, what torch was built with.

    `findings` tell how a build goes with the driver.
    """

    question: Question
    versions: tuple[Given, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The cause of an error or a symptom, as far as it can be told, and the smallest fix.

    `error` is the known error, None where only `conflicts` were found: pairs of what is there that do not go
    together. `missing` are releases that were never made. `offered` are the versions that an installer
    listed, `inferred` what follows from that list. `reach` tells which versions would do, `fix` is the set to
    install. `facts` answer where the error asks for history, or tell of
    where it happens. `ends` is the platform whose releases end where
    the list ends; `holds` are pairs that the error doubts and the tables affirm; `remarks` tell what is odd
    about the packages that were asked for. Of each pair in `apart` nothing is recorded, but what each is
    listed with. `others` is the release with its builds that run on a device which the one that is
    installed does not run on.
    """

    question: Question
    error: KnownError | None
    conflicts: tuple[Finding, ...] = ()
    missing: tuple[NoAnswer, ...] = ()
    offered: tuple[Number, ...] = ()
    inferred: Given | None = None
    reach: tuple[Lookup, ...] = ()
    fix: Recommendation | None = None
    facts: tuple[Fact, ...] = ()
    ends: Given | None = None
    holds: tuple[Finding, ...] = ()
    remarks: tuple[SetRemark, ...] = ()
    apart: tuple[Finding, ...] = ()
    others: Lookup | None = None
