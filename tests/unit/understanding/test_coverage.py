"""A phrasing that another entry answers is found, whatever its own entry says."""

from collections.abc import Iterable

from bot.knowledge.schema import KnownPhrasing
from bot.understanding.coverage import Uncovered, uncovered
from bot.understanding.matching import Phrasing, build

PASSWORD = [
    "i forgot my password",
    "how do i reset my password",
    "password reset link does not work",
    "change my password",
    "my password is wrong",
]
FEES = [
    "how much is the withdrawal fee",
    "what does a withdrawal cost",
    "network fee too high",
    "are there fees for sending coins",
    "fee for withdrawing usdt",
]
DEPOSIT = [
    "where is my deposit",
    "deposit not credited",
    "my coins never arrived",
    "deposit is missing",
    "no balance",
]
SOUND = {"password": PASSWORD, "fees": FEES, "deposit": DEPOSIT}


def _uncovered(entries: dict[str, list[str]], language: str = "en") -> list[Uncovered]:
    phrasings = [KnownPhrasing(entry, language, text) for entry, texts in entries.items() for text in texts]
    return list(uncovered(phrasings, _index(phrasings)))


def _index(phrasings: Iterable[KnownPhrasing]):  # type: ignore[no-untyped-def]  # What `build` returns.
    return build(Phrasing(one.entry, one.language, one.text) for one in phrasings)


def test_a_knowledge_base_in_which_every_entry_keeps_its_own_has_nothing_to_tell() -> None:
    assert _uncovered(SOUND) == []


def test_a_phrasing_in_the_wrong_entry_is_named_with_the_one_that_answers_it() -> None:
    astray = "i forgot my password, how do i reset my password"
    found = _uncovered({**SOUND, "fees": [*FEES, astray]})

    assert [(one.phrasing.entry, one.phrasing.text, one.winner) for one in found] == [("fees", astray, "password")]
    assert found[0].rival in PASSWORD


def test_one_question_of_two_entries_is_told_for_both_however_it_is_spelled() -> None:
    found = _uncovered({**SOUND, "fees": [*FEES, "Whére is my DEPOSIT?!"]})

    assert {(one.phrasing.entry, one.winner) for one in found} == {("fees", "deposit"), ("deposit", "fees")}


def test_the_same_words_in_another_language_are_no_rival() -> None:
    phrasings = [KnownPhrasing(entry, "en", text) for entry, texts in SOUND.items() for text in texts]
    phrasings += [KnownPhrasing("identity", "ja", "KYC"), KnownPhrasing("verification", "en", "kyc")]

    assert list(uncovered(phrasings, _index(phrasings))) == []
