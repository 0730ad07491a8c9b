"""One platform's trouble is its own; a start that cannot succeed is everybody's."""

import asyncio
from typing import Any, cast

import pytest

from bot.model import PlatformName
from bot.operations.keeping import LONGEST_PAUSE_SECONDS, START_SECONDS, end_unanswered, keep_running
from bot.ports import CannotStart, Platform


class Trying:
    """A platform that fails as often as it is told, then does what it is told."""

    def __init__(self, failures: int = 0, *, end: Exception | None = None, has_answered: bool = False) -> None:
        self.name = PlatformName.TELEGRAM
        self.has_answered = has_answered
        self.tries = 0
        self._failures = failures
        self._end = end

    async def run(self, _handle: Any) -> None:
        self.tries += 1
        if self.tries <= self._failures:
            raise OSError("the cable is out")
        if self._end:
            raise self._end


class Pauses:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def nobody(_event: object) -> None:
    raise AssertionError("nothing happens")


def platform(trying: Trying) -> Platform:
    return cast("Platform", trying)


async def test_what_falls_is_begun_anew_with_pauses_that_grow() -> None:
    trying, pauses, ended = Trying(failures=10), Pauses(), asyncio.get_running_loop().create_future()
    await keep_running(platform(trying), nobody, ended, pauses)

    assert (trying.tries, len(pauses.seconds)) == (11, 10)
    assert pauses.seconds[0] <= 1.0
    assert LONGEST_PAUSE_SECONDS / 2 <= pauses.seconds[-1] <= LONGEST_PAUSE_SECONDS
    assert ended.done()


async def test_a_start_that_cannot_succeed_ends_all_with_its_sentence() -> None:
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    await keep_running(platform(Trying(end=CannotStart("The token is refused."))), nobody, ended, Pauses())

    with pytest.raises(CannotStart, match="The token is refused"):
        ended.result()


async def test_where_nobody_answers_for_a_minute_the_start_ends_with_a_sentence() -> None:
    pauses, ended = Pauses(), asyncio.get_running_loop().create_future()
    await end_unanswered([platform(Trying())], ended, pauses)

    assert pauses.seconds == [START_SECONDS]
    with pytest.raises(CannotStart, match="Telegram cannot be reached"):
        ended.result()


async def test_one_platform_that_answers_is_enough() -> None:
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    await end_unanswered([platform(Trying()), platform(Trying(has_answered=True))], ended, Pauses())

    assert not ended.done()
