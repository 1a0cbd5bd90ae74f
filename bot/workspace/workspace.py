"""One local workspace: its parts put together, and nothing of HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.workspace.delivery import DeliverySettings, Outbox
from bot.workspace.events import DEFAULT_SUBSCRIPTIONS, Events
from bot.workspace.faults import Faults
from bot.workspace.http_delivery import HttpDelivery
from bot.workspace.identity import Identity, TimestampClock
from bot.workspace.installs import Installs, OAuthOptions
from bot.workspace.model import Command, Shortcut
from bot.workspace.posting import Posting
from bot.workspace.response_urls import ResponseUrls
from bot.workspace.socket_mode import SocketMode
from bot.workspace.store import Store
from bot.workspace.triggers import Triggers
from bot.workspace.views import Views


@dataclass(frozen=True, slots=True)
class WorkspaceOptions:
    """How a workspace is furnished.

    Attributes:
        bot_name: the name that people mention.
        person: the name of the person at the page.
        channels: names of the public channels; the bot and the people are members of each.
        commands: the slash commands that the app registers.
        shortcuts: the shortcuts that the app registers.
        suggestions: questions that the page offers on a first visit.
        subscriptions: the events that the app subscribes to.
        delivery: times of acks and retries.
        request_url: where payloads are posted, signed; without it they go by Socket Mode.
        signing_secret: signs posts to `request_url`; made up when not given.
        oauth: the app as it is registered for installations.
        team_id: the workspace's id; made up when not given.
    """

    bot_name: str = "torchdesk"
    person: str = "you"
    team_name: str = "Local workspace"
    channels: Sequence[str] = ("general", "ml-help")
    commands: Sequence[Command] = ()
    shortcuts: Sequence[Shortcut] = ()
    suggestions: Sequence[str] = ()
    subscriptions: frozenset[str] = DEFAULT_SUBSCRIPTIONS
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    request_url: str | None = None
    signing_secret: str | None = None
    oauth: OAuthOptions = field(default_factory=OAuthOptions)
    team_id: str | None = None
    now: Callable[[], float] = time.time


def _identity(options: WorkspaceOptions) -> Identity:
    given = {"signing_secret": options.signing_secret, "team_id": options.team_id}
    return Identity(**{name: value for name, value in given.items() if value})


class Workspace:
    """State and protocol of one workspace with one app installed. Make it inside a running event loop."""

    def __init__(self, options: WorkspaceOptions | None = None) -> None:
        self.options = options or WorkspaceOptions()
        self.identity = _identity(self.options)
        self.installs = Installs(self.options.oauth, self.identity, self.options.now)
        self.faults = Faults(now=self.options.now)
        self.store = Store(self.identity, TimestampClock(self.options.now))
        self.socket_mode = SocketMode(self.identity.app_id, self.options.delivery.ack_seconds, self.faults)
        self.outbox = Outbox(self.socket_mode, self.options.delivery, self.faults)
        self.events = Events(self.store, self.outbox, self.options.subscriptions)
        self.posting = Posting(self.store, self.events)
        self.triggers = Triggers(self.options.now)
        self.views = Views(self.store, self.triggers)
        self.response_urls = ResponseUrls(self.store, self.posting)
        if self.options.request_url is not None:
            self.deliver_to(self.options.request_url)
        self._furnish()

    @property
    def base_url(self) -> str:
        """Where the workspace is served, such as `http://127.0.0.1:8300`; set by who serves it."""
        return self.response_urls.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.response_urls.base_url = url

    @property
    def link_url(self) -> str:
        """A WebSocket address for one Socket Mode connection."""
        address = self.base_url.replace("http", "ws", 1)
        return f"{address}/link/?ticket={self.socket_mode.new_ticket()}&app_id={self.identity.app_id}"

    @property
    def has_bot(self) -> bool:
        """Whether there is somewhere to deliver to."""
        return self.outbox.transport is not self.socket_mode or self.socket_mode.connection_count > 0

    def deliver_to(self, *request_urls: str) -> None:
        """Post payloads to these addresses in turn from now on, as to replicas; to none: by Socket Mode."""
        delivery = self.options.delivery
        self.outbox.transport = (
            HttpDelivery(request_urls, self.identity.signing_secret, delivery.ack_seconds, self.faults)
            if request_urls
            else self.socket_mode
        )

    async def close(self) -> None:
        """Stop deliveries and ask the connected bots to go."""
        self.faults.clear()
        await self.outbox.close()
        await self.socket_mode.disconnect("link_disabled")

    def _furnish(self) -> None:
        name = self.options.bot_name
        self.store.add_user(name, name.capitalize(), is_bot=True, user_id=self.identity.bot_user_id)
        self.person = self.store.add_user(self.options.person, self.options.person.capitalize())
        for channel in self.options.channels:
            self.store.add_channel(channel, self.store.users)
        self.store.open_im(self.person)
        self.socket_mode.on_change = lambda count: self.store.tell("connected", {"connected": count > 0})
