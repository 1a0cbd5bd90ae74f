"""Secrets, people and machines go out of a text before it is stored, and answers stay what they were."""

from __future__ import annotations

import time

import pytest

from bot.slack.redaction import redact
from tests.adversarial import NAMES, adversarial
from tests.benchmarks.pace import pace
from tests.questions.cases import pipeline

HOMES, MAC_HOMES = "/home" + "/", "/Users" + "/"
UNITS = ("a.", "a@", HOMES, "://", "sk-", "token=", "a_", "_token ", "x@y.", "hostname ", f"@{HOMES}token= ")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("HF_TOKEN=hf_abcdefghijklmnopqrst pip install", "HF_TOKEN=[secret] pip install"),
        ("use xoxb-1234567890-abcdefghij now", "use [secret] now"),
        ("--index-url https://me:pass@host.example/simple", "--index-url https://host.example/simple"),
        (f'File "{HOMES}zhangsan/env/lib/python3.8/x.py"', f'File "{HOMES}user/env/lib/python3.8/x.py"'),
        (f"{MAC_HOMES}Ann/miniconda3", f"{MAC_HOMES}user/miniconda3"),
        (r"C:\Users\Ann\AppData", r"C:\Users\user\AppData"),
        ("(base) ann@gpu-07:~$ nvcc -V", "(base) user@host:~$ nvcc -V"),
        ("mail ann.b@corp.example.com", "mail user@host"),
        ("Hostname: gpu-07.corp", "Hostname: host"),
        ('password = "hunter22"', 'password = "[secret]"'),
    ],
)
def test_what_nobody_should_keep_is_taken_out(text: str, stored: str) -> None:
    """The rest of the text stays, so that the answer stays."""
    assert redact(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        "torch==1.7.1+cu110 torchvision==0.8.2+cu110 -f https://example.org/whl",
        "tokenizers 0.13 needs which torch?",
        "pypi-simple==1.8.0 hf_transfer sk-learn",
        "torch @ file:///wheels/torch-2.1.0-cp311-cp311-linux_x86_64.whl",
        "pip install git+https://github.com/org/repo@v1.2",
        "driver 535.104.05, arch sm_86, torch@2.1",
    ],
)
def test_what_an_answer_rests_on_stays(text: str) -> None:
    """Names, versions, builds, and addresses without anybody in them."""
    assert redact(text) == text


def test_an_answer_is_the_same_without_them() -> None:
    """A traceback's home folder and token are nothing to the answer."""
    pasted = (
        "ann@gpu-07:~$ HF_TOKEN=hf_abcdefghijklmnopqrst python "
        f"{HOMES}ann/train.py\n"
        "RuntimeError: CUDA error: no kernel image is available for execution on the device\n"
        "torch 1.7.1+cu101, RTX 3090"
    )
    assert redact(pasted) != pasted
    assert pipeline().plain(pipeline().ask(redact(pasted))) == pipeline().plain(pipeline().ask(pasted))


@pytest.mark.timed
@pytest.mark.parametrize("unit", ["a.", "a@", HOMES, "://", "sk-", "token=", "a_", "_token ", "x@y.", *NAMES])
def test_the_longest_text_takes_no_longer_than_its_length(unit: str) -> None:
    """It is done before an event is acknowledged: a twentieth of a second at most."""
    text = adversarial(unit) if unit in NAMES else (unit * 40_000)[:40_000]
    assert any(_seconds(text) <= 0.05 * max(1.0, pace()) for _ in range(3))


def _seconds(text: str) -> float:
    started = time.perf_counter()
    redact(text)
    return time.perf_counter() - started
