"""What a piece of work comes to: late answers, askers in a hurry, long queues, refused tokens, lost texts."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.live.pipeline import NO_CONTEXT
from bot.metrics import Metrics
from bot.pipeline import Context
from bot.presenting.reply import Reply
from bot.settings import Settings
from bot.slack.api_errors import UnauthorizedError, error_of
from bot.slack.app import Clients, SlackBot, build_bot
from bot.slack.desk import Desk
from bot.slack.handling import LATE_SECONDS, MINUTE, STALE_SECONDS, TOKEN_WAIT, Handler
from bot.slack.holding import Hold
from bot.slack.incoming import Incoming, Place
from bot.slack.seldom import Seldom
from bot.slack.verdicts import Done, GivenUp, PutOff
from bot.slack.work import Asked, Commanded, Sender, WorkCodec
from bot.slack.workspaces import OneWorkspace
from bot.storage import Claimed, RefusedError, StorageError, Store, open_store
from bot.understanding.question import Question
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import Refuse
from tests.slack.support import CLOCK, HASTE, CannedAsk, dispatch, event_body, mention, message, phrases_for

MOST = 3
_numbers = itertools.count(1)


class Clock:
    """A clock that a test moves. Seconds since 1970."""

    def __init__(self) -> None:
        self.now = CLOCK

    def __call__(self) -> float:
        """The time."""
        return self.now

    @property
    def ts(self) -> str:
        """A timestamp of Slack's for now, another each time."""
        return f"{int(self.now)}.{next(_numbers):06}"


def sure() -> Hold:
    """A lease that has just begun."""
    return Hold(30.0, time.monotonic() + 30.0)


@pytest.fixture
def clock() -> Clock:
    """The clock of the database and of the bot."""
    return Clock()


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[Store]:
    """An empty store whose time is the test's."""
    async with open_store("sqlite+aiosqlite:///:memory:", now=clock) as opened:
        yield opened


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One person may ask three questions a minute."""
    return replace(settings, questions_per_minute=MOST)


@pytest.fixture
def bot(ask: CannedAsk, store: Store, settings: Settings, clock: Clock) -> SlackBot:
    """A bot that does not wait, at the time of the test."""
    return build_bot(ask, store, phrases_for, settings, pace=HASTE, now=clock)


@pytest.fixture
def handler(ask: CannedAsk, store: Store, settings: Settings, clock: Clock) -> Handler:
    """The same without a worker before it."""
    clients = Clients(settings.slack_api_url)
    workspaces = OneWorkspace(clients(settings.slack_bot_token))
    desk = Desk(ask, store, phrases_for)
    return Handler(desk, workspaces, clients, MOST, HASTE, Metrics(), now=clock)


async def accepted(store: Store, clock: Clock, channel: str, person: str = "U0PERSON") -> None:
    """Let a person's question be stored."""
    ts = clock.ts
    work = Asked(Incoming(f"Ev{ts}", person, channel, ts, "torch", Place(channel, ts), ""))
    await store.inbox.accept(WorkCodec().entry(work, Sender("T1", "", person), f"Ev{ts}", ts))


async def taken(store: Store) -> Claimed:
    """The one question that waits."""
    (claimed,) = await store.inbox.claim("me", 10, 30)
    return claimed


@pytest.fixture
def general(workspace: RunningWorkspace) -> str:
    """The id of a channel."""
    return workspace.channel("general").id


# --- late answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "late", "first"),
    [
        ("torch", LATE_SECONDS + 1, "Sorry, late."),
        ("de: torch", LATE_SECONDS + 1, "Verspätet."),
        ("torch", LATE_SECONDS - 60, "You asked: "),
    ],
)
async def test_an_answer_after_an_hour_says_so_first(  # noqa: PLR0917  # fixtures
    bot: SlackBot, workspace: RunningWorkspace, clock: Clock, text: str, late: int, first: str
) -> None:
    """In the question's language; counted from when the person wrote, though Slack brought it only now."""
    ts = clock.ts
    clock.now += late
    await dispatch(bot, event_body(message(workspace.dm.id, text, ts)))
    (reply,) = workspace.messages("@you")
    assert reply.text.startswith(first)
    assert "You asked: " in reply.text


async def test_what_waited_here_for_an_hour_is_late_too(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """As after a night without a database or a token."""
    question = workspace.post_as_user("general", "torch")
    work = Commanded(general, "torch", workspace.workspace.response_urls.new(general, workspace.user().id))
    await store.inbox.accept(WorkCodec().entry(work, Sender("T1", "", question.user), "Ev-late", "late"))
    clock.now += LATE_SECONDS + 1
    assert await handler.handle(await taken(store), sure()) == Done("answered_command")
    assert workspace.messages("general", ephemeral=True)[0].text.startswith("Sorry, late.")


# --- askers in a hurry -----------------------------------------------------------------------------------


async def ask_often(bot: SlackBot, workspace: RunningWorkspace, clock: Clock, count: int, user: str) -> None:
    """Let one person ask so many questions at once in #general."""
    general = workspace.channel("general")
    for _ in range(count):
        question = workspace.post_as_user("general", "torch", user=user)
        event = mention(general.id, f"<@{workspace.bot_user_id}> torch", question.ts, user=question.user)
        await dispatch(bot, event_body(event))


def said_to(workspace: RunningWorkspace, user: str) -> list[str]:
    """What the bot showed to one person alone in #general."""
    shown = workspace.messages("general", ephemeral=True)
    return [each.text for each in shown if each.ephemeral_for == workspace.user(user).id]


def answers(workspace: RunningWorkspace) -> int:
    """How many answers stand in the threads of #general."""
    return sum(len(workspace.replies(each)) for each in workspace.messages("general") if each.in_root)


async def test_who_asks_too_often_is_told_once(
    bot: SlackBot, workspace: RunningWorkspace, clock: Clock
) -> None:
    """Privately, with the number; what was within it is answered, and others are not held back."""
    for name in ("hasty", "patient"):
        workspace.add_user(name)
    await ask_often(bot, workspace, clock, MOST + 3, "hasty")
    assert said_to(workspace, "hasty") == [f"No more than {MOST} a minute."]
    assert answers(workspace) == MOST
    await ask_often(bot, workspace, clock, 1, "patient")
    assert answers(workspace) == MOST + 1
    assert said_to(workspace, "patient") == []


async def test_after_a_minute_questions_are_answered_again(
    bot: SlackBot, workspace: RunningWorkspace, clock: Clock
) -> None:
    """And who goes on too fast is told again, once."""
    workspace.add_user("hasty")
    await ask_often(bot, workspace, clock, MOST + 2, "hasty")
    clock.now += MINUTE + 1
    await ask_often(bot, workspace, clock, MOST + 2, "hasty")
    assert answers(workspace) == 2 * MOST
    assert len(said_to(workspace, "hasty")) == 2


async def test_what_was_over_the_limit_does_not_count(
    bot: SlackBot, workspace: RunningWorkspace, clock: Clock
) -> None:
    """Whoever goes on asking is not locked out for ever."""
    workspace.add_user("hasty")
    for _ in range(4):
        await ask_often(bot, workspace, clock, 2, "hasty")
        clock.now += MINUTE / 2 + 1
    assert answers(workspace) == 2 + 1 + 2 + 1


# --- long queues -----------------------------------------------------------------------------------------


async def test_who_waits_long_is_told_once_for_each_channel(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """However many questions the person has waiting there."""
    one, two = workspace.add_user("one").id, workspace.add_user("two").id
    other = workspace.channel("ml-help").id
    for channel, person in ((general, one), (general, one), (general, two), (other, one), (other, one)):
        question = workspace.post_as_user(channel, "torch", user=person)
        ts = question.ts
        work = Asked(Incoming(f"Ev{ts}", person, channel, ts, "torch", Place(channel, ts), ""))
        await store.inbox.accept(WorkCodec().entry(work, Sender("T1", "", person), f"Ev{ts}", ts))
    told: list[tuple[str, str]] = []
    for _ in range(3):
        clock.now += 6
        for entry in await store.inbox.kept_waiting(5, 10):
            await handler.keep_waiting(entry)
            told.append((entry.channel, entry.person))
    assert sorted(told) == sorted([(general, one), (general, two), (other, one)])
    assert [m.text for m in workspace.messages("general", ephemeral=True)] == ["Yours is queued."] * 2
    assert [m.text for m in workspace.messages("ml-help", ephemeral=True)] == ["Yours is queued."]


async def test_who_waits_is_told_without_the_pipeline(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """A question that breaks it may be what waits; it is thought about in its turn alone."""

    class Broken:
        """A pipeline that fails over everything."""

        def ask(self, text: str, context: Context = NO_CONTEXT) -> Reply:
            """Fail."""
            raise AssertionError(text)

        def recall(self, noted: str) -> Question | None:
            """Fail."""
            raise AssertionError(noted)

        def why(self, question: Question) -> Reply:
            """Fail."""
            raise AssertionError(question)

    await accepted(store, clock, general)
    clock.now += 6
    (entry,) = await store.inbox.kept_waiting(5, 10)
    entry = replace(entry, person=workspace.user().id)
    careful = replace(handler, desk=replace(handler.desk, ask=Broken()))
    await careful.keep_waiting(entry)
    assert [m.text for m in workspace.messages("general", ephemeral=True)] == ["Yours is queued."]


# --- refused tokens --------------------------------------------------------------------------------------


async def test_a_refused_token_lets_questions_wait_and_is_said_once(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """Each is tried again in a minute, for an hour; then it is given up."""
    workspace.faults.inject("chat.postMessage", Refuse("token_revoked"), times=None)
    await accepted(store, clock, general)
    claimed = await taken(store)
    with capture_logs() as logs:
        for _ in range(5):
            assert await handler.handle(claimed, sure()) == PutOff("token:token_revoked", TOKEN_WAIT)
    (told,) = [entry for entry in logs if entry["event"] == "token_refused"]
    assert told["code"] == "token_revoked"
    assert "reinstall the app" in told["what"]
    old = replace(claimed, age=(LATE_SECONDS + 1) * 1_000)
    assert await handler.handle(old, sure()) == GivenUp("token:token_revoked")


async def test_what_slack_refuses_is_told_for_each_workspace_and_counted_by_its_method(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """One workspace whose token is revoked does not hide another's."""
    keys: list[str] = []

    def may_tell(key: str) -> bool:
        keys.append(key)
        return True

    telling = replace(handler, may_tell=may_tell)
    workspace.faults.inject("chat.postMessage", Refuse("token_revoked"), times=None)
    await accepted(store, clock, general)
    await telling.handle(await taken(store), sure())
    assert keys == ["token_revoked/T1"]
    assert b'code="token_revoked",method="chat.postMessage"' in handler.metrics.render()[0]


async def test_a_token_that_tells_no_workspace_is_said_once(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """With what to do, where not even the workspace can be asked for."""
    workspace.faults.inject("auth.test", Refuse("account_inactive"), times=None)
    await accepted(store, clock, general)
    claimed = await taken(store)
    with capture_logs() as logs:
        for _ in range(3):
            assert await handler.handle(claimed, sure()) == PutOff("token:TokenUnknownError", TOKEN_WAIT)
    (told,) = [entry for entry in logs if entry["event"] == "token_refused"]
    assert "account_inactive" in told["what"]
    assert "reinstall the app" in told["what"]


async def test_slack_out_of_reach_is_waited_for_a_day(
    store: Store, handler: Handler, workspace: RunningWorkspace, clock: Clock, general: str
) -> None:
    """Each time longer, up to half a minute."""
    workspace.faults.inject("chat.postMessage", Refuse("service_unavailable"), times=None)
    await accepted(store, clock, general)
    claimed = await taken(store)
    waits = []
    for delays in (0, 1, 2, 30):
        verdict = await handler.handle(replace(claimed, delays=delays), sure())
        assert isinstance(verdict, PutOff)
        waits.append(verdict.seconds)
    assert waits == [HASTE.retry_seconds * factor for factor in (1, 2, 4, 1_024)]
    old = replace(claimed, age=(STALE_SECONDS + 1) * 1_000)
    assert await handler.handle(old, sure()) == GivenUp("unreachable:service_unavailable")


def test_a_missing_scope_is_named() -> None:
    """Slack says which one it is."""
    data = {"ok": False, "error": "missing_scope", "needed": "chat:write"}
    error = error_of(SimpleNamespace(status_code=200, headers={}, data=data))
    assert isinstance(error, UnauthorizedError)
    assert (error.code, error.needed) == ("missing_scope", "chat:write")


def test_a_line_is_due_once_a_minute_for_each_key() -> None:
    """However often it is asked for."""
    clock = Clock()
    may_tell = Seldom(60, clock)
    assert [may_tell("a"), may_tell("b"), may_tell("a")] == [True, True, False]
    clock.now += 61
    assert [may_tell("a"), may_tell("a")] == [True, False]


def test_keys_do_not_pile_up() -> None:
    """Whoever may choose them."""
    clock = Clock()
    may_tell = Seldom(60, clock)
    assert sum(may_tell(str(number)) for number in range(3_000)) == 1_000
    clock.now += 61
    assert may_tell("3000")


# --- lost texts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "stays"), [(0, False), (30, True)])
async def test_no_words_stay_where_none_may_be_kept(  # noqa: PLR0917  # fixtures
    ask: CannedAsk, settings: Settings, workspace: RunningWorkspace, tmp_path: Path, days: int, stays: bool
) -> None:
    """Neither in the database's file nor in its log, once that was emptied; the answer came all the same."""
    words = "my words about torch"
    async with open_store(f"sqlite:///{tmp_path}/state/bot.db") as store:
        kept = replace(settings, retention_days=days)
        bot = build_bot(ask, store, phrases_for, kept, pace=HASTE, now=lambda: CLOCK)
        ts = "1700000000.000100"
        await dispatch(bot, event_body(message(workspace.dm.id, words, ts)))
        await store.empty_log()
        files = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert len(workspace.messages("@you")) == 1
    assert (words.encode() in files) == stays


# --- what the database does not take ---------------------------------------------------------------------


@pytest.mark.parametrize("refused", [True, False])
async def test_only_what_passes_is_waited_for(  # noqa: PLR0917  # fixtures
    store: Store,
    handler: Handler,
    clock: Clock,
    general: str,
    monkeypatch: pytest.MonkeyPatch,
    refused: bool,
) -> None:
    """What the database never takes counts as a failure, so that a channel does not stand still over it."""

    async def fail(*_: object) -> None:
        raise RefusedError("never") if refused else StorageError("not now")

    monkeypatch.setattr(store, "recall", fail)
    await accepted(store, clock, general)
    claimed = await taken(store)
    if refused:
        with pytest.raises(RefusedError):
            await handler.handle(claimed, sure())
    else:
        assert isinstance(await handler.handle(claimed, sure()), PutOff)
        old = replace(claimed, age=(STALE_SECONDS + 1) * 1_000)
        assert await handler.handle(old, sure()) == GivenUp("database")
