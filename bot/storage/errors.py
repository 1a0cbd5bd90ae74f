"""What goes wrong between the bot and its database."""

from bot.errors import BotError


class StorageError(BotError):
    """The database could not be opened, read or written."""
