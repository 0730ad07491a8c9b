"""When a chat may be written to: the platforms' published limits, and what their refusals teach.

Pure but for its own counters; the time is always handed in, in microseconds.
"""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.model import ChatRef, PlatformName

SECOND = 1_000_000
MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a platform takes in one chat, in one group and from one bot; 0 is no limit."""

    chat_per_second: int = 0
    group_per_minute: int = 0
    overall_per_second: int = 0


LIMITS: Mapping[PlatformName, Limits] = {
    # https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    PlatformName.TELEGRAM: Limits(chat_per_second=1, group_per_minute=20, overall_per_second=30),
    # https://discord.com/developers/docs/topics/rate-limits: the library keeps the buckets of each route itself.
    PlatformName.DISCORD: Limits(overall_per_second=50),
}


@dataclass(slots=True)
class _Window:
    """The moments of the latest messages, as many as may fall into one span."""

    most: int
    span: int
    sent: deque[int] = field(default_factory=deque)

    def free_at(self, now: int) -> int:
        # What lies in the future was counted before the clock was set back.
        while self.sent and not now - self.span < self.sent[0] <= now:
            self.sent.popleft()
        return self.sent[0] + self.span if len(self.sent) >= self.most else now


class Pacing:
    """Says when a chat is free, and is told of every message; each staff chat has a group's limit of its own."""

    def __init__(self, limits: Mapping[PlatformName, Limits], staff_chats: Collection[ChatRef] = ()) -> None:
        self._limits = limits
        self._staff_chats = {(chat.platform, chat.chat_id): chat for chat in staff_chats}
        self._windows: dict[tuple[str, ...], _Window] = {}
        self._refused_until: dict[tuple[str, ...], int] = {}

    @property
    def groups(self) -> Collection[ChatRef]:
        """The staff chats that take only so many messages a minute."""
        return [chat for chat in self._staff_chats.values() if self.per_minute(chat)]

    def per_minute(self, chat: ChatRef) -> int:
        """How many messages a staff chat takes; 0 is no limit."""
        return self._limits.get(chat.platform, Limits()).group_per_minute

    def free_at(self, chat: ChatRef, now: int) -> int:
        """The moment from which the chat may be written to; `now` or earlier means at once."""
        refused = self._refused_until.get((chat.platform, chat.chat_id), 0)
        return max([refused, *(window.free_at(now) for window in self._of(chat))], default=now)

    def sent(self, chat: ChatRef, now: int, messages: int = 1) -> None:
        """Count what is about to leave; each file of an album is a message."""
        for window in self._of(chat):
            window.sent.extend([now] * messages)

    def refused(self, chat: ChatRef, until: int) -> None:
        """The platform asked to leave this chat alone until then."""
        key = (chat.platform, chat.chat_id)
        self._refused_until[key] = max(until, self._refused_until.get(key, until))

    def forget(self, now: int) -> None:
        """Drop the counters of chats that are free again, so that memory does not grow with the number of people."""
        for window in self._windows.values():
            window.free_at(now)
        self._windows = {key: window for key, window in self._windows.items() if window.sent}
        self._refused_until = {key: until for key, until in self._refused_until.items() if until > now}

    def _of(self, chat: ChatRef) -> list[_Window]:
        limits = self._limits.get(chat.platform, Limits())
        is_group = (chat.platform, chat.chat_id) in self._staff_chats
        wanted = (
            (limits.chat_per_second, SECOND, (chat.platform, chat.chat_id, "second")),
            (limits.group_per_minute if is_group else 0, MINUTE, (chat.platform, chat.chat_id, "minute")),
            (limits.overall_per_second, SECOND, (chat.platform,)),
        )
        return [self._windows.setdefault(key, _Window(most, span)) for most, span, key in wanted if most]
