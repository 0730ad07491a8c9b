"""Whatever one line of the shipped knowledge base becomes, it is loaded or refused with file and line."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge.loader import KnowledgeError, load
from bot.understanding.matching import Phrasing, build
from bot.yaml_lines import Problem

SHIPPED = Path(__file__).parents[3] / "knowledge_base"
FILES = {path.relative_to(SHIPPED): path.read_text(encoding="utf-8") for path in sorted(SHIPPED.rglob("*.yaml"))}
ODDITIES = ["", *" :#|\t{}[]\"'0é入", "- ", "&a ", "*a", "!x ", "{count}", "null", "true", "~"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "knowledge_base"
    shutil.copytree(SHIPPED, folder)
    return folder


@st.composite
def _spoiled(draw: st.DrawFn) -> tuple[Path, str]:
    """A file and its text with one line deleted, doubled, shifted, cut or with something odd put into it."""
    name = draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].splitlines()
    number = draw(st.integers(0, len(lines) - 1))
    line = lines[number]
    at = draw(st.integers(0, len(line)))
    odd = draw(st.sampled_from(ODDITIES) | st.text(max_size=3))
    changes = [
        [],
        [line, line],
        [" " + line],
        [line[1:]],
        [line[:at]],
        [line[:at] + odd + line[at:]],
        [line[:at] + odd],
    ]
    lines[number : number + 1] = draw(st.sampled_from(changes))
    return name, "\n".join(lines) + "\n"


def _refused(folder: Path, name: Path, text: str) -> list[Problem]:
    """The problems of the folder with one file replaced; the file is put back."""
    (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        known = load(folder)
    except KnowledgeError as error:
        return error.problems
    finally:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    # Whatever is not refused can be asked: the index takes every phrasing.
    build(Phrasing(one.entry, one.language, one.text) for one in known.phrasings[::40])
    return []


def _check(folder: Path, name: Path, text: str) -> None:
    problems = _refused(folder, name, text)
    for problem in problems:
        assert problem.what
        # Other files can be wrong as a whole, when the spoiled one does not name them any more.
        assert problem.line or problem.file != str(folder / name), problem
    assert problems == sorted(set(problems))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoiled=_spoiled())
def test_one_spoiled_line_is_loaded_or_told(copy: Path, spoiled: tuple[Path, str]) -> None:
    _check(copy, *spoiled)


@pytest.mark.soak
@pytest.mark.timeout(600)
@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoiled=_spoiled())
def test_many_spoiled_lines_are_loaded_or_told(copy: Path, spoiled: tuple[Path, str]) -> None:
    _check(copy, *spoiled)
