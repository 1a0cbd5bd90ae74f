"""What the bot remembers between restarts."""

from bot.storage.entries import Claimed, Counted, Entry
from bot.storage.errors import RefusedError, StorageError, UnreadableTokenError
from bot.storage.inbox import Inbox
from bot.storage.notes import Note, QuestionNote, ReplyNote
from bot.storage.opening import open_store
from bot.storage.store import Recalled, RememberedQuestion, RememberedReply, Store

__all__ = [
    "Claimed",
    "Counted",
    "Entry",
    "Inbox",
    "Note",
    "QuestionNote",
    "Recalled",
    "RefusedError",
    "RememberedQuestion",
    "RememberedReply",
    "ReplyNote",
    "StorageError",
    "Store",
    "UnreadableTokenError",
    "open_store",
]
