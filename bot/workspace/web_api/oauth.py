"""oauth.v2.access, and the page of consent before it: the app is installed by the person at the page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject, without_nulls
from bot.workspace.web_api.arguments import Arguments
from bot.workspace.workspace import Workspace

REFRESH: Final = "refresh_token"


async def answer_consent(workspace: Workspace, request: Request) -> Response:
    """`/oauth/v2/authorize`: says yes at once, and sends the browser back with a code."""
    asked = request.query_params
    redirect_uri = asked.get("redirect_uri", "")
    try:
        code = workspace.installs.consent(asked.get("client_id", ""), redirect_uri, asked.get("scope", ""))
    except Refused as refused:
        return PlainTextResponse(refused.error, 400)
    query = urlencode({"code": code, "state": asked.get("state", "")})
    return RedirectResponse(f"{redirect_uri}?{query}", 302)


def oauth_v2_access(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """oauth.v2.access: tokens for a code or for a refresh token."""
    workspace.installs.check_app(arguments.text("client_id"), arguments.text("client_secret"))
    kind = arguments.text("grant_type")
    if kind not in ("", "authorization_code", REFRESH):
        raise Refused(Refusal.INVALID_GRANT_TYPE)
    if kind == REFRESH:
        grant = workspace.installs.refresh(arguments.text("refresh_token"))
    else:
        grant = workspace.installs.exchange(arguments.text("code"), arguments.text("redirect_uri"))
    answer: JsonObject = {
        "app_id": workspace.identity.app_id,
        "authed_user": {"id": workspace.person.id},
        "scope": grant.scope,
        "token_type": "bot",
        "access_token": grant.token,
        "bot_user_id": workspace.identity.bot_user_id,
        "refresh_token": grant.refresh_token,
        "expires_in": grant.expires_in,
        "team": {"id": workspace.identity.team_id, "name": workspace.options.team_name},
    }
    return {**without_nulls(answer), "enterprise": None, "is_enterprise_install": False}
