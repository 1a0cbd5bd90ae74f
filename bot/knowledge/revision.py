"""Names a state of the knowledge, the same in every process that reads the same pages, and tells its age."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.files import knowledge_files, read_bytes

LENGTH: Final = 12


def revision_of(folders: Sequence[Path]) -> str:
    """Twelve hexadecimal digits over the names and contents of all pages, in the folders' order.

    Where the folders lie does not count. Reads every page: call it beside a load, not in the event loop.
    """
    digest = hashlib.sha256()
    for folder in folders:
        pages, _ = knowledge_files(folder)
        for page in pages:
            content = read_bytes(page)
            if isinstance(content, bytes):
                for part in (page.relative_to(folder).as_posix().encode(), content):
                    digest.update(len(part).to_bytes(8, "big") + part)
        digest.update(b"\n")
    return digest.hexdigest()[:LENGTH]


def checked_age(kb: KnowledgeBase, now: datetime) -> timedelta:
    """How long ago the day began (UTC) on which a person last compared a source with its page.

    Nothing where no source is named, and never less than nothing.
    """
    days = [source.checked for source in kb.sources.values()]
    if not days:
        return timedelta()
    return max(timedelta(), now - datetime.combine(max(days), time(), UTC))
