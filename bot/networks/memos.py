"""Memos and tags: the second half of an address on chains where an exchange shares one address."""

from collections.abc import Callable
from enum import StrEnum

from bot.networks.formats import Family, clean
from bot.networks.shapes import Shape, kind_of


class MemoCheck(StrEnum):
    """What can be said of a memo without asking whose it is."""

    VALID = "valid"
    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    SOMETHING_ELSE = "something_else"
    NOT_USED = "not_used"


_MISTAKEN = frozenset({Shape.TXID, Shape.ADDRESS, Shape.EMAIL, Shape.URL})
_LARGEST_TAG = 2**32 - 1


def check_memo(family: str, text: str) -> MemoCheck:
    """Say whether the text can be a memo on this family; a TXID, address, e-mail or link never is one."""
    check = _CHECKS.get(Family(family))
    if check is None:
        return MemoCheck.NOT_USED
    memo = clean(text)
    if not memo:
        return MemoCheck.EMPTY
    return MemoCheck.SOMETHING_ELSE if kind_of(memo) in _MISTAKEN else check(memo)


def _tag(memo: str) -> MemoCheck:
    if not (memo.isascii() and memo.isdecimal()):
        return MemoCheck.NOT_A_NUMBER
    digits = memo.lstrip("0")
    fits = len(digits) <= len(str(_LARGEST_TAG)) and int(digits or "0") <= _LARGEST_TAG
    return MemoCheck.VALID if fits else MemoCheck.TOO_LARGE


def _at_most(most_bytes: int) -> Callable[[str], MemoCheck]:
    def check(memo: str) -> MemoCheck:
        fits = len(memo.encode("utf-8", "surrogatepass")) <= most_bytes
        return MemoCheck.VALID if fits else MemoCheck.TOO_LONG

    return check


# TON sets no limit on a comment and Cosmos chains set their own; past 512 bytes it is not what a desk gave out.
_CHECKS: dict[Family, Callable[[str], MemoCheck]] = {
    Family.RIPPLE: _tag,
    Family.STELLAR: _at_most(28),
    Family.TON: _at_most(512),
    Family.COSMOS: _at_most(512),
    Family.ALGORAND: _at_most(1_000),
}
