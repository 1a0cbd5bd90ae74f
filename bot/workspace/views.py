"""Views: modals, stacked three deep, and the home tab."""

from __future__ import annotations

import copy
import secrets
from typing import Final

from bot.workspace.blocks import check_view, with_ids
from bot.workspace.errors import Refusal, Refused
from bot.workspace.identity import new_id
from bot.workspace.model import View
from bot.workspace.payloads import JsonObject, as_objects, as_text
from bot.workspace.store import Store
from bot.workspace.triggers import Triggers

STACK_AT_MOST: Final = 3


class Views:
    """The open modals of each person, topmost last, and each person's home tab."""

    def __init__(self, store: Store, triggers: Triggers) -> None:
        self._store = store
        self._triggers = triggers
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def open(self, trigger_id: str, content: JsonObject) -> View:
        """Open a modal; raises what Slack refuses of the trigger or the view."""
        check_view(content)
        user, _ = self._triggers.exchange(trigger_id)
        self._check_external_id(content)
        view = self._new(user, content)
        self.stacks[user] = [view]
        return self._tell(view)

    def push(self, trigger_id: str, content: JsonObject) -> View:
        """Put a modal on top of the one that the person acted in."""
        check_view(content)
        user, below = self._triggers.exchange(trigger_id)
        if below is None or not self.stacks.get(user):
            raise Refused(Refusal.INVALID_TRIGGER_ID)
        return self.push_for(user, content)

    def push_for(self, user: str, content: JsonObject) -> View:
        """Put a modal on top of a person's stack; raises `push_limit_reached` above three."""
        check_view(content)
        stack = self.stacks[user]
        if len(stack) >= STACK_AT_MOST:
            raise Refused(Refusal.PUSH_LIMIT_REACHED)
        self._check_external_id(content)
        view = self._new(user, content, below=stack[-1])
        stack.append(view)
        return self._tell(view)

    def publish(self, user: str, content: JsonObject) -> View:
        """Publish a person's home tab."""
        if content.get("type") != "home":
            raise Refused(Refusal.INVALID_ARGUMENTS, "[ERROR] must be of type home [json-pointer:/view/type]")
        check_view(content)
        view = self._new(user, content)
        self.homes[user] = view
        return self._tell(view)

    def update(self, view: View, content: JsonObject, hash_seen: str = "") -> View:
        """Replace the content of an open view; raises `hash_conflict` when it changed meanwhile."""
        check_view(content)
        if hash_seen and hash_seen != view.hash:
            raise Refused(Refusal.HASH_CONFLICT)
        view.content, view.hash = _complete(content), self._hash()
        return self._tell(view)

    def close(self, view: View, *, whole_stack: bool = False) -> None:
        """Take a modal, or all of its stack, off the screen."""
        stack = self.stacks.get(view.user, [])
        del stack[0 if whole_stack else stack.index(view) :]
        self._store.tell("views", {"user": view.user, "views": self.json_stack(view.user)})

    def get(self, view_id: str = "", external_id: str = "") -> View:
        """A view by id or external id; raises `not_found`."""
        for view in (*(view for stack in self.stacks.values() for view in stack), *self.homes.values()):
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        raise Refused(Refusal.NOT_FOUND)

    def json_stack(self, user: str) -> list[JsonObject]:
        """The modals open for a person, topmost last."""
        return [self.json(view) for view in self.stacks.get(user, [])]

    def json(self, view: View) -> JsonObject:
        """A view as the Web API and the payloads give it."""
        identity = self._store.identity
        return {
            "submit": None,
            "close": None,
            "callback_id": "",
            "private_metadata": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "external_id": "",
            **view.content,
            "id": view.id,
            "team_id": identity.team_id,
            "app_id": identity.app_id,
            "app_installed_team_id": identity.team_id,
            "bot_id": identity.bot_id,
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "state": {"values": {}},
        }

    def _new(self, user: str, content: JsonObject, below: View | None = None) -> View:
        view_id = new_id("V")
        root, previous = (below.root_id, below.id) if below else (view_id, None)
        return View(view_id, user, _complete(content), self._hash(), root, previous)

    def _hash(self) -> str:
        return f"{int(self._store.clock.now())}.{secrets.token_hex(4)}"

    def _check_external_id(self, content: JsonObject) -> None:
        wanted = as_text(content.get("external_id"))
        taken = {view.external_id for stack in self.stacks.values() for view in stack}
        if wanted and wanted in taken:
            raise Refused(Refusal.DUPLICATE_EXTERNAL_ID)

    def _tell(self, view: View) -> View:
        if view.kind == "home":
            self._store.tell("home", {"user": view.user, "view": self.json(view)})
        else:
            self._store.tell("views", {"user": view.user, "views": self.json_stack(view.user)})
        return view


def _complete(content: JsonObject) -> JsonObject:
    return {**copy.deepcopy(content), "blocks": with_ids(as_objects(content.get("blocks")))}
