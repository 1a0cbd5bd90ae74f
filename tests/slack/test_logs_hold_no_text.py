"""The whole way with everything at its loudest: no word of a user and no token comes out anywhere."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy.exc import StatementError

from bot.presenting.blocks import CHOICE_ACTION
from bot.presenting.reply import Choice, Reply
from bot.slack.app import SlackBot
from bot.slack.http import build_http_app
from bot.slack.probes import Health, probe_routes, serve_probes
from bot.workspace.embedded import RunningWorkspace
from tests.slack.logged import all_loggers, lines, logging_to_memory
from tests.slack.support import CLARIFY, SECRET, CannedAsk, echo, event_body, json_body, message, signed

MARKER = "zebrafish"
PATIENCE_SECONDS = 20.0
ASKED = f"which torch for {MARKER}?"


class Raw(logging.Handler):
    """What would have come out without the rule."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text, and who told it."""
        self.texts.append((record.name.split(".")[0], record.getMessage()))


@pytest.fixture
def raw() -> Iterator[Raw]:
    """Hears everything beside the log itself."""
    handler = Raw()
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def written(raw: Raw) -> Iterator[io.StringIO]:
    """The log of the whole run, at DEBUG from the start."""
    with logging_to_memory("DEBUG") as stream:
        logging.getLogger().addHandler(raw)
        yield stream


@pytest.fixture
def loud(written: io.StringIO, bot: SlackBot) -> SlackBot:
    """The app, each logger of each library forced to DEBUG once there is one."""
    for logger in all_loggers():
        logger.setLevel(logging.DEBUG)
    return bot


@pytest.fixture
async def heard(
    loud: SlackBot, connected: RunningWorkspace, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> AsyncIterator[RunningWorkspace]:
    """The workspace with the loud bot in it. Afterwards all output is searched."""
    yield connected
    await connected.settle()
    text = written.getvalue() + "".join(capfd.readouterr())
    secrets = (connected.bot_token, connected.app_token, connected.signing_secret, "/response/")
    assert [word for word in (MARKER, *secrets) if word in text] == []
    assert lines(written)


async def asked_by_command(workspace: RunningWorkspace, text: str) -> None:
    """Run the command, and wait for what comes of it."""
    await workspace.slash("general", "/torch", text)
    await workspace.wait_for(lambda: workspace.messages("general", ephemeral=True))


async def test_libraries_would_have_told(heard: RunningWorkspace, raw: Raw, written: io.StringIO) -> None:
    """The rule is needed: at DEBUG the libraries do print the question; here their lines have no text."""
    await heard.wait_for_reply(heard.post_as_user("general", f"@torchdesk {ASKED}"))
    await heard.settle()
    tellers = {name for name, text in raw.texts if MARKER in text}
    assert "slack_bolt" in tellers
    shown = {str(line["logger"]).split(".")[0] for line in lines(written) if line["level"] == "debug"}
    assert tellers | {"aiosqlite"} <= shown


async def test_mention(heard: RunningWorkspace) -> None:
    """Asked in a channel."""
    await heard.wait_for_reply(heard.post_as_user("general", f"@torchdesk {ASKED}"))


async def test_direct_message_and_its_edit(heard: RunningWorkspace) -> None:
    """Asked in a DM, then changed, then deleted."""
    question = heard.post_as_user("@you", ASKED)
    await heard.wait_for(lambda: len(heard.messages("@you")) == 2)
    heard.edit_as_user(question, f"{ASKED} 2")
    await heard.wait_for(lambda: f"{MARKER}? 2" in heard.messages("@you")[-1].text)
    heard.delete_as_user(question)
    await heard.wait_for(lambda: not heard.messages("@you"))


async def test_command_and_its_share(heard: RunningWorkspace) -> None:
    """Asked in private, then shown to everybody."""
    await asked_by_command(heard, ASKED)
    await heard.press(heard.messages("general", ephemeral=True)[-1], "share")
    await heard.wait_for(lambda: heard.messages("general"))


async def test_choice(heard: RunningWorkspace, ask: CannedAsk) -> None:
    """A button that carries a question."""

    asked_back = replace(echo(CLARIFY), choices=(Choice("This", ASKED), Choice("That", "torch")))
    ask.reply_to = lambda _text: asked_back
    question = heard.post_as_user("general", f"@torchdesk {ASKED}")
    reply = await heard.wait_for_reply(question)
    ask.reply_to = echo
    await heard.press(reply, f"{CHOICE_ACTION}1")
    await heard.wait_for_reply(question, 2)


def with_key(text: str) -> Reply:
    """A bug whose error holds the question."""
    raise KeyError(text)


def with_cause(text: str) -> Reply:
    """A bug that was caused by another, both with the question."""
    try:
        return with_key(text)
    except KeyError as error:
        raise ValueError(f"cannot answer {text}") from error


def with_parameters(text: str) -> Reply:
    """A database's error as the store passes it on: it carries the statement's parameters."""
    try:
        raise StatementError(f"bad value {text}", "INSERT", {"text": text}, ValueError(text))
    except StatementError as error:
        raise RuntimeError(f"the database failed: {error}") from error


@pytest.mark.parametrize("bug", [with_key, with_cause, with_parameters])
async def test_error_that_holds_the_question(
    heard: RunningWorkspace, ask: CannedAsk, bug: Callable[[str], Reply], written: io.StringIO
) -> None:
    """Its class and its way through the source are told, its text is not."""
    ask.reply_to = bug
    question = heard.post_as_user("general", f"@torchdesk {ASKED}")
    await heard.wait_for_reply(question, seconds=PATIENCE_SECONDS)
    told = " ".join(str(line["exception"]) for line in lines(written) if "exception" in line)
    assert f" {getattr(bug, '__name__', '')}" in told
    assert "Error" in told


async def test_refusal_that_holds_tokens(heard: RunningWorkspace) -> None:
    """Slack's own words about a call may repeat what was sent."""
    for _ in range(3):
        said = f"{heard.bot_token} may not say {MARKER}"
        heard.faults.refuse_next("chat.postMessage", "internal_error", said)
    heard.post_as_user("@you", ASKED)
    await heard.settle()


async def test_task_that_nobody_awaits(heard: RunningWorkspace, written: io.StringIO) -> None:
    """asyncio tells of it in its own words."""
    handler = {"message": f"lost {MARKER}", "exception": KeyError(MARKER)}
    asyncio.get_running_loop().call_exception_handler(handler)
    assert any(line["logger"] == "asyncio" and "exception" in line for line in lines(written))


async def test_signed_requests(heard: RunningWorkspace, loud: SlackBot) -> None:
    """Over HTTP through a real server: an event, a forged one, broken ones, an odd path."""
    routes = [*build_http_app(loud, SECRET, routes=probe_routes(Health())).routes]
    body = json_body(event_body(message(heard.dm.id, ASKED, "1700000000.000100")))
    broken = f"{{{MARKER}".encode()
    async with serve_probes(routes, "127.0.0.1", 0) as address, httpx.AsyncClient() as client:
        events = f"{address}/slack/events"
        codes = [
            (await client.post(events, content=body, headers=signed(body))).status_code,
            (await client.post(events, content=body, headers=signed(body, "forged"))).status_code,
            (await client.post(events, content=broken, headers=signed(broken))).status_code,
            (await client.get(f"{address}/{MARKER}?code={MARKER}")).status_code,
        ]
        await heard.wait_for(lambda: heard.messages("@you"))
    assert codes == [200, 401, 400, 404]
