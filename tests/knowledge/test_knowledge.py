"""The shipped knowledge base: sound, no entry stealing another's questions, and what people really ask is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.knowledge.loader import load
from bot.knowledge.schema import Knowledge
from bot.understanding.coverage import uncovered
from bot.understanding.matching import Index, Match, Phrasing, Verdict, build, match
from bot.understanding.normalize import fold
from bot.yaml_lines import read_file

HERE = Path(__file__).parent
LANGUAGES = sorted(path.stem for path in HERE.glob("*.yaml"))
NONE = "none"

MOST_WRONG = 0.0125
FEWEST_RIGHT = 0.74
FEWEST_SHOWN = 0.97
MOST_NEEDLESS = 0.05


class Asked(NamedTuple):
    """A held-out question, what it must lead to, and what it led to."""

    wanted: str
    text: str
    found: Match

    @property
    def is_clear(self) -> bool:
        return self.found.verdict is Verdict.CLEAR

    @property
    def is_right(self) -> bool:
        return self.is_clear and self.found.candidates[0].entry == self.wanted

    @property
    def is_shown(self) -> bool:
        """Answered with it, or offered as one of the buttons."""
        if self.is_clear or self.found.verdict is Verdict.NONE:
            return self.is_right
        return any(candidate.entry == self.wanted for candidate in self.found.candidates)

    def __str__(self) -> str:
        best = self.found.candidates[0].entry if self.found.candidates else "nothing"
        return f"{self.text}: {self.wanted} wanted, {self.found.verdict} {best} found"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(HERE.parents[1] / "knowledge_base")


@pytest.fixture(scope="module")
def index(knowledge: Knowledge) -> Index:
    """All entries and all languages together, as the bot has them."""
    return build(Phrasing(one.entry, one.language, one.text) for one in knowledge.phrasings)


def _held_out(language: str) -> Iterator[tuple[str, str]]:
    entries = read_file(HERE / f"{language}.yaml").value
    assert isinstance(entries, dict)
    for entry, texts in entries.items():
        assert isinstance(texts, list)
        yield from ((entry, str(text)) for text in texts)


def _asked(index: Index, language: str) -> list[Asked]:
    return [
        Asked(wanted, text, match(index, text, language)) for wanted, text in _held_out(language) if wanted != NONE
    ]


def test_there_are_held_out_questions_for_every_language(knowledge: Knowledge) -> None:
    assert sorted(knowledge.languages) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_has_held_out_questions_and_none_is_in_the_knowledge_base(
    knowledge: Knowledge, language: str
) -> None:
    known = {fold(one.text) for one in knowledge.phrasings}
    held_out = list(_held_out(language))

    assert {entry for entry, _ in held_out} == {NONE, *knowledge.entries, *knowledge.checklists}
    assert [text for _, text in held_out if fold(text) in known] == []


def test_no_phrasing_finds_another_entry(knowledge: Knowledge, index: Index) -> None:
    assert list(uncovered(knowledge.phrasings, index)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_ever_a_wrong_answer(index: Index, language: str) -> None:
    asked = _asked(index, language)
    wrong = [one for one in asked if one.is_clear and not one.is_right]

    assert len(wrong) <= MOST_WRONG * len(asked), "\n".join(map(str, wrong))


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_questions_are_answered_at_once(index: Index, language: str) -> None:
    asked = _asked(index, language)
    unanswered = [one for one in asked if not one.is_right]

    assert len(unanswered) <= (1 - FEWEST_RIGHT) * len(asked), "\n".join(map(str, unanswered))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_always_the_right_answer_is_one_tap_away(index: Index, language: str) -> None:
    asked = _asked(index, language)
    missed = [one for one in asked if not one.is_shown]

    assert len(missed) <= (1 - FEWEST_SHOWN) * len(asked), "\n".join(map(str, missed))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_wrote_an_answer_for_is_hardly_ever_answered(index: Index, language: str) -> None:
    texts = [text for entry, text in _held_out(language) if entry == NONE]
    answered = [text for text in texts if match(index, text, language).verdict is Verdict.CLEAR]

    assert len(answered) <= MOST_NEEDLESS * len(texts), answered


def test_the_command_line_says_that_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, with every phrasing asked, as an operator runs it."""
    monkeypatch.setenv("BOT_KNOWLEDGE__PATH", str(HERE.parents[1] / "knowledge_base"))
    monkeypatch.setenv("BOT_STORE__CACHE", str(tmp_path / "cache"))
    done = CliRunner().invoke(main, ["check", "--thorough"])

    assert done.exit_code == 0, done.output
    assert done.output.startswith("All is well: ")


def test_the_command_line_names_a_phrasing_that_another_entry_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By file and line, with the wording that wins; the quick check does not look."""
    import shutil

    folder = tmp_path / "knowledge_base"
    shutil.copytree(HERE.parents[1] / "knowledge_base", folder)
    limits = folder / "en/faq/limits.yaml"
    lines = limits.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines) if text.strip() == "questions:") + 1
    lines.insert(line, "    - i forgot my password and want to reset my password")
    limits.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("BOT_KNOWLEDGE__PATH", str(folder))
    monkeypatch.setenv("BOT_STORE__CACHE", str(tmp_path / "cache"))

    assert CliRunner().invoke(main, ["check"]).exit_code == 0
    thorough = CliRunner().invoke(main, ["check", "--thorough"])
    assert thorough.exit_code == 1
    assert thorough.output.startswith(
        f"{limits}:{line + 1}: limits_what.questions.0: is answered by login_reset_password"
    )
