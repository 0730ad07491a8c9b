"""What staff see on Discord of a ticket that goes its way, with the whole bot behind the adapter."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.app import Bot
from bot.app import running as running_bot
from bot.config import load
from tests.stage.discord import DiscordWorld, open_world


@pytest.fixture
async def world() -> AsyncIterator[DiscordWorld]:
    async with open_world(language="en") as world:
        assert isinstance(world, DiscordWorld)
        yield world
    assert world.problems() == []


@pytest.fixture
async def bot(world: DiscordWorld, tmp_path: Path) -> AsyncIterator[Bot]:
    cache = tmp_path.parent / "cache"
    settings = load(None, {"BOT_STORE__PATH": str(tmp_path / "store.sqlite3"), "BOT_STORE__CACHE": str(cache)})
    async with running_bot(settings, lambda parts: [world.platform(parts)], world.desk_chat, limits={}) as bot:
        yield bot


def post(world: DiscordWorld) -> Any:
    """simcord's handle of the only post."""
    (thread,) = world.server.staff.threads
    return thread


def tags(world: DiscordWorld) -> Sequence[str]:
    names = {tag["id"]: tag["name"] for tag in world.server.staff._channel.available_tags}
    return [names[str(one)] for one in post(world)._channel.applied_tags]


def colour(world: DiscordWorld) -> int:
    (frame,) = post(world).history()[0].components
    assert isinstance(frame, discord.Container)
    assert frame.accent_colour is not None
    return frame.accent_colour.value


async def test_a_post_shows_how_its_ticket_stands(bot: Bot, world: DiscordWorld) -> None:
    await world.says("/human")
    await bot.courier.settled()
    seen = [(tags(world), colour(world), post(world)._channel.thread_metadata.archived)]
    assert not post(world).name.endswith("→ Mika")
    for command in ("/take", "/close", "/reopen"):
        await world.agent_says("Mika", command)
        await bot.courier.settled()
        seen.append((tags(world), colour(world), post(world)._channel.thread_metadata.archived))

    others = ["Payments", "Discord"]
    assert seen == [
        (["New", *others], 0xFEE75C, False),
        (["Open", *others], 0x5865F2, False),
        (["Solved", *others], 0x57F287, True),
        (["Open", *others], 0x5865F2, False),
    ]
    assert post(world).name.endswith("→ Mika")
