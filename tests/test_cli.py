"""The terminal: exit codes, the JSON contract, a conversation, the knowledge commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.settings import bundled_knowledge

KEYS: Final = ["id", "status", "verdict", "intent", "text", "lang", "citations", "question"]


def run(*arguments: str, text: str | None = None, **environ: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, list(arguments), input=text, env=environ)


def bot(*arguments: str, text: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=text,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("which torch works with CUDA 10.2", 0),
        ("哪些 pytorch 版本支持 cuda 9.0", 0),
        ("does torch 1.7.0 work with cuda 10.0?", 0),
        ("which torch works with CUDA 99.9", 1),
        ("what's the weather", 1),
        ("torch", 1),
        ("", 0),
    ],
)
def test_ask_tells_by_its_exit_code_whether_it_answered(question: str, code: int) -> None:
    """Zero: answered; one: asked back or not known."""
    assert run("ask", question).exit_code == code


def test_ask_prints_the_answer() -> None:
    """The answer, the command to run and the source stand in the output."""
    printed = run("ask", "which torch works with CUDA 10.2").output
    for part in ("1.5.0–1.12.1", "pip install torch==1.12.1+cu102", "Source:", "checked 2026-11-23"):
        assert part in printed


@pytest.mark.parametrize(
    "arguments", [("ask",), ("ask", "--jsonl", "torch"), ("ask", "a", "b"), ("ask", "--nope"), ("nope",)]
)
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...]) -> None:
    """A question or --jsonl, one of the two."""
    assert run(*arguments).exit_code == 2


def test_explain_shows_what_was_understood_the_rules_and_the_steps() -> None:
    """After the answer: the question as it was read, what fired, each row with its source and day."""
    printed = run("ask", "--explain", "which torch works with CUDA 10.2").output
    answer, _, derivation = printed.partition("\nUnderstood: ")
    assert answer.startswith("Official CUDA 10.2 builds")
    for part in ("about: PyTorch; given: CUDA 10.2", "product:torch", "lookup.wanted"):
        assert part in derivation
    step = derivation.partition("  torch-cuda:")[2].splitlines()
    assert "PyTorch 1.11.0, 1.12.0, 1.12.1 · CUDA 10.2 · Linux · pip, conda" in step[0]
    assert "checked 2026-11-23" in step[1]


def test_explain_of_no_answer_says_that_nothing_stands_behind_it() -> None:
    """There are rules, but no steps."""
    result = run("ask", "--explain", "which torch works with CUDA 99.9")
    assert result.exit_code == 1
    assert result.output.rstrip().endswith("No row or fact stands behind that.")


def test_explain_counts_the_steps_that_it_leaves_out() -> None:
    """Thirty are enough to read."""
    printed = run("ask", "--explain", "everything about torch 2.4.0").output
    derivation = printed.partition("It rests on:")[2].splitlines()
    steps = [line for line in derivation if line.startswith("  ") and not line.startswith("    ")]
    assert len(steps) == 30
    assert derivation[-1].startswith("… and ")


def test_jsonl_answers_every_line_in_order() -> None:
    """One object out for each object in; empty lines are skipped."""
    lines = ['{"id": 3, "text": "torch"}', "", '{"id": "b", "text": "which torch works with CUDA 99.9"}',
             '{"id": 1, "text": "torch 1.7.0 支持 cuda 11.0 吗"}']  # fmt: skip
    result = run("ask", "--jsonl", text="\n".join(lines))
    found = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert [(item["id"], item["status"], item["verdict"]) for item in found] == [
        (3, "clarify", None),
        ("b", "unknown", None),
        (1, "answered", "yes"),
    ]
    assert {tuple(item) for item in found} == {tuple(KEYS)}


def test_chat_follows_up() -> None:
    """A conversation is one thread; chatter in it changes nothing."""
    printed = run("chat", text="torchvision for torch 1.6\nthanks\nand torchaudio?\n").output
    assert "0.7.0" in printed
    assert "0.6.0" in printed


def test_jsonl_of_nothing_is_nothing() -> None:
    """No line in, no line out."""
    result = run("ask", "--jsonl", text="")
    assert (result.exit_code, result.output) == (0, "")


def test_a_bad_json_line_is_named_and_ends_with_two() -> None:
    """What was answered before stays; the message is one line without a traceback."""
    done = bot("ask", "--jsonl", text='{"id": 1, "text": "torch"}\nnonsense\n')
    assert done.returncode == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1]
    assert done.stderr == "bot: line 2: not JSON\n"


def test_a_bad_line_leaves_the_others_answered() -> None:
    """What is no question is named on standard error; the lines after it are answered."""
    done = bot("ask", "--jsonl", text='nonsense\n{"id": 1, "text": "torch 1.6 torchvision"}\n')
    assert done.returncode == 2
    assert "line 1" in done.stderr
    assert json.loads(done.stdout)["id"] == 1


def test_the_same_question_gets_the_same_bytes_in_every_process() -> None:
    """The answer does not hang on the order of hashes."""
    question = '{"id": 1, "text": "which torch works with CUDA 11.8? and torchvision for torch 1.6"}'
    outputs = {bot("ask", "--jsonl", text=question, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "77")}
    assert len(outputs) == 1


def test_chat_answers_until_an_empty_line() -> None:
    """Each line is answered; an empty one ends the conversation."""
    result = run("chat", text="which torch works with CUDA 10.2\ntorchvision for torch 1.6\n\ntorch 1.7.0\n")
    assert result.exit_code == 0
    assert "1.12.1" in result.output
    assert "0.7.0" in result.output
    assert "What about" not in result.output


def test_chat_ends_with_the_input() -> None:
    """End of input ends the conversation without an error."""
    assert run("chat", text="torch").exit_code == 0


def test_knowledge_check_of_good_knowledge_counts_it() -> None:
    """The shipped knowledge has no mistake."""
    result = run("knowledge", "check")
    assert result.exit_code == 0
    assert result.output.rstrip().endswith(": ok")


def test_knowledge_check_lists_every_mistake_and_exits_with_one(tmp_path: Path) -> None:
    """Each mistake is one line `file:line: key: what is wrong`."""
    folder = tmp_path / "knowledge"
    shutil.copytree(bundled_knowledge(), folder)
    path = folder / "tables" / "torch-torchtext.yaml"
    text = path.read_text("utf-8")
    text = text.replace('{torch: "1.7.1", ', "{torch: 1.7, ").replace(
        '  - {torch: "1.9.0", ', '  - {torhc: "1.9.0", '
    )
    path.write_text(text, encoding="utf-8")
    (folder / "facts" / "bad.yaml").write_text("facts: 3\n", encoding="utf-8")
    result = run("knowledge", "check", str(folder))
    assert result.exit_code == 1
    lines = text.splitlines()
    row = next(number for number, line in enumerate(lines, 1) if "torch: 1.7, " in line)
    assert f"{path}:{row}: rows.6.torch: quote the version" in result.output
    assert f"{folder}/facts/bad.yaml:1: facts: " in result.output
    assert "mistakes" in result.output


def test_knowledge_check_of_no_folder_exits_with_one(tmp_path: Path) -> None:
    """A folder without pages is a mistake."""
    assert run("knowledge", "check", str(tmp_path)).exit_code == 1


def test_broken_knowledge_stops_every_command_with_its_mistakes(tmp_path: Path) -> None:
    """Exit code two, every mistake, no traceback."""
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "bad.yaml").write_text("facts:\n  - id: 1.10\n", encoding="utf-8")
    done = bot("ask", "torch", KNOWLEDGE_PATH=str(tmp_path))
    assert done.returncode == 2
    assert f"{tmp_path}/facts/bad.yaml:2: facts.0.id: quote the version" in done.stderr
    assert "Traceback" not in done.stderr


def test_knowledge_schema_prints_one_kind_or_all() -> None:
    """Editors get valid JSON."""
    one = json.loads(run("knowledge", "schema", "tables").output)
    every = json.loads(run("knowledge", "schema").output)
    assert one == every["tables"]
    assert run("knowledge", "schema", "nope").exit_code == 2


def test_a_setting_that_cannot_be_used_is_one_line() -> None:
    """Exit code two and a message, no traceback."""
    done = bot("ask", "torch", PORT="x")
    assert done.returncode == 2
    assert done.stderr == "bot: PORT='x': a port is a number from 1 to 65535\n"


def test_doctor_tells_by_its_exit_code_whether_there_is_a_problem() -> None:
    """Zero: nothing stands in the way; one: a line says what does. No traceback, no secret."""
    well = bot("doctor", SLACK_APP_TOKEN="", SLACK_BOT_TOKEN="", DATABASE_URL="")
    assert (well.returncode, well.stderr) == (0, "")
    assert "ok       knowledge: " in well.stdout
    ill = bot("doctor", "--live", SLACK_BOT_TOKEN="hunter2", PORT="x")
    assert ill.returncode == 1
    assert [line.split()[0] for line in ill.stdout.splitlines()] == ["problem", "problem"]
    assert "hunter2" not in ill.stdout + ill.stderr
    assert "Traceback" not in ill.stderr


def test_a_refused_token_is_one_line_at_the_start(tmp_path: Path) -> None:
    """`bot` with tokens that nobody answers for ends with what to do, not with a traceback."""
    environ = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "LOG_LEVEL": "ERROR"}
    where = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}
    done = bot(**environ, **where)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "bot: Slack cannot be reached at 127.0.0.1: no connection (Connection refused)"
    )
    assert len(done.stderr.splitlines()) == 1


def test_help_needs_no_knowledge(tmp_path: Path) -> None:
    """`--help` works with knowledge that is not there."""
    result = run("--help", KNOWLEDGE_PATH=str(tmp_path))
    assert result.exit_code == 0
    for command in ("ask", "chat", "serve", "workspace", "doctor", "knowledge"):
        assert command in result.output
