"""The history of platforms that keep none of their own, as a Protocol and its values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model import ChatRef, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMessage:
    """One message of a room. `key` is what made it (a delivery or an event) and makes it once; `revision` is the
    id of its latest change; `author` is empty for what the bot posted; what was deleted has an empty content."""

    id: int
    revision: int
    key: str
    chat: ChatRef
    ticket_id: int | None
    author: str
    content: Content
    quoted: str
    reactions: tuple[str, ...]
    edited: bool
    deleted: bool
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomThread:
    """A thread of a room with its newest message; `revision` is the id of the latest change of its title or state."""

    chat: ChatRef
    revision: int
    title: str
    closed: bool
    created_at: int
    latest: RoomMessage | None


class Room(Protocol):
    """The history of platforms that keep none of their own; changes become visible in the order of revisions."""

    async def post(
        self, key: str, chat: ChatRef, content: Content, *, author: str = "", quoted: str = "",
        ticket_id: int | None = None,
    ) -> RoomMessage: ...  # fmt: skip
    async def open_thread(
        self, key: str, chat: ChatRef, title: str, content: Content, ticket_id: int | None
    ) -> RoomMessage: ...
    async def ensure_thread(self, chat: ChatRef) -> None: ...
    async def edit(self, message_id: int, content: Content) -> bool: ...
    async def react(self, message_id: int, reaction: str) -> bool: ...
    async def delete(self, message_id: int) -> bool: ...
    async def set_closed(self, chat: ChatRef, closed: bool) -> bool: ...
    async def find(self, key: str) -> RoomMessage | None: ...
    async def load(self, message_id: int) -> RoomMessage | None: ...
    async def load_thread(self, chat: ChatRef) -> RoomThread | None: ...
    async def messages(
        self, chat: ChatRef, *, before: int | None = None, limit: int = 50
    ) -> Sequence[RoomMessage]: ...
    async def threads(self, chat: ChatRef) -> Sequence[RoomThread]: ...
    async def changes(self, chats: Sequence[ChatRef], after: int) -> Sequence[RoomMessage | RoomThread]: ...
    async def latest_revision(self) -> int: ...
    async def counterparts(self, chat: ChatRef) -> Sequence[ChatRef]: ...
