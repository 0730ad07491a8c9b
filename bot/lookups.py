"""What the exchange is asked about a ticket, and whether an answer still fits it; for both sides of a ticket."""

from bot.account_actions import LookUpAccount
from bot.accounts import Facts, Query
from bot.knowledge.schema import MISSING
from bot.model import Ticket

STATED = "account_id"
"""Among a ticket's answers, the account that the requester states."""
_DEPOSIT = "deposit"
_TOLD_OF_DEPOSIT = ("asset", "network", "txid", "amount")


def account_of(ticket: Ticket) -> str:
    """The account that the ticket is about: the proved one, else the stated one; empty where there is neither."""
    if ticket.account:
        return ticket.account.id
    stated = ticket.answers.get(STATED, MISSING)
    return "" if stated == MISSING else stated


def asking(ticket: Ticket) -> tuple[LookUpAccount, ...]:
    """The look-up of the ticket's account, if anybody knows which one it is."""
    account = account_of(ticket)
    if not account:
        return ()
    told = [(key, ticket.answers.get(key, MISSING)) for key in _TOLD_OF_DEPOSIT]
    deposit = tuple((key, value) for key, value in told if value != MISSING) if ticket.subject == _DEPOSIT else ()
    return (LookUpAccount(ticket_id=ticket.id, query=Query(account, ticket.account is not None, deposit)),)


def facts_of(ticket: Ticket) -> Facts | None:
    """What the exchange said, while the ticket is still about that account."""
    return ticket.facts if ticket.facts and ticket.facts.account == account_of(ticket) else None
