"""A workspace inside the running event loop, with helpers that act as its people do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

from bot.workspace import interactions, people
from bot.workspace.errors import WorkspaceError
from bot.workspace.faults import Faults
from bot.workspace.interactions import Submitted
from bot.workspace.model import Channel, Message, User, View
from bot.workspace.payloads import JsonObject
from bot.workspace.pressing import Press
from bot.workspace.server import serve_workspace
from bot.workspace.workspace import Workspace, WorkspaceOptions

PATIENCE_SECONDS: Final = 20.0


class WaitedTooLong(WorkspaceError):
    """What a test waited for did not come about in time; the message lists what was said instead."""


class RunningWorkspace:
    """A workspace that is being served. People act through it; `user=None` is the person at the page."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._changes = asyncio.Condition()
        self._notices: set[asyncio.Task[None]] = set()
        workspace.store.listeners.append(self._notice)

    @property
    def base_url(self) -> str:
        """The page, such as `http://127.0.0.1:8300`."""
        return self.workspace.base_url

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """The `xoxb-` token of this run."""
        return self.workspace.identity.bot_token

    @property
    def app_token(self) -> str:
        """The `xapp-` token of this run."""
        return self.workspace.identity.app_token

    @property
    def signing_secret(self) -> str:
        """What HTTP deliveries of this run are signed with."""
        return self.workspace.identity.signing_secret

    @property
    def bot_user_id(self) -> str:
        """The bot's user id, as in `<@U…>`."""
        return self.workspace.identity.bot_user_id

    @property
    def bot_id(self) -> str:
        """The bot's `B…` id."""
        return self.workspace.identity.bot_id

    @property
    def faults(self) -> Faults:
        """Faults to inject."""
        return self.workspace.faults

    # --- people --------------------------------------------------------------------------------------

    def user(self, name: str | None = None) -> User:
        """A person by id or name; without a name, the one at the page."""
        return self.workspace.person if name is None else self.workspace.store.user_named(name)

    def add_user(self, name: str) -> User:
        """Let one more person join, and the public channels with them."""
        return self.workspace.store.add_user(name)

    def channel(self, name: str) -> Channel:
        """A channel by id or name; `@name` is the direct message between the bot and that person."""
        if name.startswith("@"):
            return self.workspace.store.open_im(self.workspace.store.user_named(name))
        return self.workspace.store.channel(name)

    def add_channel(self, name: str, *, with_bot: bool = True) -> Channel:
        """Open a channel of all people, with the bot or without it."""
        members = [u for u in self.workspace.store.users if with_bot or u != self.bot_user_id]
        return self.workspace.store.add_channel(name, members)

    @property
    def dm(self) -> Channel:
        """The direct message between the bot and the person at the page."""
        return self.workspace.store.open_im(self.workspace.person)

    def post_as_user(
        self, channel: str, text: str, thread_ts: str | None = None, user: str | None = None
    ) -> Message:
        """Post what a person typed: `@torchdesk` becomes a mention, and so on."""
        return people.post_as(self.workspace, self.user(user), self.channel(channel), text, thread_ts)

    def edit_as_user(self, message: Message, text: str, user: str | None = None) -> None:
        """Edit a person's own message."""
        people.edit_as(self.workspace, self.user(user or message.user), message, text)

    def delete_as_user(self, message: Message, user: str | None = None) -> None:
        """Delete a person's own message."""
        people.delete_as(self.workspace, self.user(user or message.user), message)

    def unfurl(self, message: Message, title: str = "A preview") -> None:
        """Change a message without an edit, as Slack's link previews do."""
        people.unfurl(self.workspace, message, title)

    def react_as_user(self, message: Message, name: str, user: str | None = None) -> None:
        """Add a reaction, or take back one's own."""
        people.react_as(self.workspace, self.user(user), message, name)

    def open_home(self, tab: str = "messages", user: str | None = None) -> None:
        """Open the app's `home` or `messages` tab."""
        people.open_home(self.workspace, self.user(user), tab)

    async def slash(
        self, channel: str, command: str, text: str = "", user: str | None = None
    ) -> Message | None:
        """Run a slash command; gives the message that its ack shows. Raises `NotDelivered`."""
        place = self.channel(channel)
        return await interactions.run_command(self.workspace, self.user(user), place, command, text)

    async def press(
        self,
        where: Message | View,
        action_id: str,
        *values: str,
        block_id: str = "",
        user: str | None = None,
        state: JsonObject | None = None,
    ) -> None:
        """Press an element of a message or view; `values` are the choices in it. Raises `NotDelivered`."""
        pressed, person = Press(action_id, block_id, values, state or {}), self.user(user)
        if isinstance(where, View):
            await interactions.press_in_view(self.workspace, person, where, pressed)
        else:
            await interactions.press_in_message(self.workspace, person, where, pressed)

    async def submit(self, view: View, values: JsonObject, user: str | None = None) -> Submitted:
        """Submit a modal with `values` by block_id and action_id."""
        return await interactions.submit_view(self.workspace, self.user(user), view, values)

    async def close(self, view: View, user: str | None = None) -> None:
        """Close a modal."""
        await interactions.close_view(self.workspace, self.user(user), view)

    async def shortcut(
        self, callback_id: str, message: Message | None = None, user: str | None = None
    ) -> None:
        """Run a global shortcut, or one on a message."""
        await interactions.run_shortcut(self.workspace, self.user(user), callback_id, message)

    def uninstall(self) -> None:
        """Remove the app from the workspace: its tokens are good no more, and it is told so in two events."""
        self.workspace.installs.revoke()
        self.workspace.events.removed()

    # --- what there is to see ------------------------------------------------------------------------

    def messages(
        self, channel: str, *, thread_ts: str | None = None, ephemeral: bool = False
    ) -> list[Message]:
        """Messages of a channel in order: all, or the replies of a thread, or the ephemeral ones."""
        place = self.channel(channel)
        if ephemeral:
            return self.workspace.store.ephemeral(place.id)
        if thread_ts is not None:
            return self.workspace.store.replies(place.id, thread_ts)
        return self.workspace.store.messages(place.id)

    def replies(self, message: Message) -> list[Message]:
        """The replies in a message's thread."""
        return self.workspace.store.replies(message.channel, message.ts)

    def modals(self, user: str | None = None) -> list[View]:
        """The modals open for a person, topmost last."""
        return list(self.workspace.views.stacks.get(self.user(user).id, []))

    def home(self, user: str | None = None) -> View | None:
        """The home tab that the bot published for a person."""
        return self.workspace.views.homes.get(self.user(user).id)

    # --- waiting and faults --------------------------------------------------------------------------

    async def wait_for(self, predicate: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until `predicate()` is truthy, looking again after every change.

        Raises:
            WaitedTooLong: it was still falsy after `seconds`.
        """
        try:
            async with asyncio.timeout(seconds), self._changes:
                await self._changes.wait_for(lambda: bool(predicate()))
        except TimeoutError as timeout:
            raise WaitedTooLong(self._transcript()) from timeout

    async def wait_for_reply(
        self, message: Message, count: int = 1, seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """Wait until a message's thread has `count` replies, and give the last of them."""
        await self.wait_for(lambda: len(self.replies(message)) >= count, seconds)
        return self.replies(message)[-1]

    async def wait_for_bot(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until a bot is connected by Socket Mode."""
        async with asyncio.timeout(seconds):
            await self.workspace.socket_mode.wait_connected()

    async def settle(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until every event is acked or given up: then nothing more comes of what was done."""
        async with asyncio.timeout(seconds):
            await self.workspace.outbox.settle()

    def drop_next_ack(self, count: int = 1) -> None:
        """Lose the next acks, so that what they acknowledged is delivered again."""
        self.faults.acks_to_drop += count

    async def ask_to_reconnect(self) -> None:
        """Send `disconnect` with `refresh_requested` to every connection, and close it."""
        await self.workspace.socket_mode.disconnect("refresh_requested")

    async def warn_connections(self) -> None:
        """Send `disconnect` with `warning` to every connection, which is to be closed soon and is not yet."""
        await self.workspace.socket_mode.disconnect("warning", close=False)

    def cut_connections(self) -> None:
        """Reset every Socket Mode connection without a word."""
        self.workspace.socket_mode.cut()

    def deliver_to(self, *request_urls: str) -> None:
        """Post payloads to these addresses in turn from now on, as to replicas; to none: by Socket Mode."""
        self.workspace.deliver_to(*request_urls)

    def _notice(self, _kind: str, _payload: JsonObject) -> None:
        task = asyncio.ensure_future(self._notify())
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._changes:
            self._changes.notify_all()

    def _transcript(self) -> str:
        lines = [f"{m.channel} {m.thread_ts or '-'} {m.ts} {m.user}: {m.text}" for m in self._said()]
        return "\n".join(("waited in vain; said so far:", *lines))

    def _said(self) -> list[Message]:
        return self.workspace.store.all_messages()


@contextlib.asynccontextmanager
async def running_workspace(
    options: WorkspaceOptions | None = None, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[RunningWorkspace]:
    """Serve a workspace in this event loop for the time of a `with` block.

    Raises:
        NotLoopback: `host` is not this machine's own.
        OSError: the port is taken.
    """
    workspace = Workspace(options)
    running, started = RunningWorkspace(workspace), asyncio.Event()
    serving = asyncio.create_task(serve_workspace(workspace, host, port, started=started))
    waiting = asyncio.create_task(started.wait())
    try:
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        yield running
    finally:
        waiting.cancel()
        serving.cancel()
        await asyncio.gather(serving, waiting, return_exceptions=True)
