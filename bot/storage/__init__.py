"""What the bot remembers between restarts."""

from bot.storage.errors import StorageError, UnreadableTokenError
from bot.storage.inbox import Claimed, Entry, Inbox
from bot.storage.opening import open_store
from bot.storage.store import RememberedQuestion, RememberedReply, Store

__all__ = [
    "Claimed",
    "Entry",
    "Inbox",
    "RememberedQuestion",
    "RememberedReply",
    "StorageError",
    "Store",
    "UnreadableTokenError",
    "open_store",
]
