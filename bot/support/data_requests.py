"""What requesters asked for about what is kept of them, once it is due: done, and told how it went.

Whoever calls holds the requester's lock. What fails is tried again in an hour: it was promised to a person.
"""

import structlog

from bot.actions import Text
from bot.changes import Change, Changes, DropTimer
from bot.dialogue.privacy import refusal
from bot.forgetting import AddRequesterTimer, AwaitRemoval, DataRequest, RequestKind, RequestState, SettleDataRequest
from bot.internal_events import RequestDue
from bot.logs import error_id
from bot.ports import Clock, Store
from bot.support.brain import Brain
from bot.support.contents import Contents
from bot.support.erasing import erase_requester, erase_ticket
from bot.support.exports import export_contents
from bot.support.posting import Posting
from bot.timing import DAY, HOUR, MINUTE, SECOND

FIRST_LOOK = 2 * SECOND
LONGEST_WAIT = 10 * MINUTE
"""Looking after what the platforms have taken out, less and less often."""
PATIENCE = DAY
"""What a platform has not taken out by then is told to be still there."""
AGAIN = HOUR

log = structlog.get_logger()


class DataRequests:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def handle(self, event: RequestDue, brain: Brain) -> bool:
        """Commit what is due; True when the requester has been erased by it."""
        now = self._clock.now()
        try:
            request = await self._store.data_request(event.requester_id, event.kind)
            changes = await self._changes(request, brain, now) if request else ()
            await self._store.commit((DropTimer(event.id), *changes))
        except Exception as error:
            log.error("data request failed", kind=event.kind, error_id=error_id(), exc_info=error)
            await self._store.commit((self._timer(event.kind, event.requester_id, now + AGAIN),))
            return False
        settled = [change.state for change in changes if isinstance(change, SettleDataRequest)]
        log.info("data request", kind=event.kind, settled=settled)
        return any(isinstance(change, AwaitRemoval) for change in changes)

    async def forget_ticket(self, ticket_id: int) -> bool:
        """Commit the end of a ticket that has been kept long enough, unless it was reopened or is to be kept."""
        ticket = await self._store.load_ticket(ticket_id)
        if ticket is None or not ticket.status.is_done or ticket.legal_hold:
            return False
        return await self._store.commit(await erase_ticket(ticket, self._store, self._clock))

    async def forget_requester(self, requester_id: int, brain: Brain) -> bool:
        """Commit the end of somebody who has no ticket left, unless they asked for something meanwhile."""
        tickets = await self._store.every_ticket_of(requester_id)
        asked = [await self._store.data_request(requester_id, kind) for kind in RequestKind]
        if any(asked) or any(ticket.erased_at is None for ticket in tickets):
            return False
        erased = await erase_requester(requester_id, (), self._store, brain, self._clock)
        return await self._store.commit(erased.changes)

    async def _changes(self, request: DataRequest, brain: Brain, now: int) -> Changes:
        match request:
            case DataRequest(kind=RequestKind.EXPORT):
                return self._exported(request, brain, now)
            case DataRequest(state=RequestState.REMOVING):
                return await self._looked_after(request, brain, now)
            case _:
                return await self._erased(request, brain, now)

    def _exported(self, request: DataRequest, brain: Brain, now: int) -> Changes:
        """The file is made when it leaves, from what is kept then: nothing of it is written down here."""
        changes: list[Change] = []
        posting = Posting(changes, self._clock, now)
        ready = Contents(brain).told(Text("export.ready"), request.language)
        for content in export_contents(ready, request, now):
            posting.to_requester(request.chat, content)
        return (*changes, SettleDataRequest(request.id, RequestState.DONE, now))

    async def _erased(self, request: DataRequest, brain: Brain, now: int) -> Changes:
        tickets = await self._store.every_ticket_of(request.requester_id)
        if refused := refusal(tickets):
            return (
                *self._told(request, brain, now, refused),
                SettleDataRequest(request.id, RequestState.REFUSED, now),
            )
        about = await self._store.deliveries_about(request.requester_id)
        if about.waiting and now < request.due_at + AGAIN:
            # What is still to be said arrives first, so that all of it is found and taken out.
            return (self._timer(request.kind, request.requester_id, now + FIRST_LOOK),)
        erased = await erase_requester(request.requester_id, tickets, self._store, brain, self._clock)
        return (
            *erased.changes,
            AwaitRemoval(request.id, erased.first_row, erased.last_row),
            self._timer(request.kind, request.requester_id, now + FIRST_LOOK),
        )

    async def _looked_after(self, request: DataRequest, brain: Brain, now: int) -> Changes:
        """Once every platform has answered, the requester hears what is left, if anything is."""
        removals = await self._store.removals(request.first_row, request.last_row)
        waited = now - request.due_at
        if removals.waiting and waited < PATIENCE:
            pause = min(max(waited, FIRST_LOOK), LONGEST_WAIT)
            return (self._timer(request.kind, request.requester_id, now + pause),)
        parts = [Text("erase.done")]
        if removals.kept:
            parts.append(Text("erase.kept", {"count": removals.kept}))
        if removals.waiting:
            parts.append(Text("erase.late", {"count": removals.waiting}))
        return (
            *self._told(request, brain, now, *parts),
            SettleDataRequest(request.id, RequestState.DONE, now),
        )

    def _told(self, request: DataRequest, brain: Brain, now: int, *parts: Text) -> list[Change]:
        changes: list[Change] = []
        content = Contents(brain).told_whole(parts, request.language)
        Posting(changes, self._clock, now).to_requester(request.chat, content)
        return changes

    def _timer(self, kind: RequestKind, requester_id: int, due_at: int) -> AddRequesterTimer:
        return AddRequesterTimer(self._clock.new_id(), kind, requester_id, due_at)
