"""What the fake Discord holds: people, channels, threads and messages, as people and as the API see them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

Wire = dict[str, Any]

DISCORD_EPOCH = 1_420_070_400.0
_MENTION = re.compile(r"<@!?(\d{1,20})>")
_MADE_AT = "2026-01-01T00:00:00+00:00"

EPHEMERAL, LOADING, IS_COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
TEXT_DISPLAY = 10


class Place(IntEnum):
    """The kinds of channel this fake has."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = (Place.PUBLIC_THREAD, Place.PRIVATE_THREAD)


@dataclass(slots=True, eq=False)
class Account:
    """A person or a bot; `roles` are what they have in the one server there is."""

    id: int
    name: str
    is_bot: bool = False
    locale: str = "en-US"
    roles: list[int] = field(default_factory=list)
    takes_dms: bool = True

    def wire(self) -> Wire:
        wire: Wire = {"id": str(self.id), "username": re.sub(r"\W", "", self.name.lower()), "global_name": self.name}
        wire |= {"discriminator": "0", "avatar": None, "public_flags": 0, "flags": 0, "primary_guild": None}
        return wire | ({"bot": True} if self.is_bot else {})

    def member(self) -> Wire:
        wire: Wire = {
            "roles": [str(role) for role in self.roles],
            "joined_at": _MADE_AT,
            "deaf": False,
            "mute": False,
        }
        wire |= {"banner": None, "communication_disabled_until": None}
        return wire | {"nick": None, "avatar": None, "flags": 0, "pending": False, "premium_since": None}


@dataclass(slots=True, eq=False)
class File:
    """A file of a message; `url` leads to this server."""

    id: int
    name: str
    content: bytes
    content_type: str
    url: str

    def wire(self) -> Wire:
        return {
            "id": str(self.id), "filename": self.name, "size": len(self.content), "url": self.url,
            "proxy_url": self.url, "content_type": self.content_type,
        }  # fmt: skip


@dataclass(slots=True, eq=False)
class Channel:
    """A direct message, a channel of the server or a thread, with everything said in it."""

    id: int
    kind: Place
    name: str = ""
    guild_id: int = 0
    person: Account | None = None
    parent: "Channel | None" = None
    owner: Account | None = None
    is_archived: bool = False
    is_locked: bool = False
    tags: list[str] = field(default_factory=list)  # Of a post, by their ids.
    offered: list[Wire] = field(default_factory=list)  # Of a forum, for its posts.
    members: list[Account] = field(default_factory=list)
    messages: "list[Message]" = field(default_factory=list)

    def find(self, message_id: int) -> "Message | None":
        return next((message for message in self.messages if message.id == message_id), None)

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    def wire(self) -> Wire:
        last = str(self.messages[-1].id) if self.messages else None
        wire: Wire = {"id": str(self.id), "type": int(self.kind), "flags": 0, "last_message_id": last}
        if self.person is not None:
            return wire | {"recipients": [self.person.wire()]}
        wire |= {"guild_id": str(self.guild_id), "name": self.name, "rate_limit_per_user": 0}
        if self.is_thread:
            return wire | self._thread()
        wire |= {"position": 0, "permission_overwrites": [], "nsfw": False, "topic": None, "parent_id": None}
        if self.kind is Place.FORUM:
            del wire["last_message_id"]
            wire |= {"available_tags": self.offered, "default_reaction_emoji": None, "default_sort_order": None}
            wire |= {"default_forum_layout": 0, "last_message_id": None}
        return wire

    def _thread(self) -> Wire:
        assert self.parent is not None
        assert self.owner is not None
        facts: Wire = {"archived": self.is_archived, "locked": self.is_locked, "auto_archive_duration": 4320}
        facts |= {"archive_timestamp": _MADE_AT, "create_timestamp": _MADE_AT}
        counts = {"message_count": len(self.messages), "member_count": 1, "total_message_sent": len(self.messages)}
        wire: Wire = {"parent_id": str(self.parent.id), "owner_id": str(self.owner.id), "thread_metadata": facts}
        return wire | counts | ({"applied_tags": self.tags} if self.parent.kind is Place.FORUM else {})

    def __repr__(self) -> str:
        return f"<{self.kind.name} {self.id} {self.name or (self.person and self.person.name)!r}>"


@dataclass(slots=True, eq=False, kw_only=True)
class Message:
    """One message as everybody sees it now."""

    id: int
    channel: Channel
    author: Account
    text: str = ""
    files: list[File] = field(default_factory=list)
    components: list[Wire] = field(default_factory=list)
    reply_to: "Message | None" = None
    nonce: str | int | None = None
    flags: int = 0
    edited_at: float | None = None
    embeds: list[Wire] = field(default_factory=list)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    interaction: int | None = None
    mentioned: list[Account] = field(default_factory=list)

    def parts(self) -> Iterator[Wire]:
        return parts_of(self.components)

    @property
    def shown(self) -> str:
        """The text people read, that of components included."""
        texts = [part["content"] for part in self.parts() if part["type"] == TEXT_DISPLAY]
        return "\n".join(text for text in (self.text, *texts) if text)

    @property
    def buttons(self) -> list[str]:
        return [str(part.get("label", "")) for part in self.parts() if part["type"] == 2]

    @property
    def marks(self) -> list[str]:
        """The reactions under it."""
        return [emoji for _, emoji in self.reactions]

    @property
    def mentions(self) -> list[int]:
        return [int(number) for number in _MENTION.findall(self.text)]

    def wire(self, *, hides_content: bool = False) -> Wire:
        """As the API shows it; without the content that a bot without the intent does not get."""
        wire: Wire = {
            "id": str(self.id), "channel_id": str(self.channel.id), "author": self.author.wire(),
            "timestamp": stamp(moment_of(self.id)), "tts": False, "mention_everyone": False, "mention_roles": [],
            "edited_timestamp": stamp(self.edited_at) if self.edited_at else None, "pinned": False,
            "type": 19 if self.reply_to else 0, "flags": self.flags, "embeds": self.embeds,
            "mentions": [person.wire() for person in self.mentioned],
            "content": self.text, "components": [_numbered(row) for row in self.components],
            "attachments": [file.wire() for file in self.files],
        }  # fmt: skip
        if hides_content:
            wire |= {"content": "", "components": [], "attachments": [], "embeds": []}
        if self.reply_to is not None:
            reference: Wire = {"type": 0, "message_id": str(self.reply_to.id), "channel_id": str(self.channel.id)}
            wire["message_reference"] = reference
        if self.nonce is not None:
            wire["nonce"] = self.nonce
        return wire

    def __repr__(self) -> str:
        return f"<{self.author.name}: {self.shown!r:.120} {self.buttons or ''}{self.marks or ''}>"


def parts_of(components: Iterable[Wire]) -> Iterator[Wire]:
    """Every component, those inside others included."""
    waiting = list(components)
    while waiting:
        part = waiting.pop(0)
        yield part
        inner = [*part.get("components", []), *([part["accessory"]] if part.get("accessory") else [])]
        waiting = [*inner, *waiting]


def _numbered(part: Wire, number: int = 1) -> Wire:
    """Discord gives every component a number of its own."""
    inner = [_numbered(one, number * 10 + n) for n, one in enumerate(part.get("components", []), start=1)]
    more: Wire = {"components": inner} if "components" in part else {}
    if part.get("accessory"):
        more["accessory"] = _numbered(part["accessory"], number * 10 + 9)
    return {"id": number} | part | more


def moment_of(snowflake: int) -> float:
    """When what has this id was made, in seconds UTC."""
    return (snowflake >> 22) / 1000 + DISCORD_EPOCH


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
