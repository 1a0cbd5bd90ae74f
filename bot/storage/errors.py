"""What goes wrong between the bot and its database."""

from bot.errors import BotError


class StorageError(BotError):
    """The database could not be opened, read or written."""


class UnreadableTokenError(BotError):
    """A stored token that no key opens. It concerns one workspace; the others go on."""
