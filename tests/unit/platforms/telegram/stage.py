"""The adapter on a stage: the real thing between the fake Bot API and a handler that writes down what it is given."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.config import Telegram
from bot.events import PlatformEvent
from bot.model import Attachment, AttachmentKind, ChatRef, Content, MessageRef, PlatformName
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.platforms.telegram import TelegramPlatform
from bot.platforms.telegram.introducing import Words
from bot.ports import Delivery, FetchFile, NeverDelivered, Receipt
from bot.store import SqlStore
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_objects import Message

TELEGRAM = PlatformName.TELEGRAM
GROUP = -1_001_500_000_001
ADA, BOB, EVE = 5_300_000_001, 5_300_000_002, 5_300_000_003


class Clock:
    """Stands still unless moved."""

    def __init__(self) -> None:
        self.microseconds = 1_800_000_000_000_000
        self.ids = 0

    def now(self) -> int:
        return self.microseconds

    def new_id(self) -> int:
        self.ids += 1
        return self.ids


class Stage:
    """One platform against one server; `on_event` may be exchanged to be slow or to fail."""

    def __init__(self, server: FakeBotApi, store: SqlStore, database: Path) -> None:
        self.server = server
        self._database = database
        self.store = store
        self.clock = Clock()
        self.events: list[PlatformEvent] = []
        self.pauses: list[float] = []
        self.on_event: Callable[[PlatformEvent], Awaitable[None]] = self.write_down
        self.staff_chat: str | None = str(GROUP)
        self.team_chats: dict[str, str] = {}
        self.token = server.token
        self.webhook_url: str | None = None
        self.words: Words = lambda _: {}
        self.platform = self.build()

    def build(self) -> TelegramPlatform:
        """A platform of the present settings, as after a restart of the process."""
        settings = Telegram(
            token=SecretStr(self.token),
            staff_chat=self.staff_chat,
            api_base_url=self.server.url,
            webhook_url=self.webhook_url,
        )
        self.platform = TelegramPlatform(
            settings, self.store, self.clock, self._pause, words=self.words, desk_language="en",
            team_chats=self.team_chats,
        )  # fmt: skip
        return self.platform

    async def write_down(self, event: PlatformEvent) -> None:
        self.events.append(event)
        self.server.world.changed()

    async def run(self) -> None:
        """Run in the foreground, for starts that fail."""
        await self.platform.run(self._handle)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run in the background; leaving cancels it, as a stop or a crash would."""
        task = asyncio.create_task(self.run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def until_events(self, count: int) -> list[PlatformEvent]:
        await self.server.until(lambda: len(self.events) >= count)
        assert len(self.events) == count
        return self.events

    async def until_confirmed(self) -> None:
        """Wait until the bot has told the server that it is done with everything."""
        await self.server.until(lambda: not self.server.world.updates.pending)

    def set_aside(self) -> list[tuple[str, str]]:
        """The key and text of what the store keeps for an operator to look at."""
        with contextlib.closing(sqlite3.connect(self._database)) as connection:
            return connection.execute("SELECT key, text FROM set_aside").fetchall()

    async def deliver(self, kind: DeliveryKind, chat: ChatRef, **values: Any) -> Receipt:
        return await self.platform.deliver(delivery(kind, chat, **values), no_files)

    async def _handle(self, event: PlatformEvent) -> None:
        await self.on_event(event)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)


def delivery(
    kind: DeliveryKind,
    chat: ChatRef,
    *,
    content: Content | None = None,
    links: tuple[MessageRef, ...] = (),
    quoted: MessageRef | None = None,
    id: int = 1,
    **values: Any,
) -> Delivery:
    outgoing = Outgoing(
        id=id, kind=kind, chat=chat, priority=Priority.REQUESTER, due_at=0, message_id=id, content=content, **values
    )
    return Delivery(outgoing, links, quoted)


def private(user_id: int) -> ChatRef:
    return ChatRef(TELEGRAM, str(user_id))


def desk(thread_id: int | None = None) -> ChatRef:
    return ChatRef(TELEGRAM, str(GROUP), str(thread_id) if thread_id else "")


def ref(message: Message) -> MessageRef:
    thread = str(message.topic.id) if message.topic else ""
    return MessageRef(ChatRef(TELEGRAM, str(message.chat.id), thread), str(message.id))


@asynccontextmanager
async def no_files(attachment: Attachment) -> AsyncIterator[Path]:
    raise AssertionError(f"{attachment.name} should not have been fetched")
    yield Path()


def files_in(folder: Path) -> FetchFile:
    """A fetch that finds every file in this folder by its handle; one that is missing will never be there."""

    @asynccontextmanager
    async def fetch(attachment: Attachment) -> AsyncIterator[Path]:
        path = folder / attachment.handle
        if not path.exists():
            raise NeverDelivered("refused", "the file is gone")
        yield path

    return fetch


def discord_file(handle: str, kind: AttachmentKind = AttachmentKind.DOCUMENT, size: int = 0) -> Attachment:
    return Attachment(platform=PlatformName.DISCORD, kind=kind, handle=handle, name=handle, size=size)
