"""Loads knowledge with its index, from a cache when nothing changed, and takes up changed files while running."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.knowledge.cache import load_cached
from bot.knowledge.loader import KnowledgeError
from bot.knowledge.schema import Knowledge
from bot.understanding.matching import Index, Phrasing, build, dump, load

POLL_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Learned:
    """What one state of the folder says, and the index made from it."""

    knowledge: Knowledge
    index: Index


def learn(folder: Path, cache: Path) -> Learned:
    """Read and check the folder; KnowledgeError with every problem when it cannot be used."""
    knowledge = load_cached(folder, cache)
    return Learned(knowledge, _index(knowledge, cache / f"index-{knowledge.version[:32]}.json"))


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
        else:
            take_up(learned)
            log.info("knowledge taken up", version=learned.knowledge.version[:12])


def _index(knowledge: Knowledge, path: Path) -> Index:
    try:
        return load(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        index = build(Phrasing(one.entry, one.language, one.text) for one in knowledge.phrasings)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(dump(index)), encoding="utf-8")
    partial.replace(path)
    return index


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
