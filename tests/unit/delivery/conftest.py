"""A depot per test, and a courier at work."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.delivery import Courier
from bot.store import open_store
from tests.unit.delivery.depot import DISCORD, TELEGRAM, CountingStore, Depot, FakePlatform

AtWork = Callable[[], AbstractAsyncContextManager[Courier]]


@pytest.fixture
async def depot(tmp_path: Path) -> AsyncIterator[Depot]:
    path = tmp_path / "store.sqlite3"
    store = CountingStore(await open_store(path))
    yield Depot(path, store, {name: FakePlatform(name) for name in (TELEGRAM, DISCORD)})
    await store.close()


@pytest.fixture
def at_work(depot: Depot) -> AtWork:
    @asynccontextmanager
    async def work() -> AsyncIterator[Courier]:
        courier = depot.courier()
        task = asyncio.create_task(courier.run())
        try:
            yield courier
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return work
