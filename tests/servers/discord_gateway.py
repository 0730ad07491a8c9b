"""The fake Discord's gateway: sessions that can be resumed, and connections that a test can break.

Every dispatch of a session is numbered and kept, so that RESUME replays what the client has not had.
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from tests.servers.discord_objects import Wire

GUILDS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 15

_BAD_TOKEN, _BAD_INTENTS = 4004, 4014
# A session that the client itself ended cannot be resumed.
_ENDED = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
_RESUMABLE_SECONDS = 180.0

Render = Callable[["Session"], Wire | None]


@dataclass(slots=True, eq=False)
class Session:
    """What one IDENTIFY began; it outlives its connection for a while."""

    id: str
    intents: int
    sequence: int = 0
    sent: list[Wire] = field(default_factory=list)
    socket: "web.WebSocketResponse | None" = None
    transport: asyncio.Transport | None = None
    queue: "asyncio.Queue[Wire]" = field(default_factory=asyncio.Queue)
    lost_at: float | None = None

    def tell(self, name: str, what: Wire) -> None:
        self.sequence += 1
        frame = {"op": 0, "t": name, "s": self.sequence, "d": what}
        self.sent.append(frame)
        if self.socket is not None:
            self.queue.put_nowait(frame)


class Host(Protocol):
    """The world behind the gateway."""

    def now(self) -> float: ...
    def changed(self) -> None: ...
    def ready(self, session: Session) -> Wire:
        """What READY says."""
        ...

    def guild(self) -> Wire:
        """What GUILD_CREATE says."""
        ...


class Gateway:
    """Holds the sessions; `refuses_resume` answers every RESUME with op 9, `closes_next` ends coming IDENTIFYs,
    `is_out` refuses every connection.

    `before_ready` is what happens between an IDENTIFY and the session it begins.
    """

    def __init__(self, token: str, host: Host) -> None:
        self.sessions: dict[str, Session] = {}
        self.refuses_resume = False
        self.grants_content = True
        self.closes_next: list[int] = []
        self.is_out = False
        self.before_ready: Callable[[], Awaitable[object]] | None = None
        self.identified = 0
        self.resumed = 0
        self._token = token
        self._host = host
        self._numbers = itertools.count(1)

    # What a test sees and does

    @property
    def is_connected(self) -> bool:
        return any(session.socket is not None for session in self.sessions.values())

    def tell(self, name: str, intent: int, render: Render) -> None:
        """Send an event to every session that asked for its kind, those without a connection included."""
        for session in self.sessions.values():
            if session.intents & intent and (what := render(session)) is not None:
                session.tell(name, what)

    def asks_to_reconnect(self) -> None:
        """Op 7: the client has to come back and resume."""
        self._push({"op": 7, "d": None, "s": None, "t": None})

    def invalidates(self, *, resumable: bool = False) -> None:
        """Op 9 in the middle of a session."""
        self._push({"op": 9, "d": resumable, "s": None, "t": None})
        if not resumable:
            self.sessions = {key: session for key, session in self.sessions.items() if session.socket is None}

    def cut(self) -> None:
        """Break every connection without a word."""
        for session in self.sessions.values():
            socket, session.socket = session.socket, None
            if socket is not None and session.transport is not None:
                session.transport.abort()
                session.lost_at = self._host.now()

    def forgets_sessions(self) -> None:
        """No session of before can be resumed any more."""
        self.sessions = {key: session for key, session in self.sessions.items() if session.socket is not None}

    async def stop(self) -> None:
        for session in list(self.sessions.values()):
            if session.socket is not None:
                await session.socket.close(code=WSCloseCode.GOING_AWAY)

    def _push(self, frame: Wire) -> None:
        for session in self.sessions.values():
            if session.socket is not None:
                session.queue.put_nowait(frame)

    # The socket

    async def answer(self, request: web.Request) -> web.WebSocketResponse:
        if self.is_out:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=0)
        try:
            await socket.prepare(request)
        except ConnectionResetError:
            raise web.HTTPServiceUnavailable from None  # Whoever asked is dead already.
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        session: Session | None = None
        writer: asyncio.Task[None] | None = None
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    continue
                said = json.loads(frame.data)
                if said["op"] == 1:
                    await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
                elif said["op"] in (2, 6):
                    begin = self._identify if said["op"] == 2 else self._resume
                    session = await begin(socket, said["d"])
                    if session is not None:
                        session.transport = request.transport
                        writer = asyncio.create_task(_write(socket, session.queue))
                        self._host.changed()
        finally:
            if writer is not None:
                writer.cancel()
            self._lost(session, socket)
        return socket

    async def _identify(self, socket: web.WebSocketResponse, said: Wire) -> Session | None:
        refusal = self.closes_next.pop(0) if self.closes_next else 0
        if said["token"] != self._token:
            refusal = _BAD_TOKEN
        elif said["intents"] & MESSAGE_CONTENT and not self.grants_content:
            refusal = _BAD_INTENTS
        if refusal:
            await socket.close(code=refusal)
            return None
        if self.before_ready is not None:
            await self.before_ready()
        self.identified += 1
        session = Session(f"session{next(self._numbers)}", said["intents"], socket=socket)
        self.sessions[session.id] = session
        session.tell("READY", self._host.ready(session))
        session.tell("GUILD_CREATE", self._host.guild())
        return session

    async def _resume(self, socket: web.WebSocketResponse, said: Wire) -> Session | None:
        session = self.sessions.get(said["session_id"])
        if session is None or said["token"] != self._token or not self._is_resumable(session, said["seq"]):
            await socket.send_json({"op": 9, "d": False, "s": None, "t": None})
            return None
        self.resumed += 1
        session.socket, session.lost_at, session.queue = socket, None, asyncio.Queue()
        for frame in session.sent:
            if frame["s"] > said["seq"]:
                session.queue.put_nowait(frame)
        session.tell("RESUMED", {"_trace": []})
        return session

    def _is_resumable(self, session: Session, sequence: int) -> bool:
        lost_at = self._host.now() if session.lost_at is None else session.lost_at
        is_known = 0 <= sequence <= session.sequence
        return not self.refuses_resume and is_known and self._host.now() - lost_at < _RESUMABLE_SECONDS

    def _lost(self, session: Session | None, socket: web.WebSocketResponse) -> None:
        if session is None or session.socket is not socket:
            return
        session.socket, session.lost_at = None, self._host.now()
        self._host.changed()
        if socket.close_code in _ENDED:
            self.sessions.pop(session.id, None)


async def _write(socket: web.WebSocketResponse, queue: "asyncio.Queue[Wire]") -> None:
    while True:
        frame = await queue.get()
        try:
            await socket.send_json(frame)
        except (ConnectionError, RuntimeError):
            return
