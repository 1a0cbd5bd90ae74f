"""The questions that must be answered, asked as a person asks them in the workspace."""

from __future__ import annotations

import json

import pytest

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message

MUST_ANSWER = [
    ("which torch works with CUDA 10.2", ["1.5.0", "1.12.1", "whl/cu102", "checked 2026-11-23"]),
    (
        "哪些 pytorch 版本支持 cuda 9.0",
        ["0.3.0", "0.3.1", "0.4.0", "0.4.1", "1.0.0", "1.0.1", "1.1.0", "核对于"],
    ),
    ("does torch 1.7.0 work with cuda 11.0?", ["Yes"]),
    ("does torch 1.7.0 work with cuda 10.0?", ["no official CUDA 10.0 build", "9.2, 10.1, 10.2, 11.0"]),
    ("torchvision for torch 1.6", ["0.7.0"]),
    ("torch 1.4.0 对应的 torchvision", ["0.5.0"]),
    ("which pytorch goes with torchvision 0.8.1", ["1.7.0"]),
    ("what driver do I need for cuda 10.2 on linux", ["440.33"]),
    ("when was pytorch 1.0 released and what backend did it get", ["December 2018", "Caffe2"]),
    ("what was PyTorch built on", ["2002", "Lua", "Torch7", "THNN"]),
    ("PyTorch 的前身是什么", ["2002", "Lua", "Torch7", "THNN"]),
    ("which version added windows support", ["0.4.0"]),
    ("哪个版本合并了 Variable 和 Tensor", ["0.4.0"]),
    ("when did tensorboard arrive", ["1.1"]),
    ("static vs dynamic graph", ["static graph", "dynamic graph", "TensorFlow before", "PyTorch"]),
    ("pytorch 和 tensorflow 有什么区别", ["静态图", "动态图"]),
    ("library for graph neural networks in pytorch", ["PyTorch Geometric"]),
    ("who is behind mxnet", ["Amazon"]),
    (
        "pip install line for torch 1.7.0 with cuda 11.0",
        ["pip install torch==1.7.0+cu110 torchvision==0.8.0+cu110 torchaudio==0.7.0 -f"],
    ),
    ("which torch works with CUDA 99.9", ["in no table I have", "13.4"]),
    ("what's the weather", ["no checked answer"]),
    ("torch", ["What about PyTorch?", "Latest release"]),
]


def shown(message: Message) -> str:
    """Everything of a message that people see."""
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


@pytest.mark.parametrize(("question", "parts"), MUST_ANSWER, ids=[q for q, _ in MUST_ANSWER])
async def test_mention_gets_the_answer_in_its_thread(
    workspace: RunningWorkspace, question: str, parts: list[str]
) -> None:
    """Each essential question is answered under itself, with what it must say."""
    asked = workspace.post_as_user("general", f"@torchdesk {question}")
    reply = await workspace.wait_for_reply(asked)
    assert reply.thread_ts == asked.ts
    for part in parts:
        assert part in shown(reply)


async def test_clarification_button_answers_in_the_thread(workspace: RunningWorkspace) -> None:
    """Pressing a choice of "What about PyTorch?" asks that question."""
    asked = workspace.post_as_user("general", "@torchdesk torch")
    offer = await workspace.wait_for_reply(asked)
    await workspace.press(offer, "ask:1")
    reply = await workspace.wait_for_reply(asked, count=2)
    assert "The newest PyTorch on record is" in reply.text


async def test_command_is_answered_privately_and_shared_once(workspace: RunningWorkspace) -> None:
    """/torch shows its answer to one person; the button posts it for all, however often it is pressed."""
    await workspace.slash("general", "/torch", "torchvision for torch 1.6")
    await workspace.wait_for(lambda: workspace.messages("general", ephemeral=True))
    answer = workspace.messages("general", ephemeral=True)[0]
    assert "0.7.0" in answer.text
    assert workspace.messages("general") == []
    await workspace.press(answer, "share")
    await workspace.wait_for(lambda: len(workspace.messages("general")) == 1)
    await workspace.settle()
    assert "0.7.0" in workspace.messages("general")[0].text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":tada: :fire:",
        "x " * 19_000,
        "\u202ehcrot\u202c \u0007\u0000 1.7",
        "<!channel> which torch for <https://example.com|this> & <b>CUDA 10.2</b>?",
        "@nobody which torch works with CUDA 10.2",
        "{}[]()''\"\";:!@#$%^&*",
    ],
    ids=["empty", "emoji", "long", "control", "markup", "somebody else", "punctuation"],
)
async def test_odd_message_gets_one_reply_and_no_echo(workspace: RunningWorkspace, text: str) -> None:
    """Whatever is mentioned to the bot, it replies once, and never repeats markup of the asker."""
    asked = workspace.post_as_user("general", f"@torchdesk {text}")
    reply = await workspace.wait_for_reply(asked)
    await workspace.settle()
    assert len(workspace.replies(asked)) == 1
    assert "<!" not in shown(reply)
    assert "example.com" not in shown(reply)


async def test_edited_question_revises_the_answer(workspace: RunningWorkspace) -> None:
    """Mending a typo by an edit changes the bot's own reply instead of adding one."""
    workspace.post_as_user("@you", "torchvision for torch 1.5.0")
    await workspace.wait_for(lambda: len(workspace.messages("@you")) == 2)
    question = workspace.messages("@you")[0]
    workspace.edit_as_user(question, "torchvision for torch 1.6.0")
    await workspace.wait_for(lambda: "0.7.0" in workspace.messages("@you")[-1].text)
    assert len(workspace.messages("@you")) == 2
