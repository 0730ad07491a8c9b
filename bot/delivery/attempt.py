"""One try at one outbox row, and what follows from it: what to record, and whom to tell.

A row is marked `sending` before it leaves, so that after a crash it is known which ones may have arrived. Those are
looked for on the platform first. Where nobody can look (Telegram), what was just on its way may come twice: these are
the only duplicates there are, and nothing is lost.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from bot import metrics
from bot.changes import AddInternalEvent, Change, Changes
from bot.delivery.at_work import shown_at_work
from bot.delivery.backoff import backoff_seconds
from bot.delivery.pacing import Pacing
from bot.delivery.reopening import Reopening
from bot.delivery.screening import DESK_TROUBLE, FilesHeldBack, Screened, Screening
from bot.internal_events import (
    DeskReached,
    DeskUnreachable,
    FilesHeld,
    HeldFile,
    InternalEvent,
    PageFailed,
    ReplyDelivered,
    ReplyFailed,
    ThreadsRunShort,
)
from bot.joining import revised
from bot.logs import error_id
from bot.model import MessageRef, PlatformName, made_at
from bot.outbox import (
    LinkMessage,
    MarkFailed,
    MarkSent,
    PutBack,
    ReplacePayload,
    RetryLater,
    SetTicketThread,
    UnlinkMessage,
)
from bot.outgoing import DeliveryKind, Outgoing, Priority, StaffPart
from bot.ports import Clock, Delivery, FetchFile, NeverDelivered, Platform, Receipt, Store, TryLater
from bot.timing import SECOND

SHORTEST_RETRY_SECONDS = 0.1
MOST_BUGS = 5
"""Our own mistakes do not mend themselves: after so many the row is given up, loudly."""
RUNNING_SHORT_PERCENT = 80
"""From so many active threads on, of as many as there may be, the desk is warned."""
LONG_WAIT_SECONDS = 60
"""A requester whose words have been waiting for so long to reach the desk is told that they are safe."""
INTERRUPTED = "interrupted"
"""The error of a row that a crash left in `sending`: whether it did arrive is asked before it is sent again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is recorded in one transaction, and the events in it that are to be handled next."""

    changes: Changes
    events: tuple[InternalEvent, ...] = ()


class _Frozen(Exception):
    """Agents' words were frozen while this one was on its way to the platform."""


class Attempts:
    """Tries rows one by one; remembers which of them a crash interrupted, and which fail by our own mistakes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[PlatformName, Platform],
        pacing: Pacing,
        screening: Screening,
    ) -> None:
        self.interrupted: set[int] = set()
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._pacing = pacing
        self._screening = screening
        self._reopening = Reopening(store, clock, platforms)
        self._bugs: Counter[int] = Counter()

    async def attempt(self, row: Outgoing) -> Outcome:
        """Try once; whatever goes wrong is an outcome, too."""
        try:
            platform = self._platforms[row.chat.platform]
            async with shown_at_work(platform, row), self._screening.screened(row) as screened:
                receipt, held = await self._carried(screened)
        except _Frozen:
            return Outcome((PutBack(row.id, self._clock.now()),))
        except TryLater as error:
            return self._later(row, str(error), error.after_seconds)
        except FilesHeldBack as error:
            return self._telling(row, self._never(row, error.reason, str(error)), error.held)
        except NeverDelivered as error:
            return self._never(row, error.reason, str(error), error.lacking)
        except Exception as error:
            return self._bug(row, error)
        return self._telling(row, self._sent(row, receipt), held)

    async def _carried(self, screened: Screened) -> tuple[Receipt, tuple[HeldFile, ...]]:
        """What became of the row, and which files it had to leave behind so that its words arrive."""
        receipt = await self._found(screened.row)
        while receipt is None:
            try:
                receipt = await self._sent_now(screened.row, screened.fetch)
            except NeverDelivered as error:
                screened = screened.without_refused(error)
        return receipt, screened.held

    def _telling(self, row: Outgoing, outcome: Outcome, held: tuple[HeldFile, ...]) -> Outcome:
        """The outcome, and with it a word to both sides about files that did not go on; an edit repeats none."""
        if not held or not row.ticket_id or row.kind is DeliveryKind.EDIT:
            return outcome
        event = FilesHeld(
            id=self._clock.new_id(), at=self._clock.now(), ticket_id=row.ticket_id, files=held,
            is_reply=row.origin is not None,
        )  # fmt: skip
        return Outcome((*outcome.changes, AddInternalEvent(event)), (*outcome.events, event))

    async def _found(self, row: Outgoing) -> Receipt | None:
        """What the platform has of an interrupted row; None when it is to be sent (again)."""
        if row.id not in self.interrupted:
            return None
        receipt = None
        try:
            receipt = await self._platforms[row.chat.platform].already_delivered(row)
        except TryLater:
            raise
        except NeverDelivered as error:
            log.warning("delivery not reconciled", delivery=row.id, why=str(error))
        except Exception:
            if not self._is_last_bug(row):
                raise
            log.warning("delivery not reconciled", delivery=row.id, why=INTERRUPTED)
        self._forget(row)
        return receipt

    async def _sent_now(self, row: Outgoing, fetch: FetchFile) -> Receipt:
        if row.staff_part is StaffPart.WORDS and await self._store.freeze():
            # Claimed a moment before, and held up since by its files.
            raise _Frozen
        needs_links = row.kind in (DeliveryKind.EDIT, DeliveryKind.DELETE)
        links = tuple(await self._store.links_of(row.message_id)) if needs_links else ()
        if row.kind is DeliveryKind.EDIT:
            row = await self._with_what_it_was_joined_to(row)
        delivery = Delivery(row, links, await self._quoted(row))
        self._pacing.left(row.id, self._clock.now())
        try:
            return await self._delivered(delivery, fetch)
        except NeverDelivered:
            if row.kind is not DeliveryKind.EDIT or not _is_for_desk(row):
                raise
        # What showed a requester's old words cannot be changed any more: staff see the new ones by themselves.
        await self._store.commit((UnlinkMessage(row.message_id),))
        return await self._delivered(Delivery(replace(row, kind=DeliveryKind.SEND)), fetch)

    async def _delivered(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        row = delivery.outgoing
        platform = self._platforms[row.chat.platform]
        try:
            return await platform.deliver(delivery, fetch)
        except NeverDelivered as error:
            thread = await self._reopening.thread_for(row, error, fetch)
        return await platform.deliver(Delivery(replace(row, chat=thread)), fetch)

    async def _with_what_it_was_joined_to(self, edit: Outgoing) -> Outgoing:
        """An edit of one part shows all the others, too; what they are is known for sure only now."""
        for shown in await self._store.deliveries_of(edit.message_id):
            if shown.joined and edit.content and (whole := revised(shown, edit.message_id, edit.content)):
                return replace(edit, content=whole.content)
        return edit

    async def _quoted(self, row: Outgoing) -> MessageRef | None:
        """What the row answers as it is called in the row's chat: a message of ours, or the one it was made from."""
        if not row.quoted_id:
            return None
        links = await self._store.links_of(row.quoted_id)
        message = None if links else await self._store.load_message(row.quoted_id)
        found = [*links, *((message.source,) if message and message.source else ())]
        here = (row.chat.platform, row.chat.chat_id)
        return next((one for one in found if (one.chat.platform, one.chat.chat_id) == here), None)

    def _sent(self, row: Outgoing, receipt: Receipt) -> Outcome:
        now = self._clock.now()
        changes: list[Change] = [MarkSent(row.id, now)]
        changes += [
            LinkMessage(id, message, part, row.ticket_id)
            for id in row.message_ids
            for part, message in enumerate(receipt.messages)
        ]
        thread = receipt.thread or (row.chat if row.is_move else None)
        if thread and row.ticket_id and row.kind is DeliveryKind.OPEN_THREAD:
            changes.append(SetTicketThread(row.ticket_id, thread))
        events = [event for event in (self._arrived(row, now), self._short(row, receipt, now)) if event]
        changes += [AddInternalEvent(event) for event in events]
        self._forget(row)
        self._count(row, "sent")
        return Outcome(tuple(changes), tuple(events))

    def _short(self, row: Outgoing, receipt: Receipt, now: int) -> InternalEvent | None:
        active, most = receipt.threads or (0, 0)
        if not row.ticket_id or not most or active * 100 < most * RUNNING_SHORT_PERCENT:
            return None
        return ThreadsRunShort(id=self._clock.new_id(), at=now, ticket_id=row.ticket_id, active=active, most=most)

    def _arrived(self, row: Outgoing, now: int) -> InternalEvent | None:
        if row.origin and row.ticket_id:
            return ReplyDelivered(
                id=self._clock.new_id(), at=now, ticket_id=row.ticket_id, origin=row.origin, kind=row.kind
            )
        if row.is_told and row.ticket_id:
            return DeskReached(id=self._clock.new_id(), at=now, ticket_id=row.ticket_id, waited_since=made_at(row.id))
        return None

    def _later(self, row: Outgoing, why: str, after_seconds: float | None = None) -> Outcome:
        now = self._clock.now()
        seconds = (
            backoff_seconds(row.attempts) if after_seconds is None else max(after_seconds, SHORTEST_RETRY_SECONDS)
        )
        if after_seconds is not None:
            self._pacing.refused(row.chat, now + int(after_seconds * SECOND))
        self._count(row, "later", why=why, seconds=round(seconds, 1))
        kept = INTERRUPTED if row.id in self.interrupted else why
        retry = RetryLater(row.id, now + int(seconds * SECOND), kept)
        if not row.ticket_id or after_seconds is not None or not _has_waited_long(row, now):
            return Outcome((retry,))
        event = DeskUnreachable(id=self._clock.new_id(), at=now, ticket_id=row.ticket_id)
        return Outcome((retry, ReplacePayload(replace(row, is_told=True)), AddInternalEvent(event)), (event,))

    def _never(self, row: Outgoing, reason: str, why: str, lacking: str = "") -> Outcome:
        now = self._clock.now()
        if row.kind is DeliveryKind.OPEN_THREAD or (_is_for_desk(row) and reason in DESK_TROUBLE):
            # Nobody would see the ticket, or what its requester wrote: it waits until the staff chat is mended.
            return self._later(row, f"{reason}: {why}")
        self._forget(row)
        self._count(row, "never", why=why, reason=reason)
        if row.chat.platform is PlatformName.PAGER and row.ticket_id:
            unheard = PageFailed(id=self._clock.new_id(), at=now, ticket_id=row.ticket_id)
            return Outcome((MarkFailed(row.id, reason, now), AddInternalEvent(unheard)), (unheard,))
        if not (row.origin and row.ticket_id):
            return Outcome((MarkFailed(row.id, reason, now),))
        event = ReplyFailed(
            id=self._clock.new_id(), at=now, ticket_id=row.ticket_id, origin=row.origin, reason=reason,
            kind=row.kind, message_id=row.message_id, lacking=lacking,
        )  # fmt: skip
        return Outcome((MarkFailed(row.id, reason, now), AddInternalEvent(event)), (event,))

    def _bug(self, row: Outgoing, error: Exception) -> Outcome:
        id = error_id()
        log.error("delivery failed", delivery=row.id, kind=row.kind, error_id=id, exc_info=error)
        if self._is_last_bug(row):
            return self._never(row, "gave_up", f"error {id}")
        self._bugs[row.id] += 1
        return self._later(row, f"error {id}")

    def _is_last_bug(self, row: Outgoing) -> bool:
        return self._bugs[row.id] >= MOST_BUGS - 1

    def _forget(self, row: Outgoing) -> None:
        self.interrupted.discard(row.id)
        self._bugs.pop(row.id, None)

    def _count(self, row: Outgoing, outcome: str, **more: object) -> None:
        metrics.DELIVERIES.labels(row.chat.platform, outcome).inc()
        write = log.info if outcome == "sent" else log.warning
        write(
            "delivery", delivery=row.id, kind=row.kind, lane=row.lane, outcome=outcome, attempt=row.attempts, **more
        )


def _is_for_desk(row: Outgoing) -> bool:
    """Whether it says something to staff: a ticket, a requester's words, new or changed, or a notice."""
    is_requesters = row.priority in (Priority.NEW_TICKET, Priority.REQUESTER)
    return row.in_thread and (row.kind is DeliveryKind.SEND or (is_requesters and row.kind is DeliveryKind.EDIT))


def _has_waited_long(row: Outgoing, now: int) -> bool:
    """A first failure says nothing yet: what is late may have waited for the staff chat's limit alone."""
    is_late = now - made_at(row.id) >= LONG_WAIT_SECONDS * SECOND and row.attempts > 1
    is_requesters = row.in_thread and row.priority in (Priority.NEW_TICKET, Priority.REQUESTER)
    return is_requesters and is_late and not row.is_told
