"""Account codes: what the documented lines make is read, and nothing else is."""

import re
import time
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import Proof, Verdict
from bot.timing import MINUTE
from bot.understanding.account_codes import AccountCodes
from bot.understanding.redaction import mask
from tests.codes import account_code

SECRET = bytes(range(32))
CODES = AccountCodes(SECRET)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ACCOUNTS = st.from_regex(r"[0-9A-Za-z._-]{1,18}", fullmatch=True)


def now() -> int:
    return time.time_ns() // 1000


@given(ACCOUNTS, st.integers(1, 60))
def test_what_the_page_makes_is_read(account: str, minutes: int) -> None:
    code = account_code(SECRET, account, minutes)
    proof = CODES.judge(code, now())

    assert proof == Proof(Verdict.PROVED, account, ANY, ANY)
    assert now() < proof.expires_at <= now() + minutes * MINUTE
    assert CODES.judge(code.removeprefix("v_"), now()) == proof


@given(ACCOUNTS)
def test_telegram_passes_it_on_as_it_is(account: str) -> None:
    """https://core.telegram.org/bots/features#deep-linking: up to 64 characters of these."""
    assert re.fullmatch("[A-Za-z0-9_-]{1,64}", account_code(SECRET, account))


@given(ACCOUNTS, st.data())
def test_one_other_letter_makes_it_wrong(account: str, data: st.DataObject) -> None:
    code = account_code(SECRET, account)
    place = data.draw(st.integers(2, len(code) - 1))
    letter = data.draw(st.sampled_from(LETTERS).filter(lambda one: one != code[place]))

    assert CODES.judge(code[:place] + letter + code[place + 1 :], now()) == Proof(Verdict.WRONG)


@given(st.text(max_size=80) | st.text(LETTERS, max_size=80))
def test_nothing_anybody_types_is_a_code(text: str) -> None:
    assert CODES.judge(text, now()) == Proof(Verdict.WRONG)
    assert CODES.masked(text) == text


def test_another_secret_makes_other_codes() -> None:
    assert CODES.judge(account_code(bytes(32), "12345678"), now()).verdict is Verdict.WRONG


def test_a_code_ends_with_its_minute() -> None:
    code = account_code(SECRET, "12345678", 10)
    expires_at = CODES.judge(code, now()).expires_at

    assert CODES.judge(code, expires_at - 1).verdict is Verdict.PROVED
    assert CODES.judge(code, expires_at).verdict is Verdict.EXPIRED


def test_a_code_that_would_be_good_for_hours_is_refused() -> None:
    assert CODES.judge(account_code(SECRET, "12345678", 61 + 1), now()).verdict is Verdict.WRONG


@pytest.mark.parametrize("account", ["", "x" * 19, "a b", "1\n"])
def test_an_account_that_could_not_be_shown_is_refused(account: str) -> None:
    assert CODES.judge(account_code(SECRET, account), now()).verdict is Verdict.WRONG


def test_two_codes_for_one_account_are_two() -> None:
    uses = {CODES.judge(account_code(SECRET, "12345678"), now()).use for _ in range(50)}
    assert len(uses) == 50


def test_what_is_remembered_of_a_code_does_not_make_it_again() -> None:
    """The last sixteen bytes are not in it."""
    code = account_code(SECRET, "12345678")
    assert CODES.judge(bytes.fromhex(CODES.judge(code, now()).use).decode("latin-1"), now()).verdict is Verdict.WRONG
    assert len(bytes.fromhex(CODES.judge(code, now()).use)) == 4 + 8 + len("12345678")


@given(ACCOUNTS, st.sampled_from(["{}", "my code: {}, does it work?", "https://t.me/x_bot?start={}", "（{}）"]))
def test_a_code_is_masked_wherever_it_stands(account: str, around: str) -> None:
    """With its beginning also where nobody knows the secret."""
    code = account_code(SECRET, account)
    bare = code.removeprefix("v_")

    assert code not in mask(around.format(code)).text
    assert CODES.masked(around.format(code)) == around.format("⟦code⟧")
    assert CODES.masked(around.format(bare)) == around.format("⟦code⟧")


def test_the_secret_is_not_in_what_is_printed() -> None:
    assert "secret" not in repr(CODES)
