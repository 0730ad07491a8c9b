"""The part of the store that is about what leaves: which rows are due, what became of them, who has frozen them."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import structlog

from bot.changes import Changes
from bot.model import Agent, ChatRef, MessageRef, PlatformName
from bot.outbox import MarkFailed
from bot.outgoing import Freeze, Outgoing, Priority, StaffPart
from bot.store.archive import SqlArchive
from bot.store.codec import Unreadable, decode
from bot.store.crowds import desk_crowd, platform_of
from bot.store.engine import Row
from bot.store.rows import calls_of, link_of, outgoing_of, payload_of
from bot.store.statements import Parameters

T = TypeVar("T")

log = structlog.get_logger()


class SqlDeliveries(SqlArchive):
    """See `ports.Store` for what each method promises."""

    async def due_deliveries(
        self, platforms: Collection[PlatformName], now: int, limit: int, closed: Collection[ChatRef] = ()
    ) -> Sequence[Outgoing]:
        refused = {desk_crowd(chat) for chat in closed}
        most = StaffPart.TAKEN_BACK if await self.freeze() else StaffPart.WORDS
        rows: list[Row] = []
        for found in await self.engine.read("waiting_crowds", {}):
            crowd = found["crowd"]
            if crowd and crowd not in refused and platform_of(crowd) in platforms:
                rows += await self._heads(crowd, now, limit, most)
        return sorted(await self._outgoing(rows), key=lambda row: (row.priority, row.id))

    async def _heads(self, crowd: str, now: int, limit: int, most: StaffPart) -> Sequence[Row]:
        """With a crowd of new tickets, what comes after them in importance is read as well."""
        where = {"crowd": crowd, "now": now, "rows": limit, "most": int(most)}
        rows = await self.engine.read("due_deliveries", {**where, "least": Priority.NEW_TICKET})
        if len(rows) < limit:
            return rows
        seen = {row["id"] for row in rows}
        others = await self.engine.read("due_deliveries", {**where, "least": Priority.REQUESTER})
        return [*rows, *(row for row in others if row["id"] not in seen)]

    async def has_overdue(self, before: int, limited: Collection[ChatRef]) -> bool:
        """Whether something has been due since before then, and nobody's limit nor a freeze is why it waits."""
        most = StaffPart.TAKEN_BACK if await self.freeze() else StaffPart.WORDS
        rows = await self.engine.read("overdue_crowds", {"before": before, "most": int(most)})
        return bool({row["crowd"] for row in rows} - {desk_crowd(chat) for chat in limited})

    async def freeze(self) -> Freeze | None:
        row = await self._first("load_freeze", {})
        return Freeze(decode(Agent, row["agent"]), row["since"]) if row else None

    async def interrupted_deliveries(self) -> Sequence[Outgoing]:
        return await self._outgoing(await self.engine.read("interrupted_deliveries", {}))

    async def deliveries_since(self, chat: ChatRef, ticket_id: int | None, since: int) -> Sequence[Outgoing]:
        where = {"platform": chat.platform, "chat_id": chat.chat_id, "ticket_id": ticket_id, "since": since}
        return self._readable("delivery", payload_of, await self.engine.read("deliveries_since", where))

    async def followers_of(self, row: Outgoing, limit: int) -> Sequence[Outgoing]:
        where = {"id": row.id, "rows": limit}
        return await self._outgoing(await self.engine.read("followers_of", where))

    async def deliveries_of(self, message_id: int) -> Sequence[Outgoing]:
        rows = await self.engine.read("deliveries_of", {"message_id": message_id})
        return self._readable("delivery", payload_of, rows)

    async def failed_deliveries_of(self, message_id: int) -> Sequence[int]:
        rows = await self.engine.read("deliveries_of", {"message_id": message_id})
        return [row["id"] for row in rows if row["state"] == "failed"]

    async def backlog_of(self, chat: ChatRef, now: int) -> tuple[int, int]:
        row = await self._first("backlog_of", {"platform": chat.platform, "chat_id": chat.chat_id, "now": now})
        return (row["waiting"], row["oldest"] or 0) if row else (0, 0)

    async def next_due_at(self, now: int) -> int | None:
        row = await self._first("next_due_at", {"now": now})
        return row["due_at"] if row else None

    async def links_of(self, message_id: int) -> Sequence[MessageRef]:
        rows = await self.engine.read("links_of", {"message_id": message_id})
        return [link_of(row) for row in rows]

    async def card_of(self, ticket_id: int) -> Outgoing | None:
        rows = await self.engine.read("card_of", {"ticket_id": ticket_id})
        return next(iter(self._readable("delivery", payload_of, rows)), None)

    async def outbox_counts(self) -> tuple[int, int, int]:
        row = await self._first("outbox_counts", {})
        return (row["waiting"], row["oldest"] or 0, row["failed"]) if row else (0, 0, 0)

    async def _outgoing(self, rows: Sequence[Row]) -> Sequence[Outgoing]:
        """The readable ones; the others are given up, since they would hold up their lanes for ever."""
        found = self._readable("delivery", outgoing_of, rows)
        lost = {row["id"] for row in rows} - {outgoing.id for outgoing in found}
        if lost:
            await self.commit(tuple(MarkFailed(id, "unreadable", 0) for id in lost))
        return found

    def _readable(self, what: str, read: Callable[[Row], T], rows: Sequence[Row]) -> list[T]:
        """One row that cannot be read is told in the log and takes no other with it."""
        found = []
        for row in rows:
            try:
                found.append(read(row))
            except Unreadable as error:
                log.error("row unreadable", what=what, id=row["id"], why=str(error))
        return found

    async def _first(self, name: str, parameters: Parameters) -> Row | None:
        rows = await self.engine.read(name, parameters)
        return rows[0] if rows else None

    async def commit(self, changes: Changes) -> bool:
        return await self.engine.write([call for change in changes for call in calls_of(change)])
