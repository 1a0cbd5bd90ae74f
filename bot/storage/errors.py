"""What goes wrong between the bot and its database."""

from bot.errors import BotError


class StorageError(BotError):
    """The database could not be opened, read or written."""


class RefusedError(StorageError):
    """The database does not take what it was given, and would not take it another time."""


class TablesBehindError(StorageError):
    """The tables are older than this program, or not there yet."""

    def __init__(self) -> None:
        super().__init__("the database's tables are older than this program: run `bot db upgrade` first")


class UnreadableTokenError(BotError):
    """A stored token that no key opens. It concerns one workspace; the others go on."""
