"""The queue of updates of the fake Bot API: kept until confirmed, 24 hours at most, for one poller."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.servers.bot_api_calls import ApiError
from tests.servers.bot_api_objects import Wire

LIFETIME_SECONDS = 24 * 3600
# Sent only to a bot that asks for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class _Pending:
    update: Wire
    at: float


class UpdateQueue:
    """Updates wait here; a crash of the bot loses none, because only an offset confirms them."""

    def __init__(self, now: Callable[[], float], changed: Callable[[], None]) -> None:
        self._now = now
        self._changed = changed
        self._next_id = 431_207_771
        self._pending: list[_Pending] = []
        self._poller: asyncio.Future[None] | None = None
        self._arrival = asyncio.Event()
        self.allowed: frozenset[str] | None = None

    @property
    def pending(self) -> list[Wire]:
        """The updates nobody has confirmed yet, oldest first."""
        oldest = self._now() - LIFETIME_SECONDS
        self._pending = [pending for pending in self._pending if pending.at > oldest]
        return [pending.update for pending in self._pending]

    @property
    def is_polled(self) -> bool:
        """Whether a long poll is waiting for an update right now."""
        return self._poller is not None

    def add(self, kind: str, payload: Wire) -> Wire | None:
        """Queue an update and return it; None when the bot has not asked for this kind."""
        is_wanted = kind not in _ON_REQUEST if self.allowed is None else kind in self.allowed
        if not is_wanted:
            return None
        update: Wire = {"update_id": self._next_id, kind: payload}
        self._next_id += 1
        self._pending.append(_Pending(update, self._now()))
        self._arrival.set()
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        return update

    def allow(self, kinds: list[str] | None) -> None:
        """Change which kinds are queued from now on: None leaves it, an empty list means the usual kinds."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def drop(self) -> None:
        """Forget everything that waits."""
        self._pending = []

    def confirm(self, offset: int) -> None:
        """Forget what an offset confirms: everything below it, or with a negative one all but the last ones."""
        if offset < 0:
            self._pending = self._pending[offset:]
        else:
            self._pending = [p for p in self._pending if p.update["update_id"] >= offset]

    async def fetch(self, offset: int, limit: int, timeout: float) -> list[Wire]:
        """Answer getUpdates: at once if something waits, else when it comes or the time is over."""
        self.confirm(offset)
        if not self.pending and timeout > 0:
            await self._wait(timeout)
        return self.pending[: max(1, min(limit, 100))]

    async def _wait(self, timeout: float) -> None:
        self.interrupt(ApiError(409, _OTHER_POLLER))
        mine = self._poller = asyncio.get_running_loop().create_future()
        self._changed()
        try:
            await asyncio.wait_for(mine, timeout)
        except TimeoutError:
            return
        finally:
            if self._poller is mine:
                self._poller = None

    def interrupt(self, error: ApiError | None = None) -> None:
        """End the long poll that is running, with an error or with what there is."""
        if self._poller is None or self._poller.done():
            return
        if error is None:
            self._poller.set_result(None)
        else:
            self._poller.set_exception(error)

    async def first(self) -> Wire:
        """Wait for the oldest unconfirmed update (for the webhook's delivery)."""
        while not self.pending:
            self._arrival.clear()
            await self._arrival.wait()
        return self.pending[0]
