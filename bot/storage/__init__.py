"""What the bot remembers between restarts."""

from bot.storage.errors import StorageError
from bot.storage.opening import open_store
from bot.storage.store import RememberedQuestion, RememberedReply, Store

__all__ = ["RememberedQuestion", "RememberedReply", "StorageError", "Store", "open_store"]
