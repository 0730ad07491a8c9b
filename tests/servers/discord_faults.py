"""What a request to the fake Discord is, and what goes wrong with it on purpose: refusals, limits, broken answers."""

import math
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.discord_objects import Wire


@dataclass(slots=True, eq=False)
class Call:
    """One request; `name` is the operation in the words of Discord's reference, such as `create_message`."""

    name: str
    method: str
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Wire
    uploads: list[tuple[str, str, bytes]] = field(default_factory=list)
    has_body: bool = False
    result: object = None
    status: int = 0

    def number(self, name: str) -> int:
        """One of the ids in the address; text that is none leads nowhere, as on the platform."""
        text = self.ids[name]
        return int(text) if re.fullmatch(r"\d{1,20}", text) else 0


class ApiError(Exception):
    """A refusal as Discord writes it."""

    def __init__(self, status: int, code: int, message: str, **more: object) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Wire = {"message": message, "code": code} | more


def too_many_requests(retry_after: float, *, is_global: bool = False) -> ApiError:
    return ApiError(429, 0, "You are being rate limited.", retry_after=retry_after, **{"global": is_global})


class Kind(StrEnum):
    """Faults that are not an answer with a status."""

    RESET = "reset"  # the connection breaks before anything was done
    LOST = "lost"  # everything was done, only the answer never arrives


@dataclass(slots=True)
class Fault:
    """One ordered fault: what happens, how many more times, and to which requests."""

    name: str
    kind: Kind | int
    times: int
    retry_after: float
    when: Callable[[Call], bool]

    def fits(self, call: Call) -> bool:
        return self.times > 0 and self.name in (call.name, "*") and self.when(call)


@dataclass(slots=True)
class Faults:
    """The faults that are still to come, in the order they were ordered."""

    ordered: list[Fault] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many ordered faults have not happened yet."""
        return sum(fault.times for fault in self.ordered)

    def take(self, call: Call) -> Fault | None:
        """Return the fault this request meets, using it up once."""
        fault = next((fault for fault in self.ordered if fault.fits(call)), None)
        if fault is not None:
            fault.times -= 1
        return fault


@dataclass(slots=True)
class RateLimits:
    """Requests one route takes of one channel within some seconds, and the bot's all together; 0 is no limit."""

    a_channel: int = 0
    channel_seconds: float = 5.0
    overall_per_second: int = 0
    _taken: dict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, call: Call, now: float) -> dict[str, str]:
        """Count a request and return the headers about its bucket, or refuse it."""
        if self.overall_per_second:
            wait = self._wait("all", self.overall_per_second, 1.0, now)
            if wait > 0:
                raise too_many_requests(round(wait, 3), is_global=True)
            self._taken["all"].append(now)
        if not self.a_channel or "channel" not in call.ids:
            return {}
        key = (call.name, call.ids["channel"])
        wait = self._wait(key, self.a_channel, self.channel_seconds, now)
        if wait > 0:
            raise too_many_requests(round(wait, 3))
        taken = self._taken[key]
        taken.append(now)
        reset = taken[0] + self.channel_seconds
        return {
            "X-RateLimit-Bucket": call.name, "X-RateLimit-Limit": str(self.a_channel),
            "X-RateLimit-Remaining": str(self.a_channel - len(taken)), "X-RateLimit-Reset": f"{reset:.3f}",
            "X-RateLimit-Reset-After": f"{reset - now:.3f}",
        }  # fmt: skip

    def _wait(self, key: object, limit: int, span: float, now: float) -> float:
        taken = self._taken[key]
        while taken and taken[0] <= now - span:
            taken.popleft()
        wait = taken[-limit] + span - now if len(taken) >= limit else 0.0
        return math.ceil(wait * 1000) / 1000
