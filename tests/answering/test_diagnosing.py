"""What is told of trouble: the pair that cannot be, and what would do."""

from __future__ import annotations

from tests.questions.cases import pipeline


def test_a_driver_too_old_is_told_with_the_one_that_would_do() -> None:
    """Driver 390 has no CUDA 10.1; 418.39 has."""
    reply = pipeline().ask("driver 390 and CUDA 10.1, torch.cuda.is_available() returns False")
    assert (reply.intent, reply.verdict) == ("diagnose", "no")
    assert "CUDA 10.1 needs driver ≥ 418.39" in pipeline().plain(reply)


def test_a_cpu_build_leads_to_a_line_with_a_cuda() -> None:
    """The same release, from the index of a CUDA."""
    reply = pipeline().ask("torch.version.cuda is None, torch 2.0.1+cpu on windows")
    (line,) = (section.code for section in reply.sections if section.code)
    assert (reply.intent, "torch==2.0.1 " in line, "whl/cu" in line) == ("diagnose", True, True)


def test_a_release_that_was_never_made_is_told() -> None:
    """With those on record that are nearest, and no command for it."""
    reply = pipeline().ask("ERROR: No matching distribution found for torch==1.15.0")
    text = pipeline().plain(reply)
    assert "PyTorch 1.15.0 is not among the releases on record" in text
    assert ("1.13.1" in text, "install torch==1.15.0" in text) == (True, False)
