"""Makes a long log as people paste it: pip, training, progress, `nvidia-smi`, one error deep in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from typing import Final

LINES: Final = 5_000
STEPS: Final = 200
ERROR_AT: Final = 0.8
"""The share of the lines that stand before the error."""

ERROR: Final = """Traceback (most recent call last):
  File "train.py", line 412, in <module>
    main(parser.parse_args())
  File "train.py", line 288, in main
    boxes = model(images.to(device))
  File "/opt/env/lib/python3.8/site-packages/torchvision/ops/boxes.py", line 41, in nms
    return torch.ops.torchvision.nms(boxes, scores, iou_threshold)
RuntimeError: operator torchvision::nms does not exist"""
ERROR_ID: Final = "torchvision-ops-missing"

SMI: Final = """+-----------------------------------------------------------------------------+
| NVIDIA-SMI 470.82.01    Driver Version: 470.82.01    CUDA Version: 11.4     |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|===============================+======================+======================|
|   0  Tesla V100-SXM2...  On   | 00000000:00:1E.0 Off |                    0 |
| N/A   41C    P0    38W / 300W |      0MiB / 16160MiB |      0%      Default |
+-----------------------------------------------------------------------------+"""

_PACKAGES: Final = ("numpy", "pillow", "tqdm", "requests", "pyyaml", "scipy", "matplotlib", "tensorboard")


def long_log(lines: int = LINES) -> str:
    """A log of so many lines: the same one each time."""
    head = [*SMI.splitlines(), *islice(_pip(), lines // 10)]
    tail = ERROR.splitlines()
    steps = list(islice(_training(), lines - len(head) - len(tail)))
    cut = int(lines * ERROR_AT) - len(head)
    return "\n".join((*head, *steps[:cut], *tail, *steps[cut:]))


def _pip() -> Iterator[str]:
    """What pip prints, without end."""
    for turn in count():
        name, version, size = (
            _PACKAGES[turn % len(_PACKAGES)],
            f"1.{turn % 23}",
            f"{turn % 90}.{turn % 10} MB",
        )
        wheel = f"{name}-{version}.{turn % 7}-cp38-cp38-manylinux2014_x86_64.whl"
        yield f"Collecting {name}>={version}"
        yield f"  Downloading {wheel} ({size})"
        yield f"     |{'█' * 32}| {size} {turn % 60}.5 MB/s eta 0:00:01"
        yield f"Requirement already satisfied: {name} in /opt/env/lib/python3.8/site-packages ({version})"


def _training() -> Iterator[str]:
    """What a training loop prints, without end."""
    for step in count():
        epoch, done = divmod(step, STEPS)
        loss = 2.5 / (1 + step * 0.01)
        clock = f"2026-03-{1 + epoch % 28:02d} {step % 24:02d}:{step % 60:02d}:07,{step % 1000:03d}"
        speed = f"[00:{step % 60:02d}<00:41, {step % 9}.{step % 10}it/s, loss={loss:.3f}]"
        yield f"[{clock}][INFO] epoch {epoch} step {step} loss={loss:.4f} lr=0.00{step % 9 + 1}"
        yield f"Epoch {epoch}: {done // 2:3d}%|{'█' * (done // 20):<10}| {done}/{STEPS} {speed}"
        if done == STEPS - 1:
            yield f"validation: accuracy {min(0.97, 0.4 + epoch / 30):.3f}, runs/exp{epoch % 5}/last.pt"
            yield "WARNING: the learning-rate scheduler was stepped before the optimizer"
