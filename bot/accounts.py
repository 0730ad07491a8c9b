"""Who a requester is at the exchange: what was proved with a code. Nouns only; the code itself never enters."""

from dataclasses import dataclass
from enum import StrEnum

SHOWN = 3
"""Characters of an account id that are shown at either end."""
ELLIPSIS = "…"


def shortened(account: str) -> str:
    """An account id as it is shown: enough to tell two apart, too little to use."""
    if len(account) <= 2 * SHOWN:
        return account[:1] + ELLIPSIS + account[-1:]
    return account[:SHOWN] + ELLIPSIS + account[-SHOWN:]


@dataclass(frozen=True, slots=True)
class Account:
    """The account that somebody proved to be theirs, and until when that counts."""

    id: str
    verified_until: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept beside one identity: the account proved last, and how many codes were wrong since when."""

    account: Account | None = None
    wrong_codes: int = 0
    wrong_since: int = 0

    def account_at(self, now: int) -> Account | None:
        """The account while the proof counts."""
        return self.account if self.account and self.account.verified_until > now else None


NOTHING_PROVED = Standing()


class Verdict(StrEnum):
    """What became of a code that somebody presented; each but the first has a sentence of its own."""

    PROVED = "proved"
    OFF = "off"
    NEEDED = "needed"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Proof:
    """A code as it was judged; `use` is what is remembered of it so that it counts once, and cannot make it again."""

    verdict: Verdict
    account: str = ""
    use: str = ""
    expires_at: int = 0
