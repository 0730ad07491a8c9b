"""Our own events: a ticket got its number, a reply arrived or never will, a timer is due.

They were stored in the transaction that caused them and leave the store in the one that handles them, so that a
crash in between loses nothing.
"""

import structlog

from bot.actions import SetTimer
from bot.changes import Change, Changes, DropInternalEvent, DropTimer, SaveConversation, SaveCursor, SetAside
from bot.desk import outcomes, paging, queue, striking
from bot.desk.waiting import DAYS_LOOKED_AT, MOST_SAMPLES, Range, range_of, sentence
from bot.dialogue import engine
from bot.dialogue.context import Context
from bot.internal_events import AgentLeft, InternalEvent, ThreadsRunShort, TicketOpened, TimerFired
from bot.logs import error_id
from bot.model import Ticket
from bot.paging import PAGE
from bot.ports import Clock, Store
from bot.support.brain import Brain
from bot.support.plan import Plan
from bot.support.tickets import followed
from bot.timing import DAY, SLIPPED

THREADS_TOLD = "threads_run_short"
"""The cursor that says when the desk was warned last."""

log = structlog.get_logger()


class OwnEvents:
    """Handles one at a time; whoever calls holds the lock of the ticket's requester."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def requester_of(self, event: InternalEvent) -> int:
        """Whose lock must be held for it; 0 where nobody knows."""
        try:
            ticket = await self._store.load_ticket(event.ticket_id)
        except Exception as error:
            log.error("ticket unreadable", ticket=event.ticket_id, error_id=error_id(), exc_info=error)
            return 0
        return ticket.requester_id if ticket else 0

    async def handle(self, event: InternalEvent, brain: Brain) -> None:
        """Commit what the event changes; a failure is logged, and the event is tried again later."""
        try:
            ticket = await self._store.load_ticket(event.ticket_id)
            changes = await self._changes(event, ticket, brain) if ticket and await self._is_news(event) else ()
            await self._store.commit((_dropping(event), *changes))
        except Exception as error:
            await self._failed(event, error)

    async def _changes(self, event: InternalEvent, ticket: Ticket, brain: Brain) -> Changes:
        """The desk's half comes first: what the requester's half sends to the thread needs one to go to."""
        if isinstance(event, TimerFired) and event.kind == PAGE:
            return await self._called(ticket, brain)
        if isinstance(event, TimerFired) and event.kind in striking.KINDS:
            return await self._time_came(event, ticket, brain)
        now = self._clock.now()
        shifts = await self._store.shifts(ticket.desk_chat)
        plan = Plan(brain, self._clock, now, ticket=ticket, shifts=shifts)
        said = await self._store.said_in(ticket.id) if isinstance(event, AgentLeft) else ()
        plan.carry_out(outcomes.internal(event, ticket, now, said, brain.hours(ticket).timezone))
        if isinstance(event, TicketOpened) and brain.rules.paging:
            plan.carry_out(paging.begun(ticket, brain.rules.paging, now))
        told = await self._confirm(event, ticket, brain, now) if isinstance(event, TicketOpened) else []
        if isinstance(event, ThreadsRunShort):
            told.append(SaveCursor(THREADS_TOLD, str(event.at), now))
        return (*plan.changes, *told)

    async def _called(self, ticket: Ticket, brain: Brain) -> Changes:
        """The moment of a call; in a thread that is there, since the one that makes it went before."""
        now = self._clock.now()
        shifts = await self._store.shifts(ticket.desk_chat)
        plan = Plan(brain, self._clock, now, ticket=ticket, shifts=shifts, fired=PAGE)
        plan.carry_out(paging.time_came(ticket, now, brain.rules.paging) if brain.rules.paging else ())
        return tuple(plan.changes)

    async def _is_news(self, event: InternalEvent) -> bool:
        """That a limit is near is said once, and again only when it has been a day."""
        if not isinstance(event, ThreadsRunShort):
            return True
        told_at = await self._store.cursor(THREADS_TOLD)
        return told_at is None or event.at - int(told_at) >= DAY

    async def _usual(self, ticket: Ticket, now: int) -> Range | None:
        """How long the team's first answers took of late; None where there are too few to say."""
        since = now - DAYS_LOOKED_AT * DAY
        return range_of(await self._store.waited(ticket.team, since, MOST_SAMPLES))

    async def _time_came(self, event: TimerFired, ticket: Ticket, brain: Brain) -> Changes:
        """One of the ticket's own moments; the requester hears of it in the language they speak now."""
        now = self._clock.now()
        shifts = await self._store.shifts(ticket.desk_chat)
        conversation = (await self._store.load_conversation(ticket.requester_chat)).conversation
        language = conversation.language if conversation else ""
        plan = Plan(brain, self._clock, now, ticket=ticket, shifts=shifts, language=language, fired=event.kind)
        actions = striking.time_came(
            event,
            ticket,
            now,
            brain.rules.clocks,
            close_after_hours=brain.rules.close_after_hours,
            is_about_money=brain.knowledge.is_about_money(ticket.topic, ticket.subject),
            is_assignee_away=queue.is_away(ticket.assignee, shifts, now),
        )
        plan.carry_out(actions)
        return (*plan.changes, *followed(conversation, ticket, plan.ticket, now))

    async def _confirm(self, event: TicketOpened, ticket: Ticket, brain: Brain, now: int) -> list[Change]:
        """The requester's half of a new ticket: the number, and what is still missing."""
        conversation = (await self._store.load_conversation(ticket.requester_chat)).conversation
        if conversation is None:
            return []
        usual = await self._usual(ticket, now)
        context = Context(
            knowledge=brain.knowledge,
            match=brain.match,
            policy=brain.rules.policy,
            now=now,
            hours=brain.hours(ticket).sentence(now),
            waiting=sentence(usual) if usual else None,
            ticket=ticket,
        )
        decision = engine.decide(conversation, event, context)
        plan = Plan(brain, self._clock, now, conversation=decision.conversation, ticket=ticket)
        plan.carry_out((*decision.actions, *_slipping(ticket, usual, brain)))
        return [SaveConversation(decision.conversation, now), *plan.changes]

    async def _failed(self, event: InternalEvent, error: Exception) -> None:
        """A timer would fire again at once and for ever, so it is set aside."""
        id, key = error_id(), f"{type(event).__name__}:{event.id}"
        log.error("own event failed", key=key, error_id=id, exc_info=error)
        if isinstance(event, TimerFired):
            now = self._clock.now()
            aside = SetAside(id=self._clock.new_id(), platform="", key=key, error_id=id, text="", at=now)
            await self._store.commit((DropTimer(event.id), aside))


def _slipping(ticket: Ticket, usual: Range | None, brain: Brain) -> tuple[SetTimer, ...]:
    """When it takes longer than was said, that is said too."""
    due_at = brain.rules.clocks.hours_of(ticket).later(ticket.created_at, usual.long) if usual else None
    return (SetTimer(kind=SLIPPED, ticket_id=ticket.id, due_at=due_at),) if due_at else ()


def _dropping(event: InternalEvent) -> Change:
    return DropTimer(event.id) if isinstance(event, TimerFired) else DropInternalEvent(event.id)
