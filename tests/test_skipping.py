"""A run says what it left out, and where nothing may be left out, a skip fails it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = """
import pytest
@pytest.mark.skip(reason="there is no such thing here")
@pytest.mark.parametrize("n", range(3))
def test_left_out(n): ...
def test_done(): ...
@pytest.mark.soak
def test_long(): print("a long one ran")
"""


def run(folder: Path, *arguments: str, required: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with our own conftest and settings on a folder of its own."""
    root = Path(__file__).parents[1]
    (folder / "conftest.py").write_text((root / "tests" / "conftest.py").read_text())
    (folder / "test_it.py").write_text(SOURCE)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(root / "pyproject.toml"),
        "--rootdir",
        str(folder),
        *arguments,
    ]
    environment = {**os.environ, "REQUIRE_SHARED": required}
    return subprocess.run(
        [*command, str(folder)], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("required", "code"), [("", 0), ("0", 0), ("1", 1)])
def test_the_last_lines_say_how_many_were_skipped_and_why(tmp_path: Path, required: str, code: int) -> None:
    done = run(tmp_path, required=required)

    assert done.returncode == code, done.stdout
    last = done.stdout.splitlines()[-4:]
    assert any("3 skipped" in line for line in last)
    assert "  3 × there is no such thing here" in last


def test_soak_tests_run_only_when_asked_for(tmp_path: Path) -> None:
    """As `make soak` asks; and what was not asked for is no skip."""
    soaked = run(tmp_path, "-m", "soak", "-s", required="1")

    assert soaked.returncode == 0, soaked.stdout
    assert "a long one ran" in soaked.stdout
    assert "a long one ran" not in run(tmp_path, "-s", required="").stdout
