"""The outbox with its real store, a clock that is moved by hand, and platforms that record and fail as told."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.changes import AddRequester, AddTicket, Change, SaveConversation
from bot.delivery import MEGABYTE, Courier, Limits, Pacing, Screening, Spell
from bot.internal_events import DueEvent, InternalEvent, RequestDue
from bot.model import (
    Attachment,
    AttachmentKind,
    ChatRef,
    Content,
    Conversation,
    MessageRef,
    Person,
    PlatformName,
    Ticket,
    TicketStatus,
)
from bot.outbox import QueueDelivery, SetTicketThread
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.ports import Accounts, Delivery, FetchFile, Receipt, Scan, TryLater
from bot.store import SqlStore
from bot.store.engine import Row
from tests.clocks import FakeClock

TELEGRAM, DISCORD = PlatformName.TELEGRAM, PlatformName.DISCORD
STAFF = ChatRef(TELEGRAM, "staff")
ORIGIN = MessageRef(STAFF, "77")


class FakePlatform:
    """Takes every delivery, unless `answers` of its row (or of every row: 0) says otherwise: an exception to raise,
    an event to wait for, or a receipt."""

    def __init__(self, name: PlatformName = TELEGRAM) -> None:
        self.name = name
        self.has_answered = True
        self.answers: dict[int, list[Any]] = defaultdict(list)
        self.known: dict[int, Any] = {}
        self.asked: list[int] = []
        self.tried: list[int] = []
        self.taken: list[int] = []
        self.deliveries: list[Delivery] = []
        self.files: dict[str, list[bytes]] = {}
        self.fetched: list[bytes] = []
        self.left_open = 0
        self.shown: list[tuple[ChatRef, AttachmentKind]] = []
        self.is_rude = False

    async def run(self, handle: Any) -> None:
        raise AssertionError("nobody connects here")

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        row = delivery.outgoing
        self.tried.append(row.id)
        self.deliveries.append(delivery)
        answers = self.answers[row.id] or self.answers[0]
        match answers.pop(0) if answers else None:
            case Exception() as error:
                raise copy(error)  # The same one again would grow a traceback with every try.
            case asyncio.Event() as event:
                await event.wait()
            case Receipt() as receipt:
                self.taken.append(row.id)
                return receipt
        for attachment in row.content.attachments if row.content else ():
            async with fetch(attachment) as path:
                self.fetched.append(path.read_bytes())
        self.taken.append(row.id)
        return Receipt((MessageRef(row.chat, f"m{row.id}"),))

    async def show_at_work(self, chat: ChatRef, kind: AttachmentKind) -> None:
        self.shown.append((chat, kind))
        if self.is_rude:
            raise TryLater("no time for courtesies")

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        self.asked.append(outgoing.id)
        answer = self.known.get(outgoing.id)
        answer = answer.pop(0) if isinstance(answer, list) and answer else answer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Receipt) else None

    async def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        self.left_open += 1
        try:
            for piece in self.files[attachment.handle]:
                yield piece
        finally:
            self.left_open -= 1


class CountingStore(SqlStore):
    """The real store, counting what is read and failing as told."""

    def __init__(self, opened: SqlStore) -> None:
        super().__init__(opened.engine)
        self.reads = 0
        self.failures = 0

    async def due_deliveries(
        self,
        platforms: Collection[PlatformName],
        now: int,
        limit: int,
        closed: Collection[ChatRef] = (),
    ) -> Sequence[Outgoing]:
        self.reads += 1
        if self.failures:
            self.failures -= 1
            raise OSError("disk I/O error")
        return await super().due_deliveries(platforms, now, limit, closed)


@dataclass
class Depot:
    path: Path
    store: CountingStore
    platforms: dict[PlatformName, FakePlatform]
    clock: FakeClock = field(default_factory=FakeClock)
    limits: dict[PlatformName, Limits] = field(default_factory=dict)
    told: list[InternalEvent] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    largest: int = 20 * MEGABYTE
    scan: Scan | None = None
    scanner_away: int = 0
    accounts: Accounts | None = None
    tell: Callable[[InternalEvent], Any] | None = None

    @property
    def telegram(self) -> FakePlatform:
        return self.platforms[TELEGRAM]

    def courier(self) -> Courier:
        """A courier as after a start of the process."""

        async def handle(event: DueEvent) -> None:
            assert not isinstance(event, RequestDue), "nobody asks for their data here"
            self.told.append(event)
            if self.tell:
                await self.tell(event)

        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        async def tell_of_spell(spell: Spell) -> None:
            self.spells.append(spell)

        async def scanner_away() -> None:
            self.scanner_away += 1

        pacing = Pacing(self.limits, [STAFF])
        screening = Screening(self.platforms, self.largest, self.scan, scanner_away)
        return Courier(
            self.store, self.clock, self.platforms, pacing, screening, handle, tell_of_spell, pause, self.accounts
        )

    async def ticket(self) -> int:
        """A ticket whose thread is there, so that rows can belong to it."""
        id = self.clock.new_id()
        person = Person(TELEGRAM, str(id), "Aiko")
        chat = ChatRef(TELEGRAM, f"r{id}")
        ticket = Ticket(
            id=id, number=0, desk="main", status=TicketStatus.OPEN, requester_id=id, conversation_id=id,
            requester=person, requester_chat=chat, desk_chat=STAFF, topic="", team="", subject="", language="en",
            answers={}, card_id=id, created_at=0,
        )  # fmt: skip
        talk = Conversation(id=id, requester_id=id, chat=chat, person=person, language="en")
        thread = ChatRef(STAFF.platform, STAFF.chat_id, "9")
        await self.commit(
            AddRequester(id, person, 0), SaveConversation(talk, 0), AddTicket(ticket), SetTicketThread(id, thread)
        )
        return id

    async def commit(self, *changes: Change) -> None:
        assert await self.store.commit(changes)

    async def queue(self, chat: str | ChatRef = "a", **changed: Any) -> int:
        """Add a row and return its id."""
        row = self.row(chat, **changed)
        await self.commit(QueueDelivery(row))
        return row.id

    def row(self, chat: str | ChatRef = "a", **changed: Any) -> Outgoing:
        where = chat if isinstance(chat, ChatRef) else ChatRef(TELEGRAM, chat)
        id = self.clock.new_id()
        values: dict[str, Any] = {
            "id": id, "kind": DeliveryKind.SEND, "chat": where, "priority": Priority.REQUESTER, "message_id": id,
            "due_at": self.clock.now(), "content": Content(text=f"words {id}"),
        }  # fmt: skip
        return Outgoing(**{**values, **changed})

    def states(self) -> dict[int, tuple[str, int, str]]:
        """State, attempts and error of every row."""
        rows = self.select("SELECT id, state, attempts, error FROM outbox ORDER BY id")
        return {row["id"]: (row["state"], row["attempts"], row["error"]) for row in rows}

    def state(self, id: int) -> str:
        return self.states()[id][0]

    def select(self, sql: str) -> Sequence[Row]:
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(sql)]
        finally:
            connection.close()


def file(handle: str, size: int = 0, platform: PlatformName = DISCORD) -> Attachment:
    return Attachment(platform=platform, kind=AttachmentKind.DOCUMENT, handle=handle, name="f.pdf", size=size)


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as it holds; a test in which it never does ends by its timeout."""
    while True:
        if holds():
            return
        await asyncio.sleep(0.001)
