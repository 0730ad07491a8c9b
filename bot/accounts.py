"""Who a requester is at the exchange: what was proved with a code, and what the exchange says when asked.

Nouns only; the code itself never enters, and of an answer only what is listed here.
"""

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


class KycState(StrEnum):
    NONE = "none"
    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"


class Lock(StrEnum):
    """What the exchange does not let the account do at the moment."""

    LOGIN = "login"
    DEPOSITS = "deposits"
    WITHDRAWALS = "withdrawals"
    TRADING = "trading"


class DepositState(StrEnum):
    """How a deposit stands that fits what the requester says of theirs."""

    CREDITED = "credited"
    CONFIRMING = "confirming"
    HELD = "held"
    RETURNED = "returned"
    NOT_FOUND = "not_found"


class Problem(StrEnum):
    """Why there is nothing to show: there is no such account, or nobody could say."""

    UNKNOWN = "unknown"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the exchange says of an account; `locks` is None where it said nothing of them."""

    account: str
    tier: str = ""
    kyc_state: KycState | None = None
    locks: tuple[Lock, ...] | None = None
    matching_deposit: DepositState | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What the exchange is asked: about an account, proved or only stated, and about a deposit by what was said of it
    (its `asset`, `network`, `txid` and `amount`, in pairs)."""

    account: str
    is_verified: bool
    deposit: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LookUp:
    """A question that waits for its answer; `attempts` is how often it was asked before."""

    id: int
    ticket_id: int
    query: Query
    attempts: int = 0


class NeverAnswered(Exception):
    """Asking the exchange again will not help; the text says why, for the log, and quotes nothing of the answer."""
