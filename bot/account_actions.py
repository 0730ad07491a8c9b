"""What is decided about whose account it is, in the imperative; the other actions are in `actions`."""

from dataclasses import dataclass

from bot.accounts import Account, Proof, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyIdentity:
    """Keep that the account is the requester's until then; the code that proved it never counts again."""

    account: Account
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWrongCode:
    """Note that the requester presented a code that was not made for anybody."""

    wrong_codes: int
    wrong_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpAccount:
    """Ask the exchange about the ticket's account, if it can be asked; the answer comes back as `AccountLookedUp`."""

    ticket_id: int
    query: Query


AccountAction = VerifyIdentity | CountWrongCode | LookUpAccount
