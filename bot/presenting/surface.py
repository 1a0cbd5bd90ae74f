"""The few words of its own that a chat surface needs, in one language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SurfacePhrases:
    """Words around a reply. A name in braces stands in the phrase once and is replaced as it is shown.

    Attributes:
        why: the button that asks how an answer came about.
        share: the button that posts a private answer in the channel.
        source: before a citation's title, with `{title}`.
        checked: the day a figure was checked, with `{day}` (an ISO date).
        shared_by: who shared an answer, with `{user}`.
        more_rows: rows of a table that had no room, with `{count}`.
        more_sources: sources that had no room, with `{count}`.
        late: above an answer that comes long after its question.
        busy: to somebody whose question waits behind others.
        slow_down: to somebody who asks more in a minute than one may, with `{count}`.
        failure: one sentence for a question that could not be answered because something broke.
        unhandled: one sentence for a command or button that the bot does not know (an old message's, say).
    """

    why: str
    share: str
    source: str
    checked: str
    shared_by: str
    more_rows: str
    more_sources: str
    late: str
    busy: str
    slow_down: str
    failure: str
    unhandled: str


@dataclass(frozen=True, slots=True)
class InstallPhrases:
    """What a person reads in the browser at the end of an installation, one plain sentence each.

    Attributes:
        lang: which language it is.
        title: the bot's name.
        installed: it worked, and how to begin.
        cancelled: they, or Slack, said no.
        refused: the way back from Slack was not the one that began in this browser, or it took too long.
        failed: something broke.
    """

    lang: str
    title: str
    installed: str
    cancelled: str
    refused: str
    failed: str
