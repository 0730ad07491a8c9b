"""The streams to open pages: whatever changed in the Room, in order, from where a page left off.

A stream never carries a change itself: it is only woken, and reads the Room again from the last revision it sent.
So nothing is lost between a commit and a broken connection, and nothing comes twice. Typing is not kept.
"""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bot.model import ChatRef
from bot.platforms.web.render import Json, message_for_page, thread_for_page, view_of
from bot.ports import Room, RoomMessage, RoomThread

HEARTBEAT_SECONDS = 15
RECONNECT_MILLISECONDS = 1500


@dataclass(eq=False, slots=True)
class _Stream:
    chats: Sequence[ChatRef]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    typing: deque[Json] = field(default_factory=lambda: deque(maxlen=8))


class Streams:
    def __init__(self, room: Room) -> None:
        self._room = room
        self._open: set[_Stream] = set()
        self._ended = False

    def wake(self) -> None:
        """Something changed in the Room: let every open page have it."""
        for stream in self._open:
            stream.woken.set()

    def tell_typing(self, chat: ChatRef, name: str) -> None:
        """Show for a moment that `name` is typing, to whoever looks at the chat now."""
        said = {"view": view_of(chat.chat_id), "thread": chat.thread_id, "name": name}
        for stream in self._open:
            if any(seen.chat_id == chat.chat_id for seen in stream.chats):
                stream.typing.append(said)
                stream.woken.set()

    def end(self) -> None:
        """Close every stream, and every one that is still to come."""
        self._ended = True
        self.wake()

    async def serve(self, request: web.Request, chats: Sequence[ChatRef], after: int) -> web.StreamResponse:
        """Answer with the changes after a revision, and then go on until either side ends it."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        stream = _Stream(chats)
        self._open.add(stream)
        try:
            await response.write(f"retry: {RECONNECT_MILLISECONDS}\n\n".encode())
            await self._pump(response, stream, after)
        except ConnectionResetError:
            pass  # The page was closed; it will say where it left off when it comes back.
        finally:
            self._open.discard(stream)
        return response

    async def _pump(self, response: web.StreamResponse, stream: _Stream, after: int) -> None:
        while not self._ended:
            stream.woken.clear()
            while changes := await self._room.changes(stream.chats, after):
                await response.write(b"".join(map(_event_of, changes)))
                after = changes[-1].revision
            while stream.typing:
                await response.write(_event("typing", stream.typing.popleft()))
            try:
                await asyncio.wait_for(stream.woken.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")


def _event_of(change: RoomMessage | RoomThread) -> bytes:
    mark = f"id: {change.revision}\n".encode()
    if isinstance(change, RoomMessage):
        return mark + _event("message", message_for_page(change))
    return mark + _event("thread", thread_for_page(change))


def _event(kind: str, value: Json) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
