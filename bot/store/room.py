"""The Room: messages and threads of platforms that keep none of their own (the page, the terminal).

Every change gets a revision, and changes are written one at a time, so that a reader who has seen a revision has
seen all before it. A deleted message stays as an empty one: whoever was away has to hear of it. Texts come here
masked already.
"""

import asyncio
from collections.abc import Sequence

from bot.model import ChatRef, Content, PlatformName
from bot.ports import Clock, RoomMessage, RoomThread
from bot.store.codec import decode, encode
from bot.store.engine import Engine, Row
from bot.store.statements import Call, Parameters

CHANGES_AT_ONCE = 200
LARGEST_ID = 2**63 - 1

Reactions = tuple[str, ...]
NOTHING = {"content": encode(Content, Content(text="")), "reactions": encode(Reactions, ())}


class SqlRoom:
    """See `ports.Room`; messages are named by their id, which is ours."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._changing = asyncio.Lock()

    async def post(
        self, key: str, chat: ChatRef, content: Content, *, author: str = "", quoted: str = "",
        ticket_id: int | None = None,
    ) -> RoomMessage:  # fmt: skip
        """Add a message; the same key again adds nothing and returns the message it made the first time."""
        async with self._changing:
            row = self._new_message(key, chat, content, ticket_id)
            call = ("room_add_message", {**row, "author": author, "quoted": quoted})
            return await self._add(key, call)

    async def open_thread(
        self, key: str, chat: ChatRef, title: str, content: Content, ticket_id: int | None
    ) -> RoomMessage:
        """Make a thread in `chat` with its first message, both or neither; idempotent like `post`."""
        async with self._changing:
            thread = ChatRef(chat.platform, chat.chat_id, str(self._clock.new_id()))
            # The thread's revision is the lower one: a reader hears of a thread before its first message.
            opened = self._new_thread(thread, title)
            row = self._new_message(key, thread, content, ticket_id)
            return await self._add(key, ("room_add_message", {**row, "author": "", "quoted": ""}), opened)

    async def ensure_thread(self, chat: ChatRef) -> None:
        """Make an untitled thread with an id chosen by the caller, unless there is one."""
        async with self._changing:
            await self._engine.write([self._new_thread(chat, "")])

    async def edit(self, message_id: int, content: Content) -> bool:
        """Replace a message's content; False when there is no such message any more."""
        return await self._change("room_edit_message", {"id": message_id, "content": encode(Content, content)})

    async def react(self, message_id: int, reaction: str) -> bool:
        """Show a reaction under a message, once; False when there is no such message any more."""
        async with self._changing:
            message = await self.load(message_id)
            if message is None or message.deleted:
                return False
            if reaction in message.reactions:
                return True
            reactions = encode(Reactions, (*message.reactions, reaction))
            change = {"id": message_id, "revision": self._clock.new_id(), "reactions": reactions}
            return await self._engine.write([("room_set_reactions", change)])

    async def delete(self, message_id: int) -> bool:
        """Empty a message and hide it; False when there never was one."""
        return await self._change("room_delete_message", {"id": message_id, **NOTHING})

    async def set_closed(self, chat: ChatRef, closed: bool) -> bool:
        """Close or reopen a thread; False when there is no such thread."""
        return await self._change("room_set_closed", {**_place(chat), "closed": int(closed)})

    async def find(self, key: str) -> RoomMessage | None:
        return await self._message("room_find_message", {"key": key})

    async def load(self, message_id: int) -> RoomMessage | None:
        return await self._message("room_load_message", {"id": message_id})

    async def load_thread(self, chat: ChatRef) -> RoomThread | None:
        """The thread, without its newest message."""
        rows = await self._engine.read("room_load_thread", _place(chat))
        return _thread_of(rows[0]) if rows else None

    async def messages(self, chat: ChatRef, *, before: int | None = None, limit: int = 50) -> Sequence[RoomMessage]:
        """The newest messages of a thread (older than the id `before`), oldest first."""
        where = {**_place(chat), "before": LARGEST_ID if before is None else before, "rows": limit}
        rows = await self._engine.read("room_messages_before", where)
        return [_message_of(row) for row in reversed(rows)]

    async def threads(self, chat: ChatRef) -> Sequence[RoomThread]:
        """All threads of a chat, oldest first, each with its newest message."""
        where = {"platform": chat.platform, "chat_id": chat.chat_id}
        newest = map(_message_of, await self._engine.read("room_latest_of_threads", where))
        latest = {message.chat: message for message in newest}
        rows = await self._engine.read("room_threads_of", where)
        return [_thread_of(row, latest.get(_chat_of(row))) for row in rows]

    async def changes(self, chats: Sequence[ChatRef], after: int) -> Sequence[RoomMessage | RoomThread]:
        """What changed in one or two whole chats, as it is now, in the order of revisions; at most some hundred
        at once: ask again from the last one until nothing comes."""
        first, last = chats[0], chats[-1]
        where = {"platform": first.platform, "one": first.chat_id, "other": last.chat_id, "after": after}
        # Everything up to this revision is already visible, so the two reads cannot pass over anything.
        end = await self.latest_revision()
        rows = await self._engine.read("room_changed_messages", {**where, "rows": CHANGES_AT_ONCE})
        threads = await self._engine.read("room_changed_threads", where)
        if len(rows) == CHANGES_AT_ONCE:
            end = min(end, rows[-1]["revision"])
        found: list[RoomMessage | RoomThread] = [*map(_message_of, rows), *map(_thread_of, threads)]
        return sorted((one for one in found if one.revision <= end), key=lambda one: one.revision)

    async def latest_revision(self) -> int:
        """The newest revision there is; 0 while nothing was ever posted."""
        rows = await self._engine.read("room_latest_revision", {})
        return rows[0]["revision"] or 0

    async def counterparts(self, chat: ChatRef) -> Sequence[ChatRef]:
        """The other open chats and threads with messages about the same ticket as the newest one here."""
        rows = await self._engine.read("room_counterparts", _place(chat))
        return [ChatRef(chat.platform, row["chat_id"], row["thread_id"]) for row in rows]

    async def _add(self, key: str, *calls: Call) -> RoomMessage:
        await self._engine.write(calls)
        message = await self.find(key)
        if message is None:
            raise LookupError(f"The message of {key} is neither new nor there.")
        return message

    async def _change(self, name: str, parameters: Parameters) -> bool:
        async with self._changing:
            return await self._engine.write([(name, {**parameters, "revision": self._clock.new_id()})])

    async def _message(self, name: str, parameters: Parameters) -> RoomMessage | None:
        rows = await self._engine.read(name, parameters)
        return _message_of(rows[0]) if rows else None

    def _new_message(self, key: str, chat: ChatRef, content: Content, ticket_id: int | None) -> Parameters:
        made = {"id": self._clock.new_id(), "at": self._clock.now(), "key": key, "ticket_id": ticket_id}
        return {**made, **_place(chat), **NOTHING, "content": encode(Content, content)}

    def _new_thread(self, chat: ChatRef, title: str) -> Call:
        made = {"revision": self._clock.new_id(), "at": self._clock.now(), "title": title}
        return "room_add_thread", {**made, **_place(chat)}


def _place(chat: ChatRef) -> Parameters:
    return {"platform": chat.platform, "chat_id": chat.chat_id, "thread_id": chat.thread_id}


def _chat_of(row: Row) -> ChatRef:
    return ChatRef(PlatformName(row["platform"]), row["chat_id"], row["thread_id"])


def _message_of(row: Row) -> RoomMessage:
    kept = ("id", "revision", "key", "ticket_id", "author", "quoted", "created_at")
    return RoomMessage(
        **{name: row[name] for name in kept},
        chat=_chat_of(row),
        content=decode(Content, row["content"]),
        reactions=decode(Reactions, row["reactions"]),
        edited=bool(row["edited"]),
        deleted=bool(row["deleted"]),
    )


def _thread_of(row: Row, latest: RoomMessage | None = None) -> RoomThread:
    kept = ("revision", "title", "created_at")
    return RoomThread(
        **{name: row[name] for name in kept}, chat=_chat_of(row), closed=bool(row["closed"]), latest=latest
    )
