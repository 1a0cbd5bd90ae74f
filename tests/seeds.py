"""Plain questions over cells of the tables, in both languages: what the metamorphic tests start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from tests.tables import page, pairs, releases, series

T = TypeVar("T")
EACH: Final = 2
"""Questions of one phrasing."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A question and its language; of a check also the two sides, and where they stand."""

    text: str
    lang: str
    frame: str = ""
    sides: tuple[str, str] = ("", "")

    def swapped(self) -> str:
        """The same check the other way round."""
        first, second = self.sides
        return self.frame.format(a=second, b=first)


CHECKS: Final = {
    "en": (
        "does {a} work with {b}",
        "is {a} compatible with {b}",
        "can I use {a} with {b}?",
        "{a} + {b} ok?",
    ),
    "zh": ("{a} 和 {b} 兼容吗", "{a} 支持 {b} 吗", "{a} 能和 {b} 一起用吗？", "{a} 跟 {b} 匹配吗"),
}
SIDES: Final = (
    ("torch-cuda", "torch", "torch {}", "cuda", "CUDA {}"),
    ("torch-python", "torch", "pytorch {}", "python", "python {}"),
    ("torch-torchvision", "torchvision", "torchvision {}", "torch", "torch {}"),
    ("torch-torchaudio", "torch", "pytorch {}", "torchaudio", "torchaudio {}"),
    ("tensorflow-python", "tensorflow", "tensorflow {}", "python", "python {}"),
)
"""Tables of two products, and how each side is written."""

OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "which torch works with CUDA {cuda}",
        "which pytorch versions support python {python}?",
        "newest pytorch for cuda {cuda}",
        "which torchvision goes with torch {torch}",
        "what torchaudio version do I need for pytorch {torch}",
        "torch {torch} cuda version",
        "which driver does CUDA {cuda} need on linux",
        "pip install line for torch {torch} with cuda {torch_cuda}",
        "install command for pytorch {torch} cpu only",
        "when was pytorch {torch} released",
        "what is the latest torchvision",
        "which torch works with an {gpu}",
        "which cuda does tensorflow {tensorflow} need",
        "torch {torch} or newer with python {python}",
        "what is torchaudio",
        "list all torchvision versions",
    ),
    "zh": (
        "哪些 pytorch 版本支持 CUDA {cuda}",
        "python {python} 能装哪个 torch？",
        "cuda {cuda} 最新能用哪个 pytorch",
        "torch {torch} 对应哪个 torchvision",
        "pytorch {torch} 要配哪个版本的 torchaudio",
        "torch {torch} 对应的 cuda 版本",
        "linux 上 CUDA {cuda} 需要什么驱动",
        "torch {torch} cuda {torch_cuda} 的安装命令",
        "怎么装 cpu 版 pytorch {torch}",
        "pytorch {torch} 是什么时候发布的",
        "torchvision 最新版本是多少",
        "{gpu} 能用哪个 torch",
        "tensorflow {tensorflow} 需要哪个 cuda",
        "torch {torch} 以上支持 python {python} 吗",
        "torchaudio 是什么",
        "列出所有 torchvision 版本",
    ),
}


def spread(items: Sequence[T], count: int, turn: int = 0) -> list[T]:
    """So many of the items from all over them; another `turn` gives others."""
    return [items[(number * len(items) // count + 7 * turn) % len(items)] for number in range(count)]


@cache
def checks() -> tuple[Seed, ...]:
    """Checks of two versions: cells of the tables, and pairs that are none."""
    return tuple(_checks())


def _checks() -> Iterator[Seed]:
    for number, (table, left, left_name, right, right_name) in enumerate(SIDES):
        listed = pairs(table, left, right)
        cells = spread(sorted(listed.pairs), EACH, number)
        cells += zip(
            spread(sorted(listed.left), 1, number), spread(sorted(listed.right), 1, number), strict=True
        )
        for turn, (a, b) in enumerate(cells):
            for lang, frames in CHECKS.items():
                frame, sides = (
                    frames[(number + turn) % len(frames)],
                    (left_name.format(a), right_name.format(b)),
                )
                yield Seed(frame.format(a=sides[0], b=sides[1]), lang, frame, sides)


@cache
def seeds() -> tuple[Seed, ...]:
    """All base questions, none twice."""
    others = (
        Seed(text.format(**_values(number, turn)), lang)
        for lang, texts in OTHERS.items()
        for number, text in enumerate(texts)
        for turn in range(EACH)
    )
    return tuple(dict.fromkeys((*checks(), *others)))


def _values(number: int, turn: int) -> dict[str, str]:
    """One value for each placeholder."""
    torch, cuda = spread(sorted(pairs("torch-cuda", "torch", "cuda").pairs), EACH, number)[turn]
    return {
        "torch": torch,
        "torch_cuda": cuda,
        "cuda": spread(series("cuda"), EACH, number)[turn],
        "python": spread(series("python")[-9:], EACH, number)[turn],
        "gpu": spread(gpus(), EACH, number)[turn],
        "tensorflow": spread(releases("tensorflow"), EACH, number)[turn],
    }


@cache
def gpus() -> tuple[str, ...]:
    """GPUs of the table of their capabilities, as people write them."""
    names = (name for row in page("gpu-capability")["rows"] for name in row["gpu"])
    rtx = (name.removeprefix("geforce-") for name in names if name.startswith("geforce-rtx-"))
    return tuple(dict.fromkeys(name.replace("-", " ").upper() for name in rtx))
