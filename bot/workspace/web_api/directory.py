"""auth.*, users.*, bots.*, apps.* and api.test: who is there and who is calling."""

from __future__ import annotations

from bot.workspace.errors import Refusal, Refused
from bot.workspace.model import User
from bot.workspace.payloads import JsonObject
from bot.workspace.web_api.arguments import Arguments
from bot.workspace.web_api.paging import next_page, page_of
from bot.workspace.workspace import Workspace


def api_test(_workspace: Workspace, arguments: Arguments) -> JsonObject:
    """api.test: gives back its arguments, or the error asked for."""
    error = arguments.text("error")
    if error:
        raise Refused(error)
    given = {name: value for name, value in arguments.fields.items() if name != "token"}
    return {"args": given} if given else {}


def auth_test(workspace: Workspace, _arguments: Arguments) -> JsonObject:
    """auth.test: the bot, as itself."""
    identity = workspace.identity
    return {
        "url": f"{workspace.base_url}/",
        "team": workspace.options.team_name,
        "user": workspace.options.bot_name,
        "team_id": identity.team_id,
        "user_id": identity.bot_user_id,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(workspace: Workspace, _arguments: Arguments) -> JsonObject:
    """apps.connections.open: an address for one Socket Mode connection."""
    return {"url": workspace.link_url}


def users_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """users.info."""
    return {"user": _user(workspace, workspace.store.user(arguments.required("user")))}


def users_list(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """users.list."""
    page, cursor = page_of(list(workspace.store.users.values()), arguments)
    now = int(workspace.options.now())
    return {"members": [_user(workspace, user) for user in page], "cache_ts": now, **next_page(cursor)}


def bots_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """bots.info of the one bot there is."""
    identity = workspace.identity
    if arguments.text("bot") not in ("", identity.bot_id):
        raise Refused(Refusal.BOT_NOT_FOUND)
    bot: JsonObject = {
        "id": identity.bot_id,
        "deleted": False,
        "name": workspace.options.bot_name,
        "app_id": identity.app_id,
        "user_id": identity.bot_user_id,
        "icons": {},
    }
    return {"bot": bot}


def _user(workspace: Workspace, user: User) -> JsonObject:
    profile: JsonObject = {
        "real_name": user.real_name,
        "display_name": user.name,
        "real_name_normalized": user.real_name,
        "display_name_normalized": user.name,
        "team": workspace.identity.team_id,
    }
    bot: JsonObject = {"bot_id": workspace.identity.bot_id, "api_app_id": workspace.identity.app_id}
    return {
        "id": user.id,
        "team_id": workspace.identity.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_admin": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_stranger": False,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "locale": "en-US",
        "profile": profile | bot if user.is_bot else profile,
    }
