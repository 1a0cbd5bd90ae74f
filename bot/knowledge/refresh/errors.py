"""What can go wrong while asking a package index."""

from __future__ import annotations

from bot.errors import BotError


class RefreshError(BotError):
    """The comparison with the index could not be made; one line says why and what to do."""


class IndexUnreachable(RefreshError):
    """An index gave no usable answer, though asked several times."""


class MetadataUnavailable(RefreshError):
    """What a file of the index requires could not be read."""
