"""What the tests of the adapter share: a server with a staff channel, and the adapter connected to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import simcord
from pydantic import SecretStr

from bot.config import Discord
from bot.events import PlatformEvent
from bot.model import (
    Attachment,
    AttachmentKind,
    ChatRef,
    Content,
    DeliveryKind,
    Markup,
    MessageRef,
    Outgoing,
    PlatformName,
    Priority,
)
from bot.platforms.discord import DiscordPlatform
from bot.ports import Delivery, NeverDelivered, Receipt, Store
from tests.servers.specs import DiscordSpec, shared

DISCORD = PlatformName.DISCORD


def describe(command: str) -> Mapping[str, str]:
    return {"en": f"What {command} does", "ja": f"{command} の説明"}


class Clock:
    """The server's own clock, so that an interaction's age is what the test made it."""

    def __init__(self, env: simcord.Env) -> None:
        self._env = env
        self._last = 1

    def now(self) -> int:
        return int(self._env.now().timestamp() * 1_000_000)

    def new_id(self) -> int:
        self._last += 1
        return (self._last << 40) + 12345


class World:
    def __init__(self, env: simcord.Env, desk_kind: str, changed: Mapping[str, object]) -> None:
        self.env = env
        self.clock = Clock(env)
        self.guild = env.create_guild("Example Exchange")
        self.role = self.guild.create_role("support")
        make = self.guild.create_forum_channel if desk_kind == "forum" else self.guild.create_text_channel
        self.staff = make("desk")
        self.lobby = self.guild.create_text_channel("lobby")
        self.agent = self.guild.add_member(env.create_user("agent", global_name="Ann"), roles=[self.role])
        self.visitor = self.guild.add_member(env.create_user("visitor"))
        self.requester = env.create_user("bob", global_name="Bob")
        fields: dict[str, object] = {
            "token": SecretStr("x"),
            "guild": str(self.guild.id),
            "staff_channel": str(self.staff.id),
            "staff_role": str(self.role.id),
        }
        self.settings = Discord.model_validate(fields | dict(changed))
        # An adapter that only translates needs no store: one that touched it would fail here.
        self.platform = DiscordPlatform(self.settings, cast("Store", object()), self.clock, describe)
        self.events: list[PlatformEvent] = []

    async def connect(self) -> None:
        self.env.bot = self.platform.new_client(self.handle)
        await self.env.start()

    async def reconnect(self) -> None:
        """As after a restart of the process: nothing in memory survives."""
        await self.env.restart_bot(self.platform.new_client(self.handle))

    async def handle(self, event: PlatformEvent) -> None:
        self.events.append(event)

    @property
    def event(self) -> Any:
        """The only event there is."""
        (event,) = self.events
        return event

    @property
    def dm(self) -> ChatRef:
        return ChatRef(DISCORD, str(self.requester.dm_channel.id))

    @property
    def desk(self) -> ChatRef:
        return ChatRef(DISCORD, str(self.staff.id))

    async def deliver(
        self,
        kind: DeliveryKind,
        chat: ChatRef,
        content: Content | str | None = None,
        *,
        links: tuple[MessageRef, ...] = (),
        quoted: MessageRef | None = None,
        **more: Any,
    ) -> Receipt:
        return await self.platform.deliver(Delivery(self.row(kind, chat, content, **more), links, quoted), fetch)

    async def send(self, content: Content | str, chat: ChatRef | None = None, **more: Any) -> Receipt:
        return await self.deliver(DeliveryKind.SEND, chat or self.dm, content, **more)

    async def open_ticket(self, content: Content | str = "The card", title: str = "#7 Deposit") -> Receipt:
        return await self.deliver(DeliveryKind.OPEN_THREAD, self.desk, content, title=title, ticket_id=7)

    def row(self, kind: DeliveryKind, chat: ChatRef, content: Content | str | None = None, **more: Any) -> Outgoing:
        fields = {
            "id": self.clock.new_id(),
            "priority": Priority.REQUESTER,
            "due_at": self.clock.now(),
            "message_id": 1,
        } | more
        shown = plain(content) if isinstance(content, str) else content
        return Outgoing(kind=kind, chat=chat, content=shown, **fields)

    def thread(self) -> Any:
        """simcord's handle of the only thread in the staff channel."""
        (thread,) = self.staff.threads
        return thread

    def shown(self) -> list[str]:
        """What the bot has said to the requester."""
        return [m.content for m in self.requester.dm_channel.history() if m.author.bot]

    def problems(self) -> list[str]:
        """What the client has asked for against the published description of the API."""
        if shared() is None:
            return []
        spec = DiscordSpec.load()
        sent = self.env.http_requests
        return [problem for r in sent for problem in spec.check_request(r.method, r.path, r.json)]


def plain(text: str, **more: Any) -> Content:
    return Content(text=text, markup=Markup.PLAIN, **more)


def file(path: Path, *, name: str = "proof.png", size: int | None = None) -> Attachment:
    """A file of another platform; its handle is where `fetch` finds it."""
    return Attachment(
        platform=PlatformName.TELEGRAM,
        kind=AttachmentKind.PHOTO,
        handle=str(path),
        name=name,
        size=path.stat().st_size if size is None else size,
    )


@asynccontextmanager
async def fetch(attachment: Attachment) -> AsyncIterator[Path]:
    path = Path(attachment.handle)
    if not path.exists():  # noqa: ASYNC240 - a test has nobody to keep waiting.
        raise NeverDelivered("refused", "fetched too early")
    yield path
