"""Seals tokens before they are stored: the first key seals, any key opens, so that keys can be replaced."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import BotError
from bot.storage.errors import UnreadableTokenError


class TokenKeysError(BotError):
    """`TOKEN_KEYS` is missing, or holds something that is no key."""


class Seal:
    """Authenticated encryption with one key or several (Fernet; its text is about 1.4 times as long)."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are 32 random bytes each, URL-safe base64; the first seals.

        Raises:
            TokenKeysError: there is no key, or one is none. The message tells which, never what it is.
        """
        if not keys:
            raise TokenKeysError("TOKEN_KEYS is not set: make a key with `bot db new-key`")
        self._fernet = MultiFernet([_read_key(key, number) for number, key in enumerate(keys, start=1)])

    def close(self, token: str) -> str:
        """The token as it is stored."""
        return self._fernet.encrypt(token.encode()).decode()

    def open(self, sealed: str) -> str:
        """The token again.

        Raises:
            UnreadableTokenError: no key opens it, or somebody changed it.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise UnreadableTokenError("no key in TOKEN_KEYS opens it") from error

    def renew(self, sealed: str) -> str:
        """The same token under the first key.

        Raises:
            UnreadableTokenError: no key opens it, or somebody changed it.
        """
        try:
            return self._fernet.rotate(sealed).decode()
        except InvalidToken as error:
            raise UnreadableTokenError("no key in TOKEN_KEYS opens it") from error


def new_key() -> str:
    """A fresh key for `TOKEN_KEYS`."""
    return Fernet.generate_key().decode()


def _read_key(key: str, number: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        message = (
            f"TOKEN_KEYS: key {number} is none (32 bytes in URL-safe base64; `bot db new-key` makes one)"
        )
        raise TokenKeysError(message) from error
