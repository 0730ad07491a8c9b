"""How a ticket begins, and what a conversation has to do with it afterwards."""

from dataclasses import replace

from bot.actions import OpenTicket
from bot.changes import Changes, SaveConversation
from bot.desk.queue import ON_US
from bot.dialogue.options import ticket_button
from bot.events import StaffEvent, StaffPicked
from bot.model import ChatRef, Conversation, Mode, Ticket, TicketStatus
from bot.ports import Clock, Store
from bot.staffing import StaffChats

DESK = "main"
"""The one desk of this installation; tickets carry it so that there can be more."""


def new_ticket(action: OpenTicket, conversation: Conversation, desks: StaffChats, clock: Clock, now: int) -> Ticket:
    """The ticket before the store has given it its number."""
    return Ticket(
        id=clock.new_id(),
        number=0,
        desk=DESK,
        status=TicketStatus.NEW,
        requester_id=conversation.requester_id,
        conversation_id=conversation.id,
        requester=conversation.person,
        requester_chat=conversation.chat,
        desk_chat=desks.of(action.team, conversation.language) or ChatRef(conversation.chat.platform, ""),
        topic=action.topic,
        team=action.team,
        subject=action.subject,
        language=conversation.language,
        answers=action.answers,
        priority=action.priority,
        card_id=clock.new_id(),
        created_at=now,
        waiting_since=now,
        account=action.account,
        follows=action.follows,
    )


def since_when(before: Ticket | None, after: Ticket, now: int) -> Ticket:
    """The ticket with the moment at which its requester began to wait for us, as follows from its new status."""
    if after.status not in ON_US:
        return replace(after, waiting_since=None)
    began = before.waiting_since if before and before.status in ON_US else None
    return replace(after, waiting_since=now if began is None else began)


def following(conversation: Conversation, ticket: Ticket) -> Conversation:
    """The conversation holds its ticket while that is not done, and lets go of it afterwards."""
    if ticket.status.is_done and conversation.ticket_id == ticket.id:
        mode = Mode.IDLE if conversation.mode is Mode.HANDED_OFF else conversation.mode
        return replace(conversation, ticket_id=None, last_ticket_id=ticket.id, mode=mode, intake=(), prompt=None)
    if not ticket.status.is_done and conversation.ticket_id is None:
        return replace(conversation, ticket_id=ticket.id, mode=Mode.HANDED_OFF, place=None, prompt=None)
    return conversation


def followed(conversation: Conversation | None, before: Ticket | None, after: Ticket | None, now: int) -> Changes:
    """The conversation's part in a ticket that was finished or reopened."""
    if not (conversation and before and after) or before.status.is_done == after.status.is_done:
        return ()
    return (SaveConversation(following(conversation, after), now),)


async def ticket_of(event: StaffEvent, store: Store) -> Ticket | None:
    """The ticket a staff event means: the one a button names, the thread's, or the one whose message is answered."""
    if isinstance(event, StaffPicked):
        pressed = ticket_button(event.data)
        named = await store.load_ticket(pressed[0]) if pressed else None
        # A button speaks for its ticket only in the staff chat that the ticket belongs to.
        return named if named and named.desk_chat.is_beside(event.chat) else None
    if event.chat.thread_id:
        return await store.find_ticket_by_thread(event.chat)
    if event.reply_to is None:
        return None
    if shown := await store.find_ticket_by_message(event.reply_to):
        return shown
    answered = await store.find_message(event.reply_to)  # A colleague's own words: nothing of ours is linked to them.
    return await store.load_ticket(answered.ticket_id) if answered and answered.ticket_id else None
