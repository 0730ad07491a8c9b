"""A sign of life for a watcher elsewhere, given only while messages really flow: silence is the alarm.

That the process runs says little; so every part is asked: the platforms, the store, and what waits to leave.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol, runtime_checkable

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.changes import SaveCursor
from bot.logs import error_id
from bot.model import ChatRef, PlatformName
from bot.ports import Clock
from bot.store import SqlStore
from bot.timing import MINUTE

CURSOR = "heartbeat"
SECONDS = 10.0

Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


@runtime_checkable
class Answering(Protocol):
    """A platform beyond a line, which tells when it last heard from there."""

    name: PlatformName

    @property
    def answered_at(self) -> int | None: ...


class Heartbeat:
    """`limited` are the staff chats that take only so many messages a minute: what waits for them is no trouble."""

    def __init__(
        self,
        url: str,
        minutes: int,
        store: SqlStore,
        clock: Clock,
        platforms: Collection[object],
        limited: Collection[ChatRef] = (),
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._url = url
        self._minutes = minutes
        self._store = store
        self._clock = clock
        self._platforms = [one for one in platforms if isinstance(one, Answering)]
        self._limited = tuple(limited)
        self._pause = pause

    async def run(self) -> None:
        """Give it for ever, or say in the log why not."""
        async with ClientSession(timeout=ClientTimeout(total=SECONDS), trust_env=True) as session:
            while True:
                await self._pause(self._minutes * 60)
                troubles = await self.troubles()
                if troubles:
                    log.error("heartbeat withheld", why=troubles)
                else:
                    await self._beat(session)

    async def troubles(self) -> list[str]:
        """What does not flow, one sentence each; empty when everything does."""
        since = self._clock.now() - self._minutes * MINUTE
        silent = [f"{one.name} is silent" for one in self._platforms if (one.answered_at or 0) < since]
        try:
            await self._store.commit((SaveCursor(CURSOR, "", self._clock.now()),))
            stuck = await self._store.has_overdue(since, self._limited)
        except Exception as error:
            log.error("store in trouble", error_id=error_id(), exc_info=error)
            return [*silent, "the store takes nothing"]
        return [*silent, "deliveries are stuck"] if stuck else silent

    def routes(self) -> list[web.RouteDef]:
        """The same for whoever asks on this machine: 200, or 503 with what does not flow."""
        return [web.get("/healthz/flow", self._tell)]

    async def _tell(self, _request: web.Request) -> web.Response:
        troubles = await self.troubles()
        return web.json_response({"flows": not troubles, "troubles": troubles}, status=503 if troubles else 200)

    async def _beat(self, session: ClientSession) -> None:
        try:
            async with session.get(self._url, allow_redirects=False) as answer:
                if answer.status >= 400:
                    log.warning("heartbeat refused", status=answer.status)
        except (ClientError, OSError, TimeoutError) as error:
            # Its address may hold a key, and the library's own words quote it.
            log.warning("heartbeat not given", error=type(error).__name__)
