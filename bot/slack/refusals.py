"""Slack's error codes about tokens, in words for whoever runs the bot: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from slack_sdk.errors import SlackApiError

_REINSTALL: Final = (
    "reinstall the app in the workspace (Install App on the app's page) and copy its new token"
)
_ADMINISTRATOR: Final = (
    "a rule of the workspace or the organisation forbids it: ask an administrator of Slack"
)
_TROUBLE: Final = "Slack itself has trouble (slack-status.com): try again later"

_ADVICE: Final[Mapping[str, str]] = {
    "invalid_auth": "it is no token of an app here: copy it again from the app's page, the whole of it",
    "not_authed": "no token arrived: set it, and see that a proxy does not take it away",
    "token_revoked": f"the token is revoked: {_REINSTALL}",
    "token_expired": f"the token has expired: {_REINSTALL}",
    "account_inactive": f"the app is uninstalled or its workspace is gone: {_REINSTALL}",
    "not_allowed_token_type": "it is another kind of token: SLACK_BOT_TOKEN takes the one that begins with "
    "xoxb-, SLACK_APP_TOKEN the app-level one that begins with xapp-",
    "missing_scope": "the token lacks a scope{needed}: add it on the app's page, reinstall the app and copy "
    "the new token",
    "access_denied": _ADMINISTRATOR,
    "ekm_access_denied": _ADMINISTRATOR,
    "enterprise_is_restricted": _ADMINISTRATOR,
    "forbidden_team": _ADMINISTRATOR,
    "no_permission": _ADMINISTRATOR,
    "org_login_required": _ADMINISTRATOR,
    "team_access_not_granted": _ADMINISTRATOR,
    "ratelimited": "too many calls in a short time: try again in a minute",
    "accesslimited": "too many calls in a short time: try again in a minute",
    "fatal_error": _TROUBLE,
    "internal_error": _TROUBLE,
    "request_timeout": _TROUBLE,
    "service_unavailable": _TROUBLE,
    "team_added_to_org": "the workspace is being moved to an organisation: try again in some minutes",
    "unknown_method": "what answers there is not Slack's Web API: see SLACK_API_URL, which ends in /api/",
}
_PASSING: Final = frozenset(
    {code for code, text in _ADVICE.items() if text is _TROUBLE}
    | {"ratelimited", "accesslimited", "team_added_to_org"}
)
_HTTP: Final = "http_"


def code_of(error: SlackApiError) -> str:
    """Slack's name of an error; `http_503` and the like where the answer was none of Slack's JSON."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return code_in(response) or f"{_HTTP}{status}"


def code_in(response: object) -> str:
    """Slack's name of the error in an answer; an empty text where that is none of Slack's JSON."""
    data = response if isinstance(response, Mapping) else getattr(response, "data", None)
    code = data.get("error") if isinstance(data, Mapping) else None
    return code if isinstance(code, str) and code.isidentifier() else ""


def needed_by(error: SlackApiError) -> str:
    """The scope that Slack names as missing, or nothing."""
    return needed_in(error.response)


def needed_in(response: object) -> str:
    """The scope that an answer of Slack names as missing, or nothing."""
    data = getattr(response, "data", None)
    needed = data.get("needed") if isinstance(data, Mapping) else None
    return (
        needed
        if isinstance(needed, str) and needed.replace(":", "_").replace(".", "_").isidentifier()
        else ""
    )


def advice(code: str, needed: str = "") -> str:
    """What an error code means and what to do. `needed` is the scope that is missing, where it is known."""
    if code.startswith(_HTTP):
        return f"no answer as Slack gives them: see SLACK_API_URL and any proxy; or {_TROUBLE}"
    text = _ADVICE.get(code, "search Slack's API documentation for this error")
    return text.format(needed=f" ({needed})" if needed else "")


def is_passing(code: str) -> bool:
    """Whether the token may be good, and only the moment was bad."""
    return code in _PASSING or code.startswith(_HTTP)


def is_about_token(code: str) -> bool:
    """Whether it is the token, or what it may do, that Slack does not accept."""
    return code in _ADVICE and not is_passing(code) and code != "unknown_method"
