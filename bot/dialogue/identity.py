"""Somebody shows the code with which the exchange says whose account it is: what they are told, and what is kept.

The code is judged before anything is decided, and has been taken out of the message; here is only what came of it.
"""

from dataclasses import replace

from bot.account_actions import CountWrongCode, VerifyIdentity
from bot.accounts import Account, Standing, Verdict, shortened
from bot.actions import (
    IDENTITY_ENDS,
    ChangeTicket,
    SetTimer,
    Text,
    UpdateCard,
    literal,
)
from bot.dialogue import checklists, intake
from bot.dialogue.context import Context, Decision, say
from bot.dialogue.menu import menu
from bot.lookups import asking
from bot.model import Conversation, Mode, Ticket
from bot.timing import HOUR

MOST_WRONG_CODES = 5
"""So many wrong codes within an hour, and for the rest of it none is looked at, not even a right one."""


def shown_code(conversation: Conversation, context: Context) -> Decision:
    """Keep the account that was proved; anything else gets its one sentence, and a wrong code is counted."""
    proof = context.proof
    assert proof is not None
    if proof.verdict is Verdict.PROVED:
        return _proved(conversation, context)
    refused = say(conversation, Text(f"identity.{proof.verdict}"))
    return refused.after(_counted(context)) if proof.verdict is Verdict.WRONG else refused


def is_locked(standing: Standing, now: int) -> bool:
    """Whether so many codes were wrong of late that none is looked at."""
    return standing.wrong_codes >= MOST_WRONG_CODES and now < standing.wrong_since + HOUR


def _counted(context: Context) -> CountWrongCode:
    """One more; an hour after the first one it begins anew."""
    standing = context.standing
    if context.now >= standing.wrong_since + HOUR:
        return CountWrongCode(wrong_codes=1, wrong_since=context.now)
    return CountWrongCode(wrong_codes=standing.wrong_codes + 1, wrong_since=standing.wrong_since)


def _proved(conversation: Conversation, context: Context) -> Decision:
    proof, hours = context.proof, context.policy.verified_hours
    assert proof is not None
    account = Account(proof.account, context.now + hours * HOUR)
    told = Text("identity.proved", {"account": literal(shortened(account.id)), "count": hours})
    kept = VerifyIdentity(account=account, proof=proof)
    if ticket := context.open_ticket:
        return _on_ticket(conversation, ticket, account, told, context).after(kept)
    if conversation.mode is Mode.IN_CHECKLIST:
        return checklists.resume(conversation, context, told).after(kept)
    return menu(conversation, context, told, Text("menu")).after(kept)


def _on_ticket(
    conversation: Conversation, ticket: Ticket, account: Account, told: Text, context: Context
) -> Decision:
    """The card shows it from now on, and nobody is asked for what they have proved."""
    left = tuple(field for field in conversation.intake if field != intake.ACCOUNT_ID)
    after = replace(ticket, account=account, language=conversation.language)
    held = replace(conversation, mode=Mode.HANDED_OFF, intake=left)
    return intake.again(held, after, context, told).after(
        ChangeTicket(ticket=after),
        UpdateCard(ticket_id=ticket.id),
        SetTimer(kind=IDENTITY_ENDS, ticket_id=ticket.id, due_at=account.verified_until),
        *asking(after),
    )
