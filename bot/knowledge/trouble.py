"""The form of the pages about trouble: error messages, symptoms, and what tools print."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from bot.knowledge.models import Language, Line, Localized, Model, Slug, SourceRefs


class ErrorFigure(Model):
    """A figure that stands near a message: a text with placeholders (see `KnownError`).

    `holds` says how it binds: `most` and `least` are bounds (the CUDA that a driver supports at most). `role`
    tells the versions of one product apart: the `toolkit`, the `build` of torch, that of `other` packages.
    """

    text: Line
    role: Literal["", "toolkit", "build", "other"] = ""
    holds: Literal["exact", "most", "least"] = "exact"


class ErrorQuestion(Model):
    """The ordinary question that settles an error: what is asked for, and what is needed to answer it.

    `history` asks for the fact about what the message names (see `identifiers`). `without` are columns whose
    givens are the trouble itself (the CPU build that is installed): what helps goes without them. `counts` is
    the role whose version decides what to install; those of other roles are told only.
    """

    intent: Literal["lookup", "check", "install", "history"]
    want: tuple[Slug, ...] = ()
    given: tuple[Slug, ...] = ()
    without: tuple[Slug, ...] = ()
    counts: Literal["", "toolkit", "build"] = ""


class KnownError(Model):
    """An error by the messages that users see.

    A message is a literal fragment; case, quotes and white space do not count. `{}` in it stands for a run
    without spaces, `{cuda}` for a version of that product, `{cuda:thousands}` for one written another way.
    `symptoms` are phrases by which people tell of the trouble without its message; an error told by them
    alone loses to one whose message is there. `over` names errors that lose where both are found; a
    `generic` one loses to every other. `becomes` tells which other error it is where an attribute's value is
    told beside it (that the build is for the CPU). A `vague` one may have several causes: what the message
    shows beside it is told first. `device` tells whether the message only doubts that what is installed runs
    on the device (a warning), or shows that it does not. `identifiers` are texts in which each `{}` is a part
    of a dotted name in a program (`module 'torch' has no attribute 'fx'` names torch.fx).
    """

    id: Slug
    cause: Slug
    messages: tuple[Line, ...] = ()
    symptoms: dict[Language, tuple[Line, ...]] = Field(default_factory=dict)
    means: Localized
    fix: Localized
    reads: tuple[ErrorFigure, ...] = ()
    identifiers: tuple[Line, ...] = ()
    leads_to: ErrorQuestion | None = None
    over: tuple[Slug, ...] = ()
    becomes: dict[Slug, dict[Slug, Slug]] = Field(default_factory=dict)
    generic: bool = False
    vague: bool = False
    device: Literal["", "doubted", "refused"] = ""
    source: SourceRefs

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if not self.messages and not self.symptoms:
            raise ValueError("give messages or symptoms")
        return self


class OutputField(Model):
    """A label in what a tool prints, and the column whose value stands behind it.

    `role` tells what a version there is: the `ceiling` that a driver supports, the `toolkit` that is
    installed, or the `build` that is running. `form` is how the version is written (see `KnownError`).
    Without a column, what stands behind the label is passed over to the end of its line; with `listed`
    it is what an installer offers. Where `beside` names other labels, one of them stands on the same line.
    """

    label: Line
    beside: tuple[Line, ...] = ()
    column: Slug | None = None
    role: Literal["", "ceiling", "toolkit", "build"] = ""
    form: Literal["", "thousands", "joined", "underscored"] = ""
    listed: bool = False


class Output(Model):
    """What a tool prints: its fields, and beginnings of lines that tell nothing (`noise`)."""

    output: Slug
    fields: tuple[OutputField, ...] = ()
    noise: tuple[Line, ...] = ()


class Errors(Model):
    """A page of errors, and the causes that it introduces."""

    causes: dict[Slug, Localized] = Field(default_factory=dict)
    errors: tuple[KnownError, ...]
