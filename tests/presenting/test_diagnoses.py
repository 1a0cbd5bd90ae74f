"""What a paste holds of its owner is in no reply."""

from __future__ import annotations

import pytest

from tests.questions.cases import pipeline

SECRETS = ("zelda", "quux", "xoxb-", "hf_", "ghp_")
PASTES = {
    "trace": 'Traceback (most recent call last):\n  File "/srv/zelda/quux/train.py", line 3, in <module>\n'
    "AssertionError: Torch not compiled with CUDA enabled",
    "windows": "OSError: [WinError 126] The specified module could not be found. "
    'Error loading "D:\\Staff\\zelda.quux\\torch\\lib\\shm.dll" or one of its dependencies.',
    "tokens": "export SLACK_BOT_TOKEN=xoxb-1111-zelda\nexport HF_TOKEN=hf_quux123\n"
    "torch==2.1.0\ntorchvision==0.15.2",
    "index": "pip install torch==1.10.2+cu113 --index-url https://zelda:pw@pypi.quux.example/simple\n"
    "ERROR: Could not find a version that satisfies the requirement torch==1.10.2+cu113"
    " (from versions: 1.4.0, 1.5.0, 1.10.2)",
    "symbol": "ImportError: /srv/zelda/lib/libtorch_cuda.so: undefined symbol: _ZN2at4quuxE\n"
    "host quuxbox.corp.example token ghp_zelda99\ntorch 1.7.1",
    "requirements": "torch==2.1.0\nzelda-private==1.2.3\n-e git+ssh://git@quux.example/zelda/repo.git#egg=quux\n"
    "torchvision==0.15.2 # hf_quux1",
    "host": "user zelda on host quuxbox.corp.example: CUDA error: "
    "no kernel image is available for execution on the device\nGeForce RTX 3090, torch 1.7.1+cu101",
}


@pytest.mark.parametrize("name", PASTES)
def test_nothing_of_the_owner_is_echoed(name: str) -> None:
    """No path, host, user or token: not in the reply, not in how it came about, not in the why."""
    bot = pipeline()
    reply = bot.ask(PASTES[name])
    assert (reply.status, reply.asked is not None) == ("answered", True)
    why = bot.plain(bot.why(reply.asked)) if reply.asked else ""
    told = f"{bot.plain(reply)}\n{bot.explain(reply)}\n{why}\n{reply.question}".lower()
    assert [secret for secret in SECRETS if secret in told] == []
