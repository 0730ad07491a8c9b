"""What relaying costs: the whole bot, commits durable, beside the bare library in the same run.

    python benchmarks/relay.py [part ...]      parts: one, slow, crowd, limits, contact, both, busy, start

The real client libraries against the fake servers on loopback; the bot has a process of its own. Absolute times are
those of the machine: what counts is how the rows compare. The bare library relays one message after the other and
remembers nothing; Telegram's is run with its own httpx and with the product's aiohttp underneath.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import start
from _guild import Guild
from _guild import Person as GuildPerson
from _town import Person, Running, Town, running_bot

ONE_BY_ONE, WARM_UP, CONTACTS = 300, 30, 100
WRITERS, TEXTS_OF_A_WRITER = 40, 10
NEWCOMERS, TEXTS_OF_A_NEWCOMER = 40, 5
API_SECONDS = 0.04
BARE = ("httpx", "aiohttp")

Scene = Callable[[Town, Running, str], Awaitable[str]]


async def one_by_one(town: Town, bot: Running, what: str) -> str:
    """One message at a time: how long until the desk sees it, and what it costs."""
    people = town.people_arrive(WRITERS)
    await _introduce(town, people, what)
    for number in range(WARM_UP + ONE_BY_ONE):
        if number == WARM_UP:
            town.forget()
            cpu, served = bot.cpu(), town.served
        mark = await town.writes(people[number % len(people)])
        if not await town.holds(lambda mark=mark: mark in town.seen, 10):  # type: ignore[misc]
            return f"lost {mark}"
    cpu, served = bot.cpu() - cpu, town.served - served
    return (
        f"{_spread(town.waits())}   CPU {cpu / ONE_BY_ONE * 1000:5.2f} s per 1,000 messages,"
        f" {cpu / served * 1000:5.2f} s per 1,000 API calls"
    )


async def slow(town: Town, bot: Running, what: str) -> str:
    """Every API call takes 40 ms, and forty people write ten messages each, all at once."""
    people = town.people_arrive(WRITERS)
    await _introduce(town, people, what)
    town.seconds_of_a_call = API_SECONDS
    town.forget()
    cpu, served = bot.cpu(), town.served
    for _ in range(TEXTS_OF_A_WRITER):
        for person in people:
            await town.writes(person)
    await town.holds(lambda: not town.lost())
    seconds = max(town.seen.values()) - min(town.written.values())
    cpu, served = bot.cpu() - cpu, town.served - served
    return (
        f"{len(town.seen) / seconds:6.0f} messages/s   lost {town.lost()}   in {served} API calls,"
        f" CPU {cpu / len(town.seen) * 1000:5.2f} s per 1,000 messages, {cpu / served * 1000:5.2f} s per 1,000 calls"
    )


async def crowd(town: Town, _bot: Running, what: str) -> str:
    """Forty people nobody knows write five messages each, all at once."""
    people = town.people_arrive(NEWCOMERS)
    if what not in BARE:
        for person in people:
            await person.sends("/human")
    for _ in range(TEXTS_OF_A_NEWCOMER - (what not in BARE)):
        for person in people:
            await town.writes(person)
    await town.holds(lambda: not town.lost())
    await town.quiet()
    return f"{len(town.desk.topics)} topics for {len(people)} people   lost {town.lost()}   doubled {town.doubled}"


async def _introduce(town: Town, people: list[Person], what: str) -> None:
    """The bot knows everybody: with a ticket where it has such a thing."""
    if what in BARE:
        for person in people:
            await town.writes(person)
        await town.holds(lambda: not town.lost())
    else:
        await town.open_tickets(people)


async def played(scene: Scene, what: str, folder: Path) -> str:
    """One scene with one bot and a town of its own."""
    town = await Town.start()
    try:
        async with running_bot(what, town, folder / f"{scene.__name__}-{what}") as bot:
            return await scene(town, bot, what)
    finally:
        await town.stop()


async def limits(folder: Path) -> str:
    """Five people write thirty messages each within a minute, where the platform enforces its limits."""
    town = await Town.start()
    people = town.people_arrive(5)
    try:
        async with running_bot("free", town, folder / "limits"):
            await town.open_tickets(people)
        town.limits.chat_per_second, town.limits.overall_per_second, town.limits.group_per_minute = 1, 30, 20
        async with running_bot("limited", town, folder / "limits"):
            town.forget()
            for _ in range(30):
                for person in people:
                    await town.writes(person)
                    await asyncio.sleep(60 / 150)
            await town.holds(lambda: not town.lost(), 120)
        last = max(town.seen.values()) - min(town.written.values())
        return (
            f"lost {town.lost()} of {len(town.written)}   429s {town.refused}   last one visible after {last:.1f} s"
        )
    finally:
        await town.stop()


async def contact(guild: Guild, _bot: Running, what: str) -> str:
    """Discord: people nobody knows ask for a person, one after the other, until their thread and its card stand."""
    for number, person in enumerate(guild.people_arrive(WARM_UP + CONTACTS)):
        if number == WARM_UP:
            guild.forget()
        mark = guild.write(number)
        await person.sends(f"here it is {mark}" if what == "discord.py" else "/human")
        if not await guild.holds(lambda person=person: (thread := guild.thread(person)) and thread.messages, 10):  # type: ignore[misc]
            return f"no thread for {person.account.name}"
        guild.note(mark)
    return _spread(guild.waits())


async def both_ways(guild: Guild, bot: Running, what: str) -> str:
    """Discord: forty tickets, a requester and the agent write in turn, one message at a time."""
    people = guild.people_arrive(WRITERS)
    await _meet(guild, people, what)
    for number in range(WARM_UP + ONE_BY_ONE):
        if number == WARM_UP:
            await guild.quiet()
            guild.forget()
            cpu, served = bot.cpu(), guild.served
        writes = guild.answers if number % 2 else guild.writes
        mark = await writes(people[number % len(people)])
        if not await guild.holds(lambda mark=mark: mark in guild.seen, 10):  # type: ignore[misc]
            return f"lost {mark}"
    await guild.quiet()
    cpu, served = bot.cpu() - cpu, guild.served - served
    return (
        f"{_spread(guild.waits())}   {served / ONE_BY_ONE:4.2f} API requests a message,"
        f" CPU {cpu / ONE_BY_ONE * 1000:5.2f} s per 1,000 messages"
    )


async def all_at_once(guild: Guild, bot: Running, what: str) -> str:
    """Discord: twenty tickets, in each of which a requester and the agent write ten messages, all at once."""
    people = guild.people_arrive(20)
    await _meet(guild, people, what)
    guild.forget()
    cpu, served = bot.cpu(), guild.served
    for _ in range(TEXTS_OF_A_WRITER):
        for person in people:
            await guild.writes(person)
            await guild.answers(person)
        await asyncio.sleep(0.05)
    await guild.holds(lambda: not guild.lost())
    seconds = max(guild.seen.values()) - min(guild.written.values())
    await guild.quiet()
    cpu, served = bot.cpu() - cpu, guild.served - served
    return (
        f"{len(guild.seen) / seconds:6.0f} messages/s   lost {guild.lost()}   {served / len(guild.seen):4.2f} API"
        f" requests a message, CPU {cpu / len(guild.seen) * 1000:5.2f} s per 1,000 messages"
    )


async def _meet(guild: Guild, people: list[GuildPerson], what: str) -> None:
    """The bot knows everybody: with a ticket where it has such a thing."""
    if what == "discord.py":
        for person in people:
            await guild.writes(person)
        await guild.holds(lambda: not guild.lost())
    else:
        await guild.open_tickets(people)


def _spread(waits: list[float]) -> str:
    return f"p50 {waits[len(waits) // 2]:6.1f} ms   p99 {waits[len(waits) * 99 // 100]:6.1f} ms"


async def met(scene: Callable[[Guild, Running, str], Awaitable[str]], what: str, folder: Path) -> str:
    """One scene with one bot and a server of its own."""
    guild = await Guild.start()
    try:
        async with running_bot(what, guild, folder / f"{scene.__name__}-{what}") as bot:
            await guild.quiet()
            return await scene(guild, bot, what)
    finally:
        await guild.stop()


DISCORD_SCENES = {"contact": contact, "both": both_ways, "busy": all_at_once}
GOALS = {
    "contact": "p50 under 40 ms",
    "both": "p50 under 8 ms   p99 under 25 ms   at most 1.5 API requests a message, CPU 2 s per 1,000 messages",
}
"""What the bot's own row is held against, on an idle machine."""
SCENES: dict[str, Scene] = {"one": one_by_one, "slow": slow, "crowd": crowd}


async def main(parts: list[str]) -> None:
    with TemporaryDirectory() as name:
        for part, scene in SCENES.items():
            if part not in (parts or SCENES):
                continue
            print(f"\n{scene.__doc__}")
            for what, title in (("free", "the bot"), ("httpx", "bare, httpx"), ("aiohttp", "bare, aiohttp")):
                print(f"  {title:14} {await played(scene, what, Path(name))}", flush=True)
        for part, scene_of_discord in DISCORD_SCENES.items():
            if part not in (parts or DISCORD_SCENES):
                continue
            print(f"\n{scene_of_discord.__doc__}")
            for what, title in (("discord", "the bot"), ("discord.py", "bare")):
                print(f"  {title:14} {await met(scene_of_discord, what, Path(name))}", flush=True)
            if part in GOALS:
                print(f"  {'goal':14} {GOALS[part]}", flush=True)
        if "limits" in (parts or ["limits"]):
            print(f"\n{limits.__doc__}\n  {'the bot':14} {await limits(Path(name))}", flush=True)
        if "start" in (parts or ["start"]):
            started = [await start.run(Path(name)) for _ in range(start.RUNS)]
            seconds, megabytes = min(cpu for cpu, _ in started), min(most for _, most in started)
            print("\nBoth platforms in one process, until both are connected.")
            print(f"  {'the bot':14} {seconds:.2f} s of CPU   {megabytes:.0f} MB resident")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
