"""The state of the fake Discord: one server with a staff channel, people, and what was said."""

import itertools
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord_faults import ApiError
from tests.servers.discord_gateway import (
    DIRECT_MESSAGES,
    GUILD_MESSAGES,
    GUILDS,
    MESSAGE_CONTENT,
    Gateway,
    Session,
)
from tests.servers.discord_objects import DISCORD_EPOCH, Account, Channel, File, Message, Place, Wire
from tests.servers.waiting import Changing

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.illustrative-token-for-loopback-only"
NONCE_SECONDS = 300.0
# View, send, send in threads.
_GRANTED = 0x400 | 0x800 | (1 << 38)
# View, send, read history, threads, reactions, files: what a support bot is invited with; and what everybody has.
_BOT_RIGHTS, _RIGHTS = (1 << 53) - 1 - (1 << 3) - (1 << 5), 0x400 | 0x800 | 0x10000 | (1 << 31)


@dataclass(slots=True, eq=False)
class Interaction:
    """Something pressed or typed that Discord waits to hear about; `answer` is its first message."""

    id: int
    token: str
    kind: int
    channel: Channel
    person: Account
    at: float
    message: Message | None = None
    acknowledged: int = 0
    answer: Message | None = None
    whispers: list[Message] = field(default_factory=list)
    modal: Wire | None = None


class World(Changing):
    """Accounts, channels and messages."""

    def __init__(self, desk: Place = Place.FORUM) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        self.url = ""
        self.problems: list[str] = []
        self.bot = Account(self.snowflake(), "Support", is_bot=True)
        self.application_id = self.bot.id
        self.guild_id = self.snowflake()
        self.staff_role = self.snowflake()
        self.bot_role = self.snowflake()
        self.bot.roles = [self.bot_role]
        self.accounts = {self.bot.id: self.bot}
        self.channels: dict[int, Channel] = {}
        self.desk = self._channel(desk, "desk")
        self.lobby = self._channel(Place.TEXT, "lobby")
        self.interactions: dict[str, Interaction] = {}
        self.granted = _GRANTED  # What people may do in the channels.
        self.withheld = 0  # What the bot may not do in the channels, as Discord's bits.
        self.commands: dict[str, list[Wire]] = {}
        self.files: dict[str, File] = {}
        self._nonces: dict[tuple[int, str], tuple[Message, float]] = {}
        self.gateway = Gateway(TOKEN, self)

    def snowflake(self) -> int:
        milliseconds = int((self.now() - DISCORD_EPOCH) * 1000)
        return (milliseconds << 22) + (next(self._numbers) & 0x3FFFFF)

    def picture(self) -> str:
        return "\n".join(f"{one!r}: {'; '.join(map(repr, one.messages[-8:]))}" for one in self.channels.values())

    # Who and where

    def account(self, name: str, roles: Iterable[int] = (), locale: str = "en-US") -> Account:
        account = Account(self.snowflake(), name, locale=locale, roles=list(roles))
        self.accounts[account.id] = account
        return account

    def direct(self, person: Account) -> Channel:
        """The one channel of direct messages with somebody."""
        found = next((one for one in self.channels.values() if one.person is person), None)
        return found or self.keep(Channel(self.snowflake(), Place.DM, person=person))

    def keep(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        return channel

    def channel(self, channel_id: int) -> Channel:
        if channel_id not in self.channels:
            raise ApiError(404, 10003, "Unknown Channel")
        return self.channels[channel_id]

    def message(self, channel: Channel, message_id: int) -> Message:
        found = channel.find(message_id)
        if found is None:
            raise ApiError(404, 10008, "Unknown Message")
        return found

    def threads(self) -> list[Channel]:
        """The threads of the staff channel, oldest first."""
        return [one for one in self.channels.values() if one.parent is self.desk]

    # What is said

    def post(self, channel: Channel, author: Account, text: str = "", **fields: Any) -> Message:
        """Put a message into a channel; one with a nonce of the last five minutes is the message there already is."""
        pings = fields.pop("pings", False)
        nonce, is_enforced = fields.get("nonce"), fields.pop("enforce_nonce", False)
        known = self._nonces.get((author.id, str(nonce))) if nonce is not None and is_enforced else None
        if known is not None and self.now() - known[1] < NONCE_SECONDS:
            return known[0]
        number = fields.pop("id", None) or self.snowflake()
        message = Message(id=number, channel=channel, author=author, text=text, **fields)
        message.mentioned = [self.accounts[one] for one in message.mentions if one in self.accounts]
        if message.reply_to is not None and pings:
            message.mentioned.append(message.reply_to.author)
        if nonce is not None:
            self._nonces[author.id, str(nonce)] = (message, self.now())
        if channel.is_archived:
            channel.is_archived = False
            self.tell_thread("THREAD_UPDATE", channel)
        channel.messages.append(message)
        self.tell_message("MESSAGE_CREATE", message)
        return message

    def store(self, channel: Channel, uploads: Iterable[tuple[str, str, bytes]]) -> list[File]:
        """Keep files where the bot can fetch them."""
        made = []
        for name, content_type, content in uploads:
            number = self.snowflake()
            path = f"/attachments/{channel.id}/{number}/{name}"
            kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
            self.files[path] = File(number, name, content, kind, self.url + path)
            made.append(self.files[path])
        return made

    def open_thread(self, parent: Channel, owner: Account, name: str, number: int = 0, **fields: Any) -> Channel:
        kind = fields.pop("kind", Place.PUBLIC_THREAD)
        thread = Channel(number or self.snowflake(), kind, name, self.guild_id, parent=parent, owner=owner, **fields)
        self.keep(thread)
        self.tell_thread("THREAD_CREATE", thread, newly_created=True)
        return thread

    # What the bot hears

    def tell_message(self, name: str, message: Message) -> None:
        channel = message.channel
        more: Wire = {} if channel.person else {"guild_id": str(self.guild_id), "member": message.author.member()}

        def render(session: Session) -> Wire:
            is_own = message.author is self.bot or self.bot in message.mentioned
            hides = not (session.intents & MESSAGE_CONTENT or channel.person or is_own)
            return message.wire(hides_content=hides) | more

        self.gateway.tell(name, DIRECT_MESSAGES if channel.person else GUILD_MESSAGES, render)
        self.changed()

    def tell_deleted(self, message: Message) -> None:
        channel = message.channel
        gone = {"id": str(message.id), "channel_id": str(channel.id)}
        gone |= {} if channel.person else {"guild_id": str(self.guild_id)}
        self.gateway.tell("MESSAGE_DELETE", DIRECT_MESSAGES if channel.person else GUILD_MESSAGES, lambda _: gone)
        self.changed()

    def tell_thread(self, name: str, thread: Channel, **more: object) -> None:
        self.gateway.tell(name, GUILDS, lambda _session: thread.wire() | more)
        self.changed()

    # What a client is told when it connects

    def ready(self, session: Session) -> Wire:
        return {
            "v": 10, "user": self.bot.wire(), "guilds": [{"id": str(self.guild_id), "unavailable": True}],
            "session_id": session.id, "resume_gateway_url": self.url.replace("http", "ws", 1) + "/gateway",
            "application": {"id": str(self.application_id), "flags": self.flags}, "shard": [0, 1],
            "private_channels": [],
        }  # fmt: skip

    @property
    def flags(self) -> int:
        """The application's: the Message Content intent, limited or granted."""
        return 1 << 19 if self.gateway.grants_content else 0

    def guild(self) -> Wire:
        """The server as GUILD_CREATE shows it."""
        channels = [one.wire() for one in self.channels.values() if one.guild_id and not one.is_thread]
        threads = [one.wire() for one in self.channels.values() if one.is_thread and not one.is_archived]
        roles = [(self.guild_id, "@everyone", _RIGHTS), (self.staff_role, "support", _RIGHTS)]
        roles.append((self.bot_role, "Support", _BOT_RIGHTS))
        return {
            "id": str(self.guild_id), "name": "Example Exchange", "owner_id": "1", "icon": None, "splash": None,
            "discovery_splash": None, "afk_channel_id": None, "afk_timeout": 300, "verification_level": 1,
            "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0, "features": [],
            "system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None, "premium_tier": 0,
            "preferred_locale": "en-US", "nsfw_level": 0, "emojis": [], "stickers": [], "banner": None,
            "description": None, "application_id": None, "public_updates_channel_id": None, "unavailable": False,
            "vanity_url_code": None, "premium_progress_bar_enabled": False, "joined_at": "2026-01-01T00:00:00+00:00",
            "large": False, "member_count": len(self.accounts), "voice_states": [], "presences": [],
            "stage_instances": [], "incidents_data": None, "guild_scheduled_events": [], "soundboard_sounds": [],
            "members": [self.bot.member() | {"user": self.bot.wire()}], "channels": channels, "threads": threads,
            "roles": [_role(*one, position=n) for n, one in enumerate(roles)],
        }  # fmt: skip

    def _channel(self, kind: Place, name: str) -> Channel:
        return self.keep(Channel(self.snowflake(), kind, name, self.guild_id))


def _role(number: int, name: str, rights: int, *, position: int) -> Wire:
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    wire: Wire = {"id": str(number), "name": name, "color": 0, "colors": colors, "hoist": False, "icon": None}
    wire |= {"unicode_emoji": None, "position": position, "permissions": str(rights), "managed": False}
    return wire | {"mentionable": False, "flags": 0, "description": None}
