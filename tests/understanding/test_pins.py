"""What lists of packages and install commands pin, in every form that people paste."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.lexicon import build_lexicon
from bot.understanding.pins import PinReader, Pins
from tests.questions.cases import pipeline


@cache
def reader() -> PinReader:
    """Compiled once over the real knowledge."""
    return PinReader(pipeline().kb, build_lexicon(pipeline().kb))


def read(text: str) -> Pins:
    """The pins of a message."""
    return reader().read(text)


def pinned(text: str) -> list[str]:
    """Each pin as its column, its constraint and what its tag tells."""
    return [
        " ".join((pin.column, str(pin.constraint), *([f"[{pin.tag.column} {pin.tag}]"] if pin.tag else ())))
        for pin in read(text).pins
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("torch==1.8.0+cu111", ["torch 1.8.0 [cuda 11.1]"]),
        ("torch == 1.8.0", ["torch 1.8.0"]),
        ("torch===1.8.0", ["torch 1.8.0"]),
        ("torch==1.8", ["torch 1.8.0"]),
        ("torch==1.8.*", ["torch 1.8"]),
        ("torch>=1.5,<1.8", ["torch >=1.5, <1.8"]),
        ("torchvision~=0.9.1", ["torchvision >=0.9.1, <0.10"]),
        ("torch!=1.9.0", ["torch !=1.9.0"]),
        ("transformers[torch]==4.30.2", ["transformers 4.30.2"]),
        ("numpy==1.24.3 ; python_version < '3.12'", ["numpy 1.24.3"]),
        ("lightning==2.4.0  # the trainer", ["lightning 2.4.0"]),
        ("torch==2.0.1+cpu", ["torch 2.0.1 [accelerator cpu]"]),
        ("torch==2.0.1+rocm5.4.2", ["torch 2.0.1 [rocm 5.4.2]"]),
        ("torch==1.7.1+cu11.0", ["torch 1.7.1 [cuda 11.0]"]),
        ("torch==2.1.0+git1234", ["torch 2.1.0"]),
        ("accelerate==0.34.2", ["hf-accelerate 0.34.2"]),
        ("nvidia-cudnn-cu12==8.9.2.26", ["cudnn 8.9.2.26"]),
        ('"torch==1.8.0",', ["torch 1.8.0"]),
        ("torch==1.8.0 \\", ["torch 1.8.0"]),
        ("torch＝＝1.8.0", ["torch 1.8.0"]),
        ("  - python=3.8", ["python 3.8"]),
        ("  - pytorch=1.10", ["torch 1.10"]),
        ("- pytorch::torchvision=0.11.1", ["torchvision 0.11.1"]),
        ("  - cudatoolkit=11.3", ["cuda 11.3"]),
        ("  - pytorch-cuda=12.1", ["cuda 12.1"]),
        ("  - pytorch=1.10.0=py3.8_cuda11.3_cudnn8.2.0_0", ["torch 1.10.0 [cuda 11.3]", "python 3.8"]),
        ("  - pytorch=1.10.0=py3.8_cpu_0", ["torch 1.10.0 [accelerator cpu]", "python 3.8"]),
        ("torch                    2.1.0+cu118", ["torch 2.1.0 [cuda 11.8]"]),
        ("torch\t2.1.0", ["torch 2.1.0"]),
        ("pytorch 1.10.0 py3.8_cuda11.3_cudnn8.2.0_0 pytorch", ["torch 1.10.0 [cuda 11.3]", "python 3.8"]),
        ("numpy     1.21.2     py38h20f2e39_0", ["numpy 1.21.2"]),
        ("[pip3] torchvision==0.16.0", ["torchvision 0.16.0"]),
        ("[conda] torchaudio 2.0.2 pypi_0 pypi", ["torchaudio 2.0.2"]),
        ("torch @ https://a.example/torch-1.8.0%2Bcu111-cp38-cp38-linux_x86_64.whl",
         ["torch 1.8.0 [cuda 11.1]", "python 3.8", "platform  [platform linux]"]),
        ("torch-2.5.1-cp313-cp313-win_amd64.whl",
         ["torch 2.5.1", "python 3.13", "platform  [platform windows]"]),
    ],
)  # fmt: skip
def test_a_line_pins_a_package(line: str, expected: list[str]) -> None:
    """Of a requirements file, a freeze, an environment file, a listing, a report, or the name of a wheel."""
    assert pinned(line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pip install torch==1.8.0 torchvision==0.9.0", ["torch 1.8.0", "torchvision 0.9.0"]),
        ("$ pip3 install torch==1.8.0", ["torch 1.8.0"]),
        ("RUN pip install --no-cache-dir \\\n  torch==1.8.0 \\\n  torchvision==0.9.0 && ls numpy==1.0",
         ["torch 1.8.0", "torchvision 0.9.0", "numpy 1.0"]),
        ("I ran `pip install torch==1.8.0` and then it broke", ["torch 1.8.0"]),
        ("用pip install torch==1.8.0报错了", ["torch 1.8.0"]),
        ("pip install torch and numpy", ["torch "]),
        ('pip install "torch>=1.5,<1.8" \'numpy<2\'', ["torch >=1.5, <1.8", "numpy <2"]),
        ("pip install torch == 1.8.0", ["torch 1.8.0"]),
        ("uv pip install torch==2.1.0, torchvision==0.16.0.", ["torch 2.1.0", "torchvision 0.16.0"]),
        ("conda install pytorch torchvision cpuonly -c pytorch",
         ["torch ", "torchvision ", "accelerator  [accelerator cpu]"]),
        ("conda install pytorch==1.0.0 cuda100 -c pytorch", ["torch 1.0.0", "cuda 10.0"]),
        ("conda create -n work python=3.9 pytorch==1.12.1 -y", ["python 3.9", "torch 1.12.1"]),
        ("mamba install pytorch-cuda=11.8 -c nvidia -c pytorch", ["cuda 11.8"]),
        ("pip install -r requirements.txt -t torch==1.0", []),
    ],
)  # fmt: skip
def test_a_command_pins_its_arguments(text: str, expected: list[str]) -> None:
    """At the start of a line or in prose, over several lines, up to the first word of prose."""
    assert pinned(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pin `torchvision==0.24.1` to match `torch==2.10.0` ?", ["torchvision 0.24.1", "torch 2.10.0"]),
        ("( pytorch==1.11.0 cudatoolkit=11.3 ) is what I have", ["torch 1.11.0", "cuda 11.3"]),
        ("requirement torch==1.7.1+cu11.0 (from versions: 1.8.0)", ["torch 1.7.1 [cuda 11.0]"]),
        ("torch 1.8.0\ntorchvision 0.9.0", ["torch 1.8.0", "torchvision 0.9.0"]),
        ("torch\ntorchvision==0.9.0", ["torch ", "torchvision 0.9.0"]),
    ],
)
def test_prose_pins_what_can_be_nothing_else(text: str, expected: list[str]) -> None:
    """`name==version` anywhere; names and columns only beside other such lines."""
    assert pinned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "does torch 1.7.0 work with cuda 11.1?",
        "torch 1.8.0",
        "torch 1.7.0 cuda 11.0",
        "torch > 1.5 or python < 3.9?",
        "which torch works with CUDA >= 10.2",
        "| NVIDIA-SMI 450.80.02    Driver Version: 450.80.02    CUDA Version: 11.0 |",
        "python 3.9\nubuntu 20.04",
        "I like pip, and conda too",
        "torch = nn.Linear(3, 4)",
        "",
    ],
)
def test_an_ordinary_question_pins_nothing(text: str) -> None:
    """Versions in prose are the ordinary reading's matter."""
    assert read(text) == Pins()


def test_a_pre_release_is_no_release() -> None:
    """A nightly build is kept by name only."""
    found = read("torch==2.1.0.dev20230701+cu118\ntorchvision==0.16.0a0")
    assert (found.pins, found.unknown) == ((), ("torch", "torchvision"))


def test_what_is_no_product_is_kept_by_name() -> None:
    """The names of all other packages, each once."""
    assert read("flask==2.0\nPyYAML>=6\nflask==2.0\ntorch==2.1.0").unknown == ("flask", "PyYAML")


@pytest.mark.parametrize(
    ("text", "manager", "python", "index", "channels"),
    [
        ("pip install torch --index-url https://download.pytorch.org/whl/cu118", "pip", None, "11.8", ()),
        ("pip download torch -f https://a.example/whl/cu113/torch_stable.html", "pip", None, "11.3", ()),
        ("pip install torch -f https://download.pytorch.org/whl/torch_stable.html", "pip", None, None, ()),
        ("pip install torch --extra-index-url=https://download.pytorch.org/whl/cpu", "pip", None, "cpu", ()),
        ("python3.9 -m pip install torch", "pip", "3.9", None, ()),
        ("py -3.10 -m pip install torch", "pip", "3.10", None, ()),
        ("pip3.8 install torch", "pip", "3.8", None, ()),
        ("conda install pytorch -c pytorch --channel nvidia", "conda", None, None, ("pytorch", "nvidia")),
        ("--find-links https://download.pytorch.org/whl/cu102\ntorch==1.8.0", "pip", None, "10.2", ()),
        ("channels:\n  - pytorch\n  - defaults\ndependencies:\n  - pytorch=1.8", "conda", None, None,
         ("pytorch", "defaults")),
    ],
)  # fmt: skip
def test_a_command_tells_where_from(
    text: str, manager: str, python: str | None, index: str | None, channels: tuple[str, ...]
) -> None:
    """The tool, the interpreter it runs under, the build that an index is for, and the channels."""
    (command,) = read(text).commands
    told = (command.manager, command.python and str(command.python), command.index and str(command.index))
    assert (*told, command.channels) == (manager, python, index, channels)


def test_offsets_are_those_of_the_message() -> None:
    """Also after full-width characters, and for a command over several lines."""
    text = "我装了“torch==1.8.0”\r\npip install numpy==1.21 \\\n torchvision==0.9.0 然后"
    found = read(text)
    assert [text[pin.start : pin.end] for pin in found.pins] == [pin.surface for pin in found.pins]
    assert [(pin.line, pin.command) for pin in found.pins] == [(0, None), (1, 0), (2, 0)]
    assert [text[start:end] for start, end in found.spans] == [
        "torch==1.8.0",
        "pip install numpy==1.21 \\\n torchvision==0.9.0",
    ]


@given(st.text(alphabet="torch=1.8+cu<>~![]()`'\"\\\n\t -f#;&|python installcondawhl:/@，。", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Whatever is pasted, and what is found stands where it says."""
    for pin in read(text).pins:
        assert text[pin.start : pin.end] == pin.surface


@pytest.mark.timed
@pytest.mark.parametrize(
    "text",
    [
        "a" * 40_000,
        "torch==" * 5_700,
        "pip install " * 3_300,
        "pip install x" + " " * 39_000,
        "x==1 ," * 6_600,
        ".whl" * 10_000,
        "pip install '" + "'\" " * 13_000,
        "- " * 20_000,
        "torch\n" * 6_600,
        "pip install a\\\n" + "a \\\n" * 9_900,
    ],
    ids=lambda text: repr(text[:16]),
)
def test_reading_takes_time_in_proportion_to_the_message(text: str) -> None:
    """Twice the text takes about twice the time, whatever it repeats; generous for a busy machine."""
    half, whole = _seconds(text[: len(text) // 2]), _seconds(text)
    assert whole < max(8 * half, 0.25)


def _seconds(text: str) -> float:
    """The best of three: a collection of garbage may fall into one."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start
