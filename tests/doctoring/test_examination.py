"""The whole examination: its order, and what ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.doctoring.examination import examine
from bot.doctoring.findings import ok, problem
from bot.settings import VARIABLES, bundled_knowledge
from tests.doctoring.support import about, answer, lines, peer


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and nothing set but where the knowledge is."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KNOWLEDGE_PATH", str(bundled_knowledge()))
    return tmp_path


async def test_everything_is_looked_at_in_order() -> None:
    """Without --live Slack is not asked."""
    printed = await lines(examine(live=False))
    assert [line[9:].partition(":")[0] for line in printed] == ["settings", "mode", "knowledge", "database"]
    assert {line.split()[0] for line in printed} == {"ok"}
    assert "in memory" in about("database", printed)


async def test_slack_is_asked_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """After all the rest."""
    async with peer(answer({"ok": True})) as url:
        monkeypatch.setenv("SLACK_API_URL", url)
        printed = await lines(examine(live=True))
    assert [line[9:].partition(":")[0] for line in printed][-3:] == ["clock", "bot token", "app token"]


async def test_settings_that_cannot_be_used_are_all_told_and_end_it(bare: Path) -> None:
    """From `.env` too; no secret stands in the lines."""
    (bare / ".env").write_text("PORT=x\nSLACK_BOT_TOKEN=hunter2\nLOG_LEVEL=loud\n", encoding="utf-8")
    printed = await lines(examine(live=True))
    assert [line.partition("=")[0].partition(": it")[0] for line in printed] == [
        "problem  settings: SLACK_BOT_TOKEN",
        "problem  settings: PORT",
        "problem  settings: LOG_LEVEL",
    ]
    assert "hunter2" not in "".join(printed)


def test_a_finding_is_one_printable_line() -> None:
    """Whatever came from elsewhere."""
    assert str(problem("a", "b\n\x1b[31mc\td")) == "problem  a: b [31mc d"
    assert str(ok("a", "b")) == "ok       a: b"
