"""What there is to do for Slack, as the inbox keeps it until some process has done it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from bot.errors import BotError
from bot.slack.incoming import Incoming, Press
from bot.storage import Entry

ASKED, COMMANDED, PRESSED = "asked", "command", "pressed"
QUESTIONS: Final = (ASKED, COMMANDED)
"""The kinds of work that are a person's question in words."""

LONGEST: Final = 200
_ID: Final = re.compile(r"[\x21-\x7e]{1,200}")  # LONGEST


class WorkError(BotError):
    """An event cannot be stored as work, or stored work cannot be read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that asks the bot something."""

    question: Incoming
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True)
class Edited:
    """A message whose text changed. `answer_new`: it is answered though it never was; `expected`: somebody
    waits for that.
    """

    question: Incoming
    answer_new: bool
    expected: bool
    kind: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that is gone, and its answer with it."""

    channel: str
    ts: str
    kind: Literal["deleted"] = "deleted"


@dataclass(frozen=True, slots=True)
class Commanded:
    """A slash command's question, answered through the `response_url`."""

    channel: str
    text: str
    response_url: str
    kind: Literal["command"] = "command"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A pressed button; the `response_url` reaches the message that it stands on."""

    action: Literal["choice", "why", "share"]
    press: Press
    response_url: str
    kind: Literal["pressed"] = "pressed"


AnyWork = Asked | Edited | Deleted | Commanded | Pressed
_Tagged = Annotated[AnyWork, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent an event: the workspace, the organisation it belongs to (or an empty text), the person."""

    team: str
    enterprise: str
    person: str


class WorkCodec:
    """Writes work down and reads it back."""

    def __init__(self) -> None:
        """One for each process: what pydantic compiles is kept."""
        self._adapter: TypeAdapter[AnyWork] = TypeAdapter(_Tagged)

    def entry(self, work: AnyWork, sender: Sender, event_id: str, subject: str) -> Entry:
        """Work as an entry of the inbox. `event_id` names the delivery, `subject` what is to be done once.

        Raises:
            WorkError: an id is none that Slack would send.
        """
        channel, private = _channel(work)
        lane = f"{sender.team}/{sender.person if private else channel}"
        ids = (sender.team, event_id, subject, channel, sender.person or "-", sender.enterprise or "-")
        if not all(map(_ID.fullmatch, ids)) or len(lane) > LONGEST:
            raise WorkError("an event with ids that are none")
        return Entry(
            event_id=event_id,
            team=sender.team,
            enterprise=sender.enterprise,
            subject=subject,
            lane=lane,
            kind=work.kind,
            channel=channel,
            person=sender.person,
            payload=self._adapter.dump_json(work, ensure_ascii=True).decode(),
        )

    def read(self, entry: Entry) -> AnyWork:
        """The work in an entry.

        Raises:
            WorkError: it was written by another version, or its text is gone.
        """
        try:
            return self._adapter.validate_json(entry.payload)
        except ValidationError as error:
            raise WorkError(f"work of kind {entry.kind!r} cannot be read") from error

    def digest(self, payload: str) -> str:
        """What is kept of stored work when its text may no longer be: a hash, equal for equal questions."""
        try:
            text = question_in(self._adapter.validate_json(payload))
        except ValidationError:
            text = payload
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def surface_of(work: AnyWork) -> str:
    """Where work came from, in a word, as metrics name it."""
    match work:
        case Asked(question):
            return "direct" if question.channel.startswith("D") else "mention"
        case Pressed():
            return "button"
        case Commanded() | Edited() | Deleted():
            return work.kind


def question_in(work: AnyWork) -> str:
    """The question that work is about, in the asker's words; an empty text where there is none."""
    match work:
        case Asked(question) | Edited(question):
            return question.text
        case Commanded():
            return work.text
        case Pressed(action, press):
            return "" if action == "why" else press.question
        case Deleted():
            return ""


def _channel(work: AnyWork) -> tuple[str, bool]:
    """Where it happened, and whether only the person sees what comes of it."""
    match work:
        case Asked() | Edited():
            return work.question.channel, False
        case Pressed():
            return work.press.channel, work.press.private and work.action != "share"
        case Deleted():
            return work.channel, False
        case Commanded():
            return work.channel, True
