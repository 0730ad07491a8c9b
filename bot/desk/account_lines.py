"""The lines of a card that are about the requester's account: who proved what, and what the exchange says of it."""

from bot.accounts import Facts, Problem, shortened
from bot.actions import Text, literal
from bot.lookups import facts_of
from bot.model import Ticket


def identity_line(ticket: Ticket) -> Text | None:
    """That the account was proved; None where it was at most stated."""
    if ticket.account is None:
        return None
    verified = Text("card.identity.verified", {"account": literal(shortened(ticket.account.id))})
    return Text("card.line", {"label": Text("card.identity"), "value": verified})


def account_lines(ticket: Ticket) -> tuple[Text, ...]:
    """What the exchange says of the account, in one line; none where it was not asked or has not answered yet."""
    facts = facts_of(ticket)
    if facts is None:
        return ()
    told = _told(facts) or [Text("account.nothing")]
    value = told[0]
    for text in told[1:]:
        value = Text("card.beside", {"first": value, "second": text})
    return (Text("card.line", {"label": Text("card.account"), "value": value}),)


def _told(facts: Facts) -> list[Text]:
    if facts.problem:
        return [Text("account.no_such" if facts.problem is Problem.UNKNOWN else "account.unanswered")]
    tier = [Text("account.tier", {"tier": literal(facts.tier)})] if facts.tier else []
    kyc = [Text(f"kyc_state.{facts.kyc_state}")] if facts.kyc_state else []
    locks = [Text(f"lock.{lock}") for lock in facts.locks or ()]
    unlocked = [Text("account.unlocked")] if facts.locks == () else []
    deposit = [Text(f"matching_deposit.{facts.matching_deposit}")] if facts.matching_deposit else []
    return [*tier, *kyc, *locks, *unlocked, *deposit]
