"""The gateway's session across restarts: asked for what it missed once more, before a new one begins.

Only this brings the first words of people whose channel nobody knows yet, and deletions. A resumed session does not
tell which servers and roles there are, so it serves for that alone; everything else is found by the catch-up.
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
from bot.ports import Clock, Store

log = structlog.get_logger(__name__)

CURSOR = "discord:session"
SAVED_AFTER_SECONDS = 5.0
_REPLAY_SECONDS = 30.0
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
    """`settled` waits until all that has begun is handled, and says whether it is."""

    def __init__(
        self, client: discord.Client, store: Store, clock: Clock, sleep: Sleep, settled: Callable[[], Awaitable[bool]]
    ) -> None:
        self.is_replaying = False
        self.replayed = asyncio.Event()
        self._client = client
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._settled = settled
        self._saving: asyncio.Task[None] | None = None

    async def replay(self) -> None:
        """Receive what the last run's session missed, if Discord still knows it; returns when that is handled."""
        saved = await self._saved()
        if saved is None:
            return
        self.is_replaying = True
        try:
            async with asyncio.timeout(_REPLAY_SECONDS):
                await self._resume(saved)
            log.info("discord_session_replayed", sequence=saved.sequence)
        except Exception as error:
            # Whatever it is, a new session and the catch-up follow.
            log.info("discord_session_gone", error=type(error).__name__)
        finally:
            await self._let_begin()
            await self._settled()
            self.is_replaying = False

    async def begun(self) -> None:
        """Write a new session down at once: whatever it brings can be asked for again, should this run die early."""
        session = Session.of(self._client.ws)
        if session is not None and not self.is_replaying:
            await self._commit(replace(session, sequence=_READY_SEQUENCE))

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

    async def _resume(self, saved: Session) -> None:
        socket = await DiscordWebSocket.from_client(
            self._client, session=saved.id, sequence=saved.sequence, resume=True, gateway=yarl.URL(saved.gateway)
        )
        polling = asyncio.create_task(_poll(socket), name="discord-replay")
        heard = asyncio.create_task(self.replayed.wait(), name="discord-replayed")
        try:
            await asyncio.wait({polling, heard}, return_when=asyncio.FIRST_COMPLETED)
            if polling.done():
                polling.result()
        finally:
            polling.cancel()
            heard.cancel()
            await asyncio.gather(polling, heard, return_exceptions=True)
            # Without the code for a regular end: should this run die at once, the next one may ask again.
            await socket.close()

    async def _save_later(self) -> None:
        await self._sleep(SAVED_AFTER_SECONDS)
        await self._save()

    async def _save(self) -> None:
        session = Session.of(self._client.ws)
        await self._let_begin()
        if session is not None and await self._settled():
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


async def _poll(socket: DiscordWebSocket) -> None:
    while True:
        await socket.poll_event()
