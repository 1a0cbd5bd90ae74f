"""The inbox keeps its word: stored once, handed out to one process at a time, in order, and never lost."""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.storage import Claimed, Counted, Inbox, Store, open_store
from bot.storage.opening import open_database, upgrade_database
from tests.storage.support import entry, upgraded

LEASE = 30.0


class Clock:
    """A clock that a test moves. Seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
async def inbox(database_url: str, clock: Clock) -> AsyncIterator[Inbox]:
    """An empty inbox."""
    async with upgraded(database_url, clock) as store:
        yield store.inbox


async def claim(inbox: Inbox, owner: str = "me", *, suspects: bool = False) -> list[Claimed]:
    """What there is to claim."""
    return await inbox.claim(owner, 100, LEASE, suspects=suspects)


async def test_an_event_is_stored_once(inbox: Inbox) -> None:
    """A redelivery has the same event id; the same message under another id has the same subject."""
    await inbox.accept(entry(1))
    await inbox.accept(entry(1))
    other = entry(1)
    await inbox.accept(
        type(other)(**{name: getattr(other, name) for name in other.__slots__} | {"event_id": "X"})
    )
    assert (await inbox.depth()).waiting == 1


async def test_a_subject_is_a_workspace_s_own(inbox: Inbox) -> None:
    """The same channel and timestamp elsewhere is another message."""
    await inbox.accept(entry(1))
    await inbox.accept(entry(1, team="T2"))
    assert (await inbox.depth()).waiting == 2


async def test_a_hundred_at_once_are_stored(inbox: Inbox) -> None:
    """And those that come twice among them once."""
    entries = [entry(n // 2, channel=f"C{n % 10}") for n in range(100)]
    await asyncio.gather(*(inbox.accept(each) for each in entries))
    assert (await inbox.depth()).waiting == len({each.event_id for each in entries})


async def test_what_is_claimed_carries_what_was_stored(inbox: Inbox, clock: Clock) -> None:
    """Whole, with the time since it came."""
    await inbox.accept(entry(1))
    clock.now += 2
    (claimed,) = await claim(inbox)
    assert (claimed.entry, claimed.age, claimed.again) == (entry(1), 2_000, False)


async def test_a_claimed_event_is_nobody_else_s(inbox: Inbox) -> None:
    """However many ask."""
    for number in range(20):
        await inbox.accept(entry(number, channel=f"C{number}"))
    taken = await asyncio.gather(*(inbox.claim(f"p{n}", 3, LEASE) for n in range(20)))
    ids = [claimed.id for batch in taken for claimed in batch]
    assert len(ids) == len(set(ids)) == 20


async def test_two_processes_share_without_overlap(store_url: str) -> None:
    """Over one database, each event goes to one of them."""
    async with upgraded(store_url) as one, upgraded(store_url) as two:
        for number in range(40):
            await one.inbox.accept(entry(number, channel=f"C{number}"))

        async def all_of(store: Store, owner: str) -> list[int]:
            batches = [await store.inbox.claim(owner, 2, LEASE) for _ in range(30)]
            return [claimed.id for claimed in itertools.chain(*batches)]

        first, second = await asyncio.gather(all_of(one, "one"), all_of(two, "two"))
    assert len(first) + len(second) == len({*first, *second}) == 40


async def test_a_lane_is_handed_out_one_by_one_in_order(inbox: Inbox) -> None:
    """An edit must not overtake its question."""
    for number in (1, 2):
        await inbox.accept(entry(number))
    (first,) = await claim(inbox)
    assert await claim(inbox, "other") == []
    await inbox.finish("me", first, "answered")
    (second,) = await claim(inbox)
    assert [first.entry.subject, second.entry.subject] == ["C1/1", "C1/2"]


async def test_lanes_do_not_wait_for_each_other(inbox: Inbox) -> None:
    """What is put off holds up its own channel alone."""
    for channel in ("C1", "C2"):
        for number in (1, 2):
            await inbox.accept(entry(number, channel=channel))
    first, second = await claim(inbox)
    await inbox.put_off("me", first, 60)
    await inbox.finish("me", second, "answered")
    assert [claimed.entry.subject for claimed in await claim(inbox)] == ["C2/2"]


async def test_a_lane_rests_after_a_post(inbox: Inbox, clock: Clock) -> None:
    """As long as asked."""
    for number in (1, 2):
        await inbox.accept(entry(number))
    (first,) = await claim(inbox)
    await inbox.finish("me", first, "answered", rest=1.0)
    clock.now += 0.9
    assert await claim(inbox) == []
    clock.now += 0.2
    assert len(await claim(inbox)) == 1


async def test_what_is_put_off_comes_again_when_due(inbox: Inbox, clock: Clock) -> None:
    """With its count of delays, which are no failures."""
    await inbox.accept(entry(1))
    (claimed,) = await claim(inbox)
    await inbox.put_off("me", claimed, 10)
    clock.now += 9
    assert await claim(inbox) == []
    clock.now += 1
    (again,) = await claim(inbox)
    assert (again.delays, again.failures, again.again) == (1, 0, True)


async def test_a_failure_is_counted(inbox: Inbox) -> None:
    """Three of them end in the parking lot; counting is the inbox's, deciding the worker's."""
    await inbox.accept(entry(1))
    for failures in range(3):
        (claimed,) = await claim(inbox)
        assert claimed.failures == failures
        await inbox.put_off("me", claimed, 0, failed=True)


async def test_an_expired_lease_lets_others_take_over(inbox: Inbox, clock: Clock) -> None:
    """And tells them that somebody was lost over it."""
    await inbox.accept(entry(1))
    await claim(inbox, "dead")
    clock.now += LEASE - 1
    assert await inbox.recover() == 0
    clock.now += 2
    assert await inbox.recover() == 1
    assert await claim(inbox, "alive") == []
    (taken,) = await claim(inbox, "alive", suspects=True)
    assert (taken.losses, taken.again) == (1, True)


async def test_a_renewed_lease_holds(inbox: Inbox, clock: Clock) -> None:
    """For what is named, and no other."""
    for channel in ("C1", "C2"):
        await inbox.accept(entry(1, channel=channel))
    kept, left = await claim(inbox)
    clock.now += LEASE - 1
    assert await inbox.renew("me", [kept.id], LEASE) == {kept.id}
    clock.now += 2
    assert await inbox.recover() == 1
    assert [c.id for c in await claim(inbox, "other", suspects=True)] == [left.id]


async def test_what_was_taken_away_is_not_renewed(inbox: Inbox, clock: Clock) -> None:
    """Whoever held it learns that, whether another has it already or it still waits for one."""
    for channel in ("C1", "C2"):
        await inbox.accept(entry(1, channel=channel))
    slow = [claimed.id for claimed in await claim(inbox, "slow")]
    clock.now += LEASE + 1
    await inbox.recover()
    assert len(await inbox.claim("quick", 1, LEASE, suspects=True)) == 1
    assert await inbox.renew("slow", slow, LEASE) == frozenset()


async def test_who_lost_the_lease_cannot_finish(inbox: Inbox, clock: Clock) -> None:
    """The one who has it now decides."""
    await inbox.accept(entry(1))
    (slow,) = await claim(inbox, "slow")
    clock.now += LEASE + 1
    await inbox.recover()
    (quick,) = await claim(inbox, "quick", suspects=True)
    assert not await inbox.finish("slow", slow, "answered")
    assert await inbox.finish("quick", quick, "answered")
    assert (await inbox.depth()).waiting == 0


async def test_released_events_may_have_been_begun(inbox: Inbox) -> None:
    """A process that stops in order leaves no suspicion, but maybe a post: whoever comes next looks."""
    await inbox.accept(entry(1))
    await claim(inbox, "going")
    await inbox.release("going")
    (claimed,) = await claim(inbox, "staying")
    assert (claimed.again, claimed.losses, claimed.failures) == (True, 0, 0)


async def test_parked_events_are_listed_without_their_text_and_may_wait_again(inbox: Inbox) -> None:
    """For maintainers: which, from where, why."""
    await inbox.accept(entry(1))
    (claimed,) = await claim(inbox)
    assert await inbox.park("me", claimed, "KeyError")
    (parked,) = await inbox.parked()
    assert (parked.event_id, parked.outcome, parked.channel) == (entry(1).event_id, "KeyError", "C1")
    assert "text 1" not in str(parked)
    assert await inbox.reopen(parked.id)
    assert not await inbox.reopen(parked.id)
    (again,) = await claim(inbox)
    assert again.failures == 0


async def test_a_finished_subject_stays_taken_unless_it_is_repeatable(inbox: Inbox) -> None:
    """A message is answered once; a button that failed may be pressed again."""
    await inbox.accept(entry(1))
    (claimed,) = await claim(inbox)
    await inbox.finish("me", claimed, "refused", repeatable=True)
    pressed_again = entry(1)
    fields = {name: getattr(pressed_again, name) for name in pressed_again.__slots__} | {
        "event_id": "Ev-again"
    }
    await inbox.accept(type(pressed_again)(**fields))
    assert len(await claim(inbox)) == 1


async def test_two_processes_that_look_at_once_take_each_event_once(store_url: str) -> None:
    """Whoever comes second gets nothing, and that is no error."""
    counted = Counted(("asked",), 60)
    async with upgraded(store_url) as one, open_store(store_url) as two:
        for number in range(10):
            await one.inbox.accept(entry(number, channel=f"C{number}"))
            found = await asyncio.gather(
                *(
                    s.inbox.claim(str(n), 5, LEASE, counted=counted)
                    for n, s in enumerate((one, two, one, two))
                )
            )
            assert sum(map(len, found)) == 1


async def test_what_a_person_asked_lately_is_counted_by_outcome(inbox: Inbox, clock: Clock) -> None:
    """Only this person's, only earlier ones, only so far back."""
    await inbox.accept(entry(1, channel="C1"))
    clock.now += 61
    for number, person in ((2, "U1"), (3, "U1"), (4, "U2"), (5, "U1")):
        await inbox.accept(entry(number, channel=f"C{number}", person=person))
    (first,) = [each for each in await claim(inbox) if each.entry.subject == "C2/2"]
    await inbox.finish("me", first, "answered")
    await inbox.release("me")
    for kinds, before in ((["command"], {}), (["asked"], {"answered": 1, "": 1})):
        claimed = await inbox.claim("me", 10, 30, counted=Counted(kinds, 60))
        assert {each.entry.subject: each.before for each in claimed}["C5/5"] == before
        await inbox.release("me")


async def test_who_waits_long_is_told_once(inbox: Inbox, clock: Clock) -> None:
    """One notice for a person in a channel, however many questions wait there."""
    for number in range(3):
        await inbox.accept(entry(number))
    await inbox.accept(entry(9, person="U2"))
    assert await inbox.kept_waiting(5, 10) == []
    clock.now += 6
    assert sorted(each.person for each in await inbox.kept_waiting(5, 10)) == ["U1", "U2"]
    assert await inbox.kept_waiting(5, 10) == []


async def test_texts_are_hashed_in_time_and_rows_go_later(inbox: Inbox, clock: Clock) -> None:
    """After the first span the text is gone, after the second the row; what is open stays as it is."""
    await inbox.accept(entry(1))
    await inbox.accept(entry(2, channel="C2"))
    parked, waiting = await claim(inbox)
    await inbox.park("me", parked, "why")
    await inbox.put_off("me", waiting, 0)
    texts, rows = timedelta(days=30), timedelta(days=365)
    hashed: list[str] = []

    def digest(text: str) -> str:
        hashed.append(text)
        return "digest"

    clock.now += 29 * 86_400
    assert await inbox.expire(texts, rows, digest) == 0
    clock.now += 2 * 86_400
    assert await inbox.expire(texts, rows, digest) == 1
    assert await inbox.expire(texts, rows, digest) == 0
    assert hashed == ["text 1"]
    assert [c.entry.payload for c in await claim(inbox)] == ["text 2"]
    assert not await inbox.reopen(parked.id)
    clock.now += 365 * 86_400
    await inbox.expire(texts, rows, digest)
    assert await inbox.parked() == []


async def test_a_text_may_go_as_soon_as_it_is_answered(inbox: Inbox) -> None:
    """Where texts are not to be kept at all."""
    await inbox.accept(entry(1))
    (claimed,) = await claim(inbox)
    await inbox.finish("me", claimed, "answered", instead="digest")
    assert await inbox.expire(timedelta(0), timedelta(days=1), str.upper) == 0


async def test_the_depth_tells_how_long_the_oldest_waits(inbox: Inbox, clock: Clock) -> None:
    """In milliseconds."""
    assert (await inbox.depth()).oldest == 0
    await inbox.accept(entry(1))
    clock.now += 3
    await inbox.accept(entry(2))
    depth = await inbox.depth()
    assert (depth.waiting, depth.oldest) == (2, 3_000)


async def test_postgres_asks_its_own_clock(postgres_url: str) -> None:
    """A machine whose clock is off takes nothing from those whose is right."""
    async with upgraded(postgres_url) as right, upgraded(postgres_url, lambda: 4_000_000_000.0) as wrong:
        await right.inbox.accept(entry(1))
        (claimed,) = await right.inbox.claim("right", 1, LEASE)
        assert claimed.age < 60_000
        assert (await wrong.inbox.depth()).waiting == 0
        assert await right.inbox.recover() == 0


async def test_a_suspect_that_did_no_harm_is_none_any_more(inbox: Inbox, clock: Clock) -> None:
    """Tried alone and put off because of Slack, it waits among the others, and stops nobody."""
    await inbox.accept(entry(1))
    await claim(inbox, "dead")
    clock.now += LEASE + 1
    assert await inbox.recover() == 1
    (alone,) = await claim(inbox, suspects=True)
    await inbox.put_off("me", alone, 0)
    assert await claim(inbox, suspects=True) == []
    (again,) = await claim(inbox)
    assert (again.losses, again.again) == (1, True)


async def test_what_was_given_up_may_have_been_posted(inbox: Inbox) -> None:
    """Whoever tries it once more looks first."""
    await inbox.accept(entry(1))
    (claimed,) = await claim(inbox)
    await inbox.park("me", claimed, "why")
    await inbox.reopen(claimed.id)
    (again,) = await claim(inbox)
    assert again.again


async def test_a_long_outcome_is_cut(inbox: Inbox) -> None:
    """A word of Slack's that is longer than a column blocks nothing."""
    await inbox.accept(entry(1))
    (claimed,) = await claim(inbox)
    assert await inbox.finish("me", claimed, "x" * 1_000)


async def test_a_look_reads_open_rows_alone(tmp_path: Path) -> None:
    """Whatever a year has left: SQLite takes the index of what is open."""
    url = f"sqlite:///{tmp_path}/bot.db"
    seen: list[str] = []
    async with open_database(url) as database:
        await upgrade_database(url)
        inbox = Inbox(database)
        await inbox.accept(entry(1))

        @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
        def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.append(statement)

        (claimed,) = await inbox.claim("me", 9, LEASE)
        await inbox.renew("me", [claimed.id], LEASE)
        await inbox.recover()
        await inbox.depth()
        await inbox.kept_waiting(5, 9)
        await inbox.release("me")
    plans = await asyncio.to_thread(_plans, tmp_path / "bot.db", [each for each in seen if "inbox" in each])
    assert len(plans) >= 8
    assert [plan for plan in plans if re.search(r"SCAN inbox(?! USING)", plan)] == []


def _plans(path: Path, statements: list[str]) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            " / ".join(
                str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {each}", [0] * each.count("?"))
            )
            for each in statements
        ]
