"""The gateway's session across restarts: asked for what it missed once more, before a new one begins.

Only this brings the first words of people whose channel nobody knows yet, and deletions. A resumed session does not
tell which servers and roles there are, so it serves for that alone; everything else is found by the catch-up. The old
session is listened to until the new one has begun and is written down, so that nothing comes between the two.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket

from bot.changes import SaveCursor
from bot.platforms.turns import Turns
from bot.ports import Clock, Store

log = structlog.get_logger(__name__)

CURSOR = "discord:session"
SAVED_AFTER_SECONDS = 5.0
_REPLAY_SECONDS = 30.0
_OVERLAP_SECONDS = 3.0
_LONGEST_TURN = 10.0
_READY_SEQUENCE = 1
"""READY is the first event of every session."""
# A slash command goes through the library's tree before it is a turn.
_STEPS_TO_A_TURN = 5

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Session:
    """What RESUME needs; everything up to `sequence` is handled."""

    id: str
    sequence: int
    gateway: str

    @classmethod
    def of(cls, socket: object) -> "Session | None":
        """The session of a connection; None where there is none yet."""
        if not isinstance(socket, DiscordWebSocket) or socket.session_id is None or socket.sequence is None:
            return None
        return cls(socket.session_id, socket.sequence, str(socket.gateway))


class Sessions:
    """`is_replaying`: what comes belongs to the session of the last run."""

    def __init__(
        self,
        client: discord.Client,
        turns: Turns,
        store: Store,
        clock: Clock,
        sleep: Sleep,
        nothing_waits: Callable[[], bool],
    ) -> None:
        self.is_replaying = False
        self.replayed = asyncio.Event()
        self._client = client
        self._turns = turns
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._nothing_waits = nothing_waits
        self._saving: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._taking_over: asyncio.Task[None] | None = None

    async def replay(self) -> None:
        """Listen to the last run's session, if Discord still knows it; returns when all it missed has come."""
        saved = await self._saved()
        if saved is None:
            return
        self.is_replaying = True
        self._listening = asyncio.create_task(self._listen(saved), name="discord-last-session")
        replayed = asyncio.create_task(self.replayed.wait(), name="discord-replayed")
        try:
            await asyncio.wait(
                {self._listening, replayed}, timeout=_REPLAY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            replayed.cancel()

    async def begun(self) -> None:
        """A new session is written down at once: what it brings can be asked for again, should this run die early.

        The last run's session, where Discord still knows it, serves for that a moment longer: what it told before
        the new one began may come after it.
        """
        self.is_replaying = False
        if self._is_listening:
            self._taking_over = asyncio.create_task(self._take_over(), name="discord-session-begins")
        else:
            await self._write_begun()

    def save_soon(self) -> None:
        """Write the session down in a moment, unless that is going to happen anyway."""
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_later(), name="discord-session")

    async def close(self) -> None:
        """Write the session down as it ended."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.wait({self._saving})
        await self._save()
        await self._leave()

    async def _leave(self) -> None:
        """The last run's session has nothing to tell any more."""
        for task in (self._taking_over, self._listening):
            # Asked again, since the libraries below sometimes miss that they are cancelled.
            while task is not None and task is not asyncio.current_task() and not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=1)

    @property
    def _is_listening(self) -> bool:
        return self._listening is not None and not self._listening.done()

    async def _take_over(self) -> None:
        await self._sleep(_OVERLAP_SECONDS)
        while await self._turns.finish(_LONGEST_TURN):
            pass  # Until all that came from the last run's session is handled, it is the one to ask again.
        await self._write_begun()
        await self._leave()

    async def _write_begun(self) -> None:
        session = Session.of(self._client.ws)
        if session is not None:
            await self._commit(replace(session, sequence=_READY_SEQUENCE))

    async def _listen(self, saved: Session) -> None:
        try:
            socket = await DiscordWebSocket.from_client(
                self._client, session=saved.id, sequence=saved.sequence, resume=True, gateway=yarl.URL(saved.gateway)
            )
            try:
                while True:
                    await socket.poll_event()
            finally:
                # Without the code for a regular end: should this run die at once, the next one may ask again.
                await socket.close()
        except Exception as error:
            # Whatever it is, a new session and the catch-up follow.
            log.info("discord_session_gone", error=type(error).__name__)

    async def _save_later(self) -> None:
        await self._sleep(SAVED_AFTER_SECONDS)
        await self._save()

    async def _save(self) -> None:
        session = None if self._is_listening else Session.of(self._client.ws)
        await self._let_begin()
        if session is not None and not await self._turns.finish(_LONGEST_TURN) and self._nothing_waits():
            await self._commit(session)

    async def _commit(self, session: Session) -> None:
        now = self._clock.now()
        try:
            await self._store.commit((SaveCursor(CURSOR, json.dumps(asdict(session)), now),))
        except Exception as error:
            log.error("discord_session_not_saved", exc_info=error)

    async def _let_begin(self) -> None:
        """The library has started tasks for what it received; afterwards they are turns."""
        for _ in range(_STEPS_TO_A_TURN):
            await asyncio.sleep(0)

    async def _saved(self) -> Session | None:
        text = await self._store.cursor(CURSOR)
        return Session(**json.loads(text)) if text else None
