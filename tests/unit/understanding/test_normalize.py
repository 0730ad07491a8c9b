"""Texts that a reader takes for the same get one spelling; texts that differ keep their difference."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.normalize import LONGEST_TEXT, features, fold, pieces, words

SAME = [
    ("Don't", "dont"),
    ("DON’T", "dont"),
    ("İSTANBUL ışık", "istanbul isik"),
    ("Größe", "grosse"),
    ("Ełk Øre Đồng", "elk ore dong"),
    ("œuvre", "oeuvre"),
    ("l'argent qu’il d'abord", "l argent qu il d abord"),
    ("heeeelp!!! noooo", "help no"),
    ("1000000 USDT", "1000000 usdt"),
    ("log-in / log_in", "log in log in"),
    ("w\u200bor\u00add", "word"),
    ("ﬁat　①", "fiat 1"),
    ("ｶﾞｽ代", "がす代"),
    ("ユーザーーー", "ゆーざー"),
    ("ありがと〜～", "ありがとー"),
    ("入金　できない、です", "入金できないです"),
    ("한국어 띄어 쓰기", "한국어띄어쓰기"),
    ("الأَمْــن", "الامن"),
    ("ёлка Йод", "елка йод"),
    ("💸🚀 ?!", ""),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "folded"), SAME)
def test_ways_of_typing_the_same_share_one_spelling(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("100", "1000"), ("ガス", "カス"), ("和", "ワ"), ("йод", "иод"), ("ไม่", "ไม้")]
)
def test_what_a_reader_tells_apart_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_words_are_words_or_pairs_of_characters() -> None:
    assert words("Deposit USDTの入金 now") == ["deposit", "usdt", "の入", "入金", "now"]
    assert words("円") == ["円"]


def test_addresses_are_no_words() -> None:
    """An address is different in every message and would only make a text look unknown."""
    assert words("sent to 0x52908400098527886E0F7030069857D2E4169EE7 yesterday") == ["sent", "to", "yesterday"]


def test_neighbouring_words_meet_their_joined_spelling() -> None:
    assert "login" in features("log in")
    assert "trc20" in features("TRC-20")


def test_features_of_a_word_are_itself_and_its_marked_grams() -> None:
    assert set(features("fee")) == {"fee", "<fe", "ee>", "<fee", "fee>", "<fee>"}


def test_features_of_dense_scripts_are_grams_up_to_four() -> None:
    assert set(features("入金です")) == {
        *"入金です", "入金", "金で", "です", "入金で", "金です", "入金です",
    }  # fmt: skip


def test_a_whole_word_outweighs_its_single_grams() -> None:
    weighed = features("withdrawal")
    assert weighed["withdrawal"] > max(weight for feature, weight in weighed.items() if feature != "withdrawal")


@given(st.text(max_size=3_000))
def test_any_text_folds_to_a_bounded_text_without_double_spaces(text: str) -> None:
    folded = fold(text)
    assert len(folded) <= LONGEST_TEXT
    assert folded == folded.strip()
    assert "  " not in folded
    assert all(piece.text in folded for piece in pieces(folded))


@given(st.text(alphabet="abcXYZéñüİıß あいアイーガ入金 0123456789'’-.!", max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    """Texts of the languages we speak; a row of stray combining marks may fold further."""
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_every_feature_counts_for_something(text: str) -> None:
    assert all(0 < weight <= 1 for weight in features(text).values())


@pytest.mark.parametrize("unit", ["a'", "a", "ー", "e\u0301", "~", " _", "\u200b", "入 ", "ﷺ"])
def test_hostile_repetition_costs_little(unit: str) -> None:
    """A megabyte of it stays far below a second of work, because only the beginning is read."""
    started = time.process_time()
    features(unit * 500_000)
    assert time.process_time() - started < 1
