"""An event at the desk: mask, decide, one unit of work. Whoever calls holds the lock of the ticket's requester."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from bot.changes import AddMessage, Changes, SeeAgent, SeeEvent
from bot.desk import cards, commands, revisions
from bot.desk.commands import Request, Verb
from bot.desk.desk import staff
from bot.desk.parts import Desk, Reading
from bot.desk.rights import Level, level_of
from bot.desk.teams import named_team
from bot.dialogue.options import ticket_button
from bot.events import StaffDeleted, StaffEdited, StaffEvent, StaffPicked, StaffRevision, StaffWrote
from bot.model import Agent, Conversation, Ticket
from bot.ports import Clock, Store
from bot.staffing import Crossing, Shift
from bot.support.brain import Brain, desk_rules, teams_of
from bot.support.masking import mask_staff, mask_staff_edit
from bot.support.plan import Plan
from bot.support.requester_side import SEEN_BEFORE
from bot.support.subject import NOTHING_WRITTEN, Subject, Written, subject_of, written_at
from bot.support.tickets import followed
from bot.timing import HOUR, MINUTE

CALLING = frozenset({Verb.ASSIGN, Verb.RELEASE, Verb.ESCALATE})
SETTLING = frozenset({Verb.SEND, Verb.KEEP, Verb.ANSWER})
"""What words become that are stored already."""
ANSWERING = frozenset({Verb.TEXT, Verb.CANNED})
CROSSED_WITHIN = MINUTE
"""So long ago an agent may have begun to write."""


class StaffSide:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def turn(self, event: StaffEvent, ticket: Ticket | None, brain: Brain) -> str:
        """Commit what the event changes; what it asked for, or that it was seen before."""
        event = mask_staff(event)
        request = _request(event)
        message = await self._message(event, request)
        subject = await subject_of(message, self._store) if message else None
        shifts = await self._shifts(request, event, ticket, brain)
        desk = await self._desk(request, subject, shifts, brain)
        desk = await self._of_teams(desk, event, request, ticket, brain)
        if ticket and request.verb in commands.READS:
            desk = replace(desk, reading=await self._reading(event.agent, ticket, desk.now, brain))
        desk = replace(desk, crossing=await self._crossing(event, request, ticket, desk.now))
        conversation = await self._conversation(ticket)
        plan = self._plan(
            event,
            ticket,
            conversation,
            brain,
            draft=message if request.verb in SETTLING else None,
            subject=subject,
            written=await self._written(event),
            shifts=shifts,
        )
        plan.carry_out(staff(event, ticket, request, message, desk))
        fresh = await self._commit(event, ticket, conversation, plan)
        return request.verb if fresh else SEEN_BEFORE

    async def revised(self, event: StaffRevision, ticket: Ticket, message: AddMessage, brain: Brain) -> str:
        """Commit what follows from a changed or deleted message of the ticket."""
        if isinstance(event, StaffEdited):
            event = mask_staff_edit(event)
            if event.text == message.text:
                return "unchanged"
        conversation = await self._conversation(ticket)
        subject = await subject_of(message, self._store)
        plan = self._plan(event, ticket, conversation, brain, subject=subject)
        match event:
            case StaffEdited():
                plan.carry_out(revisions.edited(event, ticket, message))
            case StaffDeleted():
                plan.carry_out(revisions.taken_back(message))
            case _:
                assert_never(event)
        fresh = await self._commit(event, ticket, conversation, plan)
        return "revised" if fresh else SEEN_BEFORE

    def _plan(
        self,
        event: StaffEvent | StaffRevision,
        ticket: Ticket | None,
        conversation: Conversation | None,
        brain: Brain,
        *,
        draft: AddMessage | None = None,
        subject: Subject | None = None,
        written: Written = NOTHING_WRITTEN,
        shifts: Sequence[Shift] = (),
    ) -> Plan:
        return Plan(
            brain,
            self._clock,
            self._clock.now(),
            ticket=ticket,
            draft=draft,
            place=event.chat,
            interaction=event.interaction if isinstance(event, StaffWrote | StaffPicked) else "",
            written=written,
            subject=subject,
            language=conversation.language if conversation else "",
            shifts=shifts,
        )

    async def _commit(
        self, event: StaffEvent | StaffRevision, ticket: Ticket | None, conversation: Conversation | None, plan: Plan
    ) -> bool:
        now = self._clock.now()
        held = followed(conversation, ticket, plan.ticket, now)
        return await self._store.commit((SeeEvent(event.key, now), *_seen(event, now), *plan.changes, *held))

    async def _message(self, event: StaffEvent, request: Request) -> AddMessage | None:
        """The message that a button is about, or that `/delete` answers."""
        if isinstance(event, StaffWrote):
            return await written_at(event.reply_to, self._store) if request.verb is Verb.DELETE else None
        return await self._store.load_message(request.value) if request.value else None

    async def _written(self, event: StaffEvent) -> Written:
        if isinstance(event, StaffPicked):
            return NOTHING_WRITTEN
        quoted = await self._store.find_message(event.reply_to) if event.reply_to else None
        return Written(quoted_id=quoted.id if quoted else None, album=event.album)

    async def _shifts(
        self, request: Request, event: StaffEvent, ticket: Ticket | None, brain: Brain
    ) -> Sequence[Shift]:
        """Who is at the desk, for the acts that give a ticket to somebody or call them; there where it goes."""
        if request.verb is not Verb.TEAM or ticket is None:
            return await self._store.shifts(event.chat) if request.verb in CALLING else ()
        team = named_team(request.argument, teams_of(brain))
        desk = brain.rules.desks.of(team, ticket.language) if team else None
        return await self._store.shifts(desk) if desk else ()

    async def _reading(self, agent: Agent, ticket: Ticket, now: int, brain: Brain) -> Reading:
        """What there is to show of the ticket, and how much the agent has read already."""
        count, since = await self._store.reads_of(agent, commands.READS, now - HOUR)
        return Reading(
            lines=cards.whole(ticket, brain.knowledge), count=count, since=since, most=brain.rules.reads_per_hour,
            timezone=brain.hours(ticket).timezone,
        )  # fmt: skip

    async def _of_teams(
        self, desk: Desk, event: StaffEvent, request: Request, ticket: Ticket | None, brain: Brain
    ) -> Desk:
        """What only a ticket on its way to another team needs, or one that is gone from here."""
        if ticket is None:
            former = await self._store.find_former_ticket(event.chat) if event.chat.thread_id else None
            return replace(desk, former=former)
        if request.verb is not Verb.TEAM:
            return desk
        said = await self._store.talk_of(ticket.id)
        return replace(desk, teams=teams_of(brain), desks=brain.rules.desks, said=said)

    async def _desk(self, request: Request, subject: Subject | None, shifts: Sequence[Shift], brain: Brain) -> Desk:
        agents = tuple(one.agent for one in shifts)
        is_frozen = await self._store.freeze() is not None
        desk = replace(desk_rules(brain, self._clock.now()), agents=agents, is_frozen=is_frozen)
        if request.verb is not Verb.AGAIN or subject is None:
            return desk
        return replace(desk, given_up=tuple(await self._store.failed_deliveries_of(subject.message.id)))

    async def _crossing(
        self, event: StaffEvent, request: Request, ticket: Ticket | None, now: int
    ) -> Crossing | None:
        """Whose words an answer would cross; only the assignee's words are one, and `/reply` is not asked."""
        if ticket is None or request.verb not in ANSWERING or not event.agent.is_same_person(ticket.assignee):
            return None
        return await self._store.crossing(ticket, event.agent, now - CROSSED_WITHIN)

    async def _conversation(self, ticket: Ticket | None) -> Conversation | None:
        """Where the ticket's requester is; they may have chosen another language since they got it."""
        return (await self._store.load_conversation(ticket.requester_chat)).conversation if ticket else None


def _request(event: StaffEvent) -> Request:
    if isinstance(event, StaffWrote):
        return commands.read(event.text)
    pressed = ticket_button(event.data)
    return commands.pressed(pressed[1], pressed[2]) if pressed else commands.pressed("", 0)


def _seen(event: StaffEvent | StaffRevision, now: int) -> Changes:
    """Whoever may act is known at the desk from then on."""
    if isinstance(event, StaffDeleted) or level_of(event.agent) is Level.NOBODY:
        return ()
    return (SeeAgent(event.agent, now, event.chat),)
