"""What a turn costs, with durable commits: the store alone beside bare sqlite3, the whole turn, and where it goes.

    python benchmarks/turn.py [turns]

(i)   The store alone runs the same loads and units as the whole turns did, without deciding anything; beside it the
      same statements run on bare sqlite3, grouped into transactions the same way (1 unit, or 50).
(ii)  The whole turn: `Support.handle` from an event to its commit.
(iii) The share of each part, by a profile of one more run.
"""

import asyncio
import cProfile
import os
import pstats
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.changes import Changes, SaveConversation
from bot.config import load
from bot.events import MessageReceived
from bot.logs import set_up
from bot.model import ChatRef, MessageRef, Person, PlatformName
from bot.operations.check import folders
from bot.operations.knowledge import Learned, learn
from bot.operations.rules import rules_of
from bot.staffing import StaffChats
from bot.store import SqlStore, SystemClock, open_store
from bot.store.rows import calls_of
from bot.store.sqlite import _prepare_writer
from bot.store.statements import load_statements
from bot.support import Brain, Support

TALK = (
    "hello",
    "how long does a deposit take?",
    "yes",
    "my deposit has not arrived",
    "crypto",
    "usdt",
    "my own wallet",
    "trc20",
    "back",
    "what do withdrawals cost",
)
SIDE_BY_SIDE = (1, 50)


def events(conversations: int, turns: int) -> list[list[MessageReceived]]:
    """Turns spread over conversations: round by round, one message of each."""
    rounds = []
    for turn in range(turns // conversations):
        generation = turn // len(TALK)
        rounds.append(
            [_event(f"{generation}-{person}", turn, TALK[turn % len(TALK)]) for person in range(conversations)]
        )
    return rounds


def _event(person: str, turn: int, text: str) -> MessageReceived:
    chat = ChatRef(PlatformName.WEB, f"r-{person}")
    key = f"web:{person}:{turn}"
    sender = Person(PlatformName.WEB, person, "Aiko", "en")
    return MessageReceived(key=key, at=0, chat=chat, sender=sender, message=MessageRef(chat, key), text=text)


class Recording(SqlStore):
    """The real store, remembering what was asked of it."""

    steps: list[Changes]

    async def commit(self, changes: Changes) -> bool:
        self.steps.append(changes)
        return await super().commit(changes)


async def whole_turns(
    folder: Path, learned: Learned, conversations: int, turns: int
) -> tuple[float, float, list[Changes]]:
    """Seconds and CPU seconds for all turns, and the units they committed."""
    opened = await open_store(folder / f"whole-{conversations}.sqlite3")
    store = Recording(opened.engine)
    store.steps = []
    support = Support(store, SystemClock(), _brain(learned), lambda: None)
    rounds = events(conversations, turns)

    async def run() -> None:
        for round_ in rounds:
            await asyncio.gather(*(support.handle(event) for event in round_))

    seconds, cpu = await _timed(run)
    await store.close()
    return seconds, cpu, store.steps


async def store_alone(folder: Path, steps: Sequence[Changes], conversations: int) -> tuple[float, float]:
    """The same loads and units, `conversations` of them at a time."""
    store = await open_store(folder / f"store-{conversations}.sqlite3")

    async def step(changes: Changes) -> None:
        chat = _chat(changes)
        if chat:
            await store.load_conversation(chat)
        await store.commit(changes)

    async def run() -> None:
        for at in range(0, len(steps), conversations):
            await asyncio.gather(*(step(changes) for changes in steps[at : at + conversations]))

    result = await _timed(run)
    await store.close()
    return result


def bare(folder: Path, steps: Sequence[Changes], conversations: int) -> float:
    """The same statements on the standard library's sqlite3, grouped the same way, without a thread or a loop."""
    statements = load_statements("sqlite3")
    calls = [[call for change in changes for call in calls_of(change)] for changes in steps]
    chats = [
        next((one.conversation.chat for one in changes if hasattr(one, "conversation")), None) for changes in steps
    ]
    connection = sqlite3.connect(folder / f"bare-{conversations}.sqlite3", isolation_level=None)
    _prepare_writer(connection, may_migrate=True)
    reader = sqlite3.connect(folder / f"bare-{conversations}.sqlite3", isolation_level=None)
    started = time.perf_counter()
    for at in range(0, len(calls), conversations):
        for chat in chats[at : at + conversations]:
            if chat:
                where = {"platform": chat.platform, "chat_id": chat.chat_id}
                reader.execute(statements["load_conversation"].sql, where).fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for unit in calls[at : at + conversations]:
            connection.execute("SAVEPOINT unit")
            for name, parameters in unit:
                cursor = connection.execute(statements[name].sql, parameters)
                if statements[name].must_return:
                    cursor.fetchone()
            connection.execute("RELEASE unit")
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    reader.close()
    return seconds


def _chat(changes: Changes) -> ChatRef | None:
    return next((one.conversation.chat for one in changes if isinstance(one, SaveConversation)), None)


async def _timed(run: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    await run()
    return time.perf_counter() - started, time.process_time() - cpu


def _brain(learned: Learned) -> Brain:
    return Brain.of(
        learned.knowledge, learned.index, rules_of(load(None, {}), StaffChats(ChatRef(PlatformName.WEB, "staff")))
    )


async def profile(folder: Path, learned: Learned, turns: int) -> list[tuple[str, float]]:
    """CPU share of each part of `bot`, own time only, with what it calls outside of `bot` counted apart."""
    profiler = cProfile.Profile()
    profiler.enable()
    await whole_turns(folder / "profile", learned, 50, turns)
    profiler.disable()
    shares: dict[str, float] = {}
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        shares[_part(file)] = shares.get(_part(file), 0.0) + own
    return sorted(shares.items(), key=lambda item: -item[1])


def _part(file: str) -> str:
    if "/bot/" in file:
        inside = file.split("/bot/")[-1].removesuffix(".py").split("/")
        return "bot." + ".".join(inside[:2] if inside[0] == "understanding" else inside[:1])
    for library in ("structlog", "pydantic", "aiosqlite", "asyncio", "rapidfuzz", "prometheus_client"):
        if library in file:
            return library
    return "built-in functions" if file == "~" else "standard library"


async def main(turns: int) -> None:
    settings = load(None, {})
    learned = learn(*folders(settings))
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profile").mkdir()
        head = (
            "conversations side by side",
            "bare turns/s",
            "store alone turns/s",
            "of bare",
            "whole turns/s",
            "CPU ms",
            "of it store",
        )
        print(" | ".join(head))
        for conversations in SIDE_BY_SIDE:
            seconds, cpu, steps = await whole_turns(folder, learned, conversations, turns)
            store_seconds, store_cpu = await store_alone(folder, steps, conversations)
            bare_seconds = bare(folder, steps, conversations)
            row = (
                f"{conversations}",
                f"{len(steps) / bare_seconds:,.0f}",
                f"{len(steps) / store_seconds:,.0f}",
                f"{bare_seconds / store_seconds:.0%}",
                f"{len(steps) / seconds:,.0f}",
                f"{cpu / len(steps) * 1000:.2f}",
                f"{store_cpu / len(steps) * 1000:.2f}",
            )
            print(" | ".join(text.rjust(len(title)) for text, title in zip(row, head, strict=True)))
        print("\nwhere the CPU of a turn goes (profiled, so only the shares count)")
        parts = await profile(folder, learned, turns)
        total = sum(own for _, own in parts)
        for part, own in parts[:14]:
            print(f"{own / total:6.1%}  {part}")


if __name__ == "__main__":
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        # Every line is made and scrubbed as in a running bot, and written to nowhere.
        set_up("info", "console", (), nowhere)
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000))
