"""One event in, one transaction: lock -> load -> decide -> commit, and only then does anything leave.

The lock comes before the load: a state loaded earlier may be one that another turn is about to replace.
An event that fails is set aside, so that it neither blocks the next one nor is lost.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import assert_never

import structlog

from bot import metrics
from bot.actions import Text
from bot.changes import AddMessage, DropAside, KeepAside, SetAside
from bot.desk.commands import Request
from bot.events import (
    BotBlocked,
    ChoicePicked,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlatformEvent,
    RequesterEvent,
    Revision,
    StaffDeleted,
    StaffEdited,
    StaffEvent,
    StaffPicked,
    StaffWrote,
    TokenShared,
)
from bot.internal_events import DueEvent, RequestDue
from bot.logs import error_id
from bot.model import ChatRef, Ticket
from bot.ports import Clock, Store
from bot.support.announcing import Announcing
from bot.support.brain import Brain
from bot.support.data_requests import DataRequests
from bot.support.locks import Locks
from bot.support.masking import mask_staff_words
from bot.support.own_events import OwnEvents
from bot.support.requester_side import RequesterSide
from bot.support.setting_aside import SettingAside
from bot.support.staff_side import StaffSide
from bot.support.subject import Subject, subject_of, written_at
from bot.support.tickets import ticket_of
from bot.support.work_side import WorkSide, work_asked_for

TURN_SECONDS = 5
"""A turn does no network I/O, so one that takes longer is broken."""

RECOVERY_SECONDS = 60.0

log = structlog.get_logger()


class Support:
    """Handles events one by one for each requester and side by side for different ones."""

    def __init__(self, store: Store, clock: Clock, brain: Brain, wake: Callable[[], None]) -> None:
        self.brain = brain
        self._store = store
        self._clock = clock
        self._wake = wake
        self._locks = Locks()
        self._requesters = RequesterSide(store, clock)
        self._staff = StaffSide(store, clock)
        self._announcing = Announcing(store, clock)
        self._own = OwnEvents(store, clock)
        self._data = DataRequests(store, clock)
        self._work = WorkSide(store, clock, self._locks)
        self._aside = SettingAside(store, clock)

    async def handle(self, event: PlatformEvent) -> None:
        """Commit what the event changes, or set it aside; raises only when the store itself cannot be written."""
        started = time.perf_counter()
        kind = type(event).__name__
        try:
            async with asyncio.timeout(TURN_SECONDS):
                outcome = await self._route(event)
        except Exception as error:
            outcome = "set_aside"
            await self._aside.keep(event, error, self.brain.rules.codes)
        self._wake()
        seconds = time.perf_counter() - started
        metrics.TURN_SECONDS.observe(seconds)
        metrics.EVENTS.labels(kind, outcome).inc()
        log.info("event", kind=kind, key=event.key, outcome=outcome, ms=round(seconds * 1000, 1))

    async def handle_internal(self, event: DueEvent) -> None:
        """Handle an event of our own; it stays in the store until that has been committed."""
        if isinstance(event, RequestDue):
            await self._request_due(event)
            return
        async with self._locks.of(await self._own.requester_of(event)):
            await self._own.handle(event, self.brain)
        self._wake()

    async def _request_due(self, event: RequestDue) -> None:
        async with self._locks.of(event.requester_id):
            if await self._data.handle(event, self.brain):
                self._requesters.forget(event.requester_id)
        self._wake()

    async def forget_ticket(self, ticket_id: int) -> bool:
        """Take everything personal out of a ticket that has been kept long enough; False if it must not go."""
        ticket = await self._store.load_ticket(ticket_id)
        if ticket is None:
            return False
        async with self._locks.of(ticket.requester_id):
            return await self._data.forget_ticket(ticket_id)

    async def forget_requester(self, requester_id: int) -> bool:
        """The same for a person of whom nothing but the conversation is left."""
        async with self._locks.of(requester_id):
            forgotten = await self._data.forget_requester(requester_id, self.brain)
            self._requesters.forget(requester_id)
        return forgotten

    async def recover(self) -> None:
        """Handle what a crash, or trouble with the store, left behind, and what an operator wants done again."""
        for event in await self._store.pending_internal_events():
            await self.handle_internal(event)
        for aside in await self._store.set_aside(wanted=True):
            await self._try_again(aside)

    async def tell_of_spell(self, chat: ChatRef, waiting: int, minutes: int) -> None:
        """Tell the staff chat why things arrive late there; ahead of what it is about, or it would be late itself."""
        await self._announce((chat,), Text("desk.backlog", {"count": waiting, "minutes": minutes}))

    async def tell_of_scanner(self) -> None:
        """Tell all staff that files wait because nobody can look at them."""
        await self._announce(self.brain.rules.desks.all, Text("desk.scanner_away"))

    async def keep_recovering(self) -> None:
        """Try again, from time to time and for ever, what could not be handled when it came."""
        while True:
            await asyncio.sleep(RECOVERY_SECONDS)
            try:
                await self.recover()
            except Exception as error:
                log.error("recovery failed", error_id=error_id(), exc_info=error)

    async def _announce(self, chats: Iterable[ChatRef], text: Text) -> None:
        await self._announcing.say(chats, text, self.brain)
        self._wake()

    async def _route(self, event: PlatformEvent) -> str:
        brain = self.brain
        match event:
            case MessageReceived() | ChoicePicked():
                return await self._requester_event(event, brain)
            case StaffWrote() | StaffPicked():
                return await self._staff_event(event, brain)
            case MessageEdited() | MessageDeleted() | StaffEdited() | StaffDeleted():
                return await self._revision(event, brain)
            case BotBlocked():
                return await self._blocked(event, brain)
            case TokenShared():
                return await self._announcing.token_shared(event, brain)
            case _:
                assert_never(event)

    async def _requester_event(self, event: RequesterEvent, brain: Brain) -> str:
        while True:
            requester_id = await self._requesters.id_of(event.sender)
            async with self._locks.of(requester_id):
                # Whoever had to wait while they were being erased is somebody new afterwards.
                if requester_id == await self._requesters.id_of(event.sender):
                    return await self._requester_turn(event, requester_id, brain)

    async def _blocked(self, event: BotBlocked, brain: Brain) -> str:
        requester_id = await self._store.find_requester(event.sender.platform, event.sender.user_id)
        if requester_id is None:
            return "unknown"
        async with self._locks.of(requester_id):
            return await self._requesters.blocked(event, brain)

    async def _requester_turn(
        self, event: RequesterEvent, requester_id: int, brain: Brain, revised: Subject | None = None
    ) -> str:
        """A turn, and with it the ticket that it opened; whoever calls holds the requester's lock."""
        turn = await self._requesters.turn(event, requester_id, brain, revised)
        if turn.opened:
            await self._own.handle(turn.opened, brain)
        return turn.outcome

    async def _staff_event(self, event: StaffEvent, brain: Brain) -> str:
        ticket = await ticket_of(event, self._store)
        if isinstance(event, StaffWrote) and (asked := work_asked_for(event)):
            return await self._at_work(event, asked, ticket, brain)
        if ticket is None:
            return await self._staff.turn(event, None, brain)
        async with self._locks.of(ticket.requester_id):
            return await self._staff.turn(event, await self._store.load_ticket(ticket.id), brain)

    async def _at_work(self, event: StaffWrote, asked: Request, here: Ticket | None, brain: Brain) -> str:
        """What an agent asks of the queue; whatever follows for tickets comes after their lock."""
        async with self._locks.of_agent(event.agent):
            outcome, follows = await self._work.turn(mask_staff_words(event), asked, here, brain)
        for one in follows:
            await self.handle_internal(one)
        return outcome

    async def _revision(self, event: Revision, brain: Brain) -> str:
        """A message was changed or taken back; what was never kept, or is only shown there, is nobody's to change."""
        message = await written_at(event.message, self._store)
        if message is None:
            return "unknown"
        async with self._locks.of(message.requester_id):
            now = await self._store.load_message(message.id)
            # It may have been erased with its writer while we waited.
            return await self._revised(event, now, brain) if now else "unknown"

    async def _revised(self, event: Revision, message: AddMessage, brain: Brain) -> str:
        match event:
            case MessageEdited():
                now_reads = MessageReceived(
                    key=event.key, at=event.at, chat=event.chat, sender=event.sender, message=event.message,
                    text=event.text, attachments=message.attachments,
                )  # fmt: skip
                subject = await subject_of(message, self._store)
                return await self._requester_turn(now_reads, message.requester_id, brain, subject)
            case MessageDeleted():
                return await self._requesters.withdrawn(event, await subject_of(message, self._store), brain)
            case StaffEdited() | StaffDeleted():
                ticket = await self._store.load_ticket(message.ticket_id) if message.ticket_id else None
                return await self._staff.revised(event, ticket, message, brain) if ticket else "unknown"
            case _:
                assert_never(event)

    async def _try_again(self, aside: SetAside) -> None:
        """What was set aside, under its own key: whatever of it has been done since is not done twice."""
        if aside.event is None:
            return
        try:
            async with asyncio.timeout(TURN_SECONDS):
                outcome = await self._route(aside.event)
        except Exception as error:
            id = error_id()
            log.error("event set aside again", key=aside.key, error_id=id, exc_info=error)
            await self._store.commit((KeepAside(aside.id, id),))
            return
        await self._store.commit((DropAside(aside.id),))
        log.info("event done after all", key=aside.key, outcome=outcome)
        self._wake()
