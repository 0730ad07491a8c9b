"""What agents ask of the work queue. Whoever calls holds the agent's lock, so that each asks one thing at a time.

Nobody gets a ticket without the lock of its requester, under which it is looked at again: of two who want the same
one the second goes on to the next. An agent's lock comes before a requester's, never after it.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.changes import AddInternalEvent, Change, Changes, ClaimTicket, SaveShift, SeeAgent, SeeEvent
from bot.desk import commands, freezing, queue, work
from bot.desk.commands import Request, Verb
from bot.desk.rights import refusal
from bot.events import StaffWrote
from bot.internal_events import AgentLeft, InternalEvent
from bot.logs import error_id
from bot.model import Ticket
from bot.ports import Clock, Store
from bot.staffing import Duty, Shift, Waiting
from bot.support.brain import Brain, teams_of
from bot.support.locks import Locks
from bot.support.plan import Plan
from bot.support.requester_side import SEEN_BEFORE

MOST_LOOKS = 10
"""So often the whole queue is read again because colleagues were quicker."""

log = structlog.get_logger()


def work_asked_for(event: StaffWrote) -> Request | None:
    """What somebody who may asks of the queue; None for everything else."""
    request = commands.read(event.text)
    may = refusal(event.agent, request.command.level) is None and not event.unreadable
    return request if may and request.verb in commands.WORK else None


class WorkSide:
    def __init__(self, store: Store, clock: Clock, locks: Locks) -> None:
        self._store = store
        self._clock = clock
        self._locks = locks

    async def turn(
        self, event: StaffWrote, request: Request, here: Ticket | None, brain: Brain
    ) -> tuple[str, tuple[InternalEvent, ...]]:
        """Commit what was asked for; its outcome, and what is to be handled next under the locks of requesters."""
        shift = await self._shift(event)
        match request.verb:
            case Verb.NEXT:
                return await self._next(event, shift, here, brain), ()
            case Verb.DUTY:
                return await self._duty(event, request.argument, shift, here, brain)
            case Verb.FREEZE | Verb.UNFREEZE:
                return await self._freeze(event, request.verb, here, brain), ()
            case Verb.MINE:
                tickets = await self._store.tickets_with(event.agent)
                actions = work.mine(tickets, brain.knowledge, self._clock.now())
            case _:
                waiting = await self._store.waiting(event.chat)
                urgent = [await self._store.load_ticket(one.id) for one in work.most_urgent(waiting)]
                found = [ticket for ticket in urgent if ticket]
                actions = work.everybodys(waiting, found, brain.knowledge, self._clock.now())
        plan = self._plan(event, here, brain)
        plan.carry_out(actions)
        return await self._told(event, request.verb, plan.changes), ()

    async def _shift(self, event: StaffWrote) -> Shift:
        """The agent as they are known, by the name they go by now."""
        now = self._clock.now()
        known = await self._store.shift(event.agent)
        return replace(known, agent=event.agent) if known else Shift(agent=event.agent, since=now, seen_at=now)

    async def _next(self, event: StaffWrote, shift: Shift, here: Ticket | None, brain: Brain) -> str:
        refused = work.refusal(shift, brain.rules.capacity)
        if refused is None:
            # Whoever asks for work is there, also if they never say so.
            begun = () if shift.duty else (SaveShift(work.after(shift, work.Said(Duty.ON), self._clock.now())),)
            if outcome := await self._first_free(event, shift, here, brain, begun):
                return outcome
        plan = self._plan(event, here, brain)
        plan.carry_out(work.refused(refused) if refused else work.nothing_left())
        return await self._told(event, "nothing", plan.changes)

    async def _first_free(
        self, event: StaffWrote, shift: Shift, here: Ticket | None, brain: Brain, begun: Changes
    ) -> str:
        """The most urgent ticket that is still free once its lock is held; empty when there is none."""
        for _ in range(MOST_LOOKS):
            waiting = queue.in_order(shift, await self._store.waiting(event.chat))
            if not waiting:
                break
            for one in waiting:
                async with self._locks.of(one.requester_id):
                    if outcome := await self._given(one, event, shift, here, brain, begun):
                        return outcome
        return ""

    async def _given(
        self, one: Waiting, event: StaffWrote, shift: Shift, here: Ticket | None, brain: Brain, begun: Changes
    ) -> str:
        ticket = await self._readable(one)
        if ticket is None or not queue.is_free(ticket, shift, event.chat):
            return ""
        now = self._clock.now()
        plan = self._plan(event, here, brain, ticket)
        plan.carry_out(work.given(ticket, event.agent, brain.knowledge, now))
        assert plan.ticket is not None
        seen = (SeeEvent(event.key, now), SeeAgent(event.agent, now, event.chat), *begun)
        if await self._store.commit((*seen, ClaimTicket(plan.ticket), *plan.changes)):
            return Verb.NEXT
        # Another process was quicker; or the event was seen before, and then the ticket is as free as it was.
        again = await self._readable(one)
        return SEEN_BEFORE if again and again.assignee is None else ""

    async def _readable(self, one: Waiting) -> Ticket | None:
        """The ticket as it is now; one that cannot be read keeps nobody from those behind it."""
        try:
            return await self._store.load_ticket(one.id)
        except Exception as error:
            log.error("ticket unreadable", ticket=one.id, error_id=error_id(), exc_info=error)
            return None

    async def _duty(
        self, event: StaffWrote, words: str, shift: Shift, here: Ticket | None, brain: Brain
    ) -> tuple[str, tuple[InternalEvent, ...]]:
        now = self._clock.now()
        plan = self._plan(event, here, brain)
        said = work.heard(words, brain.knowledge.languages, teams_of(brain))
        if said is None:
            plan.carry_out(work.how())
            return await self._told(event, Verb.DUTY, plan.changes), ()
        changed = work.after(shift, said, now)
        left = await self._left(changed, now)
        plan.carry_out(work.changed(changed, brain.rules.capacity, brain.knowledge, len(left)))
        kept: tuple[Change, ...] = (SaveShift(changed), *plan.changes, *map(AddInternalEvent, left))
        outcome = await self._told(event, Verb.DUTY, kept)
        return outcome, () if outcome == SEEN_BEFORE else tuple(left)

    async def _freeze(self, event: StaffWrote, verb: Verb, here: Ticket | None, brain: Brain) -> str:
        now = self._clock.now()
        timezone = brain.rules.hours.timezone
        changes, actions = freezing.asked(verb, event.agent, await self._store.freeze(), now, timezone)
        plan = self._plan(event, here, brain)
        plan.carry_out(actions)
        return await self._told(event, verb, (*changes, *plan.changes))

    async def _left(self, shift: Shift, now: int) -> list[AgentLeft]:
        """One event for each ticket that somebody else has to go on with; kept with the change of duty."""
        if shift.duty is not Duty.OFF:
            return []
        tickets = await self._store.tickets_with(shift.agent)
        return [
            AgentLeft(id=self._clock.new_id(), at=now, ticket_id=ticket.id, agent=shift.agent)
            for ticket in tickets
            if ticket.status in queue.ON_US
        ]

    def _plan(self, event: StaffWrote, here: Ticket | None, brain: Brain, ticket: Ticket | None = None) -> Plan:
        return Plan(
            brain, self._clock, self._clock.now(), ticket=ticket, here=here, place=event.chat,
            interaction=event.interaction,
        )  # fmt: skip

    async def _told(self, event: StaffWrote, outcome: str, changes: Sequence[Change]) -> str:
        now = self._clock.now()
        seen = (SeeEvent(event.key, now), SeeAgent(event.agent, now, event.chat))
        fresh = await self._store.commit((*seen, *changes))
        return outcome if fresh else SEEN_BEFORE
