"""The right entry for a question, an honest score with it, and a question back rather than a wrong answer."""

import json
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.matching import Index, Match, Phrasing, Verdict, build, dump, load, match
from bot.understanding.matching.confidence import USUAL, Rehearsal, Signals, learn
from bot.understanding.matching.repair import repair
from bot.understanding.normalize import Piece, fold, pieces

QUESTIONS = {
    ("password", "en"): [
        "How to reset your password",
        "i forgot my password",
        "how do i change my password",
        "password reset link does not work",
        "can't remember my password",
    ],
    ("password", "ja"): [
        "パスワードの再設定",
        "パスワードを忘れました",
        "パスワードを変更したい",
        "パスワードの再設定メールが来ない",
    ],
    ("deposit_missing", "en"): [
        "My deposit has not arrived",
        "where is my deposit",
        "i sent bitcoin but it is not in my account",
        "deposit not credited after an hour",
        "my coins never showed up",
    ],
    ("deposit_missing", "ja"): [
        "入金が反映されない",
        "送金したのに残高が増えない",
        "ビットコインを入金したのに届かない",
        "入金はいつ反映されますか",
    ],
    ("withdrawal_fee", "en"): [
        "Withdrawal fees",
        "how much does a withdrawal cost",
        "what is the fee to send usdt out",
        "why is the network fee so high",
    ],
    ("withdrawal_fee", "ja"): [
        "出金手数料",
        "出金の手数料はいくらですか",
        "送金の手数料が高い",
        "手数料を安くしたい",
    ],
    ("identity", "en"): [
        "Verify your identity",
        "how do i complete kyc",
        "my documents were rejected",
        "which id can i upload for verification",
    ],
    ("identity", "ja"): ["本人確認の方法", "本人確認書類が却下された", "どの身分証を使えますか", "審査に落ちました"],
}
PHRASINGS = [Phrasing(entry, language, text) for (entry, language), texts in QUESTIONS.items() for text in texts]


@pytest.fixture(scope="module")
def index() -> Index:
    return build(PHRASINGS)


def _best(found: Match) -> str | None:
    return found.candidates[0].entry if found.candidates else None


@pytest.mark.parametrize("phrasing", PHRASINGS, ids=lambda phrasing: phrasing.text)
def test_every_phrasing_is_clear_for_its_own_entry(index: Index, phrasing: Phrasing) -> None:
    found = match(index, phrasing.text)
    assert (found.verdict, _best(found)) == (Verdict.CLEAR, phrasing.entry)
    assert (found.candidates[0].phrasing, found.candidates[0].language) == (phrasing.text, phrasing.language)


ASKED_OTHERWISE = [
    ("hey i forgot the password", "password"),
    ("FORGOT  MY PASSWORD!!!", "password"),
    ("forgot pasword", "password"),
    ("I frogot my passwrod", "password"),
    ("where's my bitcoin deposit", "deposit_missing"),
    ("the deposit was not credited", "deposit_missing"),
    ("withdrawel fee", "withdrawal_fee"),
    ("cost of a withdrawal?", "withdrawal_fee"),
    ("verification documents rejected", "identity"),
    ("パスワード忘れた", "password"),
    ("ﾊﾟｽﾜｰﾄﾞを忘れちゃった", "password"),
    ("入金が反映されていません", "deposit_missing"),
    ("出金の手数料を知りたい", "withdrawal_fee"),
    ("本人確認の書類", "identity"),
]


@pytest.mark.parametrize(("text", "entry"), ASKED_OTHERWISE)
def test_other_words_slips_and_spellings_find_the_entry(index: Index, text: str, entry: str) -> None:
    found = match(index, text)
    assert _best(found) == entry
    assert found.verdict is not Verdict.NONE


@pytest.mark.parametrize(
    "text",
    [
        "what will the weather be tomorrow",
        "recommend me a pizza place nearby",
        "おすすめのラーメン屋はどこ",
        "my cat",
    ],
)
def test_what_nobody_wrote_an_entry_for_is_never_answered(index: Index, text: str) -> None:
    assert match(index, text).verdict is not Verdict.CLEAR


@pytest.mark.parametrize(
    "text",
    ["asdf qwer zxcv", "quokka", "", "   ", "👍", "?!", "0x52908400098527886E0F7030069857D2E4169EE7", "🍜ぬぬぬ"],
)
def test_what_shares_no_words_with_any_phrasing_is_for_a_person(index: Index, text: str) -> None:
    assert match(index, text).verdict is Verdict.NONE


def test_a_word_that_fits_many_entries_is_asked_back() -> None:
    shared = build(
        [
            *PHRASINGS,
            Phrasing("deposit_address", "en", "deposit address"),
            Phrasing("deposit_min", "en", "deposit minimum"),
        ]
    )
    found = match(shared, "deposit", "en")
    assert found.verdict is Verdict.CLOSE
    assert {"deposit_address", "deposit_min"} <= {candidate.entry for candidate in found.candidates}


def test_a_phrasing_of_two_entries_is_asked_back() -> None:
    found = match(build([*PHRASINGS, Phrasing("login", "en", "I forgot my password!")]), "i forgot my password")
    assert found.verdict is Verdict.CLOSE
    assert [(candidate.entry, candidate.score) for candidate in found.candidates] == [
        ("login", 0.5),
        ("password", 0.5),
    ]


def test_of_two_entries_with_the_same_phrasing_the_language_decides() -> None:
    shared = build([*PHRASINGS, Phrasing("password", "ja", "KYC"), Phrasing("identity", "en", "kyc")])
    assert _best(match(shared, "kyc", "ja")) == "password"
    assert _best(match(shared, "kyc", "en")) == "identity"
    assert match(shared, "kyc").verdict is Verdict.CLOSE


def test_phrasings_of_the_asked_language_are_preferred() -> None:
    both = build(
        [*PHRASINGS, Phrasing("network", "en", "choose trc20 network"), Phrasing("memo", "de", "choose trc20 memo")]
    )
    assert _best(match(both, "trc20 choose", "de")) == "memo"
    assert _best(match(both, "trc20 choose", "en")) == "network"


@pytest.mark.parametrize("text", ["i forgot my password", "where is my deposit", "hey i forgot the password"])
def test_unknown_words_lower_the_score(index: Index, text: str) -> None:
    scores = [match(index, text + " zyzzyva quokka" * times).candidates[0].score for times in range(3)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_a_closer_question_has_a_higher_score(index: Index) -> None:
    loose, close = match(index, "the password thing"), match(index, "i forgot the password")
    assert close.candidates[0].score > loose.candidates[0].score


def test_what_was_seen_explains_the_match(index: Index) -> None:
    found = match(index, "Forgot my pasword, zyzzyva")
    assert found.seen.words == ("forgot", "my", "password", "zyzzyva")
    assert found.seen.repairs == (("pasword", "password"),)
    assert found.seen.unknown == ("zyzzyva",)
    assert 0 < found.seen.known < 1
    assert len(found.seen.signals) == len(found.candidates)


def test_an_index_of_nothing_finds_nothing() -> None:
    empty = build([])
    assert match(empty, "i forgot my password") == match(load(dump(empty)), "i forgot my password")
    assert match(empty, "i forgot my password").verdict is Verdict.NONE


def test_a_phrasing_without_words_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"identity \(en\) has no words: '\?!'"):
        build([*PHRASINGS, Phrasing("identity", "en", "?!")])


def test_the_order_of_phrasings_and_repeats_do_not_matter(index: Index) -> None:
    shuffled = [*PHRASINGS, *PHRASINGS[:5]]
    random.Random(7).shuffle(shuffled)
    assert dump(build(shuffled)) == dump(index)


def test_a_stored_index_is_the_same_index(index: Index) -> None:
    stored = json.loads(json.dumps(dump(index)))
    assert load(stored) == index


def test_an_index_stored_by_another_version_is_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="format 0"):
        load({**dump(index), "format": 0})


@settings(max_examples=60)
@given(st.text(max_size=1_500), st.sampled_from([None, "en", "ja", "fi"]))
def test_any_text_gets_an_honest_answer(index: Index, text: str, language: str | None) -> None:
    found = match(index, text, language)
    scores = [candidate.score for candidate in found.candidates]
    assert found == match(index, text, language)
    assert len(scores) <= 4
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) <= 1 + 1e-9
    assert len({candidate.entry for candidate in found.candidates}) == len(scores)
    assert found.candidates or found.verdict is Verdict.NONE


_WORDS = st.sampled_from(
    [
        "deposit",
        "withdraw",
        "fee",
        "my",
        "is",
        "入金",
        "出金",
        "できない",
        "kyc",
        "забыл",
        "пароль",
        "2fa",
        "비밀번호",
    ]
)
_PHRASINGS = st.builds(
    Phrasing,
    entry=st.sampled_from("abcd"),
    language=st.sampled_from(["en", "ja"]),
    text=st.lists(_WORDS, min_size=1, max_size=6).map(" ".join)
    | st.text(min_size=1, max_size=30).filter(lambda t: bool(pieces(fold(t)))),
)


@settings(max_examples=80)
@given(st.lists(_PHRASINGS, min_size=1, max_size=25), st.randoms())
def test_any_knowledge_base_finds_its_own_phrasings(phrasings: list[Phrasing], shuffle: random.Random) -> None:
    built = build(phrasings)
    shuffled = phrasings[:]
    shuffle.shuffle(shuffled)
    assert dump(build(shuffled)) == dump(built)
    for phrasing in phrasings:
        sharing = {other.entry for other in phrasings if fold(other.text) == fold(phrasing.text)}
        found = match(built, phrasing.text)
        assert {candidate.entry for candidate in found.candidates} == sharing
        assert found.verdict is (Verdict.CLEAR if len(sharing) == 1 else Verdict.CLOSE)


REPAIRS = [
    ("pasword", "password"),
    ("passwrod", "password"),
    ("depositt", "deposit"),
    ("withdrwal", "withdrawal"),
    ("withdrawel", "withdrawal"),
    ("wihtdrawl", "withdrawal"),
    ("fes", None),
    ("feee", "fee"),
    ("trc21", None),
    ("depxyzt", None),
    ("zyzzyva", None),
]


@pytest.mark.parametrize(("typed", "read_as"), REPAIRS)
def test_slips_are_mended_and_other_words_left_alone(typed: str, read_as: str | None) -> None:
    vocabulary: dict[int, Sequence[str]] = {
        3: ["fee"],
        5: ["trc20"],
        7: ["deposit"],
        8: ["password"],
        10: ["withdrawal"],
    }
    found, repairs, unknown = repair(vocabulary, [Piece(typed, dense=False)])
    assert [piece.text for piece in found] == [read_as or typed]
    assert repairs == ([] if read_as is None else [(typed, read_as)])
    assert unknown == ([typed] if read_as is None else [])


def test_of_equally_near_words_the_more_common_with_the_same_first_letter_is_read() -> None:
    vocabulary = {4: ["bank", "tank", "rank", "ramk"]}
    assert repair(vocabulary, [Piece("rabk", dense=False)])[1] == [("rabk", "rank")]


def test_a_text_of_slips_costs_a_bounded_number_of_lookups() -> None:
    vocabulary = {8: ["password"]}
    typed = [Piece(f"pass{chr(97 + at)}ord", dense=False) for at in range(26) if chr(97 + at) != "w"]
    _, repairs, unknown = repair(vocabulary, typed)
    assert (len(repairs), len(repairs) + len(unknown)) == (16, len(typed))


def _rehearsals(right: int, wrong: int, cosine: float) -> list[Rehearsal]:
    signals = (Signals(cosine, 0.2), Signals(cosine - 0.2, -0.2))
    return [Rehearsal(True, signals, 0)] * right + [Rehearsal(True, signals, 1)] * wrong


def test_without_rehearsals_the_usual_confidence_stands() -> None:
    learned = learn([])
    assert (learned.bias, learned.cosine, learned.lead) == (USUAL.bias, USUAL.cosine, USUAL.lead)


def test_a_knowledge_base_that_misleads_is_trusted_less() -> None:
    sure, unsure = learn(_rehearsals(95, 5, 0.5)), learn(_rehearsals(60, 40, 0.5))
    signals = (Signals(0.5, 0.2), Signals(0.3, -0.2))
    assert sure.scores(signals)[0] > unsure.scores(signals)[0]
    assert sure.scores(signals)[0] == pytest.approx(0.95, abs=0.06)
    assert unsure.scores(signals)[0] == pytest.approx(0.6, abs=0.08)


def test_likeness_never_speaks_against_an_entry() -> None:
    """Even when, by chance, the less alike were right in every rehearsal."""
    learned = learn(_rehearsals(0, 300, 0.9) + _rehearsals(300, 0, 0.3))
    assert learned.cosine > 0
    assert learned.lead > 0
