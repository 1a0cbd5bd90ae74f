"""The app's installation in the workspace: codes of consent, and the tokens that they are exchanged for."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.workspace.errors import Refusal, Refused
from bot.workspace.identity import Identity

CODE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class OAuthOptions:
    """The app as it is registered for installations.

    Attributes:
        client_id: what the app calls itself; made up when not given.
        client_secret: what proves it; made up when not given.
        redirect_uris: where people may be sent back to with a code.
        token_seconds: how long a bot token is good, with token rotation; without it, for good.
    """

    client_id: str = field(default_factory=lambda: f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}")
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    redirect_uris: Sequence[str] = ()
    token_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A bot token, and with token rotation what it is exchanged with before it runs out."""

    token: str = field(repr=False)
    scope: str
    refresh_token: str | None = field(default=None, repr=False)
    expires_in: int | None = None


@dataclass(frozen=True, slots=True)
class _Code:
    redirect_uri: str
    scope: str
    until: float


class Installs:
    """Hands out codes and tokens, and knows which tokens are good. The first one is, from the start."""

    def __init__(self, options: OAuthOptions, identity: Identity, now: Callable[[], float]) -> None:
        """`now` gives seconds since 1970."""
        self.options = options
        self._identity = identity
        self._now = now
        self._codes: dict[str, _Code] = {}
        self._used_codes: set[str] = set()
        self._good_until: dict[str, float | None] = {identity.bot_token: None}
        self._refresh_tokens: dict[str, str] = {}

    def consent(self, client_id: str, redirect_uri: str, scope: str) -> str:
        """A person says yes to `scope`: the code that goes back with them to `redirect_uri`."""
        if client_id != self.options.client_id:
            raise Refused(Refusal.INVALID_CLIENT_ID)
        if redirect_uri not in self.options.redirect_uris:
            raise Refused(Refusal.BAD_REDIRECT_URI)
        code = secrets.token_hex(16)
        self._codes[code] = _Code(redirect_uri, scope, self._now() + CODE_SECONDS)
        return code

    def check_app(self, client_id: str, client_secret: str) -> None:
        """Refuse whoever is not the app."""
        if client_id != self.options.client_id:
            raise Refused(Refusal.INVALID_CLIENT_ID)
        if not secrets.compare_digest(client_secret.encode(), self.options.client_secret.encode()):
            raise Refused(Refusal.BAD_CLIENT_SECRET)

    def exchange(self, code: str, redirect_uri: str) -> Grant:
        """Tokens for a code, once."""
        known = self._codes.pop(code, None)
        if known is None or known.until < self._now():
            raise Refused(Refusal.CODE_ALREADY_USED if code in self._used_codes else Refusal.INVALID_CODE)
        self._used_codes.add(code)
        if redirect_uri != known.redirect_uri:
            raise Refused(Refusal.BAD_REDIRECT_URI)
        return self._grant(known.scope)

    def refresh(self, refresh_token: str) -> Grant:
        """New tokens for a refresh token, once; the bot token before stays good until it runs out."""
        scope = self._refresh_tokens.pop(refresh_token, None)
        if scope is None:
            raise Refused(Refusal.INVALID_REFRESH_TOKEN)
        return self._grant(scope)

    def check_token(self, token: str) -> None:
        """Refuse a token that is not a good one of the bot."""
        if token not in self._good_until:
            raise Refused(Refusal.INVALID_AUTH)
        until = self._good_until[token]
        if until is not None and until <= 0:
            raise Refused(Refusal.ACCOUNT_INACTIVE)
        if until is not None and until <= self._now():
            raise Refused(Refusal.TOKEN_EXPIRED)

    def revoke(self) -> None:
        """The app is removed: no token is good any more."""
        self._good_until = dict.fromkeys(self._good_until, 0.0)
        self._refresh_tokens.clear()

    def _grant(self, scope: str) -> Grant:
        seconds = self.options.token_seconds
        if seconds is None:
            lasting = self._identity.bot_token
            token = lasting if self._good_until[lasting] is None else f"xoxb-{secrets.token_hex(24)}"
            self._good_until[token] = None
            return Grant(token, scope)
        token, refresh_token = f"xoxe.xoxb-1-{secrets.token_hex(24)}", f"xoxe-1-{secrets.token_hex(24)}"
        self._good_until[token] = self._now() + seconds
        self._refresh_tokens[refresh_token] = scope
        return Grant(token, scope, refresh_token, seconds)
