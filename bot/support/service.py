"""One event in, one transaction: lock -> load -> decide -> commit, and only then does anything leave.

The lock comes before the load: a state loaded earlier may be one that another turn is about to replace.
An event that fails is set aside, so that it neither blocks the next one nor is lost.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot import metrics
from bot.changes import (
    AddMessage,
    AddRequester,
    Change,
    Changes,
    MessageKind,
    SaveConversation,
    SeeEvent,
    SetAside,
)
from bot.desk import commands, desk
from bot.dialogue import engine
from bot.dialogue.context import Context
from bot.dialogue.hearing import command_of
from bot.dialogue.options import ticket_button
from bot.events import (
    ChoicePicked,
    InternalEvent,
    MessageReceived,
    PlatformEvent,
    RequesterEvent,
    StaffEvent,
    StaffWrote,
)
from bot.logs import error_id
from bot.model import Conversation, Ticket
from bot.ports import Clock, Loaded, Store
from bot.support.brain import Brain, desk_rules
from bot.support.locks import Locks
from bot.support.masking import mask_choice, mask_message, mask_staff
from bot.support.own_events import OwnEvents
from bot.support.plan import Plan
from bot.support.requesters import Requesters
from bot.support.tickets import following, ticket_of
from bot.understanding.redaction import SecretKind, mask

TURN_SECONDS = 5
"""A turn does no network I/O, so one that takes longer is broken."""

log = structlog.get_logger()


class Support:
    """Handles events one by one for each requester and side by side for different ones."""

    def __init__(self, store: Store, clock: Clock, brain: Brain, wake: Callable[[], None]) -> None:
        self.brain = brain
        self._store = store
        self._clock = clock
        self._wake = wake
        self._locks = Locks()
        self._requesters = Requesters(store, clock)
        self._own = OwnEvents(store, clock)

    async def handle(self, event: PlatformEvent) -> None:
        """Commit what the event changes, or set it aside; raises only when the store itself cannot be written."""
        started = time.perf_counter()
        kind = type(event).__name__
        try:
            async with asyncio.timeout(TURN_SECONDS):
                outcome = await self._route(event)
        except Exception as error:
            outcome = "set_aside"
            await self._set_aside(event, error)
        seconds = time.perf_counter() - started
        metrics.TURN_SECONDS.observe(seconds)
        metrics.EVENTS.labels(kind, outcome).inc()
        log.info("event", kind=kind, key=event.key, outcome=outcome, ms=round(seconds * 1000, 1))

    async def handle_internal(self, event: InternalEvent) -> None:
        """Handle an event of our own; it stays in the store until that has been committed."""
        ticket = await self._store.load_ticket(event.ticket_id)
        async with self._locks.of(ticket.requester_id if ticket else 0):
            await self._own.handle(event, self.brain)
        self._wake()

    async def recover(self) -> None:
        """Handle the internal events that a crash left behind."""
        for event in await self._store.pending_internal_events():
            await self.handle_internal(event)

    async def _route(self, event: PlatformEvent) -> str:
        match event:
            case MessageReceived() | ChoicePicked():
                return await self._requester_event(event)
            case _:
                return await self._staff_event(event)

    async def _requester_event(self, event: RequesterEvent) -> str:
        requester_id = await self._requesters.id_of(event.sender)
        async with self._locks.of(requester_id):
            loaded = await self._store.load_conversation(event.chat)
            conversation = loaded.conversation or self._new_conversation(event, requester_id)
            plan, changes = await self._requester_turn(event, conversation, loaded)
            newcomer = loaded.conversation is None and await self._requesters.is_new(event.sender)
            joined: Changes = (AddRequester(requester_id, event.sender, self._clock.now()),) if newcomer else ()
            if not await self._store.commit((SeeEvent(event.key, self._clock.now()), *joined, *changes)):
                return "seen_before"
            self._requesters.stored(event.sender, requester_id)
            if plan.opened:
                await self._own.handle(plan.opened, self.brain)
        self._wake()
        return plan.conversation.mode if plan.conversation else "done"

    async def _requester_turn(
        self, event: RequesterEvent, conversation: Conversation, loaded: Loaded
    ) -> tuple[Plan, list[Change]]:
        now = self._clock.now()
        secrets: frozenset[SecretKind] = frozenset()
        if isinstance(event, MessageReceived):
            event, secrets = mask_message(event, conversation.recent)
        else:
            event = mask_choice(event)
        conversation = replace(conversation, person=event.sender)
        context = await self._context(event, conversation, loaded.ticket, secrets, now)
        decision = (
            engine.lost(conversation, context) if loaded.unreadable else engine.decide(conversation, event, context)
        )
        message = None
        if isinstance(event, MessageReceived):
            message = _kept(event, conversation, loaded.ticket, self._clock)
        plan = Plan(
            self.brain,
            self._clock,
            now,
            conversation=decision.conversation,
            ticket=context.named or loaded.ticket,
            interaction=event.interaction,
            message_id=message.id if message else 0,
        )
        plan.carry_out(decision.actions)
        assert plan.conversation is not None
        kept = (message,) if message else ()
        return plan, [*kept, SaveConversation(plan.conversation, now), *plan.changes]

    async def _context(
        self,
        event: RequesterEvent,
        conversation: Conversation,
        ticket: Ticket | None,
        secrets: frozenset[SecretKind],
        now: int,
    ) -> Context:
        tickets: tuple[Ticket, ...] = ()
        named = None
        if isinstance(event, ChoicePicked) and (pressed := ticket_button(event.data)):
            named = await self._store.load_ticket(pressed[0])
        if isinstance(event, MessageReceived) and (command := command_of(event.text)) and command.name == "tickets":
            tickets = tuple(await self._store.tickets_of(conversation.requester_id))
        return Context(
            knowledge=self.brain.knowledge,
            match=self.brain.match,
            policy=self.brain.rules.policy,
            now=now,
            hours=self.brain.hours(now),
            ticket=ticket,
            named=named,
            tickets=tickets,
            secrets=secrets,
        )

    async def _staff_event(self, event: StaffEvent) -> str:
        ticket = await ticket_of(event, self._store)
        if ticket is None:
            return await self._staff_turn(event, None)
        async with self._locks.of(ticket.requester_id):
            outcome = await self._staff_turn(event, await self._store.load_ticket(ticket.id))
        self._wake()
        return outcome

    async def _staff_turn(self, event: StaffEvent, ticket: Ticket | None) -> str:
        now = self._clock.now()
        event = mask_staff(event)
        if isinstance(event, StaffWrote):
            request = commands.read(event.text)
        else:
            pressed = ticket_button(event.data)
            request = commands.pressed(pressed[1], pressed[2]) if pressed else commands.pressed("", 0)
        draft = await self._store.load_message(request.value) if request.value else None
        actions = desk.staff(event, ticket, request, draft, desk_rules(self.brain, now))
        plan = Plan(
            self.brain, self._clock, now, ticket=ticket, draft=draft, place=event.chat, interaction=event.interaction
        )
        plan.carry_out(actions)
        followed = await self._followed(ticket, plan.ticket, now)
        fresh = await self._store.commit((SeeEvent(event.key, now), *plan.changes, *followed))
        return request.verb if fresh else "seen_before"

    async def _followed(self, before: Ticket | None, after: Ticket | None, now: int) -> Changes:
        """The conversation's part in a ticket that staff have finished or reopened."""
        if before is None or after is None or before.status.is_done == after.status.is_done:
            return ()
        conversation = (await self._store.load_conversation(after.requester_chat)).conversation
        return (SaveConversation(following(conversation, after), now),) if conversation else ()

    def _new_conversation(self, event: RequesterEvent, requester_id: int) -> Conversation:
        return Conversation(
            id=self._clock.new_id(),
            requester_id=requester_id,
            chat=event.chat,
            person=event.sender,
            language="",
        )

    async def _set_aside(self, event: PlatformEvent, error: Exception) -> None:
        id = error_id()
        log.error("event set aside", key=event.key, error_id=id, exc_info=error)
        try:
            text = mask(event.text).text if isinstance(event, MessageReceived | StaffWrote) else ""
        except Exception:
            text = ""  # Masking itself is what failed: keep the ids alone.
        platform = event.chat.platform
        aside = SetAside(
            id=self._clock.new_id(), platform=platform, key=event.key, error_id=id, text=text, at=self._clock.now()
        )
        await self._store.commit((aside,))


def _kept(event: MessageReceived, conversation: Conversation, ticket: Ticket | None, clock: Clock) -> AddMessage:
    return AddMessage(
        id=clock.new_id(),
        requester_id=conversation.requester_id,
        ticket_id=ticket.id if ticket else None,
        kind=MessageKind.REQUESTER,
        author=f"{event.sender.platform}:{event.sender.user_id}",
        text=event.text,
        attachments=event.attachments,
        source=event.message,
        at=event.at,
    )
