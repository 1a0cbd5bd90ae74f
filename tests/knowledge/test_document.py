"""Reading one YAML file: values, lines, and located refusals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.knowledge.document import read_document
from bot.knowledge.events import MAX_KEYS, MAX_VALUES
from bot.knowledge.files import MAX_BYTES


def problems(path: Path, content: str | bytes) -> list[str]:
    """The problems of a file with this content, without the folder's name."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document, found = read_document(path)
    assert document is None or all("quote the version" in problem.message for problem in found)
    return [f"{p.line}: {p.key}: {p.message}" for p in found]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A file that does not exist yet."""
    return tmp_path / "page.yaml"


def test_values_and_lines(page: Path) -> None:
    """A file's values come with the line of every key."""
    page.write_text('a: text\nrows:\n  - {torch: "1.10", open: true}\n  - null\n')
    document, found = read_document(page)
    assert found == []
    assert document is not None
    assert document.data == {"a": "text", "rows": [{"torch": "1.10", "open": True}, None]}
    assert [document.line(key) for key in (("a",), ("rows", 0, "torch"), ("rows", 1), ("no",))] == [
        1,
        3,
        4,
        1,
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a:\n  b: 1.10\n", ['2: a.b: quote the version: "1.10"']),
        ("1.10: x\n", ['1: 1.10: quote the version: "1.10"']),
        ("a: 1\nb: 2\na: 3\n", ["3: a: given twice: keep one"]),
        ("a: &x [1]\nb: *x\n", ["2: b: anchors and aliases are not allowed: write the value out"]),
        ("", ["1: (file): empty: write its content or delete it"]),
        ("# only a comment\n", ["1: (file): empty: write its content or delete it"]),
        ("checked: 2026-02-31\n", ["1: checked: '2026-02-31' is not a day: write YYYY-MM-DD"]),
        ("? [a, b]\n: x\n", ["1: (file): a key is a plain word"]),
        ("a: !!binary aGVsbG8=\n", ["1: a: a value of type binary is not used here"]),
        (b"a: \xff\n", ["1: (file): not UTF-8 (byte 3): save it as UTF-8"]),
        ("a: x\n".encode("utf-16"), ["1: (file): UTF-16: save it as UTF-8"]),
        ("a: x\nb: y\0z\n", ["2: (file): a control character (U+0000): delete it"]),
        ('a: x\nb: "y\\ez"\n', ["2: b: a control character (U+001B): delete it"]),
        ("a: x\n---\nb: x\n", ["2: (file): a second document begins here: split the file"]),
        (
            "a: !!python/object:os.system [x]\n",
            ["1: a: a value of type python/object:os.system is not used here"],
        ),
        ("a: !!python/name:os.system\n", ["1: a: a value of type python/name:os.system is not used here"]),
        (f"a: {'9' * 5_000}\n", ["1: a: a number too long: put it in quotes, or correct it"]),
    ],
    ids=[
        "float",
        "float key",
        "duplicate",
        "alias",
        "empty",
        "comment",
        "no such day",
        "complex key",
        "binary",
        "not UTF-8",
        "UTF-16",
        "NUL",
        "escape",
        "two documents",
        "object tag",
        "name tag",
        "huge number",
    ],
)
def test_a_mistake_is_located(page: Path, content: str | bytes, expected: list[str]) -> None:
    """Every refusal names its line, its key and what to do."""
    assert problems(page, content) == expected


def test_every_mistake_of_a_file_is_told(page: Path) -> None:
    """The reader goes on after a mistake."""
    assert len(problems(page, "a: 1.1\nb: 1.2\nc: 2026-13-01\nb: x\n")) == 4


def test_broken_syntax_is_located(page: Path) -> None:
    """A file that is no YAML is refused at the line of the fault."""
    (message,) = problems(page, "a: x\nb: [1, 2\nc: 3\n")
    assert message.startswith("3: (file): not YAML: ")


def test_an_alias_bomb_is_refused_at_once(page: Path) -> None:
    """Nested aliases that would grow without bound are not expanded."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    found = problems(page, "\n".join(lines))
    assert "anchors and aliases are not allowed" in found[0]


def test_an_executable_tag_is_refused(page: Path) -> None:
    """A tag that names Python objects builds nothing."""
    found = problems(page, "a: !!python/object/apply:os.getcwd []\nb: !custom x\n")
    assert any("b: a value of type !custom is not used here" in line for line in found)


def test_a_file_too_large_is_refused(page: Path) -> None:
    """A file over the limit is not read at all."""
    (message,) = problems(page, b"#" * (MAX_BYTES + 1))
    assert "larger than" in message


def test_deep_nesting_is_refused(page: Path) -> None:
    """A file nested beyond reason is a problem, not a crash."""
    found = problems(page, "[" * 20_000 + "]" * 20_000)
    assert len(found) == 1


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """A file that cannot be opened is told like any other mistake."""
    document, found = read_document(tmp_path / "none.yaml")
    assert document is None
    assert [problem.line for problem in found] == [1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[" * 3_000_000, "nested more than 20 deep: flatten it"),
        ("{a: " * 1_000_000, "nested more than 20 deep: flatten it"),
        ("- " * 2_000_000, "nested more than 20 deep: flatten it"),
        ("? " * 2_000_000, "a key is a plain word"),
        ("[" + "a," * (MAX_VALUES + 1), "keys and values: split the file"),
        ("".join(f"k{n}: x\n" for n in range(MAX_KEYS + 2)), "more than 100,000 keys: split the file"),
        ("a: " + "x" * 5_000_000, "a text longer than 20,000 characters: split it"),
        ("a: &a [x]\nb: [" + "*a," * 1_000_000 + "]", "anchors and aliases are not allowed"),
        ("a: [" + "1.5," * 2_000, "more than 1,000 mistakes: mend these first"),
        ("x" * 5_000_000 + ": 1", "not YAML"),
        ("'" * 5_000_000, "longer than"),
    ],
    ids=[
        "flow",
        "keys in keys",
        "lists",
        "complex keys",
        "values",
        "keys",
        "text",
        "aliases",
        "mistakes",
        "key",
        "quotes",
    ],
)
def test_a_file_made_to_exhaust_is_refused_soon(page: Path, content: str, words: str) -> None:
    """What is deep, wide or long beyond reason is refused while it is read, not after it is held."""
    start = time.process_time()
    found = problems(page, content)
    assert words in found[-1]
    assert time.process_time() - start < 10


def test_a_byte_order_mark_is_no_mistake(page: Path) -> None:
    """Some editors begin a UTF-8 file with one."""
    page.write_bytes(b"\xef\xbb\xbfa: x\n")
    document, found = read_document(page)
    assert (document.data if document else None, found) == ({"a": "x"}, [])
