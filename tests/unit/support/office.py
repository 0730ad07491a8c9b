"""The service with its real store and knowledge, and nobody connected: what it would send is read from the outbox."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.events import ChoicePicked, MessageReceived, StaffPicked, StaffWrote
from bot.model import Agent, Attachment, AttachmentKind, ChatRef, MessageRef, Person, PlatformName, Standing
from bot.outbox import SetTicketThread
from bot.outgoing import DeliveryKind, Outgoing
from bot.store import SqlStore
from bot.store.codec import decode
from bot.support import Brain, Support
from tests.clocks import FakeClock

DESK = ChatRef(PlatformName.WEB, "staff")
MIKA = Agent(PlatformName.WEB, "m", "Mika", Standing.MEMBER)


def chat_of(user: str) -> ChatRef:
    return ChatRef(PlatformName.WEB, f"chat-{user}")


@dataclass
class Office:
    path: Path
    store: SqlStore
    clock: FakeClock
    brain: Brain
    woken: list[None] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.support = Support(self.store, self.clock, self.brain, lambda: self.woken.append(None))

    def message(self, text: str, user: str = "1", **changed: Any) -> MessageReceived:
        key = f"web:{user}:{next(self.numbers)}"
        chat = chat_of(user)
        values: dict[str, Any] = {
            "key": key, "at": self.clock.now(), "chat": chat, "sender": Person(PlatformName.WEB, user, "Aiko", "en"),
            "message": MessageRef(chat, key), "text": text,
        }  # fmt: skip
        return MessageReceived(**{**values, **changed})

    async def says(self, text: str, user: str = "1", **changed: Any) -> None:
        self.clock.forward(1)
        await self.support.handle(self.message(text, user, **changed))

    async def presses(self, data: str, user: str = "1", **changed: Any) -> None:
        key = f"web:press:{next(self.numbers)}"
        sender = Person(PlatformName.WEB, user, "Aiko", "en")
        event = ChoicePicked(key=key, at=self.clock.now(), chat=chat_of(user), sender=sender, data=data)
        await self.support.handle(event)

    async def staff_says(self, text: str, thread: str = "t1", agent: Agent = MIKA, **changed: Any) -> None:
        key = f"web:staff:{next(self.numbers)}"
        chat = ChatRef(DESK.platform, DESK.chat_id, thread)
        values: dict[str, Any] = {"chat": chat, "message": MessageRef(chat, key), **changed}
        event = StaffWrote(key=key, at=self.clock.now(), agent=agent, text=text, **values)
        await self.support.handle(event)

    async def staff_presses(self, data: str, chat: ChatRef = DESK, agent: Agent = MIKA) -> None:
        key = f"web:staff-press:{next(self.numbers)}"
        await self.support.handle(StaffPicked(key=key, at=self.clock.now(), chat=chat, agent=agent, data=data))

    async def has_thread(self, ticket_id: int, thread: str = "t1") -> None:
        await self.store.commit((SetTicketThread(ticket_id, ChatRef(DESK.platform, DESK.chat_id, thread)),))

    def rows(self, sql: str, *values: object) -> list[Any]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def execute(self, sql: str) -> None:
        """Change the file behind the store's back, as a fault or an operator would."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(sql)
            connection.commit()

    def has_shown_everything(self) -> None:
        """Whatever waits has arrived: there is no courier here to bring it."""
        self.execute("UPDATE outbox SET state = 'sent' WHERE state = 'queued'")

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT COUNT(*) FROM {table}")[0][0])

    def outbox(self) -> list[Outgoing]:
        return [decode(Outgoing, payload) for (payload,) in self.rows("SELECT payload FROM outbox ORDER BY id")]

    def said_to(self, user: str = "1") -> list[str]:
        """What the bot says to a requester, in order."""
        sent = [row for row in self.outbox() if row.kind is DeliveryKind.SEND and row.chat == chat_of(user)]
        return [row.content.text for row in sent if row.content]

    def buttons(self, user: str = "1") -> list[tuple[str, str]]:
        """Label and bytes of the newest message's buttons."""
        newest = [row for row in self.outbox() if row.chat == chat_of(user) and row.content and row.content.buttons][
            -1
        ]
        assert newest.content
        return [(button.label, button.data) for row in newest.content.buttons for button in row]

    def state(self, user: str = "1") -> dict[str, Any]:
        """The stored conversation as it is written."""
        [(text,)] = self.rows("SELECT state FROM conversations WHERE chat_id = ?", chat_of(user).chat_id)
        state: dict[str, Any] = json.loads(text)["is"]
        return state

    def dump(self) -> str:
        """Every value of every table as text, JSON escapes undone."""
        tables = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values = [str(value) for table in tables for row in self.rows(f"SELECT * FROM {table}") for value in row]
        return "\n".join([*values, *(value.encode().decode("unicode_escape", "replace") for value in values)])


def picture(name: str) -> Attachment:
    return Attachment(platform=PlatformName.WEB, kind=AttachmentKind.PHOTO, handle="h1", name=name, size=10)
