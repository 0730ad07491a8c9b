"""One fake Bot API and one adapter per test; a test fails on anything the published description does not allow."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import open_store
from tests.servers.bot_api import FakeBotApi, running_bot_api
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import ADA, BOB, EVE, GROUP, Stage


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with running_bot_api() as server:
        yield server


@pytest.fixture
def ada(server: FakeBotApi) -> Person:
    return server.user(ADA, "Ada", "ja", last_name="Sato")


@pytest.fixture
def bob(server: FakeBotApi) -> Person:
    """A member of the staff chat."""
    return server.user(BOB, "Bob")


@pytest.fixture
def eve(server: FakeBotApi) -> Person:
    """An administrator of the staff chat."""
    return server.user(EVE, "Eve")


@pytest.fixture
def group(server: FakeBotApi, bob: Person, eve: Person) -> Chat:
    return server.forum_group(GROUP, members=[bob], admins=[eve])


@pytest.fixture
async def stage(server: FakeBotApi, group: Chat, tmp_path: Path) -> AsyncIterator[Stage]:
    """An adapter whose staff chat is `group`; not running yet."""
    store = await open_store(tmp_path / "store.sqlite3")
    try:
        yield Stage(server, store, tmp_path / "store.sqlite3")
    finally:
        await store.close()


@pytest.fixture
async def running(stage: Stage) -> AsyncIterator[Stage]:
    async with stage.running():
        yield stage
