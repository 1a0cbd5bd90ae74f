"""The inbox: events stored before they are acknowledged, each claimed by one process at a time.

An event stands in a lane: its channel, or its person where only that one sees the answer. Of a lane only the
oldest open event is handed out, so that an edit comes after its question, and a lane rests a while after each
post, as Slack asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import (
    Row,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.batching import Batches
from bot.storage.database import Database
from bot.storage.entries import Claimed, Counted, Depth, Entry, Parked
from bot.storage.errors import StorageError
from bot.storage.notes import Note, Notes
from bot.storage.schema import CLAIMED, DONE, IS_OPEN, KEY_LENGTH, OPEN, PARKED, WAITING, inbox, lanes

FEED: Final = 100
"""How many texts one transaction of `expire` hashes, and how many parked events are listed."""

MOST_DELETED: Final = 10_000

ACCEPT_SECONDS: Final = 2.4
"""How long an event may take to be stored: whoever sent it waits three seconds, and is told before."""

Digest = Callable[[str], str]

_NUMBERS: Final = ("id", "age", "failures", "losses", "delays")

_IS_SUSPECT: Final = inbox.c.losses > inbox.c.delays


class Inbox:
    """Every method raises `StorageError` where the database fails."""

    def __init__(self, database: Database) -> None:
        """One for each process."""
        self._db = database
        self._notes = Notes(database)
        self._batches: Batches[Entry] = Batches(self._store)
        clock = database.clock
        self._arrival = database.insert(inbox, received_at=clock, due_at=clock, lease_until=0)
        self._lane = database.upsert(lanes, ("lane",), "free_at")
        held = (IS_OPEN, inbox.c.state == CLAIMED, inbox.c.owner == bindparam("holder"))
        done = update(inbox).where(*held, inbox.c.id == bindparam("event"))
        self._done = done.values(state=DONE, owner="", outcome=bindparam("result"), finished_at=clock)

    async def accept(self, entry: Entry) -> None:
        """Store an event, unless it is there already. Once this returns, it may be acknowledged.

        One that took too long may be found stored later all the same: sent again, it is the same event.
        """
        try:
            async with asyncio.timeout(ACCEPT_SECONDS):
                await self._batches.add(entry)
        except TimeoutError as error:
            raise StorageError("the database failed: an event was not stored in time") from error

    async def claim(
        self,
        owner: str,
        limit: int,
        lease: float,
        *,
        suspects: bool = False,
        counted: Counted | None = None,
    ) -> list[Claimed]:
        """Take up to `limit` due events, at most one of each lane, for `lease` seconds.

        With `suspects` those that a process was holding when it was gone; without, the others. One that was
        tried since and put off, without harm, is a suspect no more. `counted`: what `before` tells of each.
        """
        async with self._db.connection() as connection:
            query = self._due(limit, suspects=suspects)
            if self._db.is_postgres:
                query = query.with_for_update(skip_locked=True, of=inbox)
            ids = [int(row.id) for row in await connection.execute(query)]
            if not ids:
                return []
            taken = update(inbox).where(inbox.c.id.in_(ids), inbox.c.state == WAITING)
            until = self._db.now(int(lease * 1_000))
            taken = taken.values(state=CLAIMED, owner=owner, lease_until=until)
            columns = (*inbox.c, (self._db.now() - inbox.c.received_at).label("age"))
            rows = (await connection.execute(taken.returning(*columns))).all()
            before = await _before(connection, rows, counted) if counted and rows else {}
            found = (_claimed(row, before.get(row._mapping["id"], {})) for row in rows)
            return sorted(found, key=lambda claimed: claimed.id)

    async def renew(self, owner: str, ids: Collection[int], lease: float) -> frozenset[int]:
        """Hold these of what `owner` holds for `lease` seconds from now; return those that it held."""
        held = _held_by(owner).where(inbox.c.id.in_(ids))
        longer = held.values(lease_until=self._db.now(int(lease * 1_000))).returning(inbox.c.id)
        async with self._db.connection() as connection:
            return frozenset((await connection.execute(longer)).scalars())

    async def recover(self) -> int:
        """Let go of what was held longer than its lease; return how many events wait that were so lost."""
        ended = and_(IS_OPEN, inbox.c.state == CLAIMED, inbox.c.lease_until < self._db.now())
        lost = update(inbox).where(ended)
        waiting = select(func.count()).where(IS_OPEN, inbox.c.state == WAITING, _IS_SUSPECT)
        async with self._db.connection() as connection:
            await connection.execute(
                lost.values(state=WAITING, owner="", losses=inbox.c.losses + 1, delays=0)
            )
            return int((await connection.execute(waiting)).scalar_one())

    async def finish(
        self,
        owner: str,
        claimed: Claimed,
        outcome: str,
        *,
        rest: float = 0,
        repeatable: bool = False,
        instead: str | None = None,
        notes: Sequence[Note] = (),
    ) -> bool:
        """Mark an event as done, let its lane rest for `rest` seconds, and write `notes` of its answer.

        With `repeatable` the same subject may be asked for again. `instead` takes the place of the payload.
        False where `owner` no longer held it; then whoever does notes what became of it.
        """
        done, it = self._done, {"holder": owner, "event": claimed.id, "result": outcome[:KEY_LENGTH]}
        if repeatable:
            done = done.values(subject=_freed(claimed))
        if instead is not None:
            done = done.values(payload=instead, hashed=1)
        async with self._db.connection() as connection:
            result = await connection.execute(done, {**it, **self._db.moment()})
            if rest:
                await self._rest(connection, claimed.entry.lane, rest)
            if result.rowcount != 1:
                return False
            for note in notes:
                await self._notes.write(connection, claimed.entry.team, note)
            return True

    async def put_off(
        self, owner: str, claimed: Claimed, seconds: float, *, failed: bool = False, rest: float = 0
    ) -> None:
        """Let go of an event until `seconds` from now; `failed` where an error of our own is to blame."""
        later = _held_by(owner).where(inbox.c.id == claimed.id)
        count = inbox.c.failures if failed else inbox.c.delays
        values = {"state": WAITING, "owner": "", "due_at": self._db.now(int(seconds * 1_000))}
        async with self._db.connection() as connection:
            await connection.execute(later.values(values | {count.name: count + 1}))
            if rest:
                await self._rest(connection, claimed.entry.lane, rest)

    async def free(self, owner: str, claimed: Claimed) -> None:
        """Let the subject of an event be asked for again, while `owner` holds that still."""
        mine = _held_by(owner).where(inbox.c.id == claimed.id)
        async with self._db.connection() as connection:
            await connection.execute(mine.values(subject=_freed(claimed)))

    async def park(self, owner: str, claimed: Claimed, reason: str) -> bool:
        """Give an event up, with the reason for maintainers."""
        parked = _held_by(owner).where(inbox.c.id == claimed.id)
        said = {"state": PARKED, "owner": "", "outcome": reason[:KEY_LENGTH]}
        async with self._db.connection() as connection:
            result = await connection.execute(parked.values(**said, finished_at=self._db.now()))
            return result.rowcount == 1

    async def release(self, owner: str) -> None:
        """Let go of all that `owner` holds, begun as it may be: it counts as put off, until now."""
        async with self._db.connection() as connection:
            held = _held_by(owner)
            await connection.execute(held.values(state=WAITING, owner="", delays=inbox.c.delays + 1))

    async def reopen(self, id: int) -> bool:
        """Let a parked event wait once more; False where there is no such one."""
        parked = update(inbox).where(inbox.c.id == id, inbox.c.state == PARKED, inbox.c.hashed == 0)
        values = {"state": WAITING, "owner": "", "failures": 0, "losses": 0, "delays": 1, "finished_at": None}
        async with self._db.connection() as connection:
            result = await connection.execute(parked.values(values | {"due_at": self._db.now()}))
            return result.rowcount == 1

    async def holds(self, team: str, subject: str) -> bool:
        """Whether something with this subject arrived."""
        query = select(inbox.c.id).where(inbox.c.team == team, inbox.c.subject == subject)
        async with self._db.connection(hurry=True) as connection:
            return (await connection.execute(query)).first() is not None

    async def parked(self, limit: int = FEED) -> list[Parked]:
        """The events that were given up, the newest first."""
        columns = [inbox.c[name] for name in Parked.__slots__]
        query = select(*columns).where(inbox.c.state == PARKED).order_by(inbox.c.id.desc()).limit(limit)
        async with self._db.connection() as connection:
            return [Parked(*row) for row in await connection.execute(query)]

    async def count_parked(self) -> int:
        """How many events were given up."""
        query = select(func.count()).select_from(inbox).where(inbox.c.state == PARKED)
        async with self._db.connection() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def depth(self) -> Depth:
        """How much waits."""
        oldest = func.coalesce(self._db.now() - func.min(inbox.c.received_at), 0)
        query = select(func.count(), oldest).where(IS_OPEN, inbox.c.state == WAITING)
        async with self._db.connection() as connection:
            count, age = (await connection.execute(query)).one()
            return Depth(int(count), int(age))

    async def kept_waiting(self, seconds: float, limit: int) -> list[Entry]:
        """One event for each person in each lane who waits longer than `seconds` and was not yet told so.

        Whoever is returned counts as told, with all that the person has waiting there.
        """
        mine = and_(IS_OPEN, inbox.c.state == WAITING, inbox.c.told == 0)
        late = and_(mine, inbox.c.received_at < self._db.now(-int(seconds * 1_000)))
        first = select(func.min(inbox.c.id)).where(late).group_by(inbox.c.lane, inbox.c.person).limit(limit)
        async with self._db.connection() as connection:
            ids = list((await connection.execute(first)).scalars())
            telling = update(inbox).where(inbox.c.id.in_(ids), inbox.c.told == 0).values(told=1)
            told = [_entry(row) for row in await connection.execute(telling.returning(*inbox.c))]
            for entry in told:
                theirs = and_(mine, inbox.c.lane == entry.lane, inbox.c.person == entry.person)
                await connection.execute(update(inbox).where(theirs).values(told=1))
            return told

    async def expire(self, texts: timedelta, rows: timedelta, digest_of: Digest) -> int:
        """Replace what was received before `texts` ago by its digest, and delete rows older than `rows`.

        What is still open stays. Returns how many texts went; call again while it is not 0.
        """
        async with self._db.connection() as connection:
            closed = inbox.c.state.not_in(OPEN)
            old = and_(closed, inbox.c.received_at <= self._db.now(-_milliseconds(texts)))
            query = select(inbox.c.id, inbox.c.payload).where(inbox.c.hashed == 0, old).limit(FEED)
            found = (await connection.execute(query)).all()
            for id, payload in found:
                hashed = update(inbox).where(inbox.c.id == id)
                await connection.execute(hashed.values(payload=digest_of(payload), hashed=1))
        if not found:
            await self._forget(texts, rows)
        return len(found)

    async def _forget(self, texts: timedelta, rows: timedelta) -> None:
        """Delete what is older than `rows`, and lanes that rested long ago."""
        old = inbox.c.received_at < self._db.now(-_milliseconds(rows))
        some = select(inbox.c.id).where(inbox.c.hashed == 1, old).limit(MOST_DELETED)
        rested = lanes.c.free_at < self._db.now(-_milliseconds(texts))
        async with self._db.connection() as connection:
            await connection.execute(delete(inbox).where(inbox.c.id.in_(some)))
            await connection.execute(delete(lanes).where(rested))

    async def _store(self, entries: Sequence[Entry]) -> None:
        moment = self._db.moment()
        async with self._db.connection(hurry=True) as connection:
            await connection.execute(self._arrival, [{**_row(entry), **moment} for entry in entries])

    def _due(self, limit: int, *, suspects: bool) -> Select[tuple[int]]:
        """Of each lane the oldest open event, where it waits, is due, and the lane does not rest.

        PostgreSQL believes that next to nothing is open, as is so but in a burst, and would look for the
        oldest once more for each that is. So it does that once, and what waits is told by having no owner: by
        its state, it would go through all that is open.
        """
        now = self._db.now()
        oldest = select(func.min(inbox.c.id).label("id")).where(IS_OPEN).group_by(inbox.c.lane)
        first = oldest.cte("first").prefix_with("MATERIALIZED", dialect="postgresql")
        resting = exists().where(lanes.c.lane == inbox.c.lane, lanes.c.free_at > now)
        wanted = _IS_SUSPECT if suspects else ~_IS_SUSPECT
        due = select(inbox.c.id).join(first, inbox.c.id == first.c.id)
        due = due.where(inbox.c.owner == "", inbox.c.due_at <= now, wanted, ~resting)
        return due.order_by(inbox.c.id).limit(limit)

    async def _rest(self, connection: AsyncConnection, lane: str, seconds: float) -> None:
        await connection.execute(self._lane, {"lane": lane, **self._db.moment(int(seconds * 1_000))})


def _freed(claimed: Claimed) -> str:
    """A subject that no other event will have; the same, however often it is freed."""
    subject, own = claimed.entry.subject, f"/freed/{claimed.id}"
    return subject if subject.endswith(own) else subject + own


def _held_by(owner: str) -> Update:
    return update(inbox).where(IS_OPEN, inbox.c.owner == owner, inbox.c.state == CLAIMED)


def _row(entry: Entry) -> dict[str, str | int | None]:
    """An entry as a new row; `_store` adds the times."""
    named: dict[str, str | int | None] = {name: getattr(entry, name) for name in Entry.__slots__}
    counts = dict.fromkeys(("failures", "losses", "delays", "told", "hashed"), 0)
    return named | counts | {"state": WAITING, "owner": "", "outcome": ""}


def _entry(row: Row[*tuple[object, ...]]) -> Entry:
    return Entry(**{name: str(row._mapping[name]) for name in Entry.__slots__})


def _claimed(row: Row[*tuple[object, ...]], before: Mapping[str, int]) -> Claimed:
    numbers = {name: int(row._mapping[name]) for name in _NUMBERS}
    return Claimed(entry=_entry(row), before=before, **numbers)


async def _before(
    connection: AsyncConnection, claimed: Sequence[Row[*tuple[object, ...]]], counted: Counted
) -> dict[int, dict[str, int]]:
    """For each of some events the outcomes of what its person asked shortly before, with their counts.

    The least time of all is given beside each event's own: by that alone PostgreSQL would take a third of
    what the person ever asked to be meant, and read everything.
    """
    mine, theirs = inbox.alias("mine"), inbox.alias("theirs")
    span = counted.seconds * 1_000
    lately = and_(
        theirs.c.team == mine.c.team,
        theirs.c.person == mine.c.person,
        theirs.c.received_at > mine.c.received_at - span,
        theirs.c.received_at > min(int(row._mapping["received_at"]) for row in claimed) - span,
        theirs.c.id < mine.c.id,
        theirs.c.kind.in_(counted.kinds),
    )
    ids = [row._mapping["id"] for row in claimed]
    query = select(mine.c.id, theirs.c.outcome, func.count()).join(theirs, lately)
    query = query.where(mine.c.id.in_(ids), mine.c.kind.in_(counted.kinds))
    found: dict[int, dict[str, int]] = {}
    for id, outcome, count in await connection.execute(query.group_by(mine.c.id, theirs.c.outcome)):
        found.setdefault(id, {})[str(outcome)] = int(count)
    return found


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1_000)
