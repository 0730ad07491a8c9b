"""Keeps the platforms running: what falls is begun anew, and a start that nobody answers ends with one sentence."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection

import structlog

from bot.ports import CannotStart, Handle, Platform

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
LASTING_SECONDS = 600.0
"""A platform that ran for so long was not in trouble before."""
START_SECONDS = 60.0

Ended = asyncio.Future[None]
Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


async def keep_running(platform: Platform, handle: Handle, ended: Ended, pause: Pause = asyncio.sleep) -> None:
    """Run one platform for ever; its trouble never reaches another one, but a start that cannot succeed ends all."""
    seconds = FIRST_PAUSE_SECONDS
    while True:
        began = time.monotonic()
        try:
            await platform.run(handle)
        except CannotStart as error:
            _end(ended, error)
            return
        except Exception as error:
            seconds = FIRST_PAUSE_SECONDS if time.monotonic() - began > LASTING_SECONDS else seconds
            log.error("platform failed", platform=platform.name, again_in_seconds=seconds, exc_info=error)
            await pause(seconds * random.uniform(0.5, 1.0))
            seconds = min(seconds * 2, LONGEST_PAUSE_SECONDS)
        else:
            _end(ended)
            return


async def end_unanswered(platforms: Collection[Platform], ended: Ended, pause: Pause = asyncio.sleep) -> None:
    """A wrong address or no network: where no platform at all answers after a start, somebody has to look.

    One that answers is reason enough to go on, however long another one is out.
    """
    await pause(START_SECONDS)
    if not any(platform.has_answered for platform in platforms):
        names = " and ".join(platform.name.title() for platform in platforms)
        sentence = f"{names} cannot be reached: look at the network, at HTTPS_PROXY and at api_base_url."
        _end(ended, CannotStart(sentence))


def _end(ended: Ended, error: CannotStart | None = None) -> None:
    if ended.done():
        return
    if error is None:
        ended.set_result(None)
    else:
        ended.set_exception(error)
