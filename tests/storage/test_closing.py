"""Closing an event and noting its answer is one thing: both are so, or neither."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.storage import Counted, RefusedError, RememberedQuestion, ReplyNote, StorageError, Store
from bot.storage.notes import Note, Notes, QuestionNote
from tests.storage.support import asked_before, entry, upgraded

QUESTION = QuestionNote("C1", "1.1", "1.1", "asked")
REPLY = ReplyNote("C1", "1.1", "C1", "1.2", "en", "d")
UNSTORABLE = ReplyNote("C1", "1.1", "C1", "1.2", "en", "\ud800")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store."""
    async with upgraded(database_url) as opened:
        yield opened


async def test_what_is_noted_stands_with_the_end(store: Store) -> None:
    """As whoever asks next finds it."""
    await store.inbox.accept(entry())
    (claimed,) = await store.inbox.claim("me", 1, 30)
    assert await store.inbox.finish("me", claimed, "answered", notes=(QUESTION, REPLY))
    recalled = await store.recall("T1", "C1", "1.1", "2.0")
    assert recalled.before == RememberedQuestion("1.1", "asked")
    assert await store.reply_for("T1", "C1", "1.1") is not None


async def test_an_end_whose_notes_fail_is_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is still held, and closed with its notes another time."""

    async def fail(_self: Notes, *_: object) -> None:
        raise StorageError("gone")

    await store.inbox.accept(entry())
    (claimed,) = await store.inbox.claim("me", 1, 30)
    with monkeypatch.context() as broken:
        broken.setattr(Notes, "write", fail)
        with pytest.raises(StorageError):
            await store.inbox.finish("me", claimed, "answered", notes=(REPLY,))
    assert await store.inbox.renew("me", [claimed.id], 30) == {claimed.id}
    assert await store.inbox.finish("me", claimed, "answered", notes=(REPLY,))


async def test_an_end_is_taken_back_where_a_later_note_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so is the note before it."""
    write = Notes.write

    async def fail_second(self: Notes, connection: object, team: str, note: Note) -> None:
        if note is REPLY:
            raise StorageError("gone")
        await write(self, connection, team, note)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Notes, "write", fail_second)
    await store.inbox.accept(entry())
    (claimed,) = await store.inbox.claim("me", 1, 30)
    with pytest.raises(StorageError):
        await store.inbox.finish("me", claimed, "answered", notes=(QUESTION, REPLY))
    assert await asked_before(store, "T1", "C1", "1.1", "2.0") is None


async def test_whoever_lost_an_event_notes_nothing_of_it(store: Store) -> None:
    """Another process has it, and may have said something else."""
    await store.inbox.accept(entry())
    (claimed,) = await store.inbox.claim("late", 1, -1)
    await store.inbox.recover()
    await store.inbox.claim("other", 1, 30, suspects=True)
    assert not await store.inbox.finish("late", claimed, "answered", notes=(QUESTION, REPLY))
    assert await store.reply_for("T1", "C1", "1.1") is None
    assert await asked_before(store, "T1", "C1", "1.1", "2.0") is None


async def test_what_the_database_never_takes_is_told_apart(store: Store) -> None:
    """From what it may take in a moment."""
    await store.inbox.accept(entry())
    (claimed,) = await store.inbox.claim("me", 1, 30)
    with pytest.raises(RefusedError):
        await store.inbox.finish("me", claimed, "answered", notes=(UNSTORABLE,))


async def test_a_subject_is_freed_once(store: Store) -> None:
    """However often an apology is put off: it would grow beyond what its column takes."""
    await store.inbox.accept(entry())
    for _ in range(3):
        (claimed,) = await store.inbox.claim("me", 1, 30)
        await store.inbox.free("me", claimed)
        await store.inbox.put_off("me", claimed, 0)
    (claimed,) = await store.inbox.claim("me", 1, 30)
    assert claimed.entry.subject == f"{entry().subject}/freed/{claimed.id}"


async def test_only_whoever_holds_an_event_frees_its_subject(store: Store) -> None:
    """A process that stalled may come late."""
    await store.inbox.accept(entry())
    (claimed,) = await store.inbox.claim("me", 1, 30)
    await store.inbox.free("other", claimed)
    assert await store.inbox.holds("T1", entry().subject)


async def test_a_person_s_count_is_of_one_workspace_and_of_questions(store: Store) -> None:
    """The same id elsewhere is somebody else; a button is no question."""
    counted = Counted(("asked",), 60)
    for number in range(3):
        await store.inbox.accept(entry(number, channel=f"C{number}"))
    other, press = entry(4, team="T2", channel="C4"), entry(5, channel="C5")
    await store.inbox.accept(other)
    await store.inbox.accept(
        type(press)(**{n: getattr(press, n) for n in press.__slots__} | {"kind": "pressed"})
    )
    claimed = await store.inbox.claim("me", 10, 30, counted=counted)
    found = {each.entry.channel: dict(each.before) for each in claimed}
    assert found == {"C0": {}, "C1": {"": 1}, "C2": {"": 2}, "C4": {}, "C5": {}}
