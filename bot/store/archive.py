"""What the store can tell about one person, and about what has been kept long enough; see `bot.archive.Archive`."""

from collections.abc import Sequence

import structlog

from bot.archive import Aging, Deliveries, History, KeptMessage, Removals
from bot.forgetting import DataRequest, RequestKind
from bot.internal_events import RequestDue
from bot.model import Conversation, MessageRef, Ticket, first_id_at
from bot.store.codec import Unreadable, decode
from bot.store.engine import Engine, Row
from bot.store.forgetting import account_of, request_of
from bot.store.rows import conversation_of, link_of, message_of
from bot.store.tickets import ticket_of

ENDED_WELL = ("sent", "cancelled", "joined")
_QUERIES = {
    Aging.TICKET: "aged_tickets",
    Aging.MESSAGE: "aged_messages",
    Aging.DELIVERY: "aged_deliveries",
    Aging.UNANSWERED: "aged_unanswered",
    Aging.ASIDE: "aged_aside",
    Aging.REQUESTER: "aged_requesters",
    Aging.SEEN: "aged_seen",
    Aging.AUDIT: "aged_audit",
}
_BY_MOMENT = frozenset({Aging.TICKET, Aging.REQUESTER, Aging.SEEN})
"""The ids of everything else rise with the time at which it was made."""

log = structlog.get_logger()


class SqlArchive:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def history_of(self, requester_id: int) -> History:
        whose = {"requester_id": requester_id}
        messages = await self.engine.read("messages_of", whose)
        return History(
            accounts=[account_of(row) for row in await self.engine.read("accounts_of", whose)],
            tickets=await self.every_ticket_of(requester_id),
            messages=[KeptMessage(message_of(row), bool(row["is_delivered"])) for row in messages],
        )

    async def conversations_of(self, requester_id: int) -> Sequence[Conversation]:
        found = []
        for row in await self.engine.read("conversations_of", {"requester_id": requester_id}):
            try:
                found.append(conversation_of(row))
            except Unreadable as error:
                log.error("row unreadable", what="conversation", id=row["id"], why=str(error))
        return found

    async def every_ticket_of(self, requester_id: int) -> Sequence[Ticket]:
        return [ticket_of(row) for row in await self.engine.read("every_ticket_of", {"requester_id": requester_id})]

    async def data_request(self, requester_id: int, kind: RequestKind) -> DataRequest | None:
        rows = await self.engine.read("open_data_request", {"requester_id": requester_id, "kind": kind})
        return request_of(rows[0]) if rows else None

    async def due_requests(self, now: int) -> Sequence[RequestDue]:
        rows = await self.engine.read("due_requests", {"now": now})
        return [
            RequestDue(
                id=row["id"], at=row["due_at"], kind=RequestKind(row["kind"]), requester_id=row["requester_id"]
            )
            for row in rows
        ]

    async def copies_of(self, ticket: Ticket) -> Sequence[MessageRef]:
        shown = [link_of(row) for row in await self.engine.read("shown_of", {"ticket_id": ticket.id})]
        rows = await self.engine.read("written_of", {"ticket_id": ticket.id})
        written: list[MessageRef] = [decode(MessageRef, row["source"]) for row in rows]
        # What was asked for by a button has no message of its own.
        return list(dict.fromkeys(ref for ref in (*shown, *written) if ref.message_id))

    async def deliveries_about(self, requester_id: int) -> Deliveries:
        return _deliveries(await self.engine.read("deliveries_about", {"requester_id": requester_id}))

    async def deliveries_of_ticket(self, ticket_id: int) -> Deliveries:
        return _deliveries(await self.engine.read("deliveries_of_ticket", {"ticket_id": ticket_id}))

    async def removals(self, first_row: int, last_row: int) -> Removals:
        rows = await self.engine.read("removals", {"first_row": first_row, "last_row": last_row})
        by_state = {row["state"]: row["rows"] for row in rows}
        done = sum(count for state, count in by_state.items() if state in ENDED_WELL)
        return Removals(done, by_state.get("queued", 0) + by_state.get("sending", 0), by_state.get("failed", 0))

    async def aged(self, what: Aging, before: int, limit: int) -> Sequence[int | str]:
        bound = {"before": before} if what in _BY_MOMENT else {"below": max(first_id_at(before), 0)}
        rows = await self.engine.read(_QUERIES[what], {**bound, "rows": limit})
        return [row["id"] for row in rows]


def _deliveries(rows: Sequence[Row]) -> Deliveries:
    waits = ("queued", "sending")
    return Deliveries(
        [row["id"] for row in rows if row["state"] not in waits],
        [row["id"] for row in rows if row["state"] in waits],
    )
