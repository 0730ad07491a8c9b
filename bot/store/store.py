"""The Store: typed loads and the one way to write, on either engine."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import structlog

from bot.accounts import LookUp
from bot.changes import AddMessage, Changes, SetAside
from bot.events import InternalEvent, TimerFired
from bot.model import Agent, ChatRef, MessageRef, PlatformName, Ticket
from bot.outbox import MarkFailed
from bot.outgoing import Freeze, Outgoing, Priority, StaffPart
from bot.ports import Loaded
from bot.staffing import Crossing, Shift, Waiting
from bot.store.archive import SqlArchive
from bot.store.codec import Unreadable, decode
from bot.store.crowds import desk_crowd, platform_of
from bot.store.engine import Row, StoreError
from bot.store.rows import (
    aside_of,
    calls_of,
    conversation_of,
    internal_event_of,
    link_of,
    look_up_of,
    message_of,
    moved_name,
    outgoing_of,
    payload_of,
    source_of,
    standing_of,
)
from bot.store.staffing import agent_id, shift_of, waiting_of
from bot.store.statements import Parameters
from bot.store.tickets import ticket_of

T = TypeVar("T")

log = structlog.get_logger()


class SqlStore(SqlArchive):
    """See `ports.Store` for what each method promises."""

    async def close(self) -> None:
        await self.engine.close()

    async def commit(self, changes: Changes) -> bool:
        return await self.engine.write([call for change in changes for call in calls_of(change)])

    async def find_requester(self, platform: PlatformName, user_id: str) -> int | None:
        row = await self._first("find_requester", {"platform": platform, "user_id": user_id})
        return row["requester_id"] if row else None

    async def load_conversation(self, chat: ChatRef) -> Loaded:
        where = {"platform": chat.platform, "chat_id": chat.chat_id}
        row = await self._first("load_conversation", where)
        if row is None:
            return Loaded(None, None)
        ticket = None
        try:
            ticket = ticket_of(row) if row["id"] is not None else None
            return Loaded(conversation_of(row), ticket, standing=standing_of(row))
        except Unreadable as error:
            log.error("conversation unreadable", platform=chat.platform, chat=chat.chat_id, why=str(error))
            return Loaded(None, ticket, unreadable=True, standing=standing_of(row))

    async def is_code_used(self, use: str) -> bool:
        return await self._first("find_account_code", {"use": use}) is not None

    async def load_ticket(self, ticket_id: int) -> Ticket | None:
        return await self._ticket("load_ticket", {"id": ticket_id})

    async def find_ticket_by_thread(self, chat: ChatRef) -> Ticket | None:
        where = {"platform": chat.platform, "chat_id": chat.chat_id, "thread_id": chat.thread_id}
        return await self._ticket("find_ticket_by_thread", where)

    async def find_ticket_by_message(self, message: MessageRef) -> Ticket | None:
        where = {"platform": message.chat.platform, "chat_id": message.chat.chat_id}
        return await self._ticket("find_ticket_by_message", {**where, "message_id": message.message_id})

    async def tickets_of(self, requester_id: int) -> Sequence[Ticket]:
        rows = await self.engine.read("tickets_of", {"requester_id": requester_id})
        return [ticket_of(row) for row in rows]

    async def tickets_with(self, agent: Agent) -> Sequence[Ticket]:
        return [ticket_of(row) for row in await self.engine.read("tickets_with", {"assignee_id": agent_id(agent)})]

    async def waiting(self, desk: ChatRef) -> Sequence[Waiting]:
        where = {"platform": desk.platform, "chat_id": desk.chat_id}
        return [waiting_of(row) for row in await self.engine.read("waiting", where)]

    async def shifts(self, platform: PlatformName) -> Sequence[Shift]:
        return [shift_of(row) for row in await self.engine.read("shifts", {"platform": platform})]

    async def waited(self, team: str, since: int, limit: int) -> Sequence[int]:
        rows = await self.engine.read("waited", {"team": team, "since": since, "rows": limit})
        return [row["waited"] for row in rows]

    async def crossing(self, ticket: Ticket, agent: Agent, since: int) -> Crossing | None:
        values = {
            "ticket_id": ticket.id,
            "author": agent_id(agent),
            "since": since,
            "platform": ticket.desk_chat.platform,
            "chat_id": ticket.desk_chat.chat_id,
            "priority": Priority.REQUESTER,
        }
        (found,) = await self.engine.read("crossing", values)
        if found["answered"]:
            return Crossing.COLLEAGUE
        return Crossing.REQUESTER if found["unseen"] else None

    async def load_message(self, message_id: int) -> AddMessage | None:
        row = await self._first("load_message", {"id": message_id})
        return message_of(row) if row else None

    async def said_in(self, ticket_id: int) -> Sequence[AddMessage]:
        return [message_of(row) for row in await self.engine.read("said_in", {"ticket_id": ticket_id})]

    async def find_message(self, message: MessageRef) -> AddMessage | None:
        where = {"platform": message.chat.platform, "chat_id": message.chat.chat_id, "message_id": message.message_id}
        row = await self._first("find_message", {**where, "source": source_of(message)})
        return message_of(row) if row else None

    async def latest_messages(self, requester_id: int, limit: int) -> Sequence[AddMessage]:
        rows = await self.engine.read("latest_messages", {"requester_id": requester_id, "rows": limit})
        return [message_of(row) for row in rows]

    async def pending_internal_events(self) -> Sequence[InternalEvent]:
        rows = await self.engine.read("pending_internal_events", {})
        return self._readable("internal event", internal_event_of, rows)

    async def due_timers(self, now: int) -> Sequence[InternalEvent]:
        rows = await self.engine.read("due_timers", {"now": now})
        return [
            TimerFired(id=row["id"], at=row["due_at"], kind=row["kind"], ticket_id=row["ticket_id"]) for row in rows
        ]

    async def due_look_ups(self, now: int, limit: int) -> Sequence[LookUp]:
        rows = await self.engine.read("due_look_ups", {"now": now, "rows": limit})
        return self._readable("look-up", look_up_of, rows)

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

    async def set_aside(self, *, wanted: bool = False) -> Sequence[SetAside]:
        return [aside_of(row) for row in await self.engine.read("list_aside", {"wanted": int(wanted)})]

    async def backlog_of(self, chat: ChatRef, now: int) -> tuple[int, int]:
        row = await self._first("backlog_of", {"platform": chat.platform, "chat_id": chat.chat_id, "now": now})
        return (row["waiting"], row["oldest"] or 0) if row else (0, 0)

    async def next_due_at(self, now: int) -> int | None:
        row = await self._first("next_due_at", {"now": now})
        return row["due_at"] if row else None

    async def links_of(self, message_id: int) -> Sequence[MessageRef]:
        rows = await self.engine.read("links_of", {"message_id": message_id})
        return [link_of(row) for row in rows]

    async def moved(self, chat: ChatRef) -> ChatRef:
        moved_to = await self.cursor(moved_name(chat))
        return replace(chat, chat_id=moved_to) if moved_to else chat

    async def cursor(self, name: str) -> str | None:
        row = await self._first("load_cursor", {"name": name})
        return row["value"] if row else None

    async def card_of(self, ticket_id: int) -> Outgoing | None:
        rows = await self.engine.read("card_of", {"ticket_id": ticket_id})
        return next(iter(self._readable("delivery", payload_of, rows)), None)

    async def outbox_counts(self) -> tuple[int, int, int]:
        row = await self._first("outbox_counts", {})
        return (row["waiting"], row["oldest"] or 0, row["failed"]) if row else (0, 0, 0)

    async def open_threads(self, desk: ChatRef) -> Sequence[ChatRef]:
        rows = await self.engine.read("open_threads", {"platform": desk.platform, "chat_id": desk.chat_id})
        return [ChatRef(desk.platform, desk.chat_id, row["thread_id"]) for row in rows]

    async def active_chats(self, platform: PlatformName, since: int) -> Sequence[ChatRef]:
        rows = await self.engine.read("active_chats", {"platform": platform, "since": since})
        return [ChatRef(platform, row["chat_id"]) for row in rows]

    async def highest_id(self) -> int:
        """The highest id ever stored, so that the clock can go on above it."""
        row = await self._first("highest_id", {})
        return (row and row["id"]) or 0

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

    async def _ticket(self, name: str, parameters: Parameters) -> Ticket | None:
        row = await self._first(name, parameters)
        return ticket_of(row) if row else None


async def open_store(path: Path, url: str = "", *, beside: bool = False) -> SqlStore:
    """The store at the PostgreSQL `url` if there is one, else the SQLite file at `path`.

    `beside` is for an operator's short look at a store that a running bot may have open.
    """
    if url:
        try:
            from bot.store.postgres import PostgresEngine
        except ModuleNotFoundError as error:
            raise StoreError("store.url needs asyncpg: pip install 'support-bot[postgres]'.") from error
        return SqlStore(await PostgresEngine.open(url))
    from bot.store.sqlite import SqliteEngine

    return SqlStore(await SqliteEngine.open(path, beside=beside))
