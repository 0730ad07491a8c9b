"""Live events wait here from the moment a session begins until what came before them in their channel is handled."""

import asyncio
from collections.abc import Iterable


class Gates:
    """One gate a channel; until it is known which channels have to be read, all are shut."""

    def __init__(self) -> None:
        self._known = asyncio.Event()
        self._shut: dict[int, asyncio.Event] = {}
        self._read: set[int] = set()
        self.is_closed = False
        self.has_dropped = False

    @property
    def are_open(self) -> bool:
        """Whether nothing waits."""
        return self._known.is_set() and not self._shut

    def shut_all(self) -> None:
        """A session begins: nobody knows yet what was missed."""
        self._known.clear()
        self._read.clear()

    def shut(self, channels: Iterable[int]) -> None:
        """These have to be read first; those shut before stay so."""
        for channel_id in channels:
            self._shut.setdefault(channel_id, asyncio.Event())
            self._read.discard(channel_id)

    def know(self) -> None:
        """All channels that have to be read are shut by now."""
        self._known.set()

    def open(self, channel_id: int) -> None:
        """The channel has been read."""
        self._read.add(channel_id)
        gate = self._shut.pop(channel_id, None)
        if gate is not None:
            gate.set()

    def has_read(self, channel_id: int) -> bool:
        return channel_id in self._read

    def which_are_shut(self) -> tuple[int, ...]:
        return tuple(self._shut)

    def is_shut(self, channel_id: int) -> bool:
        return channel_id in self._shut

    async def passed(self, channel_id: int) -> bool:
        """Waits until the channel is open; False when there will be no turn any more."""
        while not self.is_closed and (not self._known.is_set() or channel_id in self._shut):
            await (self._shut[channel_id] if self._known.is_set() else self._known).wait()
        self.has_dropped = self.has_dropped or self.is_closed
        return not self.is_closed

    def close(self) -> None:
        """Nothing passes any more: what waits will be read after the next start."""
        self.is_closed = True
        self._known.set()
        for gate in self._shut.values():
            gate.set()
