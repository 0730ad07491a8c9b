"""The layout is a rule: layers, sizes, and the one private call we depend on."""

import ast
import inspect
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import aiosqlite
import pytest

from bot.store.sqlite import _on_thread

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "bot").rglob("*.py"))
LARGEST_MODULE = 300
LONGEST_FUNCTION = 40
LONGEST_OF_ALL = 60


def test_import_contracts_hold() -> None:
    """Each layer imports only the layers below it, exhaustively; see [tool.importlinter]."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_outgrows_its_room(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LARGEST_MODULE


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_where_it_stands(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))), (
        "a module begins with its place in the flow"
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_forty_lines_without_a_reason(module: Path) -> None:
    """A reason is a comment on the line of its `def`; for sixty there is none."""
    source = module.read_text(encoding="utf-8")
    lines = source.splitlines()
    too_long = [
        f.name
        for f in _functions(ast.parse(source))
        if _length(f) > LONGEST_FUNCTION and "#" not in lines[f.lineno - 1]
    ]

    assert too_long == []
    assert [f.name for f in _functions(ast.parse(source)) if _length(f) > LONGEST_OF_ALL] == []


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


async def test_aiosqlite_still_runs_functions_on_its_thread() -> None:
    """The writer depends on this private queue: one hop for a whole batch."""
    async with aiosqlite.connect(":memory:") as connection:
        assert await _on_thread(connection, threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await _on_thread(connection, lambda: 1 // 0)
    assert isinstance(inspect.getattr_static(aiosqlite.Connection, "_conn"), property)
