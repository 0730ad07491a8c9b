"""The Store: typed loads and the one way to write, on either engine."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import structlog

from bot.accounts import LookUp
from bot.changes import AddMessage, SetAside
from bot.internal_events import InternalEvent, TimerFired
from bot.model import Agent, ChatRef, MessageRef, PlatformName, Ticket
from bot.outgoing import Priority
from bot.ports import Loaded
from bot.staffing import Crossing, Shift, Waiting
from bot.store.codec import Unreadable
from bot.store.deliveries import SqlDeliveries
from bot.store.engine import StoreError
from bot.store.rows import (
    aside_of,
    conversation_of,
    internal_event_of,
    look_up_of,
    message_of,
    moved_name,
    source_of,
    standing_of,
)
from bot.store.staffing import agent_id, shift_of, waiting_of
from bot.store.statements import Parameters
from bot.store.tickets import ticket_of

T = TypeVar("T")

log = structlog.get_logger()


class SqlStore(SqlDeliveries):
    """See `ports.Store` for what each method promises."""

    async def close(self) -> None:
        await self.engine.close()

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

    async def shifts(self, desk: ChatRef) -> Sequence[Shift]:
        where = {"platform": desk.platform, "chat_id": desk.chat_id}
        return [shift_of(row) for row in await self.engine.read("shifts", where)]

    async def shift(self, agent: Agent) -> Shift | None:
        row = await self._first("shift", {"platform": agent.platform, "user_id": agent.user_id})
        return shift_of(row) if row else None

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

    async def reads_of(self, agent: Agent, acts: Collection[str], since: int) -> tuple[int, int | None]:
        rows = await self.engine.read("audited", {"agent_id": agent_id(agent), "since": since})
        found = [row["created_at"] for row in rows if row["act"] in acts]
        return len(found), found[0] if found else None

    async def talk_of(self, ticket_id: int) -> Sequence[AddMessage]:
        return [message_of(row) for row in await self.engine.read("talk_of", {"ticket_id": ticket_id})]

    async def find_former_ticket(self, chat: ChatRef) -> Ticket | None:
        where = {"platform": chat.platform, "chat_id": chat.chat_id, "thread_id": chat.thread_id}
        return await self._ticket("find_former_ticket", where)

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

    async def set_aside(self, *, wanted: bool = False) -> Sequence[SetAside]:
        return [aside_of(row) for row in await self.engine.read("list_aside", {"wanted": int(wanted)})]

    async def moved(self, chat: ChatRef) -> ChatRef:
        moved_to = await self.cursor(moved_name(chat))
        return replace(chat, chat_id=moved_to) if moved_to else chat

    async def cursor(self, name: str) -> str | None:
        row = await self._first("load_cursor", {"name": name})
        return row["value"] if row else None

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
