"""Takes up changed knowledge while the bot runs; what is broken is refused, and the old state stays."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.knowledge.loader import KnowledgeError
from bot.operations.knowledge import Learned, learn

POLL_SECONDS = 2.0

log = structlog.get_logger()


async def watch(folder: Path, cache: Path, take_up: Callable[[Learned], None]) -> None:
    """Take up every change of the folder that holds; a broken one is told in the log and the old state stays."""
    seen = await asyncio.to_thread(_state, folder)
    while True:
        await asyncio.sleep(POLL_SECONDS)
        state = await asyncio.to_thread(_state, folder)
        if state == seen:
            continue
        seen = state
        try:
            learned = await asyncio.to_thread(learn, folder, cache)
        except KnowledgeError as error:
            log.error("knowledge refused", problems=[str(problem) for problem in error.problems])
        except Exception as error:
            # A full disk, a folder being moved: it is looked at again when it next changes.
            log.error("knowledge not read", exc_info=error)
        else:
            take_up(learned)
            log.info("knowledge taken up", version=learned.knowledge.version[:12])


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """Name -> size and time of change of every file that counts."""
    found = {}
    for file in folder.rglob("*.yaml"):
        try:
            stat = file.stat()
        except FileNotFoundError:
            continue
        found[str(file)] = (stat.st_size, stat.st_mtime_ns)
    return found
