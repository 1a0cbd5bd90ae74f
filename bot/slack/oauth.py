"""Installing the bot in a workspace: the way to Slack, and the way back with a code for a token."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypedDict
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from structlog.typing import FilteringBoundLogger

from bot.presenting.surface import InstallPhrases
from bot.settings import Settings, SettingsError
from bot.slack.exchanging import AppCredentials, ExchangeError, OAuthClient, exchange
from bot.slack.install_page import PAGE_HEADERS, read_language, render_page
from bot.slack.scopes import BOT_SCOPES
from bot.storage import StorageError

if TYPE_CHECKING:
    from bot.storage.installations import OAuthStores

log: FilteringBoundLogger = structlog.get_logger(__name__)

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
AUTHORIZE_URL: Final = "https://slack.com/oauth/v2/authorize"
COOKIE: Final = "torchdesk-oauth-state"
CANCELLED: Final = "access_denied"


class _Cookie(TypedDict):
    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


class Remembering(Protocol):
    """Whoever remembers installations and has to read anew when there is one more."""

    def forget_remembered(self) -> None:
        """Read from the store next time."""


def oauth_routes(
    settings: Settings,
    stores: OAuthStores,
    workspaces: Remembering,
    phrases: Callable[[str], InstallPhrases],
    client: OAuthClient,
    *,
    authorize_url: str = AUTHORIZE_URL,
) -> list[Route]:
    """`GET /slack/install` and `GET /slack/oauth_redirect`.

    Args:
        settings: client id and secret are needed; `public_url` is where Slack sends the browser back to,
            and without it Slack takes the first address that the app registered.
        stores: installations and states.
        workspaces: told of a new installation.
        phrases: the page's words in the browser's language.
        client: made by `oauth_client`.
        authorize_url: Slack's page of consent.

    Raises:
        SettingsError: the client id or secret is missing.
    """
    flow = _Flow(_credentials(settings), stores, workspaces, phrases, client, authorize_url)
    return [
        Route(INSTALL_PATH, flow.begin, methods=["GET"]),
        Route(REDIRECT_PATH, flow.end, methods=["GET"]),
    ]


def _credentials(settings: Settings) -> AppCredentials:
    if not settings.slack_client_id or not settings.slack_client_secret:
        raise SettingsError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are needed to install in workspaces")
    public_url = settings.public_url
    redirect_uri = public_url.rstrip("/") + REDIRECT_PATH if public_url else None
    return AppCredentials(settings.slack_client_id, settings.slack_client_secret, redirect_uri)


@dataclass(frozen=True, slots=True)
class _Flow:
    app: AppCredentials
    stores: OAuthStores
    workspaces: Remembering
    phrases: Callable[[str], InstallPhrases]
    client: OAuthClient
    authorize_url: str

    async def begin(self, request: Request) -> Response:
        """Send the browser to Slack with a state that it also keeps as a cookie."""
        try:
            state = await self.stores.states.async_issue()
        except StorageError:
            return self._page(request, 503, "storage")
        response = RedirectResponse(f"{self.authorize_url}?{self._query(state)}", 302)
        response.headers["Cache-Control"] = "no-store"
        seconds = self.stores.states.expiration_seconds
        response.set_cookie(COOKIE, state, max_age=seconds, **self._cookie())
        return response

    async def end(self, request: Request) -> Response:
        """Check where the browser comes from, get the token, keep it, say so."""
        state, cookie = request.query_params.get("state", ""), request.cookies.get(COOKIE, "")
        if not state or not hmac.compare_digest(state.encode(), cookie.encode()):
            return self._page(request, 403, "other_browser")
        page = await self._end(request, state)
        page.delete_cookie(COOKIE, **self._cookie())
        return page

    async def _end(self, request: Request, state: str) -> Response:
        try:
            if not await self.stores.states.async_consume(state):
                return self._page(request, 401, "state")
            if error := request.query_params.get("error"):
                return (
                    self._page(request, 200, CANCELLED)
                    if error == CANCELLED
                    else self._page(request, 400, "error")
                )
            installation = await exchange(self.client, self.app, request.query_params.get("code", ""))
            await self.stores.installations.async_save(installation)
        except ExchangeError as error:
            return self._page(request, error.status, error.reason)
        except StorageError:
            return self._page(request, 503, "storage")
        self.workspaces.forget_remembered()
        log.info("installed", team=installation.team_id, enterprise=installation.enterprise_id)
        return self._page(request, 200)

    def _query(self, state: str) -> str:
        fields = {"client_id": self.app.client_id, "scope": ",".join(BOT_SCOPES), "state": state}
        if self.app.redirect_uri:
            fields["redirect_uri"] = self.app.redirect_uri
        return urlencode(fields)

    def _cookie(self) -> _Cookie:
        """Kept from scripts and from other pages' requests, but sent when Slack's page leads back here."""
        return {"path": REDIRECT_PATH, "secure": self.app.is_secure, "httponly": True, "samesite": "lax"}

    def _page(self, request: Request, status: int, refusal: str = "") -> Response:
        """One sentence; why it is not the good one stands in the log alone."""
        words = self.phrases(read_language(request.headers.get("accept-language", "")))
        if refusal:
            log.warning("nothing_installed", status=status, reason=refusal)
        body = render_page(words.lang, words.title, _sentence(words, status, refusal))
        return HTMLResponse(body, status, headers=dict(PAGE_HEADERS))


def _sentence(words: InstallPhrases, status: int, refusal: str) -> str:
    if not refusal:
        return words.installed
    if refusal == CANCELLED:
        return words.cancelled
    return words.refused if status in (401, 403) else words.failed
