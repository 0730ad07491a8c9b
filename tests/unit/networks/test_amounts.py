from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.amounts import LONGEST_AMOUNT_TEXT, Ambiguous, parse_amount

NOTATIONS = {
    "0.5 BTC": "0.5",
    "0.5BTC": "0.5",
    "250usdt": "250",
    "250 USDT TRC20": "250",
    "250 USDT (ERC-20)": "250",
    "USDT 250": "250",
    "$1,234.56": "1234.56",
    "US$ 99": "99",
    "1,234.56": "1234.56",
    "1.234,56": "1234.56",
    "1 234,56": "1234.56",
    "1\u00a0234,56 €": "1234.56",
    "1\u202f234\u202f567,8": "1234567.8",
    "1'234.50": "1234.50",
    "1’234’567": "1234567",
    "1,234,567": "1234567",
    "1.234.567": "1234567",
    "12,34,567.8": "1234567.8",
    "1,00,000": "100000",
    "250 000 usdt": "250000",
    "1,5": "1.5",
    "1,50": "1.50",
    "0,00012345": "0.00012345",
    "0,500": "0.500",
    "0.001": "0.001",
    "1234.567": "1234.567",
    "1234,567": "1234.567",
    ".5": "0.5",
    "5.": "5",
    "I sent 0.5 btc.": "0.5",
    "+5": "5",
    "１２３．４": "123.4",
    "１，２３４．５": "1234.5",
    "約0.5BTCです": "0.5",
    "0。5": "0.5",
    "0・5ビットコイン": "0.5",
    "٢٥٠": "250",
    "٢٥٠٫٥": "250.5",
    "١٬٢٣٤٫٥": "1234.5",
    "١٬٥٠٠": "1500",
    "१२.५ BTC": "12.5",
    "๒๕๐ บาท": "250",
    "100 m": None,
    "1.5k": None,
    "2M USDT": None,
    "5万": None,
    "5 천": None,
    "3 млн": None,
    "10 triệu": None,
    "5 ล้าน": None,
    "50%": None,
    "-5": None,
    "−5 BTC": None,
    "－5": None,
    "0": None,
    "0.000 BTC": None,
    "1e5": None,
    "1/2": None,
    "½": None,
    "5-6": None,
    "5 or 6": None,
    "12 May 3": None,
    "12:30": None,
    "1、2": None,
    "2026-11-22": None,
    "1.2.3": None,
    "1,23,4": None,
    "1.234.56": None,
    "0xabc1": None,
    "5f3a": None,
    "TRC20": None,
    "erc-20": None,
    "a lot": None,
    "": None,
    "9" * 19: None,
    "0." + "1" * 25: None,
    "9" * 18: "9" * 18,
    "5" + " " * LONGEST_AMOUNT_TEXT: None,
}


@pytest.mark.parametrize("text", NOTATIONS)
def test_amount_is_read_in_every_notation_or_refused(text: str) -> None:
    expected = NOTATIONS[text]

    assert parse_amount(text) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,500", None, Ambiguous(grouped=Decimal(1500), fractional=Decimal("1.500"))),
        ("1.500 usdt", None, Ambiguous(grouped=Decimal(1500), fractional=Decimal("1.500"))),
        ("１，５００", None, Ambiguous(grouped=Decimal(1500), fractional=Decimal("1.500"))),
        ("1,500", ".", Decimal(1500)),
        ("1,500", ",", Decimal("1.500")),
        ("1.500", ".", Decimal("1.500")),
        ("1.500", ",", Decimal(1500)),
        ("1,234.56", ",", Decimal("1234.56")),
        ("1,5", ".", Decimal("1.5")),
        ("1,500", "x", Ambiguous(grouped=Decimal(1500), fractional=Decimal("1.500"))),
    ],
)
def test_language_settles_only_what_is_ambiguous(
    text: str, decimal: str | None, expected: Decimal | Ambiguous
) -> None:
    assert parse_amount(text, decimal) == expected


@given(st.text(), st.sampled_from([None, ".", ","]))
def test_any_text_is_a_positive_amount_or_refused(text: str, decimal: str | None) -> None:
    amount = parse_amount(text, decimal)

    assert amount is None or isinstance(amount, Ambiguous) or 0 < amount < 10**18


@given(st.text("0123456789.,' -+eExkK%٫٬万。", max_size=LONGEST_AMOUNT_TEXT))
def test_any_heap_of_digits_and_signs_is_a_positive_amount_or_refused(text: str) -> None:
    amount = parse_amount(text)

    assert amount is None or isinstance(amount, Ambiguous) or 0 < amount < 10**18


@given(st.decimals(min_value="0.00000001", max_value=10**15, places=8))
def test_what_we_write_in_english_and_german_is_read_back(amount: Decimal) -> None:
    english = f"{amount:,.8f}"
    german = english.translate(str.maketrans(".,", ",."))

    assert parse_amount(f"{english} BTC") == amount
    assert parse_amount(f"{german} BTC") == amount
