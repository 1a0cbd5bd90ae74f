"""Which workspace a request belongs to: one by its token, or those that installed the bot."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import installed as module
from bot.slack.api_errors import UnreachableError
from bot.slack.installed import InstalledWorkspaces
from bot.slack.uninstalling import uninstall
from bot.slack.workspaces import OneWorkspace, TokenUnknownError, Workspace
from bot.storage import StorageError
from bot.storage.installations import Installations
from bot.storage.sealing import Seal, new_key
from bot.workspace.embedded import RunningWorkspace
from tests.slack.installing import Forgetful
from tests.storage.databases import installations_database

HOUR = 3_600


# --- one workspace -----------------------------------------------------------------------------------------


def slack_error(code: str) -> SlackApiError:
    """What the SDK raises when Slack says no."""
    return SlackApiError("refused", {"ok": False, "error": code})  # type: ignore[no-untyped-call]


@dataclass
class CannedSlack(AsyncWebClient):
    """A client that answers auth.test with what a test gives, and counts."""

    said: dict[str, object] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        super().__init__(token="xoxb-own")

    async def auth_test(self, **_kwargs: object) -> object:  # type: ignore[override]
        """Answer, or fail."""
        self.asked += 1
        await asyncio.sleep(0)
        if "error" in self.said:
            raise slack_error(str(self.said["error"]))
        return type("Answer", (), {"data": self.said})()


TEAM: dict[str, object] = {"team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}


async def test_the_token_tells_its_workspace(workspace: RunningWorkspace) -> None:
    """By a real auth.test."""
    one = OneWorkspace(AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url))
    identity = workspace.workspace.identity
    found = await one.find(None, identity.team_id)
    assert found == Workspace(
        None, identity.team_id, workspace.bot_token, workspace.bot_user_id, workspace.bot_id
    )
    assert workspace.bot_token not in repr(found)


async def test_slack_is_asked_once() -> None:
    """However many events come at once, and for whichever team."""
    slack = CannedSlack(TEAM)
    one = OneWorkspace(slack)
    found = await asyncio.gather(*(one.known(None, team) for team in ("T1", "T2", "T1")))
    assert [workspace is not None for workspace in found] == [True, False, True]
    assert slack.asked == 1


async def test_slack_is_asked_again_after_a_failure() -> None:
    """A refused token is one clear error each time; once it is good, it is good a second later."""
    slack, now = CannedSlack({"ok": False, "error": "invalid_auth"}), [0.0]
    one = OneWorkspace(slack, lambda: now[0])
    with pytest.raises(TokenUnknownError, match=r"SLACK_BOT_TOKEN.*invalid_auth") as caught:
        await one.find(None, "T1")
    assert "xoxb" not in str(caught.value)
    slack.said = TEAM
    with pytest.raises(TokenUnknownError):
        await one.find(None, "T1")
    now[0] += 1
    assert await one.find(None, "T1") is not None
    assert slack.asked == 2


async def test_slack_out_of_reach_is_an_error_of_its_own() -> None:
    """Neither "not installed" nor a bad token: what waits is tried for a day."""
    one = OneWorkspace(AsyncWebClient(token="xoxb-x", base_url="http://127.0.0.1:1/"))
    with pytest.raises(UnreachableError, match="network"):
        await one.find(None, "T1")


async def test_forgetting_asks_again() -> None:
    """As after the token was revoked."""
    slack = CannedSlack(TEAM)
    one = OneWorkspace(slack)
    await one.find(None, "T1")
    await one.forget_user(None, "T1", "U1")
    await one.find(None, "T1")
    assert slack.asked == 1
    await one.forget(None, "T1")
    await one.find(None, "T1")
    assert slack.asked == 2


@pytest.mark.parametrize(
    ("enterprise", "team", "found"),
    [
        ("E1", "T1", "T1"),
        (None, "T1", "T1"),
        ("E1", "T2", "T1"),
        ("E1", None, "T1"),
        ("E2", "T2", None),
        (None, "T2", None),
        (None, None, None),
    ],
)
async def test_a_teams_token_serves_its_organisation(
    enterprise: str | None, team: str | None, found: str | None
) -> None:
    """People of other workspaces may press its buttons in a shared channel; it stays the one workspace."""
    one = OneWorkspace(CannedSlack({**TEAM, "enterprise_id": "E1"}))
    workspace = await one.find(enterprise, team)
    assert (workspace and workspace.team_id) == found


async def test_an_organisations_token_serves_each_of_its_workspaces() -> None:
    """As itself, under the workspace's own id."""
    said = {**TEAM, "team_id": "E1", "enterprise_id": "E1", "is_enterprise_install": True}
    one = OneWorkspace(CannedSlack(said))
    teams = [await one.find("E1", team) for team in ("T1", "T2")]
    assert [workspace and workspace.team_id for workspace in teams] == ["T1", "T2"]
    assert await one.find("E2", "T1") is None


def test_one_workspace_does_not_pay_for_many() -> None:
    """The parts that every process has load no cipher, stores, local workspace, PostgreSQL or migrations."""
    code = "import sys, bot.cli, bot.serving; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["bot.workspace.embedded", "sqlalchemy.dialects.postgresql", "alembic"]
    heavy += ["cryptography", "bot.storage.installations", "bot.slack.installed", "bot.slack.oauth"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- many workspaces ---------------------------------------------------------------------------------------


@dataclass
class CannedRotator(AsyncTokenRotator):
    """Gives each bot the next token, or fails as a test says."""

    failure: Exception | None = None
    meanwhile: Callable[[], object] | None = None
    lasts: int = 12 * HOUR
    count: int = 0

    async def perform_bot_token_rotation(
        self, *, bot: Bot, minutes_before_expiration: int = 120
    ) -> Bot | None:
        """A copy with a new token."""
        self.count += 1
        await asyncio.sleep(0)
        if self.meanwhile is not None:
            await self.meanwhile()  # type: ignore[misc]
        if self.failure is not None:
            raise self.failure
        new = Bot(**bot.to_dict_for_copying())
        new.bot_token, new.bot_refresh_token = f"xoxb-{self.count}", f"xoxe-{self.count}"
        new.bot_token_expires_at = int(time.time()) + self.lasts
        return new


@dataclass
class Bench:
    """The parts that a test turns."""

    store: Installations
    rotator: CannedRotator
    workspaces: InstalledWorkspaces
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def save(
        self, team: str | None = "T1", enterprise: str | None = None, lasts: int | None = None
    ) -> None:
        """Somebody installs the bot; its token is named after the place."""
        await self.store.async_save(
            Installation(
                app_id="A1",
                enterprise_id=enterprise,
                team_id=team,
                bot_token=f"xoxb-{team or enterprise}",
                bot_id="B1",
                bot_user_id="UBOT",
                bot_refresh_token="xoxe-0" if lasts else None,
                bot_token_expires_in=lasts,
                user_id="U1",
                is_enterprise_install=team is None,
            )
        )

    async def token(self, enterprise: str | None, team: str | None) -> str | None:
        """The token that is known, if any."""
        found = await self.workspaces.known(enterprise, team)
        return found.bot_token if found else None


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A store in memory, a canned rotator, and a clock that tests move."""
    async with installations_database() as database:
        store, rotator = Installations(database.connection, "1.2", Seal([new_key()])), CannedRotator()

        async def sleep(seconds: float) -> None:
            parts.slept.append(seconds)

        workspaces = InstalledWorkspaces(store, rotator, now=lambda: time.time() + parts.seconds, sleep=sleep)
        parts = Bench(store, rotator, workspaces)
        yield parts
        await workspaces.close()


async def test_each_team_has_its_own(bench: Bench) -> None:
    """And one that did not install the bot has none."""
    await bench.save("T1")
    await bench.save("T2")
    assert [await bench.token(None, team) for team in ("T1", "T2", "T3")] == ["xoxb-T1", "xoxb-T2", None]


async def test_an_organisations_bot_is_in_each_of_its_workspaces(bench: Bench) -> None:
    """Unless a workspace has its own; another organisation's are not served."""
    await bench.save(None, "E1")
    await bench.save("T1", "E1")
    assert await bench.token("E1", "T1") == "xoxb-T1"
    found = await bench.workspaces.find("E1", "T2")
    assert found is not None
    assert (found.enterprise_id, found.team_id, found.bot_token) == ("E1", "T2", "xoxb-E1")
    assert [await bench.token(*ids) for ids in ((None, "T2"), ("E2", "T2"), (None, None))] == [None] * 3


async def test_a_team_that_joined_an_organisation_keeps_its_bot(bench: Bench) -> None:
    """It installed the bot before; removing it then removes that row, too."""
    await bench.save("T1")
    assert await bench.token("E1", "T1") == "xoxb-T1"
    await bench.workspaces.forget("E1", "T1")
    assert await bench.token(None, "T1") is None


async def test_the_store_is_read_once_a_minute(bench: Bench) -> None:
    """What another process changed is seen after that."""
    await bench.save("T1")
    assert await bench.token(None, "T1") == "xoxb-T1"
    await bench.store.async_delete_all(enterprise_id=None, team_id="T1")
    assert await bench.token(None, "T1") == "xoxb-T1"
    bench.seconds = module.REMEMBERED_SECONDS + 1
    assert await bench.token(None, "T1") is None


async def test_a_new_installation_is_seen_at_once(bench: Bench) -> None:
    """That there is none is not remembered."""
    assert await bench.token(None, "T1") is None
    await bench.save("T1")
    assert await bench.token(None, "T1") == "xoxb-T1"


async def test_forgetting_is_seen_at_once(bench: Bench) -> None:
    """And leaves others alone."""
    await bench.save("T1")
    await bench.save("T2")
    assert await bench.token(None, "T1") == "xoxb-T1"
    await bench.workspaces.forget(None, "T1")
    assert [await bench.token(None, team) for team in ("T1", "T2")] == [None, "xoxb-T2"]


async def test_memory_is_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found first is read anew first."""
    monkeypatch.setattr(module, "REMEMBERED_AT_MOST", 2)
    for team in ("T1", "T2", "T3"):
        await bench.save(team)
        await bench.token(None, team)
        await bench.store.async_delete_all(enterprise_id=None, team_id=team)
    assert [await bench.token(None, team) for team in ("T1", "T2", "T3")] == [None, "xoxb-T2", "xoxb-T3"]


async def test_a_token_with_time_left_is_not_rotated(bench: Bench) -> None:
    """Nor one that does not run out."""
    await bench.save("T1", lasts=3 * HOUR)
    await bench.save("T2")
    for team in ("T1", "T2"):
        await bench.workspaces.find(None, team)
    await bench.workspaces.close()
    assert bench.rotator.count == 0


async def test_a_token_is_rotated_in_the_background(bench: Bench) -> None:
    """Nobody waits while it is good; then the new one is given, and it is stored."""
    await bench.save("T1", lasts=HOUR)
    found = await asyncio.gather(*(bench.workspaces.find(None, "T1") for _ in range(5)))
    assert {workspace and workspace.bot_token for workspace in found} == {"xoxb-T1"}
    await bench.workspaces.close()
    assert await bench.token(None, "T1") == "xoxb-1"
    assert bench.rotator.count == 1
    stored = await bench.store.async_find_bot(enterprise_id=None, team_id="T1")
    assert stored is not None
    assert stored.bot_refresh_token == "xoxe-1"


async def test_a_spent_token_is_waited_for_by_find_alone(bench: Bench) -> None:
    """`known` is for an event that has to be acknowledged, `find` for an answer that has to be posted."""
    await bench.save("T1", lasts=30)
    assert await bench.token(None, "T1") == "xoxb-T1"
    found = await bench.workspaces.find(None, "T1")
    assert found is not None
    assert found.bot_token == "xoxb-1"


async def test_an_organisations_token_is_rotated_for_all(bench: Bench) -> None:
    """Once, whichever workspaces ask."""
    await bench.save(None, "E1", lasts=30)
    found = await asyncio.gather(*(bench.workspaces.find("E1", team) for team in ("T1", "T2")))
    assert [(w.team_id, w.bot_token) for w in found if w] == [("T1", "xoxb-1"), ("T2", "xoxb-1")]
    assert bench.rotator.count == 1


def refused(code: str) -> SlackTokenRotationError:
    """What the SDK raises when Slack does not take a refresh token."""
    return SlackTokenRotationError(slack_error(code))


@pytest.mark.parametrize("failure", [refused("invalid_refresh_token"), TimeoutError(), OSError()])
async def test_a_rotation_in_vain_leaves_the_token_and_is_not_repeated_at_once(
    bench: Bench, failure: Exception
) -> None:
    """It is tried again a minute later."""
    bench.rotator.failure = failure
    await bench.save("T1", lasts=HOUR)
    for _ in range(3):
        assert await bench.token(None, "T1") == "xoxb-T1"
        await bench.workspaces.close()
    assert bench.rotator.count == 1
    bench.rotator.failure, bench.seconds = None, module.AGAIN_AFTER_SECONDS + 1
    await bench.token(None, "T1")
    await bench.workspaces.close()
    assert await bench.token(None, "T1") == "xoxb-2"


async def test_a_token_that_another_process_rotated_is_taken_over(bench: Bench) -> None:
    """Both tried at once, Slack took the other's: what is stored then is used."""

    async def other_process() -> None:
        bot = await bench.store.async_find_bot(enterprise_id=None, team_id="T1")
        assert bot is not None
        bot.bot_token, bot.bot_token_expires_at = "xoxb-other", int(time.time()) + 12 * HOUR
        await bench.store.async_save_bot(bot)

    bench.rotator.failure, bench.rotator.meanwhile = refused("invalid_refresh_token"), other_process
    await bench.save("T1", lasts=30)
    found = await bench.workspaces.find(None, "T1")
    assert found is not None
    assert found.bot_token == "xoxb-other"


async def test_a_token_that_was_rotated_before_is_only_read(bench: Bench) -> None:
    """The one that is remembered is a minute old at most, and may be spent meanwhile."""
    await bench.save("T1", lasts=HOUR)
    remembered = await bench.store.async_find_bot(enterprise_id=None, team_id="T1")
    assert remembered is not None
    bench.rotator.failure = AssertionError("nobody is to ask Slack")
    await bench.save("T1")
    bench.workspaces._remember((None, "T1"), remembered)  # what another process left us with
    remembered.bot_token = "xoxb-before"
    await bench.token(None, "T1")
    await bench.workspaces.close()
    assert (bench.rotator.count, await bench.token(None, "T1")) == (0, "xoxb-T1")


async def test_a_new_token_is_saved_though_the_database_pauses(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old refresh token is spent: losing the new one would end the installation."""
    save, failures = bench.store.async_save_bot, [StorageError("away")] * 3

    async def pausing(bot: Bot) -> None:
        if failures:
            raise failures.pop()
        await save(bot)

    await bench.save("T1", lasts=HOUR)
    monkeypatch.setattr(bench.store, "async_save_bot", pausing)
    await bench.token(None, "T1")
    await bench.workspaces.close()
    assert await bench.token(None, "T1") == "xoxb-1"
    assert bench.slept == list(module.SAVING_DELAYS[:3])


async def test_a_rotation_that_breaks_is_logged_and_nobody_falls(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database does not come back: events go on with the token that there is."""

    async def away(bot: Bot) -> None:
        raise StorageError("away")

    await bench.save("T1", lasts=HOUR)
    monkeypatch.setattr(bench.store, "async_save_bot", away)
    await bench.token(None, "T1")
    await bench.workspaces.close()
    assert await bench.token(None, "T1") == "xoxb-T1"
    assert len(bench.slept) == len(module.SAVING_DELAYS)


# --- removing ----------------------------------------------------------------------------------------------


async def test_uninstalling_may_be_repeated(bench: Bench) -> None:
    """Slack tells it twice, in two events."""
    memory = Forgetful()
    await bench.save("T1")
    await uninstall(bench.workspaces, memory, None, "T1")
    await uninstall(bench.workspaces, memory, None, "T1")
    assert memory.forgotten == ["T1", "T1"]


@pytest.mark.parametrize(("enterprise", "team"), [(None, "T1"), ("E1", "T1"), ("E1", None)])
@pytest.mark.parametrize(("later", "stays"), [(-2, True), (0, False), (60, False)])
async def test_what_was_installed_after_the_event_stays(
    bench: Bench, enterprise: str | None, team: str | None, later: int, stays: bool
) -> None:
    """Slack may tell late, and again, that the installation before was removed."""
    memory = Forgetful()
    await bench.save(team, enterprise)
    await uninstall(bench.workspaces, memory, enterprise, team, int(time.time()) + later)
    assert (await bench.token(enterprise, team) is not None, memory.forgotten == []) == (stays, stays)


@pytest.mark.parametrize("team", [None, "E1"])
async def test_an_organisation_leaves_with_all_its_workspaces(bench: Bench, team: str | None) -> None:
    """Except those that installed the bot for themselves; another organisation stays."""
    memory = Forgetful(of_organisations={"E1": ["T1", "T2", "T3"]})
    await bench.save(None, "E1")
    await bench.save("T2", "E1")
    await bench.save(None, "E2")
    await uninstall(bench.workspaces, memory, "E1", team)
    assert memory.forgotten == ["T1", "T3", "E1"]
    assert await bench.token("E1", "T1") is None
    assert [await bench.token(*ids) for ids in (("E1", "T2"), ("E2", "T9"))] == ["xoxb-T2", "xoxb-E2"]


async def test_one_workspace_leaves_its_organisation_installed(bench: Bench) -> None:
    """Only what is kept of that workspace goes."""
    memory = Forgetful(of_organisations={"E1": ["T1", "T2"]})
    await bench.save(None, "E1")
    await uninstall(bench.workspaces, memory, "E1", "T1")
    assert memory.forgotten == ["T1"]
    assert await bench.token("E1", "T2") == "xoxb-E1"


async def test_tokens_stay_if_the_database_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error goes up, so that the event is not acknowledged and comes again."""

    async def away(**_kwargs: object) -> None:
        raise StorageError("away")

    memory = Forgetful()
    await bench.save("T1")
    monkeypatch.setattr(bench.store, "async_delete_all", away)
    with pytest.raises(StorageError):
        await uninstall(bench.workspaces, memory, None, "T1")
    assert memory.forgotten == []
