"""Names in a message: exact, written apart, misspelt, and words that only look like one."""

from __future__ import annotations

import pytest

from tests.understanding.support import names, question


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("torch", "torch"),
        ("PyTorch", "torch"),
        ("py torch", "torch"),
        ("py-torch", "torch"),
        ("pytroch", "torch"),
        ("pytorh", "torch"),
        ("pytorhc", "torch"),
        ("pyttorch", "torch"),
        ("torhc", "torch"),
        ("torchvison", "torchvision"),
        ("torch vision", "torchvision"),
        ("torch-vision", "torchvision"),
        ("torchvisoin", "torchvision"),
        ("torchaduio", "torchaudio"),
        ("cudda", "cuda"),
        ("cuad", "cuda"),
        ("tensorflwo", "tensorflow"),
        ("tenserflow", "tensorflow"),
        ("nvidia driver", "driver"),
        ("显卡驱动", "driver"),
        ("顯卡驅動", "driver"),
    ],
)
def test_a_name_is_found(text: str, name: str) -> None:
    """A product is found by its names, with a space or hyphen inside, and one slip of the keys away."""
    assert names(text) == {name}


@pytest.mark.parametrize(
    "text",
    ["touch", "barracuda", "march", "porch", "torchlight", "torchbearer", "drive", "river", "cua", "couda",
     "tensor", "vision", "touching", "torched", "cud", "scratch", "church", "storch"],
)  # fmt: skip
def test_an_ordinary_word_is_no_name(text: str) -> None:
    """A word that merely looks like a name is left alone."""
    assert names(text) == set()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("torch 1.7 on Windows", "platform", "windows"),
        ("torch 1.7 on win10", "platform", "windows"),
        ("torch 1.7 on Ubuntu", "platform", "linux"),
        ("torch 1.7 mac os", "platform", "macos"),
        ("torch 1.7 with conda", "channel", "conda"),
        ("torch 1.7 by pip3", "channel", "pip"),
    ],
)
def test_a_value_of_an_attribute_is_found(text: str, kind: str, value: str) -> None:
    """Platforms and channels are givens like versions."""
    item = question(text).value(kind)
    assert item is not None
    assert item.constraint == value


def test_the_longer_name_wins() -> None:
    """A name that contains another is the one that is meant."""
    assert names("what is pytorch lightning") == {"pytorch-lightning"}
