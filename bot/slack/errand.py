"""One piece of work in hand: for which workspace, with which client, and whether it was begun before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.presenting.blocks import NO_EXTRAS, Extras
from bot.presenting.payload import Message
from bot.presenting.reply import Reply, Section
from bot.slack.desk import Desk
from bot.slack.holding import Hold
from bot.slack.incoming import Place
from bot.slack.posting import find_posted, post, respond_with
from bot.storage import Note


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a piece of work: `outcome` in a word, and whether a message was posted in a channel.

    `notes` are for what comes later in the conversation.
    """

    outcome: str
    reply: Reply | None = None
    posted: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Errand:
    """Work in hand. `again`: what it posts may have been posted before; `late`: long after it was asked."""

    desk: Desk
    client: AsyncWebClient
    team: str
    event_id: str
    hold: Hold
    again: bool = False
    late: bool = False

    async def post_once(
        self, place: Place, messages: Iterable[Message], *, key: str, after: str
    ) -> str | None:
        """Post, unless that happened before: then the timestamp of what was posted, as of what is posted now.

        `after` is the timestamp of what is being answered. None where the thread is gone.

        Raises:
            PostingError: Slack refused every look, or could not be reached.
            LeaseLostError: another process may be about to post the same.
        """
        if self.again:
            found = await find_posted(self.client, place, key=key, after=after)
            if found is not None:
                return found
        self.hold.check()
        return await post(self.client, place, messages, key=key)

    async def respond(
        self,
        response_url: str,
        messages: Iterable[Message],
        *,
        in_channel: bool = False,
        replace_original: bool = False,
    ) -> None:
        """Answer through a response_url. Whether that happened before, nobody can look up.

        Raises:
            PostingError: Slack refused every look, or could not be reached.
            LeaseLostError: another process may be about to answer the same.
        """
        self.hold.check()
        await respond_with(
            self.client, response_url, messages, in_channel=in_channel, replace_original=replace_original
        )

    def render(self, reply: Reply, extras: Extras = NO_EXTRAS) -> Iterable[Message]:
        """The reply for Slack; one that comes late says so first."""
        if self.late:
            sorry = Section("", (self.desk.phrases_for(reply.lang).late,))
            reply = replace(reply, sections=(sorry, *reply.sections))
        return self.desk.render(reply, extras)
