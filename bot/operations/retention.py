"""Takes out what has been kept long enough: once an hour, in small batches, so that nobody has to wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Protocol

import structlog

from bot.archive import Aging
from bot.changes import Change, DropAside
from bot.config import Privacy
from bot.forgetting import DropAudit, DropDelivery, DropMessage, DropSeen, DropUnanswered
from bot.logs import error_id
from bot.outbox import UnlinkMessage
from bot.ports import Clock, Store
from bot.timing import DAY

EVERY_SECONDS = 3600.0
FIRST_SECONDS = 60.0
"""A start has better things to do."""
BATCH = 100
BETWEEN_SECONDS = 0.05

Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger()


class Forgets(Protocol):
    """Whoever takes out tickets and people, alone with each of them while it happens."""

    async def forget_ticket(self, ticket_id: int) -> bool: ...
    async def forget_requester(self, requester_id: int) -> bool: ...


class Retention:
    def __init__(
        self, store: Store, clock: Clock, privacy: Privacy, support: Forgets, pause: Pause = asyncio.sleep
    ) -> None:
        self._store = store
        self._clock = clock
        self._days = days_of(privacy)
        self._support = support
        self._pause = pause

    async def run(self) -> None:
        """Round after round, for ever; a failed one is told in the log, and the next one does its work."""
        await self._pause(FIRST_SECONDS)
        while True:
            try:
                await self.round()
            except Exception as error:
                log.error("retention failed", error_id=error_id(), exc_info=error)
            await self._pause(EVERY_SECONDS)

    async def round(self) -> Mapping[Aging, int]:
        """Take out everything that is old enough now; how much of each kind that was."""
        counts = {what: count for what in Aging if (count := await self._all_of(what))}
        if counts:
            log.info("kept long enough", **{what.name.lower(): count for what, count in counts.items()})
        return counts

    async def _all_of(self, what: Aging) -> int:
        before = self._clock.now() - self._days[what] * DAY
        total = 0
        while found := await self._store.aged(what, before, BATCH):
            gone = await self._take_out(what, found)
            total += gone
            if gone < len(found):
                break  # Something of it is in use again: the next round looks at the rest.
            await self._pause(BETWEEN_SECONDS)
        return total

    async def _take_out(self, what: Aging, found: Sequence[int | str]) -> int:
        match what:
            case Aging.TICKET:
                return sum([await self._support.forget_ticket(int(id)) for id in found])
            case Aging.REQUESTER:
                return sum([await self._support.forget_requester(int(id)) for id in found])
            case _:
                changes = tuple(change for id in found for change in _dropping(what, id))
                return len(found) if await self._store.commit(changes) else 0


def _dropping(what: Aging, id: int | str) -> Iterator[Change]:
    match what:
        case Aging.MESSAGE:
            yield DropMessage(int(id))
        case Aging.DELIVERY:
            yield DropDelivery(int(id))
            yield UnlinkMessage(int(id))
        case Aging.UNANSWERED:
            yield DropUnanswered(int(id))
        case Aging.ASIDE:
            yield DropAside(int(id))
        case Aging.SEEN:
            yield DropSeen(str(id))
        case Aging.AUDIT:
            yield DropAudit(int(id))
        case Aging.TICKET | Aging.REQUESTER:
            raise AssertionError("these are somebody's, and taken out under their lock")


def days_of(privacy: Privacy) -> Mapping[Aging, int]:
    """How many days each kind is kept."""
    return {
        Aging.TICKET: privacy.tickets_days,
        Aging.REQUESTER: privacy.tickets_days,
        Aging.MESSAGE: privacy.texts_days,
        Aging.DELIVERY: privacy.texts_days,
        Aging.UNANSWERED: privacy.texts_days,
        Aging.ASIDE: privacy.texts_days,
        Aging.SEEN: privacy.events_days,
        Aging.AUDIT: privacy.audit_days,
    }


def told(privacy: Privacy) -> str:
    """What is set, in one line for an operator."""
    return (
        f"Kept: finished tickets {privacy.tickets_days} days, texts outside tickets {privacy.texts_days},"
        f" event keys {privacy.events_days}, audit {privacy.audit_days};"
        f" a copy comes after {privacy.export_delay_hours} hours, erasing after {privacy.erase_delay_hours}."
    )
