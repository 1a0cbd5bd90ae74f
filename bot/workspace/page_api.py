"""The page's own API under `/ui/`: the state at first, the actions of the person, and a stream of changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace import interactions, people
from bot.workspace.errors import NotDelivered, NothingToPress, Refused
from bot.workspace.model import Channel, Message
from bot.workspace.payloads import JsonObject, as_list, as_object, as_text
from bot.workspace.pressing import Press
from bot.workspace.workspace import Workspace

Action = Callable[[Workspace, JsonObject], Awaitable[JsonObject]]


def state_json(workspace: Workspace) -> JsonObject:
    """All that the page shows when it opens."""
    options, store = workspace.options, workspace.store
    person = workspace.person.id
    shown = [m for m in store.all_messages() if m.ephemeral_for in (None, person)]
    home = workspace.views.homes.get(person)
    return {
        "team": options.team_name,
        "me": person,
        "bot": workspace.identity.bot_user_id,
        "users": [{"id": u.id, "name": u.name, "is_bot": u.is_bot} for u in store.users.values()],
        "channels": [
            _channel_json(channel) for channel in store.channels.values() if person in channel.members
        ],
        "commands": [
            {"name": c.name, "description": c.description, "hint": c.usage_hint} for c in options.commands
        ],
        "shortcuts": [{"id": s.callback_id, "name": s.name, "kind": s.kind.value} for s in options.shortcuts],
        "suggestions": list(options.suggestions),
        "messages": [store.json(message) for message in shown],
        "views": workspace.views.json_stack(person),
        "home": workspace.views.json(home) if home else None,
        "connected": workspace.has_bot,
    }


def _channel_json(channel: Channel) -> JsonObject:
    return {"id": channel.id, "name": channel.name, "is_im": channel.is_im}


async def answer_state(workspace: Workspace, _request: Request) -> Response:
    """GET /ui/state."""
    return JSONResponse(state_json(workspace))


async def answer_action(workspace: Workspace, request: Request) -> Response:
    """POST /ui/act/{action}: a JSON body in, `{"ok": …}` out."""
    action = _ACTIONS.get(as_text(request.path_params.get("action")))
    if action is None:
        return JSONResponse({"ok": False, "error": "unknown_action"}, 404)
    try:
        fields = as_object(json.loads(await request.body()))
        return JSONResponse({"ok": True, **await action(workspace, fields)})
    except json.JSONDecodeError:
        return JSONResponse({"ok": False, "error": "invalid_json"}, 400)
    except Refused as refused:
        return JSONResponse({"ok": False, "error": refused.error, "messages": list(refused.messages)})
    except NotDelivered as failure:
        return JSONResponse({"ok": False, "error": failure.reason})
    except NothingToPress:
        return JSONResponse({"ok": False, "error": "nothing_to_press"})


async def stream_changes(workspace: Workspace, socket: WebSocket) -> None:
    """WS /ui/stream: every change as `{"kind", "payload"}`, until the page goes away."""
    await socket.accept()
    queue: asyncio.Queue[str] = asyncio.Queue()

    def listener(kind: str, payload: JsonObject) -> None:
        if _is_for(workspace.person.id, payload):
            queue.put_nowait(json.dumps({"kind": kind, "payload": payload}))

    workspace.store.listeners.append(listener)
    sender = asyncio.create_task(_forward(queue, socket))
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        workspace.store.listeners.remove(listener)
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)


async def _forward(queue: asyncio.Queue[str], socket: WebSocket) -> None:
    while True:
        await socket.send_text(await queue.get())


def _is_for(person: str, payload: JsonObject) -> bool:
    owner = payload.get("ephemeral_for") or ("views" in payload and payload.get("user"))
    return owner in (None, False, person)


def _message(workspace: Workspace, fields: JsonObject) -> Message:
    channel = workspace.store.channel(as_text(fields.get("channel")))
    return workspace.store.message(channel.id, as_text(fields.get("ts")))


async def _post(workspace: Workspace, fields: JsonObject) -> JsonObject:
    channel = workspace.store.channel(as_text(fields.get("channel")))
    thread_ts = as_text(fields.get("thread_ts")) or None
    message = people.post_as(workspace, workspace.person, channel, as_text(fields.get("text")), thread_ts)
    return {"ts": message.ts}


async def _edit(workspace: Workspace, fields: JsonObject) -> JsonObject:
    people.edit_as(workspace, workspace.person, _message(workspace, fields), as_text(fields.get("text")))
    return {}


async def _delete(workspace: Workspace, fields: JsonObject) -> JsonObject:
    people.delete_as(workspace, workspace.person, _message(workspace, fields))
    return {}


async def _dismiss(workspace: Workspace, fields: JsonObject) -> JsonObject:
    people.dismiss_as(workspace, workspace.person, _message(workspace, fields))
    return {}


async def _react(workspace: Workspace, fields: JsonObject) -> JsonObject:
    people.react_as(workspace, workspace.person, _message(workspace, fields), as_text(fields.get("name")))
    return {}


async def _open(workspace: Workspace, fields: JsonObject) -> JsonObject:
    people.open_home(workspace, workspace.person, as_text(fields.get("tab"), "messages"))
    return {}


async def _command(workspace: Workspace, fields: JsonObject) -> JsonObject:
    channel = workspace.store.channel(as_text(fields.get("channel")))
    name, _, text = as_text(fields.get("text")).strip().partition(" ")
    await interactions.run_command(workspace, workspace.person, channel, name, text.strip())
    return {}


async def _press(workspace: Workspace, fields: JsonObject) -> JsonObject:
    press = Press(
        as_text(fields.get("action_id")),
        as_text(fields.get("block_id")),
        tuple(as_text(value) for value in as_list(fields.get("values"))),
        as_object(fields.get("state")),
    )
    if fields.get("view_id"):
        view = workspace.views.get(as_text(fields.get("view_id")))
        await interactions.press_in_view(workspace, workspace.person, view, press)
    else:
        await interactions.press_in_message(workspace, workspace.person, _message(workspace, fields), press)
    return {}


async def _submit(workspace: Workspace, fields: JsonObject) -> JsonObject:
    view = workspace.views.get(as_text(fields.get("view_id")))
    values = as_object(fields.get("values"))
    submitted = await interactions.submit_view(workspace, workspace.person, view, values)
    return {"errors": submitted.errors}


async def _close(workspace: Workspace, fields: JsonObject) -> JsonObject:
    view = workspace.views.get(as_text(fields.get("view_id")))
    await interactions.close_view(workspace, workspace.person, view)
    return {}


async def _shortcut(workspace: Workspace, fields: JsonObject) -> JsonObject:
    message = _message(workspace, fields) if fields.get("ts") else None
    await interactions.run_shortcut(workspace, workspace.person, as_text(fields.get("id")), message)
    return {}


_ACTIONS: Final[Mapping[str, Action]] = {
    "post": _post,
    "edit": _edit,
    "delete": _delete,
    "dismiss": _dismiss,
    "react": _react,
    "open": _open,
    "command": _command,
    "press": _press,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
}
