"""What goes wrong on purpose: rate limits that can be switched on, and faults a test orders for the next requests."""

import asyncio
import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.bot_api_calls import Call, too_many_requests

_COUNTED = ("send", "copy", "forward", "edit")
_NOT_COUNTED = ("sendChatAction", "editForumTopic")


class Kind(StrEnum):
    """Faults that are not an answer with an error code."""

    RESET = "reset"  # the connection breaks before anything was done
    LOST = "lost"  # everything was done, only the answer never arrives
    HELD = "held"  # the request waits until the test lets it go on


@dataclass(slots=True)
class Fault:
    """One ordered fault: what happens, how many more times, and to which requests."""

    method: str
    kind: Kind | int
    times: int
    retry_after: int
    description: str
    when: Callable[[Call], bool]
    gate: asyncio.Event | None = None

    def fits(self, call: Call) -> bool:
        return self.times > 0 and self.method in (call.method, "*") and self.when(call)


@dataclass(slots=True)
class Faults:
    """The faults that are still to come, in the order they were ordered."""

    ordered: list[Fault] = field(default_factory=list)

    def take(self, call: Call) -> Fault | None:
        """Return the fault this request meets, using it up once."""
        fault = next((fault for fault in self.ordered if fault.fits(call)), None)
        if fault is not None:
            fault.times -= 1
        return fault

    @property
    def left(self) -> int:
        """How many ordered faults have not happened yet."""
        return sum(fault.times for fault in self.ordered)


@dataclass(slots=True)
class RateLimits:
    """The published limits as sliding windows; 0 switches one off. A refused request does not count."""

    chat_per_second: int = 0
    overall_per_second: int = 0
    group_per_minute: int = 0
    _sent: dict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, call: Call, now: float) -> None:
        """Count a request, or refuse it with the seconds to wait."""
        if not call.method.startswith(_COUNTED) or call.method in _NOT_COUNTED:
            return
        chat, weight = call.params.get("chat_id"), len(call.params.get("media") or [1])
        is_group = isinstance(chat, int) and chat < 0
        windows = [(("chat", chat), self.chat_per_second, 1.0), (("all", 0), self.overall_per_second, 1.0)]
        windows += [(("group", chat), self.group_per_minute, 60.0)] if is_group else []
        active = [(key, limit, span) for key, limit, span in windows if limit > 0]
        wait = max((self._wait(key, limit, span, now) for key, limit, span in active), default=0.0)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        for key, _, _ in active:
            self._sent[key].extend([now] * weight)

    def _wait(self, key: object, limit: int, span: float, now: float) -> float:
        times = self._sent[key]
        while times and times[0] <= now - span:
            times.popleft()
        return times[len(times) - limit] + span - now if len(times) >= limit else 0.0
