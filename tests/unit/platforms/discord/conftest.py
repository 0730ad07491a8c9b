"""A Discord in memory with the real client connected to it: one server, its staff channel, some people."""

from collections.abc import AsyncIterator, Mapping

import discord
import pytest
import simcord
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord_server import files_served
from tests.servers.discord_socket import running_discord
from tests.unit.platforms.discord.runs import Runs
from tests.unit.platforms.discord.world import World


@pytest.fixture
def desk_kind() -> str:
    """Whether staff have a "forum" or a "text" channel; parametrize it directly."""
    return "forum"


@pytest.fixture
def changed() -> Mapping[str, object]:
    """Settings that a test wants otherwise; parametrize it directly."""
    return {}


@pytest.fixture
def has_team() -> bool:
    """Whether a team has a channel of its own beside the desk's."""
    return False


@pytest.fixture
async def env() -> AsyncIterator[simcord.Env]:
    """The server before anybody connects; simcord sets its clocks where it finds a fixture of this type."""
    env = simcord.Env(discord.Client(intents=discord.Intents.none()))
    yield env
    await env.shutdown()


@pytest.fixture
async def world(
    env: simcord.Env, desk_kind: str, changed: Mapping[str, object], has_team: bool
) -> AsyncIterator[World]:
    """Connected and watched: what the client raises, or sends against the published API, fails the test."""
    world = World(env, desk_kind, changed, has_team=has_team)
    await world.connect()
    yield world
    assert world.problems() == []
    env.raise_errors()


@pytest.fixture
async def cdn(world: World) -> AsyncIterator[None]:
    """What people send can be downloaded."""
    async with files_served(world.env):
        yield


@pytest.fixture
async def runs() -> AsyncIterator[Runs]:
    """A Discord that is connected to over sockets."""
    kept = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with running_discord() as server:
        yield Runs(server)
        server.assert_clean()
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = kept
