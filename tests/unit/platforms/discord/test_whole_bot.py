"""What staff see on Discord of a ticket that goes its way, with the whole bot behind the adapter."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.app import Bot
from bot.app import running as running_bot
from bot.config import load
from bot.staffing import StaffChats
from tests.samples import png
from tests.servers.discord_server import labels_of
from tests.stage.discord import DiscordWorld, open_world


@pytest.fixture
def changed() -> Mapping[str, object]:
    """Settings that a test wants otherwise; parametrize it directly."""
    return {}


@pytest.fixture
def desk_kind() -> str:
    return "forum"


@pytest.fixture
async def world(desk_kind: str, changed: Mapping[str, object]) -> AsyncIterator[DiscordWorld]:
    async with open_world(language="en", desk_kind=desk_kind) as world:
        assert isinstance(world, DiscordWorld)
        world.changed = dict(changed)
        yield world
    assert world.problems() == []


@pytest.fixture
async def bot(world: DiscordWorld, tmp_path: Path) -> AsyncIterator[Bot]:
    cache = tmp_path.parent / "cache"
    settings = load(None, {"BOT_STORE__PATH": str(tmp_path / "store.sqlite3"), "BOT_STORE__CACHE": str(cache)})
    async with running_bot(
        settings, lambda parts: [world.platform(parts)], StaffChats(world.desk_chat), limits={}
    ) as bot:
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


@pytest.mark.parametrize("desk_kind", ["forum", "text"])
@pytest.mark.parametrize("changed", [{"message_content": False}])
async def test_an_agent_whose_words_are_hidden_replies_by_the_form(bot: Bot, world: DiscordWorld) -> None:
    await world.says("/human")
    await bot.courier.settled()
    await world.agent_presses("Mika", "Take")
    await bot.courier.settled()

    form = await world.people["Mika"].click(newest_with(world, "Reply"), label="Reply")
    await world.people["Mika"].submit_modal(form, {"words": "It has arrived", "files": ("proof.png", png())})
    await bot.courier.settled()

    (*_, reply) = await world.requester_view()
    assert (reply.text, reply.files) == ("**Support team**\nIt has arrived", 1)
    (said,) = [message for message in on_desk(world) if message.content.endswith("/reply\nIt has arrived")]
    assert [str(mark.emoji) for mark in said.reactions] == ["✅"]


def on_desk(world: DiscordWorld) -> list[discord.Message]:
    return [*world.server.staff.history(), *post(world).history()]


def newest_with(world: DiscordWorld, label: str) -> discord.Message:
    return [message for message in on_desk(world) if label in labels_of(message)][-1]
