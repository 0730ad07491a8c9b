"""An event at the desk: mask, decide, one unit of work. Whoever calls holds the lock of the ticket's requester."""

from bot.changes import Changes, SaveConversation, SeeEvent
from bot.desk import commands, desk
from bot.desk.commands import Request
from bot.dialogue.options import ticket_button
from bot.events import StaffEvent, StaffWrote
from bot.model import Conversation, Ticket
from bot.ports import Clock, Store
from bot.support.brain import Brain, desk_rules
from bot.support.masking import mask_staff
from bot.support.plan import Plan
from bot.support.tickets import following


class StaffSide:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def turn(self, event: StaffEvent, ticket: Ticket | None, brain: Brain) -> str:
        """Commit what the event changes; what it asked for, or that it was seen before."""
        event = mask_staff(event)
        request = _request(event)
        draft = await self._store.load_message(request.value) if request.value else None
        conversation = await self._conversation(ticket)
        now = self._clock.now()
        plan = Plan(
            brain,
            self._clock,
            now,
            ticket=ticket,
            draft=draft,
            place=event.chat,
            interaction=event.interaction,
            language=conversation.language if conversation else "",
        )
        plan.carry_out(desk.staff(event, ticket, request, draft, desk_rules(brain, now)))
        followed = _followed(conversation, ticket, plan.ticket, now)
        fresh = await self._store.commit((SeeEvent(event.key, now), *plan.changes, *followed))
        return request.verb if fresh else "seen_before"

    async def _conversation(self, ticket: Ticket | None) -> Conversation | None:
        """Where the ticket's requester is; they may have chosen another language since they got it."""
        return (await self._store.load_conversation(ticket.requester_chat)).conversation if ticket else None


def _request(event: StaffEvent) -> Request:
    if isinstance(event, StaffWrote):
        return commands.read(event.text)
    pressed = ticket_button(event.data)
    return commands.pressed(pressed[1], pressed[2]) if pressed else commands.pressed("", 0)


def _followed(conversation: Conversation | None, before: Ticket | None, after: Ticket | None, now: int) -> Changes:
    """The conversation's part in a ticket that staff have finished or reopened."""
    if not (conversation and before and after) or before.status.is_done == after.status.is_done:
        return ()
    return (SaveConversation(following(conversation, after), now),)
