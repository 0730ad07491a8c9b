"""What is written down about whose account it is: a code that proved it or was wrong, and what is to be asked."""

from typing import assert_never

from bot import account_changes
from bot.account_actions import AccountAction, CountWrongCode, LookUpAccount, VerifyIdentity
from bot.account_changes import AccountChange, AddLookUp
from bot.accounts import LookUp
from bot.model import Conversation
from bot.ports import Clock
from bot.support.brain import Brain


def known(
    action: AccountAction, conversation: Conversation | None, brain: Brain, clock: Clock, now: int
) -> list[AccountChange]:
    """The change that the action is; none where the exchange cannot be asked."""
    match action:
        case VerifyIdentity(account=account, proof=proof):
            assert conversation is not None
            kept = account_changes.VerifyIdentity(
                person=conversation.person, account=account, use=proof.use, expires_at=proof.expires_at, at=now
            )
            return [kept]
        case CountWrongCode(wrong_codes=count, wrong_since=since):
            assert conversation is not None
            return [account_changes.CountWrongCode(conversation.person, count, since)]
        case LookUpAccount(ticket_id=ticket_id, query=query):
            return [AddLookUp(LookUp(clock.new_id(), ticket_id, query), now)] if brain.rules.can_look_up else []
        case _:
            assert_never(action)
