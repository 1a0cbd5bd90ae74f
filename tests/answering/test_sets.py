"""Whether a pasted set of packages goes together, what is wrong with it, and how it is written right."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bot.answering.answers import Truth
from bot.answering.install import Installer
from bot.answering.joins import Joins
from bot.answering.lookup import LookupAnswerer
from bot.answering.set_outcome import SetCheck
from bot.answering.sets import SetAnswerer
from bot.knowledge.versions import Constraint, Number
from bot.presenting.compose import Draft
from bot.presenting.phrasing import Phrasing
from bot.presenting.sets import say_set_check
from bot.understanding.lexicon import build_lexicon
from bot.understanding.pins import PinReader, Pins
from bot.understanding.question import Given, Question
from tests.questions.cases import pipeline


@cache
def machinery() -> tuple[PinReader, SetAnswerer]:
    """The reader and the answerer over the real knowledge."""
    kb = pipeline().kb
    joins = Joins(kb)
    installer = Installer(joins)
    answerer = SetAnswerer(joins, LookupAnswerer(joins, installer), installer)
    return PinReader(kb, build_lexicon(kb)), answerer


def check(text: str, *beside: Given) -> SetCheck:
    """The check of a message, with what is said beside its list."""
    reader, answerer = machinery()
    return answerer.answer(Question("check", text, "en", given=beside), reader.read(text))


def draft_of(found: SetCheck) -> Draft:
    """The outcome in words."""
    draft = Draft()
    say_set_check(found, Phrasing(pipeline().kb, "en"), draft)
    return draft


def version(column: str, text: str) -> Given:
    """Something that was said beside a list."""
    return Given(column, Constraint.series(Number.parse(text)), text)


def remarks(found: SetCheck) -> list[str]:
    """The kinds of what is remarked, in order."""
    return [remark.kind for remark in found.remarks]


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("torch==2.1.0\ntorchvision==0.15.2", "torchvision", "0.16.0"),
        ("torch==1.7.0\ntorchtext==0.9.0", "torchtext", "0.8.0"),
        ("torch==2.6.0\ntriton==3.1.0", "triton", "3.2.0"),
        ("torch==1.8.0\nnumpy==2.0.1", "numpy", "<2"),
        ("numpy==2.0.1\ntorch==1.8.0", "numpy", "<2"),
        ("conda install pytorch=1.7.0 cudatoolkit=11.1 -c pytorch", "cuda", "11.0"),
    ],
)
def test_what_follows_the_torch_is_what_is_wrong(text: str, wrong: str, right: str) -> None:
    """A companion, a library or a build is to change, not the torch."""
    (conflict,) = check(text).conflicts
    told = [str(number) for number in conflict.right] + [str(conflict.bound)]
    assert (conflict.wrong and conflict.wrong.column, right in told) == (wrong, True)


def test_of_a_torch_and_a_python_both_ways_out_are_told() -> None:
    """Neither is the wrong one: the Pythons of the torch, and the torches of the Python."""
    (conflict,) = check("dependencies:\n  - python=3.12\n  - pytorch=2.1.0").conflicts
    pythons, torches = map(str, conflict.right), map(str, conflict.other)
    assert conflict.wrong is None
    assert "3.11" in pythons
    assert "2.2.0" in torches


def test_a_torch_that_everything_else_contradicts_is_told() -> None:
    """All others go together with another torch: that may be what was meant."""
    found = check("torch==2.1.0\ntorchvision==0.15.2\ntorchaudio==2.0.2\ntorchtext==0.15.2")
    (rest,) = (remark for remark in found.remarks if remark.kind == "rest")
    assert [str(number) for number in rest.versions] == ["2.0.1"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("torch==2.1.0+cu118\ntorchvision==0.15.2+cu118",
         ["--extra-index-url https://download.pytorch.org/whl/cu118",
          "torch==2.1.0+cu118", "torchvision==0.16.0+cu118"]),
        ("--find-links https://download.pytorch.org/whl/cu118\ntorch==2.1.0+cu118\ntorchvision==0.15.2",
         ["torch==2.1.0+cu118", "torchvision==0.16.0"]),
        ("torch==1.7.1+cu110\ntorchaudio==0.7.0+cu110",
         ["-f https://download.pytorch.org/whl/torch_stable.html",
          "torch==1.7.1+cu110", "torchaudio==0.7.2"]),
        ("torch==2.1.0\nxformers==0.0.20", ["torch==2.1.0", "xformers==0.0.22.post7"]),
        ("torch         2.1.0+cu118\ntorchvision   0.15.2",
         ["pip install torch==2.1.0 torchvision==0.16.0 torchaudio==2.1.0"
          " --index-url https://download.pytorch.org/whl/cu118"]),
        ("numpy   2.0.1\ntorch   2.0.1+cu117",
         ["pip install torch==2.0.1 torchvision==0.15.2 torchaudio==2.0.2", 'pip install "numpy<2"']),
        ("pip install torch==1.7.0 torchvision==0.9.0 numpy==2.0.1",
         ["pip install torch==1.7.0 torchvision==0.8.0 torchaudio==0.7.0", 'pip install "numpy<2"']),
        ("conda create -n a python=3.6 pytorch==1.13.0 -c pytorch",
         ["conda install python=3.7 pytorch==1.13.0 torchvision==0.14.0 torchaudio==0.13.0 pytorch-cuda=11.7"
          " -c pytorch -c nvidia"]),
        ("torch-2.5.1-cp313-cp313-win_amd64.whl",
         ["pip install torch==2.6.0 torchvision==0.21.0 torchaudio==2.6.0"
          " --index-url https://download.pytorch.org/whl/cu126"]),
    ],
)  # fmt: skip
def test_the_corrected_set_has_the_form_that_was_pasted(text: str, lines: list[str]) -> None:
    """Lines stay lines, a command becomes the official one; tags stay where such builds are made."""
    assert list(check(text).lines) == lines


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("pip install torch==1.13.1+cu117", ["index"]),
        ("pip install torch==1.13.1+cu117 -i https://mirror.example/simple", ["index"]),
        ("pip install torch==1.13.1+cu117 -f https://mirror.example/pytorch-wheels/cu117", []),
        ("pip install torch==1.13.1+cu117 --extra-index-url https://download.pytorch.org/whl/cu117", []),
        ("pip install torch==1.8.0+cu111 -f https://download.pytorch.org/whl/torch_stable.html", []),
        ("pip install torch==1.8.0+cu111 -f https://download.pytorch.org/whl/cu102", ["other_index"]),
        ("torch                1.13.1+cu117", []),
        ("pip install torch==1.7.1+cu11.0 -f https://download.pytorch.org/whl/torch_stable.html", ["tag"]),
        ("conda install pytorch=1.10.0=py3.8_cuda11.3_cudnn8.2.0_0", []),
        ("pip install torch==1.8.1", ["default"]),
        ("conda install pytorch==1.8.1", []),
        ("pip install torch==1.8.1 --index-url https://download.pytorch.org/whl/cu111", []),
        ("torch==1.15.0\ntorchvision==0.9.0", ["unknown"]),
        ("torch==2.1.0+cu118\ntorchvision==0.16.0+cu121 -f", ["mixed", "index"]),
        ("conda install pytorch=2.1.0 cudatoolkit=11.2 -c conda-forge", ["elsewhere"]),
    ],
)
def test_what_is_to_know_beside_the_versions_is_told(text: str, kinds: list[str]) -> None:
    """Indexes, tags, default builds, releases never made: where they apply, and only there."""
    assert remarks(check(text)) == kinds


def test_a_plain_install_on_a_mac_brings_no_cuda() -> None:
    """Where the platform's own command names no index, it tells what a plain install brings."""
    found = check("pip install torch==2.5.1", Given("platform", "macos-arm64", "m1"))
    builds = [(remark.kind, remark.other and remark.other.column) for remark in found.remarks]
    assert builds == [("default", "accelerator")]


@pytest.mark.parametrize(
    ("text", "beside", "truth"),
    [
        ("pip install torch==2.1.0", version("python", "3.12"), Truth.EXCLUDED),
        ("pip install torch==2.1.0", version("python", "3.11"), Truth.SUPPORTED),
        ("pip install torch==1.8.1", version("cuda", "11.3"), Truth.EXCLUDED),
        ("pip install torch==1.8.1+cu111", version("cuda", "11.3"), Truth.SUPPORTED),
        ("pip install torch==1.7.1+cu110", version("driver", "440.33"), Truth.EXCLUDED),
        ("pip install torch==1.13.1+cu117", Given("gpu", "h100", "h100"), Truth.EXCLUDED),
        ("pip install torch==1.13.1+cu117", Given("gpu", "geforce-rtx-3090", "3090"), Truth.SUPPORTED),
        ("pip install torch==1.7.1", Given("gpu", "geforce-rtx-3090", "3090"), Truth.EXCLUDED),
        ("pip install torch==1.7.1+cu110", Given("gpu", "geforce-rtx-3090", "3090"), Truth.SUPPORTED),
    ],
)
def test_what_is_said_beside_the_list_counts(text: str, beside: Given, truth: Truth) -> None:
    """Unless the list says it itself: a tag is the build, whatever CUDA the machine has."""
    assert check(text, beside).truth is truth


def test_a_machine_decides_which_build_is_proposed() -> None:
    """A plain install would bring a build that the card cannot run; the line has one that it can."""
    found = check("pip install torch==1.7.1", Given("gpu", "geforce-rtx-3090", "3090"))
    assert found.lines == (
        "pip install torch==1.7.1+cu110 torchvision==0.8.2+cu110 torchaudio==0.7.2"
        " -f https://download.pytorch.org/whl/torch_stable.html",
    )


def test_lines_get_a_tag_where_only_a_tag_brings_the_right_build() -> None:
    """The index too; what else is pinned stays."""
    found = check("torch==1.7.1\nnumpy==1.21", Given("gpu", "geforce-rtx-3090", "3090"))
    assert found.lines == (
        "-f https://download.pytorch.org/whl/torch_stable.html",
        "torch==1.7.1+cu110",
        "numpy==1.21",
    )


def test_where_no_default_is_recorded_a_plain_install_is_no_yes() -> None:
    """The card runs one build; which one a plain install brings on Windows no table has."""
    windows, card = Given("platform", "windows", "windows"), Given("gpu", "geforce-rtx-3090", "3090")
    found = check("pip install torch==2.4.0", windows, card)
    assert (found.truth, remarks(found), len(found.lines)) == (Truth.CONDITIONAL, ["open"], 1)


def test_nothing_is_proposed_for_a_machine_that_runs_none_of_it() -> None:
    """No build of the torch runs on the driver: no command, and no word that other packages lack releases."""
    found = check("pip install torch==2.1.0+cu118 torchvision==0.15.2", version("driver", "440.33"))
    assert (found.truth, found.lines, "none" in remarks(found)) == (Truth.EXCLUDED, (), False)


def test_a_channel_has_builds_of_its_own() -> None:
    """What exists for conda alone is none for pip."""
    pip, conda = (
        check("pip install torch==1.8.1+cu113"),
        check("conda install pytorch==1.8.1 cudatoolkit=11.3"),
    )
    assert (pip.truth, conda.truth) == (Truth.EXCLUDED, Truth.SUPPORTED)


def test_a_range_is_told_by_the_releases_it_admits() -> None:
    """All of them, none, or some."""
    texts = ("numpy~=1.21\ntorch==1.8.0", "numpy>=1.21\ntorch==1.8.0", "torch>=2.0\ntorchvision==0.9.0")
    assert [check(text).truth for text in texts] == [Truth.SUPPORTED, Truth.CONDITIONAL, Truth.EXCLUDED]


def test_what_is_not_recorded_is_never_a_no() -> None:
    """A library release that no table has leaves the rest a maybe, and is named."""
    found = check("torch==2.1.0\ntorchvision==0.16.0\ntimm==0.9.3\nlightning==99.1")
    silent = {f.right.column for f in found.findings if f.truth is Truth.NOT_RECORDED}
    assert (found.truth, silent) == (Truth.CONDITIONAL, {"timm", "lightning"})


def test_nothing_to_compare_is_no_verdict() -> None:
    """One package, or several that no table relates."""
    truths = [check(text).truth for text in ("torch==2.1.0", "einops==0.3\nkornia==0.7", "flask==2.0")]
    assert truths == [Truth.NOT_RECORDED] * 3


def test_every_version_that_is_printed_stands_in_the_paste_or_in_a_row() -> None:
    """The corrected lines rest on rows that are cited."""
    draft = draft_of(check("torch==1.7.0+cu111\ntorchvision==0.8.1+cu111\nnumpy==2.0.1"))
    tables = {ref.partition(":")[0] for ref in draft.rows}
    assert {"torch-cuda", "torch-numpy", "torch-torchvision", "torch-install"} <= tables
    assert draft.sources


def test_the_question_told_is_that_of_the_set() -> None:
    """Its givens are the members, whatever else was read from the message."""
    reader, answerer = machinery()
    question = Question("none", "x", "en", want=("torch",))
    found = answerer.answer(question, reader.read("torch==2.1.0+cu118\nnumpy<2"))
    given = {item.column: str(item) for item in found.question.given}
    assert (found.question.intent, found.question.want) == ("check", ())
    assert given == {"torch": "2.1.0", "numpy": "<2", "cuda": "11.8"}


def test_an_empty_list_has_no_members() -> None:
    """Nothing pinned, nothing said."""
    _, answerer = machinery()
    found = answerer.answer(Question("check", "", "en"), Pins())
    assert (found.members, found.truth, found.lines) == ((), Truth.NOT_RECORDED, ())
    assert draft_of(replace(found, members=(version("torch", "2.1.0"),))).headline


def test_a_list_of_every_release_is_checked_in_a_moment() -> None:
    """Two versions of a product are compared with the rest, not hundreds."""
    releases = pipeline().kb.products["torch"].releases
    text = "\n".join(f"{name}=={number}" for name in ("torch", "numpy", "xformers") for number in releases)
    assert len(check(text).findings) < 20
