"""When a chat may be written to: the platforms' published limits, and what their refusals teach.

Pure but for its own counters; the time is always handed in, in microseconds.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.model import ChatRef, PlatformName
from bot.timing import MINUTE, SECOND

WAY = SECOND
"""The longest way to the platform that is reckoned with; an answer that comes sooner says that it was shorter."""
REMEMBERED_WAYS, SURE = 50, 0.8
"""The quickest of the latest ways there and back is what every message takes; a little less is sure to be."""
BURSTS = 3
"""How many times in a second as much as is allowed then may leave at once."""
SOONER = 0.85
"""A burst may follow sooner than its share of the second says: every start is a little late, and where each burst
waited for its whole share, that would be lost three times in a second instead of once."""


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
    """The moments of the latest messages, as many as may fall into one span, and how many have not left yet."""

    most: int
    span: int
    waiting: int = 0
    sent: list[int] = field(default_factory=list)

    def free_at(self, now: int) -> int:
        # What lies further in the future was counted before the clock was set back.
        self.sent = [moment for moment in self.sent if now - self.span < moment <= now + WAY]
        too_many = len(self.sent) + self.waiting - self.most + 1
        if too_many <= 0:
            return now
        # With nothing but what has not left yet, it is over when that has: everybody is asked again then.
        return self.sent[min(too_many, len(self.sent)) - 1] + self.span if self.sent else now + self.span

    def add(self, moment: int, messages: int) -> None:
        for _ in range(messages):
            insort(self.sent, moment)

    def move(self, moment: int, earlier: int, messages: int) -> None:
        at = bisect_left(self.sent, moment)
        if self.sent[at : at + messages] == [moment] * messages:
            del self.sent[at : at + messages]
            self.add(earlier, messages)


@dataclass(slots=True)
class _Passage:
    """One delivery on its way; `counted_at` is 0 until it has left."""

    windows: Sequence[_Window]
    ways: deque[int]
    messages: int
    counted_at: int = 0


class Pacing:
    """Says when a chat is free, and is told of every message; each staff chat has a group's limit of its own.

    A message is counted when the platform has it: that is not before it left, and not after it was answered. What
    every message takes there and back keeps none apart from the next, so only what one took longer counts.
    """

    def __init__(self, limits: Mapping[PlatformName, Limits], staff_chats: Collection[ChatRef] = ()) -> None:
        self._limits = limits
        self._staff_chats = {(chat.platform, chat.chat_id): chat for chat in staff_chats}
        self._windows: dict[tuple[str, ...], _Window] = {}
        self._passages: dict[int, _Passage] = {}
        self._ways: dict[PlatformName, deque[int]] = {}
        self._refused_until: dict[tuple[str, ...], int] = {}

    @property
    def groups(self) -> Collection[ChatRef]:
        """The staff chats that take only so many messages a minute."""
        return [chat for chat in self._staff_chats.values() if self.per_minute(chat)]

    def per_minute(self, chat: ChatRef) -> int:
        """How many messages a staff chat takes; 0 is no limit."""
        return self._limits.get(chat.platform, Limits()).group_per_minute

    def open_at(self, platform: PlatformName, now: int) -> int:
        """The moment from which anything may leave for the platform; `now` means at once."""
        return max([window.free_at(now) for window in self._overall(platform)], default=now)

    def free_at(self, chat: ChatRef, now: int, messages: int = 1) -> int:
        """The moment from which the chat may be written to; `now` or earlier means at once."""
        refused = self._refused_until.get((chat.platform, chat.chat_id), 0)
        return max([refused, *(window.free_at(now) for window in self._of(chat, messages))], default=now)

    def claimed(self, id: int, chat: ChatRef, messages: int = 1) -> None:
        """Count a delivery that is going to leave: its messages, each file of an album being one. What is no message
        (a reaction, a thread's status) counts for the bot as a whole, and for no chat."""
        self.ended(id, 0)
        windows = self._of(chat, messages)
        self._passages[id] = passage = _Passage(windows, self._ways_of(chat.platform), max(messages, 1))
        for window in windows:
            window.waiting += passage.messages

    def left(self, id: int, now: int) -> None:
        """A claimed delivery leaves now; the platform counts it a moment later."""
        passage = self._passages.get(id)
        if passage is None or passage.counted_at:
            return
        passage.counted_at = now + WAY
        for window in passage.windows:
            window.waiting -= passage.messages
            window.add(passage.counted_at, passage.messages)

    def ended(self, id: int, now: int) -> None:
        """A claimed delivery has been answered, or did not leave after all."""
        passage = self._passages.pop(id, None)
        if passage is None:
            return
        if not passage.counted_at:
            for window in passage.windows:
                window.waiting -= passage.messages
            return
        passage.ways.append(now - passage.counted_at + WAY)
        had_it = now - int(min(passage.ways) * SURE)
        if had_it < passage.counted_at:
            for window in passage.windows:
                window.move(passage.counted_at, had_it, passage.messages)

    def sent(self, chat: ChatRef, now: int, messages: int = 1) -> None:
        """Count what the platform has at this moment."""
        for window in self._of(chat, messages):
            window.add(now, max(messages, 1))

    def refused(self, chat: ChatRef, until: int) -> None:
        """The platform asked to leave this chat alone until then."""
        key = (chat.platform, chat.chat_id)
        self._refused_until[key] = max(until, self._refused_until.get(key, until))

    def forget(self, now: int) -> None:
        """Drop the counters of chats that are free again, so that memory does not grow with the number of people."""
        for window in self._windows.values():
            window.free_at(now)
        self._windows = {key: window for key, window in self._windows.items() if window.sent or window.waiting}
        self._refused_until = {key: until for key, until in self._refused_until.items() if until > now}

    def _of(self, chat: ChatRef, messages: int) -> list[_Window]:
        limits = self._limits.get(chat.platform, Limits())
        is_group = (chat.platform, chat.chat_id) in self._staff_chats
        wanted = (
            (limits.chat_per_second, SECOND, (chat.platform, chat.chat_id, "second")),
            (limits.group_per_minute if is_group else 0, MINUTE, (chat.platform, chat.chat_id, "minute")),
        )
        of_chat = [self._window(*one) for one in wanted if one[0]] if messages else []
        return of_chat + self._overall(chat.platform)

    def _ways_of(self, platform: PlatformName) -> deque[int]:
        return self._ways.setdefault(platform, deque(maxlen=REMEMBERED_WAYS))

    def _overall(self, platform: PlatformName) -> list[_Window]:
        """The limit over all chats, and a part of it in a part of the time: a second's worth at once would arrive
        spread by chance, and meet the next second's."""
        most = self._limits.get(platform, Limits()).overall_per_second
        if not most:
            return []
        part = max(1, most // BURSTS)
        return [
            self._window(most, SECOND, (platform,)),
            self._window(part, int(SECOND * part / most * SOONER), (platform, "burst")),
        ]

    def _window(self, most: int, span: int, key: tuple[str, ...]) -> _Window:
        return self._windows.setdefault(key, _Window(most, span))
