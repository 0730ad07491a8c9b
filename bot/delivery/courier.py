"""The outbox: stored rows leave in order within their lane, as fast as the platforms allow, until each has an end.

A row is marked `sending` before it leaves, so that after a crash it is known which ones may have arrived.
Those are looked for on the platform first. Where nobody can look (Telegram), one message may come twice: that is
the only duplicate there is, and nothing is lost.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog

from bot import metrics
from bot.changes import (
    AddInternalEvent,
    Change,
    LinkMessage,
    MarkFailed,
    MarkSending,
    MarkSent,
    RetryLater,
    SetTicketThread,
)
from bot.delivery.files import fetching
from bot.delivery.pacing import Pacing
from bot.events import InternalEvent, ReplyDelivered, ReplyFailed
from bot.logs import error_id
from bot.model import DeliveryKind, Outgoing, PlatformName
from bot.ports import Clock, Delivery, NeverDelivered, Platform, Receipt, Store, TryLater

SECOND = 1_000_000
MOST_UNDER_WAY = 200
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 1.0, 300.0
MOST_BUG_ATTEMPTS = 5
"""Our own mistakes do not mend themselves: after so many tries the row is given up, loudly."""
IDLE_SECONDS = 30.0

log = structlog.get_logger()


class Courier:
    """Runs until cancelled; `wake` tells it that there is something new."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[PlatformName, Platform],
        pacing: Pacing,
        handle_internal: Callable[[InternalEvent], Awaitable[None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._pacing = pacing
        self._handle_internal = handle_internal
        self._fetch = fetching(platforms)
        self._news = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._news.set()

    async def run(self) -> None:
        """Deliver what is due and fire timers, for ever; on cancellation what is under way may finish."""
        await self._reconcile()
        try:
            while True:
                self._news.clear()
                async with self._looking:
                    wait = await self._deliver_due()
                await self._fire_timers()
                await self._sleep(wait)
        finally:
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def settled(self) -> None:
        """Return when nothing is due and nothing under way any more."""
        while not await self._is_settled():
            self.wake()
            await asyncio.sleep(0.005)

    async def _is_settled(self) -> bool:
        # Not during a look at the outbox: what it has just marked is no longer due and not yet under way.
        async with self._looking:
            return not self._under_way and not await self._store.due_deliveries(self._clock.now(), 1)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _deliver_due(self) -> float:
        """Start every delivery that may leave now; how many seconds until the next look makes sense."""
        now = self._clock.now()
        free = MOST_UNDER_WAY - len(self._under_way)
        due = await self._store.due_deliveries(now, MOST_UNDER_WAY) if free > 0 else ()
        ready, wait = self._ready([row for row in due if row.id not in self._under_way][:free], now)
        if ready:
            await self._store.commit(tuple(MarkSending(row.id, now) for row in ready))
        for row in ready:
            task = asyncio.create_task(
                self._deliver(replace(row, attempts=row.attempts + 1)), name=f"deliver-{row.id}"
            )
            self._under_way[row.id] = task
        self._pacing.forget(now)
        if wait is not None:
            return wait
        next_due = await self._store.next_due_at()
        return IDLE_SECONDS if next_due is None else min(max((next_due - now) / SECOND, 0.01), IDLE_SECONDS)

    def _ready(self, due: list[Outgoing], now: int) -> tuple[list[Outgoing], float | None]:
        """The rows whose chat is free, counted as sent; and the seconds until the next one is."""
        ready: list[Outgoing] = []
        soonest: int | None = None
        for row in due:
            if row.chat.platform not in self._platforms:
                continue
            free_at = self._pacing.free_at(row.chat, now)
            if free_at <= now:
                self._pacing.sent(row.chat, now)
                ready.append(row)
            else:
                soonest = min(soonest or free_at, free_at)
        return ready, None if soonest is None else max((soonest - now) / SECOND, 0.001)

    async def _deliver(self, row: Outgoing) -> None:
        """Try once and tell whoever must be told; under way until that has been committed too."""
        metrics.DELIVERIES_UNDER_WAY.inc()
        try:
            event = await self._recorded(row)
            if event:
                await self._handle_internal(event)
        finally:
            metrics.DELIVERIES_UNDER_WAY.dec()
            del self._under_way[row.id]
            self.wake()

    async def _recorded(self, row: Outgoing) -> InternalEvent | None:
        try:
            changes, event = await self._attempt(row)
            await self._store.commit(changes)
        except Exception as error:
            # The store itself failed: the row stays `sending` and is reconciled at the next start.
            log.error("delivery not recorded", delivery=row.id, error_id=error_id(), exc_info=error)
            return None
        self.wake()
        return event

    async def _attempt(self, row: Outgoing) -> tuple[tuple[Change, ...], InternalEvent | None]:
        """Try once; what is to be recorded, and what somebody must be told."""
        try:
            links = tuple(await self._store.links_of(row.message_id)) if _needs_links(row) else ()
            quoted = await self._store.links_of(row.quoted_id) if row.quoted_id else ()
            delivery = Delivery(row, links, quoted[0] if quoted else None)
            receipt = await self._platforms[row.chat.platform].deliver(delivery, self._fetch)
        except TryLater as error:
            return self._later(row, str(error), error.after_seconds), None
        except NeverDelivered as error:
            return self._never(row, error.reason, str(error))
        except Exception as error:
            id = error_id()
            log.error("delivery failed", delivery=row.id, kind=row.kind, error_id=id, exc_info=error)
            if row.attempts < MOST_BUG_ATTEMPTS:
                return self._later(row, f"error {id}", None), None
            return self._never(row, "gave_up", f"error {id}")
        return self._sent(row, receipt)

    def _sent(self, row: Outgoing, receipt: Receipt) -> tuple[tuple[Change, ...], InternalEvent | None]:
        now = self._clock.now()
        changes: list[Change] = [MarkSent(row.id, now)]
        changes += [
            LinkMessage(row.message_id, message, part, row.ticket_id) for part, message in enumerate(receipt.messages)
        ]
        if receipt.thread and row.ticket_id and row.kind is DeliveryKind.OPEN_THREAD:
            changes.append(SetTicketThread(row.ticket_id, receipt.thread))
        event: InternalEvent | None = None
        if row.origin and row.ticket_id:
            event = ReplyDelivered(id=self._clock.new_id(), at=now, ticket_id=row.ticket_id, origin=row.origin)
            changes.append(AddInternalEvent(event))
        self._count(row, "sent")
        return tuple(changes), event

    def _later(self, row: Outgoing, why: str, after_seconds: float | None) -> tuple[Change, ...]:
        now = self._clock.now()
        seconds = backoff_seconds(row.attempts) if after_seconds is None else after_seconds
        if after_seconds is not None:
            self._pacing.refused(row.chat, now + int(after_seconds * SECOND))
        self._count(row, "later", why=why, seconds=round(seconds, 1))
        return (RetryLater(row.id, now + int(seconds * SECOND), why),)

    def _never(self, row: Outgoing, reason: str, why: str) -> tuple[tuple[Change, ...], InternalEvent | None]:
        now = self._clock.now()
        if row.kind is DeliveryKind.OPEN_THREAD:
            # Without its thread nobody sees the ticket, so it waits until the staff chat has been mended.
            return self._later(row, f"{reason}: {why}", None), None
        self._count(row, "never", why=why, reason=reason)
        if not (row.origin and row.ticket_id):
            return (MarkFailed(row.id, reason, now),), None
        event = ReplyFailed(
            id=self._clock.new_id(), at=now, ticket_id=row.ticket_id, origin=row.origin, reason=reason
        )
        return (MarkFailed(row.id, reason, now), AddInternalEvent(event)), event

    def _count(self, row: Outgoing, outcome: str, **more: object) -> None:
        metrics.DELIVERIES.labels(row.chat.platform, outcome).inc()
        write = log.info if outcome == "sent" else log.warning
        write(
            "delivery", delivery=row.id, kind=row.kind, lane=row.lane, outcome=outcome, attempt=row.attempts, **more
        )

    async def _reconcile(self) -> None:
        """Settle what a crash left in `sending`: recorded if the platform has it, sent again if not."""
        for row in await self._store.interrupted_deliveries():
            platform = self._platforms.get(row.chat.platform)
            if platform is None:
                continue
            try:
                receipt = await platform.already_delivered(row)
            except (TryLater, NeverDelivered) as error:
                log.warning("delivery not reconciled", delivery=row.id, why=str(error))
                receipt = None
            event: InternalEvent | None = None
            if receipt:
                changes, event = self._sent(row, receipt)
            else:
                changes = (RetryLater(row.id, self._clock.now(), "interrupted"),)
            await self._store.commit(changes)
            if event:
                await self._handle_internal(event)

    async def _fire_timers(self) -> None:
        for event in await self._store.due_timers(self._clock.now()):
            await self._handle_internal(event)


def backoff_seconds(attempt: int) -> float:
    """Twice as long after every attempt, up to five minutes, spread so that many do not come back at once."""
    longest = min(FIRST_RETRY_SECONDS * 2.0 ** (attempt - 1), LAST_RETRY_SECONDS)
    return longest * random.uniform(0.5, 1.0)


def _needs_links(row: Outgoing) -> bool:
    return row.kind in (DeliveryKind.EDIT, DeliveryKind.DELETE)
