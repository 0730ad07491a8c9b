"""An incident: thousands write within a minute. What is kept, what memory does, and how much of the limits is used.

    python benchmarks/storm.py [requesters] [seconds in which they write]

The whole bot with the published limits, against the fake Bot API, which enforces the same ones: 30 messages a second
over all chats, 1 a second in a chat, 20 a minute in the staff group. Every tenth requester asks for a person.
The run takes as long as the limits make it: 10,000 requesters are about six minutes.
"""

import asyncio
import re
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from _town import Person, Running, Town, running_bot

from bot.delivery import LIMITS
from bot.model import PlatformName

REQUESTERS, SECONDS = 10_000, 60.0
ONE_IN = 10
"""How many ask a question for each one who asks for a person."""
QUESTION, PERSON = "how long does a deposit take?", "/human"
PATIENCE_SECONDS = 300.0
_BUCKET = re.compile(r'^support_bot_turn_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)


async def write(people: list[Person], seconds: float) -> None:
    """Everybody writes once, evenly over the time."""
    since = time.perf_counter()
    for number, person in enumerate(people):
        await person.sends(PERSON if number % ONE_IN == 0 else QUESTION)
        await asyncio.sleep(max(0.0, since + seconds * (number + 1) / len(people) - time.perf_counter()))


async def watch(bot: Running, memory: list[float]) -> None:
    while True:
        memory.append(bot.megabytes())
        await asyncio.sleep(0.5)


def steady_share(town: Town, most: int) -> float:
    """The share of the allowed rate that was used, but for the first and last tenth, when too little waited."""
    moments = town.counted
    tenth = len(moments) // 10
    steady = moments[tenth:-tenth]
    return (len(steady) - 1) / (steady[-1] - steady[0]) / most


async def storm(requesters: int, seconds: float, folder: Path) -> None:
    town = await Town.start()
    most = LIMITS[PlatformName.TELEGRAM]
    town.limits.chat_per_second, town.limits.overall_per_second = most.chat_per_second, most.overall_per_second
    town.limits.group_per_minute = most.group_per_minute
    people = town.people_arrive(requesters)
    memory: list[float] = []
    async with running_bot("limited", town, folder) as bot:
        await asyncio.sleep(1)
        idle, cpu, since = bot.megabytes(), bot.cpu(), time.perf_counter()
        watching = asyncio.create_task(watch(bot, memory))
        await write(people, seconds)
        written = time.perf_counter() - since
        await town.holds(lambda: not town.world.updates.pending, PATIENCE_SECONDS)
        taken, cpu_taken = time.perf_counter() - since, bot.cpu() - cpu
        await town.holds(lambda: len(town.told) == requesters, PATIENCE_SECONDS + requesters / 10)
        last, cpu_all, peak = time.perf_counter() - since, bot.cpu() - cpu, bot.megabytes("VmHWM")
        watching.cancel()
    print(f"{requesters} requesters wrote within {written:.0f} s; all was committed after {taken:.1f} s")
    print(
        f"  ingest            {requesters / taken:8.0f} messages/s, CPU {cpu_taken / requesters * 1000:.2f} s a 1,000"
    )
    print(
        f"  answered          {len(town.told):8} requesters, the last after {last:.0f} s; CPU {cpu_all:.1f} s in all"
    )
    print(f"  share of the rate {steady_share(town, most.overall_per_second):8.1%} of {most.overall_per_second}/s")
    early = sum(moment < since + written for moment in town.refused_at)
    print(f"  429s              {town.refused:8} ({early} while people wrote)")
    print(f"  memory            {peak:8.0f} MB at most, {idle:.0f} MB idle")
    print(f"  p99 of a turn     {p99_of_turns(folder):>8} (all: deciding, and waiting for the commit)")
    print(f"  committed         {committed(folder):8} messages")
    await town.stop()


def p99_of_turns(folder: Path) -> str:
    """The bucket of the bot's own histogram in which the slowest hundredth begins."""
    buckets = [(float(most), float(turns)) for most, turns in _BUCKET.findall((folder / "metrics").read_text())]
    seconds = next(most for most, turns in buckets if turns >= buckets[-1][1] * 0.99)
    return f"< {seconds * 1000:.0f} ms"


def committed(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "store.sqlite3")) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM messages WHERE kind = 'requester'").fetchone()[0])


if __name__ == "__main__":
    wanted = [float(word) for word in sys.argv[1:]]
    with TemporaryDirectory() as name:
        many, within = int(wanted[0]) if wanted else REQUESTERS, wanted[1] if wanted[1:] else SECONDS
        asyncio.run(storm(many, within, Path(name) / "bot"))
