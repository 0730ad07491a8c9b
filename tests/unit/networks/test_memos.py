import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.formats import Family
from bot.networks.memos import MemoCheck, check_memo


@pytest.mark.parametrize(
    ("family", "memo", "expected"),
    [
        ("ripple", "104512", MemoCheck.VALID),
        ("ripple", "0", MemoCheck.VALID),
        ("ripple", "１０４５１２", MemoCheck.VALID),
        ("ripple", "4294967295", MemoCheck.VALID),
        ("ripple", "4294967296", MemoCheck.TOO_LARGE),
        ("ripple", "9" * 4000, MemoCheck.TOO_LARGE),
        ("ripple", "-1", MemoCheck.NOT_A_NUMBER),
        ("ripple", "tag 5", MemoCheck.NOT_A_NUMBER),
        ("ripple", "٥٥", MemoCheck.NOT_A_NUMBER),
        ("ripple", "  ", MemoCheck.EMPTY),
        ("ripple", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", MemoCheck.SOMETHING_ELSE),
        ("stellar", "3f9a-uid", MemoCheck.VALID),
        ("stellar", "x" * 28, MemoCheck.VALID),
        ("stellar", "x" * 29, MemoCheck.TOO_LONG),
        ("stellar", "メモ" * 5, MemoCheck.TOO_LONG),
        ("stellar", "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b", MemoCheck.SOMETHING_ELSE),
        ("ton", "104512345", MemoCheck.VALID),
        ("ton", "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF", MemoCheck.SOMETHING_ELSE),
        ("cosmos", "104512345", MemoCheck.VALID),
        ("cosmos", "hana@example.com", MemoCheck.SOMETHING_ELSE),
        ("cosmos", "x " * 400, MemoCheck.TOO_LONG),
        ("algorand", "note", MemoCheck.VALID),
        ("bitcoin", "104512", MemoCheck.NOT_USED),
        ("evm", "", MemoCheck.NOT_USED),
    ],
)
def test_memo_is_judged_by_its_chain(family: str, memo: str, expected: MemoCheck) -> None:
    assert check_memo(family, memo) is expected


@given(st.text(), st.sampled_from(Family))
def test_any_text_gets_a_verdict(text: str, family: Family) -> None:
    assert check_memo(family, text) in set(MemoCheck)


@given(st.integers(0, 2**32 - 1))
def test_every_number_of_32_bits_is_a_tag(tag: int) -> None:
    assert check_memo("ripple", str(tag)) is MemoCheck.VALID
