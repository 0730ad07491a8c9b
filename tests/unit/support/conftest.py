"""An office per test, on an empty SQLite file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import load
from bot.operations.knowledge import Learned
from bot.operations.rules import rules_of
from bot.staffing import StaffChats
from bot.store import open_store
from bot.support import Brain
from tests.clocks import FakeClock
from tests.unit.support.office import DESK, Office


@pytest.fixture
def brain(learned: Learned) -> Brain:
    return Brain.of(learned.knowledge, learned.index, rules_of(load(None, {}), StaffChats(DESK)))


@pytest.fixture
async def office(tmp_path: Path, brain: Brain) -> AsyncIterator[Office]:
    path = tmp_path / "store.sqlite3"
    store = await open_store(path)
    yield Office(path, store, FakeClock(), brain)
    await store.close()
