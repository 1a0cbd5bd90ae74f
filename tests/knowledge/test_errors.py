"""Mistakes on a page of known errors are told with their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = """\
causes:
  broken-cable: {{en: The cable is broken, zh: 线断了}}
errors:
  - id: cable
    cause: {cause}
    messages: {messages}
    means: {means}
    fix: {{en: Mend it., zh: 修好。}}
    source: book
{more}"""
GOOD = {
    "cause": "broken-cable",
    "messages": '["the cable of the machine is broken"]',
    "means": "{en: It is broken., zh: 断了。}",
    "more": "",
}
KERNEL = '"no kernel image is available for execution on the device, or so"'


@pytest.mark.parametrize(
    ("change", "line", "expected"),
    [
        ({"cause": "broken-cabel"}, 5, "no cause 'broken-cabel': did you mean broken-cable?"),
        ({"messages": '["broken"]'}, 6, "too short to be a message: at least 12 characters"),
        ({"messages": '["the long {cabel} of it is broken"]'}, 6, "'cabel' is neither a product nor an"),
        ({"messages": '["the cable {cuda:roman} is broken"]'}, 6, "a placeholder is wrong: no form 'roman'"),
        ({"messages": '["the cable { of it is broken"]'}, 6, "a placeholder is wrong:"),
        ({"messages": '["{} of the machine is broken"]'}, 6, "begins with a placeholder"),
        ({"messages": f"[{KERNEL}]"}, 6, "holds a message of 'no-kernel-image', of another cause"),
        ({"messages": '["invalid  device Ordinal"]'}, 6, "already a message of 'device-ordinal'"),
        ({"messages": '["the cable is broken", "The `cable` is broken"]'}, 6, "already a message of 'cable'"),
        ({"means": "{en: It is broken.}"}, 7, "means: no text in 'zh'"),
        ({"more": "    over: [cabel]\n"}, 10, "no error 'cabel': did you mean cable?"),
        ({"more": "    reads: [{text: no figure here}]\n"}, 10, "reads nothing: name a product in braces"),
        ({"more": "    leads_to: {intent: lookup, want: [torhc]}\n"}, 10, "'torhc' is neither a product"),
        ({"more": "    leads_to: {intent: guess}\n"}, 10, "must be one of 'lookup', 'check', 'install'"),
    ],
)
def test_a_mistake_in_an_error_is_told(
    folder: Path, report: Callable[[], list[str]], change: dict[str, str], line: int, expected: str
) -> None:
    """Each mistake is one line, with the line of the page and what is wrong."""
    (folder / "errors" / "zz.yaml").write_text(PAGE.format(**(GOOD | change)), encoding="utf-8")
    (told,) = report()
    assert told.startswith(f"errors/zz.yaml:{line}: ")
    assert expected in told


def test_an_error_over_another_may_hold_its_message(folder: Path, report: Callable[[], list[str]]) -> None:
    """What `over` names is no mistake; another mistake beside it is the only one told."""
    page = PAGE.format(
        **GOOD | {"messages": f"[{KERNEL}]", "more": "    over: [no-kernel-image]\n    fxi: x\n"}
    )
    (folder / "errors" / "zz.yaml").write_text(page, encoding="utf-8")
    assert report() == [
        "errors/zz.yaml:11: errors.0.fxi: unknown key: correct its spelling or delete it: did you mean fix?"
    ]
