"""A process that dies while it gives a question up, or over one that was answered: no second word of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.storage.schema import OPEN
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.faults import MessageIds, Silence
from tests.faults.asking import Asking
from tests.faults.nursery import Nursery
from tests.faults.poison import FAILING
from tests.faults.processes import until
from tests.faults.replicas import Replicas

POST = "chat.postMessage"
LOOK = "conversations.replies"
HANGING = Silence(seconds=60)
UNHEARD = Silence(seconds=60, carried_out=True)


def outcomes(database: Path) -> list[tuple[str, str]]:
    """Of each question, its state and what became of it."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT state, outcome FROM inbox")
        return [(str(state), str(outcome)) for state, outcome in rows]


def is_open(database: Path) -> bool:
    """Whether there is still something to do."""
    return any(state in OPEN for state, _ in outcomes(database))


async def test_an_answer_that_stands_is_not_apologised_for(
    slack: RunningWorkspace, nursery: Nursery, tmp_path: Path
) -> None:
    """The first process dies with the answer posted, two more while they look; the fourth sees it."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, f"sqlite:///{tmp_path}/bot.db", count=1)
    await replicas.start()
    faults = [slack.faults.inject(POST, UNHEARD), *(slack.faults.inject(LOOK, HANGING) for _ in range(2))]
    asking = Asking(slack)
    asking.ask()
    for fault in faults:
        await until(lambda fault=fault: fault.hits)  # type: ignore[misc]
        await replicas.replace(0)
    await until(lambda: not is_open(tmp_path / "bot.db"))
    assert (asking.lost, asking.repeated, asking.apologies) == (0, 0, 0)
    assert outcomes(tmp_path / "bot.db") == [("done", "answered")]


async def test_an_apology_is_made_once(slack: RunningWorkspace, nursery: Nursery, tmp_path: Path) -> None:
    """The process dies with the apology posted, before that is noted; the next one sees it."""
    slack.faults.message_ids = MessageIds.DROPPED
    replicas = Replicas(slack, nursery, f"sqlite:///{tmp_path}/bot.db", count=1, deadly=True)
    await replicas.start()
    fault = slack.faults.inject(POST, UNHEARD)
    failing = slack.post_as_user("general", f"@torchdesk torch {FAILING}?")
    await until(lambda: fault.hits)
    await replicas.replace(0)
    await until(lambda: not is_open(tmp_path / "bot.db"))
    assert [bool(reply.blocks) for reply in slack.replies(failing)] == [False]
    assert outcomes(tmp_path / "bot.db") == [("parked", "lost")]
