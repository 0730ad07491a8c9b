"""Every slip in a knowledge base is told with its file, its line and how to mend it, and all of them at once."""

from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.files import FEWEST_QUESTIONS
from bot.knowledge.loader import KnowledgeError, load
from bot.yaml_lines import read_file
from tests.unit.knowledge.base import FILES, Base

SPOILED: Any = read_file(Path(__file__).with_name("problems.yaml")).value


def test_the_small_knowledge_base_is_sound(base: Base) -> None:
    assert base.problems() == []


@pytest.mark.parametrize("slip", SPOILED)
def test_a_slip_is_told_where_it_stands(base: Base, slip: str) -> None:
    case = SPOILED[slip]
    base.change(case["file"], case["old"], case["new"])

    if "told" in case:
        assert base.problems() == case["told"]
    else:
        assert set(case["among"]) < set(base.problems())


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yaml") and "/faq/" not in name])
def test_a_missing_file_is_told(base: Base, name: str) -> None:
    base.remove(name)

    assert f"{name}: is missing; write it; knowledge_base/README.md says how" in base.problems()


def test_a_missing_topic_file_is_told_by_the_entries_it_should_have(base: Base) -> None:
    base.remove("ja/faq/kyc.yaml")

    assert base.problems() == ["ja/faq/kyc.yaml: the entry kyc_support_before is missing; write it"]


STRANGERS = [
    ("catalog.yaml", 'is an unknown file; did you mean "catalogue"?'),
    ("en/phrase.yaml", 'is an unknown file; did you mean "phrases"?'),
    ("en/faq/deposits.yml", "is not read; end its name with .yaml"),
    ("en/fqa/deposits.yaml", "is in a folder that is not read; did you mean en/faq?"),
    ("en/faq/old/deposits.yaml", "is in a folder that is not read; did you mean en/faq?"),
    ("fr/phrases.yaml", "belongs to the language fr, which is not in languages.yaml; known here: en, ja"),
    ("EN/phrases.yaml", 'belongs to the language EN, which is not in languages.yaml; did you mean "en"?'),
]


@pytest.mark.parametrize(("name", "told"), STRANGERS)
def test_a_file_that_nothing_reads_is_told(base: Base, name: str, told: str) -> None:
    base.write(name, "a: b\n")

    assert base.problems() == [f"{name}: {told}"]


@pytest.mark.parametrize(
    "name", [".git/config.yaml", "en/faq/.#deposits.yaml", "..2026_01_31/catalogue.yaml", "notes.txt"]
)
def test_files_of_editors_and_version_control_are_no_concern(base: Base, name: str) -> None:
    base.write(name, "not: [yaml")

    assert base.problems() == []


@pytest.mark.parametrize("code", ["english", "e/n", "xx", "..", "zh_Hans"])
def test_a_language_has_a_code_that_dates_and_numbers_can_be_written_in(base: Base, code: str) -> None:
    base.write(
        "languages.yaml",
        f'en: {{name: English}}\nja: {{name: 日本語, fallback: en}}\n"{code}": {{name: X, fallback: en}}\n',
    )

    assert f"languages.yaml:3: {code}: is no language code; write one such as en, pt-BR or zh-Hans" in base.problems()


def test_no_language_at_all_is_told(base: Base) -> None:
    base.write("languages.yaml", "# None yet.\n")

    assert "languages.yaml:1: names no language; write one or more, the one with every text first" in base.problems()


def test_a_language_in_beta_may_lack_entries_but_no_phrase(base: Base) -> None:
    base.change("languages.yaml", "fallback: en}", "fallback: en, beta: true}")
    base.remove("ja/faq/kyc.yaml")
    base.change("ja/phrases.yaml", "button.back: 戻る\n", "")

    assert base.problems() == ["ja/phrases.yaml:1: the phrase button.back is missing; write it"]


def test_the_first_language_lacks_nothing_even_in_beta(base: Base) -> None:
    base.change("languages.yaml", "{name: English}", "{name: English, beta: true}")
    base.remove("en/faq/kyc.yaml")

    assert base.problems() == ["en/faq/kyc.yaml: the entry kyc_support_before is missing; write it"]


def test_an_entry_in_two_files_is_told_even_when_one_of_them_is_right(base: Base) -> None:
    first, _, _ = base.read("en/faq/deposits.yaml").partition("deposit_stolen:")
    base.write("en/faq/kyc.yaml", base.read("en/faq/kyc.yaml") + first)

    assert base.problems() == [
        "en/faq/kyc.yaml:12: deposit_how: the catalogue has it under deposits; move it to deposits.yaml"
    ]


def test_all_problems_of_all_files_are_told_at_once_in_order(base: Base) -> None:
    """A file that cannot be read at all hides nothing that is wrong with the others."""
    base.change("catalogue.yaml", "topic: deposits", "topic: deposit")
    base.change("en/faq/deposits.yaml", "title: How to deposit", "titel: How to deposit")
    base.change("en/faq/kyc.yaml", "Yes, we help you.", "# Yes")
    base.write("ja/canned.yaml", "hello: 'never closed\n")
    base.change("ja/phrases.yaml", "**{exchange}**", "**{shop}**")
    base.change("networks.yaml", "family: tron", "family: trn")
    base.write("fr/phrases.yaml", "greeting: Bonjour\n")

    told = base.problems()
    assert [problem.partition(": ")[0] for problem in told] == [
        "catalogue.yaml:13",
        "en/faq/deposits.yaml:1",
        "en/faq/deposits.yaml:2",
        "en/faq/kyc.yaml:3",
        "fr/phrases.yaml",
        "ja/canned.yaml:2",
        "ja/phrases.yaml:1",
        "networks.yaml:4",
    ]


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"is not a folder; set knowledge\.path"):
        load(tmp_path / "nowhere")


def test_what_is_loaded_is_what_was_written(base: Base) -> None:
    known = load(base.folder, "some version")

    assert known.version == "some version"
    assert list(known.entries) == ["deposit_how", "deposit_stolen", "kyc_support_before"]
    assert known.entries["deposit_stolen"].urgent
    assert known.topic_of("deposit") == known.topic_of("deposit_how") == "deposits"
    assert known.checklists["deposit"].findings[1].when[0].differs_from == "network"
    assert known.assets["USDT"].networks["tron"].facts["minimum_deposit"].value == "0.00001"
    assert known.texts["ja"]["checklist.deposit.kind.option.fiat"] == "銀行"
    assert known.texts["en"]["tickets"] == {"one": "You have {count} ticket.", "other": "You have {count} tickets."}
    assert known.signals["thanks"] == ("thanks", "thank you", "ありがとう")
    assert len(known.phrasings) == 2 * 4 * (FEWEST_QUESTIONS + 1)


def test_many_choices_do_not_make_a_reachable_step_look_unreachable(base: Base) -> None:
    """Twelve steps of four answers have 16 million paths; what is reachable is known without walking them."""
    names = [f"choice_{number}" for number in range(12)]
    steps = [f"      - {{id: {name}, kind: choice, options: [a, b, c, d]}}\n" for name in names]
    asked = ", ".join(f"{name}: [b, d]" for name in names)
    base.change("catalogue.yaml", "      - {id: amount, ", "".join(steps) + "      - {id: amount, ")
    base.change("catalogue.yaml", "{network: missing}", f"{{{asked}}}")

    assert not [problem for problem in base.problems() if "no answers lead" in problem]
