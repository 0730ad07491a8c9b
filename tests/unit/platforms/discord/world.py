"""What the tests of the adapter share: a server with a staff channel, and the adapter connected to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import discord
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.changes import Changes, SaveCursor
from bot.config import StaffChannel
from bot.events import PlatformEvent
from bot.knowledge.loader import load
from bot.knowledge.schema import Knowledge
from bot.model import (
    Attachment,
    AttachmentKind,
    ChatRef,
    Content,
    Conversation,
    Markup,
    MessageRef,
    Person,
    PlatformName,
    first_id_at,
)
from bot.operations.labels import texts_of
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.client import Client
from bot.ports import Delivery, Loaded, NeverDelivered, Receipt, Store
from tests.servers.discord_server import DiscordServer, text_of

DISCORD = PlatformName.DISCORD
ROOT = Path(__file__).parents[4]
TEAM_SETTING = "teams.security.discord_channel"


def words(key: str) -> Mapping[str, str]:
    """The texts of the knowledge base."""
    return texts_of(_knowledge(), key)


@cache
def _knowledge() -> Knowledge:
    return load(ROOT / "knowledge_base")


class Clock:
    """The server's own clock, so that an interaction's age is what the test made it."""

    def __init__(self, env: simcord.Env) -> None:
        self._env = env
        self._last = 0

    def now(self) -> int:
        return int(self._env.now().timestamp() * 1_000_000)

    def new_id(self) -> int:
        self._last = max(self._last + 1, first_id_at(self.now()))
        return self._last


class Kept:
    """The little that the adapter reads and writes itself; the bot's own store is not on stage here."""

    def __init__(self) -> None:
        self.cursors: dict[str, str] = {}
        self.threads: list[ChatRef] = []
        self.chats: list[ChatRef] = []
        self.messages: set[MessageRef] = set()
        self.people: dict[ChatRef, Person] = {}
        self.is_broken = False

    async def cursor(self, name: str) -> str | None:
        return self.cursors.get(name)

    async def commit(self, changes: Changes) -> bool:
        if self.is_broken:
            raise OSError("no space left on device")
        for change in changes:
            assert isinstance(change, SaveCursor)
            self.cursors[change.name] = change.value
        return True

    async def open_threads(self, desk: ChatRef) -> Sequence[ChatRef]:
        return [chat for chat in self.threads if chat.chat_id == desk.chat_id]

    async def active_chats(self, platform: PlatformName, since: int) -> Sequence[ChatRef]:
        assert platform is DISCORD
        return self.chats

    async def load_conversation(self, chat: ChatRef) -> Loaded:
        person = self.people.get(chat)
        known = Conversation(id=1, requester_id=1, chat=chat, person=person, language="en") if person else None
        return Loaded(known, None)

    async def find_message(self, message: MessageRef) -> MessageRef | None:
        return message if message in self.messages else None


class World(DiscordServer):
    def __init__(
        self, env: simcord.Env, desk_kind: str, changed: Mapping[str, object], *, has_team: bool = False
    ) -> None:
        super().__init__(env, desk_kind)
        self.clock = Clock(env)
        self.lobby = self.guild.create_text_channel("lobby")
        self.agent = self.joins("Ann", self.role)
        self.visitor = self.joins("Visitor")
        self.requester = env.create_user("bob", global_name="Bob")
        self.kept = Kept()
        self.waits: list[float] = []
        teams = {}
        if has_team:
            self.team_role = self.guild.create_role("security")
            self.team = self.guild.create_text_channel("security")
            self.sue = self.joins("Sue", self.team_role)
            teams = {str(self.team.id): StaffChannel(str(self.team_role.id), TEAM_SETTING)}
        self.platform = DiscordPlatform(
            self.settings(changed), cast("Store", self.kept), self.clock, words, sleep=self.sleep,
            team_channels=teams,
        )  # fmt: skip
        self.events: list[PlatformEvent] = []

    async def connect(self) -> None:
        self.env.bot = self.platform.new_client(self.handle)
        await self.env.start()

    async def reconnect(self) -> None:
        """As after a restart of the process: nothing in memory survives."""
        await self.env.restart_bot(self.platform.new_client(self.handle))

    async def leave(self) -> None:
        """The connection is gone and a new process not there yet; messages written now are told to nobody."""
        await cast("Client", self.env.bot).close()
        await cast("Client", self.env.bot).finish(1)
        await self.env.restart_bot(discord.Client(intents=discord.Intents.none()))

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

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
        return await self.platform.deliver(Delivery(self.row(kind, chat, content, **more), links, quoted), self.fetch)

    async def send(self, content: Content | str, chat: ChatRef | None = None, **more: Any) -> Receipt:
        return await self.deliver(DeliveryKind.SEND, chat or self.dm, content, **more)

    async def open_ticket(self, content: Content | str = "The card", title: str = "#7 Deposit") -> Receipt:
        return await self.deliver(DeliveryKind.OPEN_THREAD, self.desk, content, title=title, ticket_id=7)

    def row(self, kind: DeliveryKind, chat: ChatRef, content: Content | str | None = None, **more: Any) -> Outgoing:
        fields: dict[str, Any] = {
            "id": self.clock.new_id(),
            "priority": Priority.REQUESTER,
            "due_at": self.clock.now(),
            "message_id": 1,
        } | more
        shown = plain(content) if isinstance(content, str) else content
        return Outgoing(kind=kind, chat=chat, content=shown, **fields)

    async def carry_out(self, row: Outgoing) -> Receipt:
        return await self.platform.deliver(Delivery(row), self.fetch)

    @asynccontextmanager
    async def fetch(self, attachment: Attachment) -> AsyncIterator[Path]:
        """A file of ours as delivery brings it, anybody else's from where it lies."""
        if attachment.platform is not DISCORD:
            async with fetch(attachment) as path:
                yield path
            return
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(b"".join([piece async for piece in self.platform.open_file(attachment)]))
            yield path

    async def requester_sends_file(self, content: bytes, *, name: str = "proof.png", **told: object) -> Any:
        channel = self.requester.dm_channel.id
        store = self.env.backend.cdn.store_attachment
        stored = store(self.env.backend.snowflake(), channel, name, content, None) | told
        return await self.requester.send_dm("", attachments=[stored])

    def desk_thread(self) -> ChatRef:
        return ChatRef(DISCORD, str(self.staff.id), str(self.thread().id))

    async def withhold(self, channel: Any, *permissions: str) -> None:
        """Take permissions from the bot in one channel, until the client has heard of it."""
        bot = self.env.bot.user
        assert bot is not None
        denied = discord.Permissions(**dict.fromkeys(permissions, True)).value
        self.env.backend.set_overwrite(channel.id, Overwrite(bot.id, OverwriteType.MEMBER, deny=denied))
        await self.env.settle()

    def offer_tags(self, *names: str) -> None:
        """What staff may give to posts in the forum."""
        fields = {"moderated": False, "emoji_id": None, "emoji_name": None}
        tags = [{"id": str(77 + n), "name": name} | fields for n, name in enumerate(names)]
        self.env.backend.edit_channel(self.staff.id, {"available_tags": tags})

    def insist_on_tags(self, *names: str) -> None:
        """As the forum's settings say; simcord does not know the flag, so it is set where the library keeps it."""
        self.offer_tags(*names)
        channel: Any = self.env.bot.get_channel(self.staff.id)
        channel._flags |= discord.ChannelFlags.require_tag.flag

    async def edit_thread(self, **fields: Any) -> None:
        """Staff change the only thread."""
        self.env.backend.edit_channel(self.thread().id, fields)
        await self.env.settle()

    def is_archived(self) -> bool:
        return bool(self.thread()._channel.thread_metadata.archived)

    def card_text(self, card: MessageRef) -> str:
        return text_of(self.message(card))

    def message(self, message: MessageRef) -> discord.Message:
        """The message as everybody sees it now."""
        place = self.thread() if message.chat.thread_id else self.staff
        (found,) = [one for one in place.history() if str(one.id) == message.message_id]
        return cast("discord.Message", found)

    def said_in_thread(self) -> list[str]:
        return [text_of(message) for message in self.thread().history()]

    def sent(self, path: str) -> Any:
        """The newest request body for an address that ends so."""
        return [r.json for r in self.env.http_requests if r.method == "POST" and r.path.endswith(path)][-1]

    @property
    def is_forum(self) -> bool:
        return isinstance(self.env.bot.get_channel(self.staff.id), discord.ForumChannel)

    def thread(self) -> Any:
        """simcord's handle of the only thread in the staff channel."""
        (thread,) = self.staff.threads
        return thread

    def shown(self) -> list[str]:
        """What the bot has said to the requester."""
        return [m.content for m in self.requester.dm_channel.history() if m.author.bot]


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
