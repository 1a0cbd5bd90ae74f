"""What the check of a pasted set finds: conflicts with what each should be, remarks, corrected lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given, Question

if TYPE_CHECKING:
    from bot.answering.advice import Recommendation
    from bot.answering.answers import Command, Evidence, Finding, Truth

RemarkKind = Literal[
    "index",
    "other_index",
    "tag",
    "default",
    "open",
    "unknown",
    "mixed",
    "made_for",
    "within",
    "rest",
    "none",
    "elsewhere",
]


@dataclass(frozen=True, slots=True)
class SetConflict:
    """Two members that tables rule out, and what would go instead.

    `wrong` is the one to change, None where either may be. `right` are the versions of the wrong one that go
    with the other (of the left one, where either may change, and `other` those of the right one); `bound` is
    the specifier that the other states for it, where it states one. `scope` is the build of which the finding
    holds.
    """

    finding: Finding
    wrong: Given | None
    right: tuple[Number, ...] = ()
    other: tuple[Number, ...] = ()
    bound: Constraint | None = None
    scope: Given | None = None


@dataclass(frozen=True, slots=True)
class SetRemark:
    """Something to know of a set whose versions may all fit.

    `index`: the build `given` is on no default index, `text` is the address of the one that has it.
    `other_index`: the index named is for `other`, the tag says `given`. `tag`: `given` is written wrongly,
    `text` is how it is written. `default`: a plain install of `given` brings the build `other` on the
    `places`; `open`: which build it brings is not recorded. `unknown`: no such release; `versions` are the
    nearest. `mixed`: two members are builds for different things. `made_for`: a wheel is for `given`, not for
    `other`. `within`: of the range `given` only what is within `other` goes with `places`. `rest`: all others
    go with other `versions` of `given`. `none`: of `given` no version goes with `other`. `elsewhere`: the
    channels in `text` have builds that no table lists.
    """

    kind: RemarkKind
    given: Given
    other: Given | None = None
    text: str = ""
    versions: tuple[Number, ...] = ()
    places: tuple[Given, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class SetCheck:
    """The truth of all members of a pasted set together.

    `truth` is that no table relates any two of them where it is `NOT_RECORDED`. `findings` are those of every
    two members that tables relate, `conflicts` those that are ruled out. `lines` is the corrected set in the
    form that was pasted, empty where nothing is to be corrected; `command` is the one that it rests on.
    `unknown` are packages that are no product. `troubled` says that something is told not to work, `fix` is
    the set that runs on a device that rules out what is pinned.
    """

    question: Question
    truth: Truth
    members: tuple[Given, ...]
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[SetConflict, ...] = ()
    remarks: tuple[SetRemark, ...] = ()
    lines: tuple[str, ...] = ()
    command: Command | None = None
    unknown: tuple[str, ...] = ()
    troubled: bool = False
    fix: Recommendation | None = None
