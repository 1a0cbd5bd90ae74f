"""What the design promises of the source: knowledge is data, bodies are short, nothing is local."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from tests.questions.cases import pipeline

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCES: Final = sorted((ROOT / "bot").rglob("*.py"))
CORE: Final = [
    path
    for path in SOURCES
    if path.relative_to(ROOT / "bot").parts[0]
    in ("knowledge", "understanding", "answering", "presenting", "storage", "pipeline.py")
]
MAX_BODY: Final = 40
MAX_FILE: Final = 400
HAN_WORD: Final = re.compile(r"[\u3400-\u9fff]{2,}")
VERSION: Final = re.compile(r"(?<![\w.])\d+\.\d+(\.\d+)*(?![\w.])")
EXAMPLES_IN_ERRORS: Final = {"cells.py", "document.py", "models.py", "tables.py", "validation.py"}
PACKAGING_WORDS: Final = {"linux", "pip"}  # markers, wheel tags and commands are spelt so by their standards
LOCAL: Final = re.compile(r"(?<![\w.:/])/(?:home|root|Users|tmp|work)/\w")
INDEX_HOSTS: Final = ("pypi" + ".org", "python" + "hosted.org", "test." + "pypi", "index-url " + "http://")
WHERE_COMMANDS_LIVE: Final = ("knowledge/", "tests/questions/")


@cache
def tree(path: Path) -> ast.Module:
    """A source file's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    yield from (n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def without_docstring(node: Documented) -> list[ast.stmt]:
    """A body after its docstring."""
    return node.body[1:] if ast.get_docstring(node) is not None else node.body


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string constant of a file that is no docstring, with its line."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, Documented) and ast.get_docstring(node) is not None
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def tracked() -> list[Path]:
    """The files of the repository that are text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    """A file as the repository names it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_short_and_opens_with_a_sentence(path: Path) -> None:
    """A file has one reason to exist, and its first sentence says it."""
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_FILE
    assert (ast.get_docstring(tree(path)) or "").rstrip().endswith((".", "`"))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_function_body_is_long(path: Path) -> None:
    """A body has at most forty lines, its docstring not counted."""
    bodies = {node.name: without_docstring(node) for node in functions(path)}
    long = {name: body for name, body in bodies.items() if body and _lines(body) > MAX_BODY}
    assert list(long) == []


def _lines(body: list[ast.stmt]) -> int:
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_error_is_caught_by_accident(path: Path) -> None:
    """No bare `except`, no `except Exception`."""
    handlers = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    broad = {"Exception", "BaseException"}
    caught = {handler.lineno: _names(handler.type) if handler.type else broad for handler in handlers}
    assert [line for line, names in caught.items() if names & broad] == []


def _names(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_public_definition_says_what_it_is_for(path: Path) -> None:
    """A public function or class of a module has a docstring."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    public = [n for n in tree(path).body if isinstance(n, kinds) and not n.name.startswith("_")]
    assert [node.name for node in public if ast.get_docstring(node) is None] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_word_of_a_language_stands_in_the_source(path: Path) -> None:
    """Chinese is data."""
    assert [(line, text) for line, text in strings(path) if HAN_WORD.search(text)] == []


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_no_version_stands_in_the_source(path: Path) -> None:
    """A version is data; only a message that tells an editor how to write one has an example."""
    found = [(line, text) for line, text in strings(path) if VERSION.search(text)]
    assert found == [] or path.name in EXAMPLES_IN_ERRORS


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_no_product_stands_in_the_source(path: Path) -> None:
    """No layer knows a product that has releases, or a value of an attribute, by name."""
    kb = pipeline().kb
    names = {slug for slug in kb.products if kb.releases.get(slug)}
    names |= {value for attribute in kb.attributes.values() for value in attribute.values}
    names -= PACKAGING_WORDS if "refresh" in path.parts else set()
    assert [(line, text) for line, text in strings(path) if text.casefold() in names] == []


def test_what_is_imported_is_declared() -> None:
    """Every third-party package that the source imports is a dependency of the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {_canonical(re.split(r"[\[<>=~! ]", line)[0]) for line in project["dependencies"]}
    owners = packages_distributions()
    imported = {name for path in SOURCES for name in _imports(path)} - set(sys.stdlib_module_names) - {"bot"}
    missing = {name for name in imported if not declared & {_canonical(d) for d in owners.get(name, [])}}
    assert missing == set()


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


def test_the_environment_is_read_in_one_place() -> None:
    """Only the settings look at the environment."""
    readers = {
        name_of(path)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    }
    assert readers == {"bot/settings.py"}


def test_no_file_names_a_place_of_one_machine() -> None:
    """Nothing tracked says where somebody's home or checkout is."""
    found = [
        f"{name_of(path)}:{number}"
        for path in tracked()
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if LOCAL.search(line)
    ]
    assert found == []


def test_no_file_names_a_package_index() -> None:
    """Which index serves the packages is the machine's matter; commands for users are knowledge."""
    found = [
        f"{name_of(path)}: {host}"
        for path in tracked()
        if not name_of(path).startswith(WHERE_COMMANDS_LIVE)
        for host in INDEX_HOSTS
        if host in _text(path)
    ]
    assert found == []


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def test_the_constraints_name_no_address() -> None:
    """Pinned versions only, one a line."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [line for line in pins if not re.fullmatch(r"[\w.\-\[\]]+==[\w.+!]+(\s*;.*)?", line)] == []
