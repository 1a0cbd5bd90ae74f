"""The worker: keeps what it holds, tries suspects alone, outlasts the database, and stops in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.slack import worker as module
from bot.slack.app import SlackBot, WorkerError
from bot.slack.gauges import Gauges
from bot.slack.holding import Hold
from bot.slack.probes import Reason
from bot.slack.settling import Keeping, Settling
from bot.slack.verdicts import Done, GivenUp, PutOff, Verdict
from bot.slack.worker import Worker
from bot.storage import Claimed, Entry, RefusedError, ReplyNote, StorageError, Store, open_store
from bot.storage.notes import Notes
from bot.storage.schema import inbox
from tests.slack.logged import lines, logging_to_memory
from tests.storage.support import entry

LEASE = 0.6
OWNER = "this process"
WAIT = 10.0
TICK = 0.02


async def succeed(_claimed: Claimed) -> Verdict:
    """Do it at once."""
    return Done("answered")


async def fail(_claimed: Claimed) -> Verdict:
    """A mistake in the program."""
    raise RuntimeError("a mistake")


@dataclass
class StubHands:
    """Hands that note what they were given, and do with it what `do` says."""

    do: Callable[[Claimed], Awaitable[Verdict]] = succeed
    telling: Exception | None = None
    answered: bool = False
    on_apology: Callable[[Claimed], Awaitable[object]] = succeed
    begun: list[str] = field(default_factory=list)
    sorry: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    busy: int = 0
    beside: list[int] = field(default_factory=list)

    async def handle(self, claimed: Claimed, hold: Hold) -> Verdict:
        """Do it, and note how much else was in hand."""
        self.begun.append(claimed.entry.event_id)
        self.beside.append(self.busy)
        self.busy += 1
        try:
            return await self.do(claimed)
        finally:
            self.busy -= 1

    async def has_answered(self, claimed: Claimed) -> bool:
        """As `answered` says."""
        return self.answered

    async def apologize(self, claimed: Claimed, error: BaseException | None) -> None:
        """Note it, and let whoever reads that do something."""
        self.sorry.append(claimed.entry.event_id)
        await self.on_apology(claimed)
        if self.telling is not None:
            raise self.telling

    async def keep_waiting(self, entry: Entry) -> None:
        """Note it."""
        self.waiting.append(entry.event_id)
        if self.telling is not None:
            raise self.telling


@pytest.fixture
def hands() -> StubHands:
    """Hands that succeed."""
    return StubHands()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database in a file, which several workers may open."""
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An empty store."""
    async with open_store(url) as opened:
        yield opened


def worker_on(
    store: Store,
    hands: StubHands,
    *,
    owner: str = OWNER,
    gauges: Gauges | None = None,
    lease: float = LEASE,
    days: int = 30,
    repeatable: tuple[str, ...] = (),
) -> Worker:
    """A worker that is in haste."""
    gauges = gauges or Gauges()
    keeping = Keeping(timedelta(days=days), lambda text: f"hash of {len(text)}")
    settling = Settling(owner, store.inbox, hands, gauges.metrics, keeping, 0.001, repeatable)
    return Worker(store, settling, gauges, lease_seconds=lease)


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    """Let workers work for the time of a block."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(worker.run(stop)) for worker in workers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(WAIT):
        while not true():  # noqa: ASYNC110  # no event tells all of this
            await asyncio.sleep(TICK)


async def rows(store: Store) -> list[dict[str, object]]:
    """All events as they stand in the database."""
    async with store.connection() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(inbox).order_by(inbox.c.id))]


async def until_closed(store: Store) -> list[dict[str, object]]:
    """All events, once none is open any more."""
    async with asyncio.timeout(WAIT):
        while True:
            found = await rows(store)
            if not {row["state"] for row in found} & {"waiting", "claimed"}:
                return found
            await asyncio.sleep(TICK)


async def accept(store: Store, count: int, first: int = 1) -> None:
    """Store so many events, each in a lane of its own."""
    for number in range(first, first + count):
        await store.inbox.accept(entry(number, channel=f"C{number}"))


async def lose(store: Store, times: int = 1) -> None:
    """Let a process die that holds all that waits."""
    for _ in range(times):
        await store.inbox.claim("dead", 100, -1)
        await store.inbox.claim("dead", 100, -1, suspects=True)
        await store.inbox.recover()


async def test_what_takes_long_is_held(store: Store, hands: StubHands, url: str) -> None:
    """Far beyond the lease, the work is nobody else's: another worker beside this one leaves it alone."""

    async def slowly(_claimed: Claimed) -> Verdict:
        await asyncio.sleep(4 * LEASE)
        return Done("answered")

    hands.do = slowly
    await accept(store, 1)
    async with (
        open_store(url) as second,
        running(worker_on(store, hands), worker_on(second, hands, owner="another")),
    ):
        (row,) = await until_closed(store)
    assert len(hands.begun) == 1
    assert (row["outcome"], row["losses"]) == ("answered", 0)


async def test_what_a_dead_process_held_is_tried_alone(store: Store, hands: StubHands) -> None:
    """It may be why that one died; what none died over goes on together afterwards."""

    async def briefly(_claimed: Claimed) -> Verdict:
        await asyncio.sleep(5 * TICK)
        return Done("answered")

    hands.do = briefly
    await accept(store, 3)
    await lose(store)
    await accept(store, 4, first=10)
    async with running(worker_on(store, hands)):
        found = await until_closed(store)
    suspects = {str(row["event_id"]) for row in found if row["losses"]}
    assert len(suspects) == 3
    order = list(zip(hands.begun, hands.beside, strict=True))
    assert all(beside == 0 for event, beside in order if event in suspects)
    assert max(beside for event, beside in order if event not in suspects) == 3


async def test_what_three_processes_died_over_is_not_tried_again(store: Store, hands: StubHands) -> None:
    """The asker gets an apology, maintainers an entry."""
    await accept(store, 1)
    await lose(store, times=3)
    async with running(worker_on(store, hands)):
        (row,) = await until_closed(store)
    assert hands.begun == []
    assert hands.sorry == [row["event_id"]]
    assert (row["state"], row["outcome"]) == ("parked", "lost")


async def test_failures_count_to_three(store: Store, hands: StubHands) -> None:
    """Then it is parked by the name of its error, and the asker is told."""
    hands.do = fail
    await accept(store, 1)
    async with running(worker_on(store, hands)):
        (row,) = await until_closed(store)
    assert len(hands.begun) == 3
    assert len(hands.sorry) == 1
    assert (row["state"], row["outcome"]) == ("parked", "RuntimeError")


@pytest.mark.parametrize("repeatable", [True, False])
async def test_whoever_reads_an_apology_may_try_again_that_moment(
    store: Store, hands: StubHands, repeatable: bool
) -> None:
    """The same once more is no repetition by then, before the first is noted as parked."""

    async def once_more(claimed: Claimed) -> None:
        await store.inbox.accept(replace(entry(1), event_id="Ev-again"))

    hands.do, hands.on_apology = fail, once_more
    await store.inbox.accept(entry(1))
    async with running(worker_on(store, hands, repeatable=("asked",) if repeatable else ())):
        await until(lambda: len(hands.sorry) == 1 + repeatable)
        found = await until_closed(store)
    assert [row["state"] for row in found] == ["parked"] * (1 + repeatable)


async def test_what_is_given_up_without_an_apology_may_be_asked_for_again(
    store: Store, hands: StubHands
) -> None:
    """A button, once Slack takes the token again."""

    async def give_up(_claimed: Claimed) -> Verdict:
        return GivenUp("token:token_revoked")

    hands.do = give_up
    await accept(store, 1)
    async with running(worker_on(store, hands, repeatable=("asked",))):
        (row,) = await until_closed(store)
    assert row["state"] == "parked"
    assert row["subject"] != entry(1, channel="C1").subject


async def test_notes_that_the_database_never_takes_hold_nothing_up(
    store: Store, hands: StubHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is closed without them, and the log says so."""

    async def refuse(*_: object) -> None:
        raise RefusedError("the database refused: IntegrityError")

    async def noted(_claimed: Claimed) -> Verdict:
        return Done("answered", notes=(ReplyNote("C1", "1", "C1", "2", "en", "d"),))

    monkeypatch.setattr(Notes, "write", refuse)
    hands.do = noted
    await accept(store, 1)
    with capture_logs() as logs:
        async with running(worker_on(store, hands)):
            (row,) = await until_closed(store)
    assert (row["state"], row["outcome"], len(hands.begun)) == ("done", "answered", 1)
    assert [each["event"] for each in logs].count("answer_not_noted") == 1


@pytest.mark.parametrize(("losses", "begun"), [(3, 1), (4, 0)])
async def test_no_apology_where_the_answer_stands(
    store: Store, hands: StubHands, losses: int, begun: int
) -> None:
    """Processes died between posting it and noting that: it is found and noted, which is tried once."""
    hands.answered = True
    await accept(store, 1)
    await lose(store, losses)
    async with running(worker_on(store, hands)):
        (row,) = await until_closed(store)
    assert (hands.sorry, row["state"], row["outcome"]) == ([], "done", "answered")
    assert hands.begun == [row["event_id"]] * begun


@pytest.mark.parametrize("losses", [0, 3])
async def test_an_apology_that_breaks_holds_nothing_up(store: Store, hands: StubHands, losses: int) -> None:
    """It is logged, and the event is parked all the same, rather than tried for ever."""
    hands.do, hands.telling = fail, RuntimeError("another mistake")
    await accept(store, 1)
    await lose(store, losses)
    with capture_logs() as logs:
        async with running(worker_on(store, hands)):
            (row,) = await until_closed(store)
    assert row["state"] == "parked"
    assert [each["event"] for each in logs].count("not_told") == 1


async def test_a_notice_of_waiting_that_breaks_leaves_the_worker_alive(
    store: Store, hands: StubHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is answered when its turn comes."""
    monkeypatch.setattr(module, "WAIT_TOLD_SECONDS", 0.1)
    hands.telling = RuntimeError("a mistake")
    go = asyncio.Event()

    async def later(_claimed: Claimed) -> Verdict:
        await go.wait()
        return Done("answered")

    hands.do = later
    await store.inbox.accept(entry(1))
    await store.inbox.accept(entry(2))
    async with running(worker_on(store, hands)):
        await until(lambda: hands.waiting)
        go.set()
        found = await until_closed(store)
    assert hands.waiting == [found[1]["event_id"]]
    assert [row["outcome"] for row in found] == ["answered", "answered"]


async def test_what_was_done_is_noted_once_the_database_is_back(
    store: Store, hands: StubHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done once, however often it had to be noted."""
    finish, gone = store.inbox.finish, 3
    monkeypatch.setattr(module, "QUIET_SECONDS", TICK)

    async def failing(owner: str, claimed: Claimed, outcome: str, **more: object) -> bool:
        nonlocal gone
        gone -= 1
        if gone >= 0:
            raise StorageError("the database failed")
        return await finish(owner, claimed, outcome)

    monkeypatch.setattr(store.inbox, "finish", failing)
    await accept(store, 1)
    async with running(worker_on(store, hands)):
        (row,) = await until_closed(store)
    assert gone == -1
    assert len(hands.begun) == 1
    assert row["outcome"] == "answered"


async def test_a_database_that_is_gone_shows_at_once_and_then_no_more(
    store: Store, hands: StubHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line when it goes and one when it is back; what came meanwhile is done."""
    gauges, claim, beat = Gauges(), store.inbox.claim, store.processes.beat
    gauges.health.failed(Reason.DATABASE)
    gauges.health.recovered(Reason.STARTING)
    monkeypatch.setattr(module, "QUIET_SECONDS", TICK)
    monkeypatch.setattr(module, "BEAT_SECONDS", 10 * TICK)
    is_gone = False

    async def claiming(owner: str, limit: int, lease: float, **more: bool | None) -> list[Claimed]:
        if is_gone:
            raise StorageError("the database failed")
        return await claim(owner, limit, lease, suspects=bool(more["suspects"]))

    async def beating(name: str) -> None:
        if is_gone:
            raise StorageError("the database failed")
        await beat(name)

    monkeypatch.setattr(store.inbox, "claim", claiming)
    monkeypatch.setattr(store.processes, "beat", beating)
    async with running(worker_on(store, hands, gauges=gauges)):
        await until(lambda: gauges.health.ready)
        with capture_logs() as logs:
            is_gone = True
            await until(lambda: gauges.health.reason is Reason.DATABASE)
            await accept(store, 1)
            await asyncio.sleep(20 * TICK)
            is_gone = False
            await until(lambda: gauges.health.ready)
            await until_closed(store)
    assert [each["event"] for each in logs] == ["database_failed", "database_ready"]


async def test_a_stop_finishes_what_is_in_hand(store: Store, hands: StubHands) -> None:
    """And takes no more."""
    go, stop = asyncio.Event(), asyncio.Event()

    async def later(_claimed: Claimed) -> Verdict:
        await go.wait()
        return Done("answered")

    hands.do = later
    await accept(store, 1)
    working = asyncio.create_task(worker_on(store, hands).run(stop))
    await until(lambda: hands.begun)
    stop.set()
    await asyncio.sleep(5 * TICK)
    await accept(store, 1, first=2)
    go.set()
    await asyncio.wait_for(working, WAIT)
    assert [row["state"] for row in await rows(store)] == ["done", "waiting"]
    assert await store.processes.count() == 0


async def test_a_stop_leaves_to_others_what_takes_too_long(
    store: Store, hands: StubHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is claimed by nobody then, and whoever takes it looks first whether it was posted."""
    monkeypatch.setattr(module, "DRAIN_SECONDS", 0.1)

    async def never(_claimed: Claimed) -> Verdict:
        await asyncio.sleep(100 * WAIT)
        return Done("answered")

    hands.do = never
    await accept(store, 1)
    async with running(worker_on(store, hands)):
        await until(lambda: hands.begun)
    (row,) = await rows(store)
    assert (row["state"], row["owner"], row["losses"]) == ("waiting", "", 0)
    (again,) = await store.inbox.claim("another", 1, 30)
    assert again.again


async def test_memory_is_bounded_by_what_is_in_hand(store: Store, hands: StubHands) -> None:
    """The rest waits in the database."""
    go = asyncio.Event()

    async def later(_claimed: Claimed) -> Verdict:
        await go.wait()
        return Done("answered")

    hands.do = later
    await accept(store, module.AT_ONCE + 6)
    async with running(worker_on(store, hands, lease=30)):
        await until(lambda: len(hands.begun) == module.AT_ONCE)
        await asyncio.sleep(0.3)
        assert len(hands.begun) == module.AT_ONCE
        go.set()
        await until_closed(store)
    assert len(hands.begun) == module.AT_ONCE + 6


@pytest.mark.parametrize(
    ("verdict", "state", "outcome"),
    [(Done("left"), "done", "left"), (GivenUp("unreachable"), "parked", "unreachable")],
)
async def test_a_verdict_is_noted(
    store: Store, hands: StubHands, verdict: Verdict, state: str, outcome: str
) -> None:
    """In a word that metrics and maintainers read."""

    async def say(_claimed: Claimed) -> Verdict:
        return verdict

    hands.do = say
    await accept(store, 1)
    async with running(worker_on(store, hands)):
        (row,) = await until_closed(store)
    assert (row["state"], row["outcome"]) == (state, outcome)


async def test_what_was_put_off_is_no_failure(store: Store, hands: StubHands) -> None:
    """It may happen any number of times."""

    async def say(claimed: Claimed) -> Verdict:
        return PutOff("unreachable", TICK) if claimed.delays < 5 else Done("answered")

    hands.do = say
    await accept(store, 1)
    async with running(worker_on(store, hands)):
        (row,) = await until_closed(store)
    assert (row["delays"], row["failures"], row["outcome"]) == (5, 0, "answered")


@pytest.mark.parametrize(("days", "payload"), [(0, "hash of 6"), (30, "text 1")])
async def test_a_text_is_kept_for_its_days(store: Store, hands: StubHands, days: int, payload: str) -> None:
    """Or not at all, from the moment of the answer."""
    await accept(store, 1)
    async with running(worker_on(store, hands, days=days)):
        (row,) = await until_closed(store)
    assert row["payload"] == payload


@pytest.mark.parametrize("part", ["_look", "_beat", "_hold", "_tell_waiting", "_tidy"])
async def test_a_mistake_in_the_worker_ends_it(
    store: Store, hands: StubHands, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """In whatever it does beside the work too: a worker that lets its leases run out does harm."""

    async def broken() -> None:
        raise RuntimeError("a mistake")

    worker = worker_on(store, hands)
    monkeypatch.setattr(worker, part, broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        await asyncio.wait_for(worker.run(asyncio.Event()), WAIT)


async def test_a_worker_that_ends_takes_the_bot_along(bot: SlackBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it waits for; the log has one line with all about it."""

    async def broken(_stop: asyncio.Event) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(bot.worker, "run", broken)
    with logging_to_memory() as written, pytest.raises(WorkerError, match="RuntimeError"):
        async with bot.working():
            await asyncio.sleep(WAIT)
    (line,) = [line for line in lines(written) if line["event"] == "worker_ended"]
    assert line["level"] == "critical"
