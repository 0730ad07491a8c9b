"""A Discord in memory with the real client connected to it: one server, its staff channel, some people."""

from collections.abc import AsyncIterator, Mapping

import discord
import pytest
import simcord
from aiohttp import web
from aiohttp.test_utils import TestServer
from simcord.backend import cdn as simcord_cdn

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
async def env() -> AsyncIterator[simcord.Env]:
    """The server before anybody connects; simcord sets its clocks where it finds a fixture of this type."""
    env = simcord.Env(discord.Client(intents=discord.Intents.none()))
    yield env
    await env.shutdown()


@pytest.fixture
async def world(env: simcord.Env, desk_kind: str, changed: Mapping[str, object]) -> AsyncIterator[World]:
    """Connected and watched: what the client raises, or sends against the published API, fails the test."""
    world = World(env, desk_kind, changed)
    await world.connect()
    yield world
    assert world.problems() == []
    env.raise_errors()


@pytest.fixture
async def cdn(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A file server for what people send; simcord's own addresses lead nowhere."""

    async def serve(request: web.Request) -> web.Response:
        if request.path.endswith("broken.png"):
            return web.Response(status=503)
        blob = world.env.backend.cdn.get(str(request.url))
        return web.Response(body=blob) if blob is not None else web.Response(status=404)

    application = web.Application()
    application.router.add_get("/{path:.*}", serve)
    async with TestServer(application) as server:
        monkeypatch.setattr(simcord_cdn, "CDN_BASE", str(server.make_url("")).rstrip("/"))
        yield
