"""The Web API's front door: which method, whose token, and Slack's way of saying no."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject, as_object, as_text
from bot.workspace.web_api import chat, conversations, directory, oauth, surfaces
from bot.workspace.web_api.arguments import Arguments
from bot.workspace.web_api.troubled import Answer, carry_out_or_trouble, refusal
from bot.workspace.workspace import Workspace

Method = Callable[[Workspace, Arguments], JsonObject]


class Token(Enum):
    """The kind of token that a method takes."""

    NONE = "none"
    BOT = "xoxb-"
    APP = "xapp-"


_OPEN: Final[Mapping[str, Method]] = {
    "api.test": directory.api_test,
    "oauth.v2.access": oauth.oauth_v2_access,
}
_FOR_APP: Final[Mapping[str, Method]] = {"apps.connections.open": directory.connections_open}
_FOR_BOT: Final[Mapping[str, Method]] = {
    "agents.sessions.setStatus": surfaces.set_session_status,
    "assistant.threads.setStatus": surfaces.set_status,
    "assistant.threads.setSuggestedPrompts": surfaces.set_suggested_prompts,
    "assistant.threads.setTitle": surfaces.set_title,
    "auth.test": directory.auth_test,
    "bots.info": directory.bots_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_channels,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_im,
    "conversations.replies": conversations.replies,
    "reactions.add": surfaces.reactions_add,
    "reactions.remove": surfaces.reactions_remove,
    "users.info": directory.users_info,
    "users.list": directory.users_list,
    "views.open": surfaces.views_open,
    "views.publish": surfaces.views_publish,
    "views.push": surfaces.views_push,
    "views.update": surfaces.views_update,
}


async def answer_call(workspace: Workspace, request: Request) -> Answer:
    """Answer one Web API call over HTTP, or trouble it as a test asks."""
    name = as_text(request.path_params.get("method"))
    try:
        fields = await _read_fields(request)
        method, kind = _find(name)
        _check_token(workspace, kind, _token_of(request, fields))
    except Refused as refused:
        return refusal(refused)

    def carry_out() -> Response:
        try:
            return JSONResponse({"ok": True, **method(workspace, Arguments(fields))})
        except Refused as refused:
            return refusal(refused)

    return await carry_out_or_trouble(workspace.faults, name, as_text(fields.get("channel")), carry_out)


def _find(name: str) -> tuple[Method, Token]:
    for methods, kind in ((_FOR_BOT, Token.BOT), (_FOR_APP, Token.APP), (_OPEN, Token.NONE)):
        if name in methods:
            return methods[name], kind
    raise Refused(Refusal.UNKNOWN_METHOD)


def _check_token(workspace: Workspace, kind: Token, given: str) -> None:
    if kind is Token.NONE:
        return
    if not given:
        raise Refused(Refusal.NOT_AUTHED)
    is_of_app = given == workspace.identity.app_token
    if not is_of_app:
        workspace.installs.check_token(given)
    if is_of_app is not (kind is Token.APP):
        raise Refused(Refusal.NOT_ALLOWED_TOKEN_TYPE)


def _token_of(request: Request, fields: JsonObject) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else as_text(fields.pop("token", None))


async def _read_fields(request: Request) -> JsonObject:
    fields: JsonObject = dict(request.query_params) | _read_app(request.headers.get("authorization", ""))
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST":
        return fields
    if content_type == "application/json":
        return fields | _read_json(await request.body())
    return fields | dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _read_app(authorization: str) -> JsonObject:
    """The app's id and secret, where they come as HTTP Basic authentication."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": client_secret}


def _read_json(body: bytes) -> JsonObject:
    try:
        value = json.loads(body or b"{}")
    except ValueError as broken:
        raise Refused(Refusal.INVALID_JSON) from broken
    if not isinstance(value, dict):
        raise Refused(Refusal.JSON_NOT_OBJECT)
    return as_object(value)
