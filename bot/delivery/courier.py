"""Sends what the outbox holds and fires timers: one loop, woken by every commit that may have left something.

Within a lane nothing overtakes; a row that must wait holds up its lane and no other. A platform in trouble holds up
no other platform. Results are recorded before anything else of the lane leaves; what somebody must be told goes back
through the service as an event.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

import structlog

from bot import metrics
from bot.delivery.attempt import INTERRUPTED, Attempts, Outcome
from bot.delivery.backlog import Backlog, TellOfSpell
from bot.delivery.backoff import backoff_seconds
from bot.delivery.claims import claim
from bot.delivery.lookups import LookUps
from bot.delivery.pacing import Pacing
from bot.delivery.screening import Screening
from bot.internal_events import DueEvent, InternalEvent
from bot.logs import error_id
from bot.model import PlatformName
from bot.outbox import RetryLater
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.ports import Accounts, Clock, Platform, Store
from bot.timing import SECOND

MOST_UNDER_WAY = 100
"""Deliveries of one platform at a time."""
IDLE_SECONDS = 30.0
SHORTEST_WAIT_SECONDS = 0.001
LONG_LOOK_SECONDS = 0.02
MOST_RECORDINGS = 5
LAST_SECONDS = 10.0
"""What is under way when the bot is stopped gets so long to come to its end."""

Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger()


class Courier:
    """Runs until cancelled; `wake` tells it that there is something new."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[PlatformName, Platform],
        pacing: Pacing,
        screening: Screening,
        handle_internal: Callable[[DueEvent], Awaitable[None]],
        tell_of_spell: TellOfSpell,
        pause: Pause = asyncio.sleep,
        accounts: Accounts | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = tuple(platforms)
        self._pacing = pacing
        self._handle_internal = handle_internal
        self._pause = pause
        self._backlog = Backlog(store, clock, pacing, tell_of_spell)
        self._look_ups = LookUps(store, clock, accounts, self._tell, self.wake)
        self._attempts = Attempts(store, clock, platforms, pacing, screening)
        self._news = asyncio.Event()
        self._started = asyncio.Event()
        self._under_way: dict[int, PlatformName] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened_last: set[tuple[PlatformName, str]] = set()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._news.set()

    async def run(self) -> None:
        """Deliver what is due and fire timers, for ever; on cancellation what is under way may finish."""
        try:
            await self._persist(self._requeue_interrupted)
            self._started.set()
            while True:
                self._news.clear()
                await self._persist(self._fire_timers)
                await self._persist(self._look_ups.start_due)
                began = time.monotonic()
                wait = await self._persist(self._deliver_due)
                took = time.monotonic() - began
                if took > LONG_LOOK_SECONDS:
                    # Thousands of rows wait: looking again after every single delivery would be all that is done.
                    await asyncio.sleep(took)
                await self._sleep(wait)
        finally:
            await self._look_ups.finish()
            await self._finish()

    async def settled(self) -> None:
        """Return when nothing is due and nothing under way any more, what a crash had left included."""
        await self._started.wait()
        while self._under_way or self._tasks or self._look_ups.is_at_work or await self._is_something_due():
            self.wake()
            await asyncio.sleep(0.005)

    async def _is_something_due(self) -> bool:
        return bool(await self._store.due_deliveries(self._platforms, self._clock.now(), 1))

    async def _persist(self, work: Callable[[], Awaitable[float]]) -> float:
        """Do it, however long the store is in trouble: it may be a full disk or a database that is restarted."""
        attempt = 1
        while True:
            try:
                return await work()
            except Exception as error:
                log.error("outbox not read", error_id=error_id(), exc_info=error)
                await self._pause(backoff_seconds(attempt))
                attempt += 1

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _requeue_interrupted(self) -> float:
        """Put back what a crash left in `sending`; its first attempt asks whether it did arrive."""
        rows = await self._store.interrupted_deliveries()
        self._attempts.interrupted |= {row.id for row in rows}
        now = self._clock.now()
        await self._store.commit(tuple(RetryLater(row.id, now, INTERRUPTED) for row in rows))
        return 0

    async def _fire_timers(self) -> float:
        now = self._clock.now()
        for event in (*await self._store.due_timers(now), *await self._store.due_requests(now)):
            await self._handle_internal(event)
        return 0

    async def _deliver_due(self) -> float:
        """Start every delivery that may leave now; how many seconds until the next look makes sense."""
        now = self._clock.now()
        open_at = {platform: self._open_at(platform, now) for platform in self._platforms}
        is_open = [platform for platform, moment in open_at.items() if moment <= now]
        # Nothing is read for a platform that takes nothing now: with thousands waiting, that is most of the time.
        closed = {chat: moment for chat in self._pacing.groups if (moment := self._pacing.free_at(chat, now)) > now}
        due = await self._store.due_deliveries(is_open, now, MOST_UNDER_WAY, tuple(closed)) if is_open else ()
        # Deliveries have left while the store was read: by the time before, they would lie in the future.
        now = self._clock.now()
        ready, free_at = self._ready(due, now)
        if ready:
            await self._start(ready, now)
        await self._backlog.look()
        now = self._clock.now()
        self._pacing.forget(now)
        moments = [moment for moment in (*open_at.values(), *closed.values()) if moment > now]
        moments += [moment for moment in (free_at, await self._store.next_due_at(now)) if moment is not None]
        if not moments:
            return IDLE_SECONDS
        return min(max((min(moments) - now) / SECOND, SHORTEST_WAIT_SECONDS), IDLE_SECONDS)

    def _open_at(self, platform: PlatformName, now: int) -> int:
        """When something may leave for the platform; with too much under way, whatever ends first wakes us."""
        is_full = sum(one is platform for one in self._under_way.values()) >= MOST_UNDER_WAY
        return now + int(IDLE_SECONDS * SECOND) if is_full else self._pacing.open_at(platform, now)

    def _ready(self, due: Sequence[Outgoing], now: int) -> tuple[list[Outgoing], int | None]:
        """The rows whose chat is free, counted as sent; and the moment at which the next one is."""
        ready: list[Outgoing] = []
        soonest: int | None = None
        crowd = Counter(self._under_way.values())
        # The order within both halves stays.
        for row in sorted(due, key=self._lets_others_go_first):
            platform = row.chat.platform
            if row.id in self._under_way or crowd[platform] >= MOST_UNDER_WAY:
                continue
            messages = _messages(row)
            free_at = self._pacing.free_at(row.chat, now, messages)
            if free_at <= now:
                self._pacing.claimed(row.id, row.chat, messages)
                crowd[platform] += 1
                ready.append(row)
                remember = self._opened_last.add if _opens(row) else self._opened_last.discard
                remember((platform, row.chat.chat_id))
            else:
                soonest = min(soonest or free_at, free_at)
        return ready, soonest

    def _lets_others_go_first(self, row: Outgoing) -> bool:
        """New tickets first, but not two in a row: a crowd of newcomers must not hold up those who have one."""
        return _opens(row) and (row.chat.platform, row.chat.chat_id) in self._opened_last

    async def _start(self, ready: Sequence[Outgoing], now: int) -> None:
        claimed = {row.id: row.chat.platform for row in ready}
        self._under_way.update(claimed)
        try:
            claims = [await claim(self._store, row, now) for row in ready]
            is_claimed = await self._store.commit(tuple(change for one in claims for change in one.changes))
        except BaseException:
            self._let_go(claimed)
            raise
        if not is_claimed:
            # One of them was changed or cancelled after it had been read: look again.
            self._let_go(claimed)
            self.wake()
            return
        for one in claims:
            # What goes along with it may be more than one message.
            self._pacing.claimed(one.row.id, one.row.chat, _messages(one.row))
            task = asyncio.create_task(self._deliver(replace(one.row, attempts=one.row.attempts + 1)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _let_go(self, claimed: Collection[int]) -> None:
        for id in claimed:
            del self._under_way[id]
            self._pacing.ended(id, self._clock.now())

    async def _deliver(self, row: Outgoing) -> None:
        try:
            with metrics.DELIVERIES_UNDER_WAY.track_inprogress():
                outcome = await self._attempts.attempt(row)
            self._pacing.ended(row.id, self._clock.now())
            recorded = await self._record(row, outcome)
        finally:
            self._let_go([row.id])
            self.wake()
        for event in outcome.events if recorded else ():
            await self._tell(event)

    async def _record(self, row: Outgoing, outcome: Outcome) -> bool:
        """Write down how it went; where that fails, the row stays `sending` and is asked about at the next start."""
        for attempt in range(1, MOST_RECORDINGS + 1):
            try:
                return await self._store.commit(outcome.changes)
            except Exception as error:
                log.error("delivery not recorded", delivery=row.id, error_id=error_id(), exc_info=error)
                await self._pause(backoff_seconds(attempt))
        return False

    async def _tell(self, event: InternalEvent) -> None:
        try:
            await self._handle_internal(event)
        except Exception as error:
            # It is in the store and will be found there.
            log.error("own event not handled", id=event.id, error_id=error_id(), exc_info=error)

    async def _finish(self) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.warning("deliveries cut off", count=len(late))


def _opens(row: Outgoing) -> bool:
    return row.priority is Priority.NEW_TICKET


def _messages(row: Outgoing) -> int:
    """As how many messages the platform counts it: each file of an album is one, a reaction is none."""
    match row.kind:
        case DeliveryKind.SEND | DeliveryKind.EDIT | DeliveryKind.OPEN_THREAD:
            return max(1, len(row.content.attachments) if row.content else 1)
        case DeliveryKind.REACT | DeliveryKind.DELETE | DeliveryKind.SHOW_STATUS:
            return 0
        case _:
            assert_never(row.kind)
