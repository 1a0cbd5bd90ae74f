"""Does what the inbox hands out, and says what is to become of it: done, put off, or given up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.metrics import Metrics
from bot.presenting.blocks import Extras
from bot.presenting.mrkdwn import escape
from bot.presenting.payload import Message
from bot.presenting.surface import SurfacePhrases
from bot.slack.api_errors import (
    BlocksRefusedError,
    PostingError,
    RateLimitedError,
    UnauthorizedError,
    UnreachableError,
)
from bot.slack.conversation import answer_question, revise_answer, withdraw_answer
from bot.slack.desk import Desk
from bot.slack.errand import Errand, Result
from bot.slack.holding import Hold, LeaseLostError
from bot.slack.incoming import Place
from bot.slack.posting import find_posted, post, respond_with, whisper
from bot.slack.pressing import act_on
from bot.slack.refusals import advice
from bot.slack.seldom import Seldom
from bot.slack.verdicts import Done, GivenUp, PutOff, Verdict
from bot.slack.work import (
    AnyWork,
    Asked,
    Commanded,
    Deleted,
    Edited,
    Pressed,
    WorkCodec,
    WorkError,
    question_in,
    surface_of,
)
from bot.slack.workspaces import TokenUnknownError, Workspaces
from bot.storage import Claimed, Entry, RefusedError, StorageError, UnreadableTokenError

log: FilteringBoundLogger = structlog.get_logger(__name__)

LATE_SECONDS: Final = 3_600
"""An answer that comes later than this after its question says so."""

STALE_SECONDS: Final = 24 * 3_600
"""What could not be answered in this time, because Slack was not to be had, is given up."""

LONGEST_WAIT: Final = 30.0
TOKEN_WAIT: Final = 60.0
MINUTE: Final = 60
LIMITED: Final = "limited"
NO_TOKEN: Final = (TokenUnknownError, UnreadableTokenError)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a channel rests after a message, of which Slack takes about one a second, and how long the bot
    waits before it tries again what failed, each further time twice as long.
    """

    post_seconds: float = 1.0
    retry_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Handler:
    """Behind the worker: `clients` gives the client for a bot token.

    `questions_per_minute` is how many one person may ask in a minute. `may_tell` keeps the log from saying
    the same for each question.
    """

    desk: Desk
    workspaces: Workspaces
    clients: Callable[[str], AsyncWebClient]
    questions_per_minute: int
    pace: Pace
    metrics: Metrics
    codec: WorkCodec = field(default_factory=WorkCodec)
    now: Callable[[], float] = time.time
    may_tell: Callable[[str], bool] = field(default_factory=Seldom)

    async def handle(self, claimed: Claimed, hold: Hold) -> Verdict:
        """Do one piece of work.

        Raises whatever goes wrong in answering: the worker counts it, and gives up in the end.
        """
        try:
            return await self._handle(claimed, hold)
        except PostingError as error:
            self.metrics.slack_error(error.method, error.code)
            return self._after_refusal(claimed, error)
        except NO_TOKEN as error:
            if self.may_tell(f"{type(error).__name__}/{claimed.entry.team}"):
                log.error("token_refused", what=str(error))
            return self._wait(claimed, f"token:{type(error).__name__}", TOKEN_WAIT, LATE_SECONDS)
        except RefusedError:
            raise
        except StorageError:
            return self._wait(claimed, "database", self.pace.retry_seconds, STALE_SECONDS)
        except LeaseLostError:
            return PutOff("lease", 0)

    def _after_refusal(self, claimed: Claimed, error: PostingError) -> Verdict:
        """What to do after Slack took no message; an error where a further try may show a mistake of ours."""
        if isinstance(error, RateLimitedError):
            return PutOff("ratelimited", error.seconds, rest=error.seconds)
        if isinstance(error, UnauthorizedError):
            if self.may_tell(f"{error.code}/{claimed.entry.team}"):
                log.error("token_refused", code=error.code, what=advice(error.code, error.needed))
            return self._wait(claimed, f"token:{error.code}", TOKEN_WAIT, LATE_SECONDS)
        if isinstance(error, UnreachableError):
            wait = min(LONGEST_WAIT, self.pace.retry_seconds * 2.0 ** min(claimed.delays, 10))
            return self._wait(claimed, f"unreachable:{error.code}", wait, STALE_SECONDS)
        if isinstance(error, BlocksRefusedError):
            raise error
        return Done(f"refused:{error.code}", repeatable=True)

    async def has_answered(self, claimed: Claimed) -> bool:
        """Whether the answer stands already: a process was gone between posting it and noting that.

        Raises:
            RateLimitedError, UnreachableError, StorageError: it may be looked up later.
        """
        try:
            work = self.codec.read(claimed.entry)
            client = await self._client(claimed.entry)
            return client is not None and await _has_answer(client, work)
        except (RateLimitedError, UnreachableError):
            raise
        except (WorkError, PostingError, *NO_TOKEN):
            return False

    async def apologize(self, claimed: Claimed, error: BaseException | None) -> None:
        """Tell whoever waits for an answer that there will be none. If even that is refused, the log has it.

        Raises:
            RateLimitedError, UnreachableError, StorageError: it may be told later.
        """
        try:
            work = self.codec.read(claimed.entry)
            client = await self._client(claimed.entry)
            if client is not None:
                text = self._words(work, guess=isinstance(error, BotError)).failure
                await self._tell(client, claimed.entry, work, text)
        except (RateLimitedError, UnreachableError):
            raise
        except (WorkError, PostingError, *NO_TOKEN) as silent:
            log.error("failure_not_told", event_id=claimed.entry.event_id, error=type(silent).__name__)

    async def keep_waiting(self, entry: Entry) -> None:
        """Tell an asker that the question is queued."""
        try:
            work = self.codec.read(entry)
            client = await self._client(entry)
            if client is not None and isinstance(work, Asked):
                # In the default language: what waits may be what breaks the pipeline.
                text = escape(self._words(work, guess=False).busy)
                await whisper(client, work.question.place, entry.person, text)
        except (WorkError, PostingError, StorageError, *NO_TOKEN) as silent:
            log.info("wait_not_told", event_id=entry.event_id, error=type(silent).__name__)

    async def _handle(self, claimed: Claimed, hold: Hold) -> Verdict:
        started = time.monotonic()
        work, client = self.codec.read(claimed.entry), await self._client(claimed.entry)
        if client is None:
            return Done("not_installed")
        if await self._asks_too_much(claimed, client, work):
            return Done(LIMITED)
        result = await _do(self._errand(claimed, client, work, hold), work)
        self._record(claimed, work, result, started)
        rest = self.pace.post_seconds if result.posted else 0
        return Done(result.outcome, rest, notes=result.notes)

    async def _client(self, entry: Entry) -> AsyncWebClient | None:
        workspace = await self.workspaces.find(entry.enterprise or None, entry.team or None)
        return None if workspace is None else self.clients(workspace.bot_token)

    def _errand(self, claimed: Claimed, client: AsyncWebClient, work: AnyWork, hold: Hold) -> Errand:
        age = claimed.age / 1_000
        if isinstance(work, Asked):
            age = max(age, self.now() - _seconds(work.question.edited or work.question.ts, self.now()))
        return Errand(
            self.desk,
            client,
            claimed.entry.team,
            claimed.entry.event_id,
            hold,
            again=claimed.again,
            late=age > LATE_SECONDS,
        )

    async def _asks_too_much(self, claimed: Claimed, client: AsyncWebClient, work: AnyWork) -> bool:
        """Whether a person asks more than one may in a minute; once in a minute, that is told."""
        if not self.questions_per_minute:
            return False
        refused = claimed.before.get(LIMITED, 0)
        if sum(claimed.before.values()) - refused < self.questions_per_minute:
            return False
        told = f"limit/{claimed.entry.team}/{claimed.entry.person}"
        if not refused and await self.desk.store.is_first(told, MINUTE):
            text = self._words(work).slow_down.replace("{count}", str(self.questions_per_minute))
            await self._tell(client, claimed.entry, work, text, privately=True)
        return True

    async def _tell(
        self, client: AsyncWebClient, entry: Entry, work: AnyWork, text: str, *, privately: bool = False
    ) -> None:
        """Say a sentence where the answer was expected; nothing where nobody expects one."""
        sentence = Message(escape(text), (), "text")
        place = _place(work)
        if place is not None and privately:
            await whisper(client, place, entry.person, sentence.text)
        elif place is not None:
            key = f"{entry.event_id}/failure"
            if await find_posted(client, place, key=key, after=_asked_at(work)) is None:
                await post(client, place, [sentence], key=key)
        elif isinstance(work, Commanded | Pressed):
            await respond_with(client, work.response_url, [sentence])

    def _words(self, work: AnyWork, *, guess: bool = True) -> SurfacePhrases:
        """The words in the question's language, unless it may be the pipeline itself that broke."""
        text = question_in(work)
        lang = self.desk.ask.ask(text).lang if guess and text else None
        return self.desk.phrases_for(lang)

    def _record(self, claimed: Claimed, work: AnyWork, result: Result, started: float) -> None:
        """Log what became of it, and count it; the time is from the receipt on."""
        seconds = claimed.age / 1_000 + time.monotonic() - started
        reply = result.reply
        about = {"status": reply.status, "intent": reply.intent, "lang": reply.lang} if reply else {}
        log.info(result.outcome, channel=claimed.entry.channel, ms=round(seconds * 1_000, 1), **about)
        if reply is not None:
            self.metrics.answered(surface_of(work), reply.intent, reply.status, seconds)

    def _wait(self, claimed: Claimed, reason: str, seconds: float, longest: float) -> Verdict:
        return PutOff(reason, seconds) if claimed.age / 1_000 < longest else GivenUp(reason)


async def _do(errand: Errand, work: AnyWork) -> Result:
    match work:
        case Asked(question):
            return await answer_question(errand, question)
        case Edited(question, answer_new):
            return await revise_answer(errand, question, answer_new=answer_new)
        case Deleted(channel, ts):
            return await withdraw_answer(errand, channel, ts)
        case Commanded():
            return await _answer_command(errand, work)
        case Pressed():
            return await act_on(errand, work)


async def _answer_command(errand: Errand, command: Commanded) -> Result:
    reply = await errand.desk.answer(command.text)
    messages = errand.render(reply, Extras(share=command.text))
    await errand.respond(command.response_url, messages)
    return Result("answered_command", reply)


def _place(work: AnyWork) -> Place | None:
    """Where an answer is expected in a channel."""
    match work:
        case Asked(question):
            return question.place
        case Edited(question, _, expected):
            return question.place if expected else None
        case Pressed(action, press) if action != "share" and not press.private:
            return press.place
        case _:
            return None


async def _has_answer(client: AsyncWebClient, work: AnyWork) -> bool:
    """Whether the answer stands already; of a revision that cannot be told."""
    place, key = _place(work), _key(work)
    if place is None or not key:
        return False
    return await find_posted(client, place, key=key, after=_asked_at(work)) is not None


def _key(work: AnyWork) -> str:
    """What the answer to work is posted under; an empty text where there is more than one."""
    match work:
        case Asked(question) if not question.edited:
            return question.key
        case Pressed(action, press):
            return press.key(action)
        case _:
            return ""


def _asked_at(work: AnyWork) -> str:
    """The timestamp of the message after which the answer stands."""
    match work:
        case Asked(question) | Edited(question):
            return question.ts
        case Pressed():
            return work.press.message_ts
        case Deleted():
            return work.ts
        case Commanded():
            return ""


def _seconds(ts: str, otherwise: float) -> float:
    """A timestamp of Slack's in seconds since 1970."""
    try:
        return float(ts)
    except ValueError:
        return otherwise
