"""A sign of life is given only while every part of the bot works; the watcher is a real server on this machine."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.model import Agent, ChatRef, Content, MessageRef, PlatformName, Standing
from bot.operations.heartbeat import Heartbeat
from bot.outbox import FreezeReplies, QueueDelivery
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.store import SqlStore, open_store
from bot.web.server import serve
from tests.clocks import FakeClock

TELEGRAM = PlatformName.TELEGRAM
CHAT, STAFF = ChatRef(TELEGRAM, "7"), ChatRef(TELEGRAM, "staff")
MINUTES = 5


@dataclass
class Line:
    """A platform as far as the heartbeat knows it."""

    name: PlatformName
    answered_at: int | None = None


class Watcher:
    def __init__(self) -> None:
        self.beats = 0
        self.status = 200
        self.url = ""

    async def take(self, _request: web.Request) -> web.Response:
        self.beats += 1
        return web.Response(status=self.status)


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    found = Watcher()
    app = web.Application()
    app.router.add_get("/ping", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping"
    yield found
    await runner.cleanup()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(tmp_path / "s.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def line(clock: FakeClock) -> Line:
    return Line(TELEGRAM, clock.now())


@pytest.fixture
def heartbeat(store: SqlStore, clock: FakeClock, line: Line, watcher: Watcher) -> Heartbeat:
    return Heartbeat(watcher.url, MINUTES, store, clock, [line, object()], [STAFF])


async def queue(store: SqlStore, clock: FakeClock, chat: ChatRef = CHAT, **changed: object) -> None:
    row = Outgoing(
        id=clock.new_id(), kind=DeliveryKind.SEND, chat=chat, priority=Priority.REQUESTER, due_at=clock.now(),
        message_id=1, content=Content(text="words"), **changed,  # type: ignore[arg-type]
    )  # fmt: skip
    assert await store.commit((QueueDelivery(row),))


async def test_all_is_well_while_everybody_answers(heartbeat: Heartbeat, clock: FakeClock, line: Line) -> None:
    assert await heartbeat.troubles() == []
    clock.forward(MINUTES * 60)
    assert await heartbeat.troubles() == []


async def test_a_platform_that_has_not_answered_lately_is_silent(
    heartbeat: Heartbeat, clock: FakeClock, line: Line
) -> None:
    clock.forward(MINUTES * 60 + 1)
    assert await heartbeat.troubles() == ["telegram is silent"]
    line.answered_at = None
    assert await heartbeat.troubles() == ["telegram is silent"]
    line.answered_at = clock.now()
    assert await heartbeat.troubles() == []


async def test_what_is_due_and_does_not_leave_is_trouble(
    heartbeat: Heartbeat, store: SqlStore, clock: FakeClock, line: Line
) -> None:
    await queue(store, clock)
    assert await heartbeat.troubles() == []
    clock.forward(MINUTES * 60 + 1)
    line.answered_at = clock.now()
    assert await heartbeat.troubles() == ["deliveries are stuck"]


async def test_what_waits_for_a_staff_chats_limit_or_is_frozen_is_no_trouble(
    heartbeat: Heartbeat, store: SqlStore, clock: FakeClock, line: Line
) -> None:
    await queue(store, clock, STAFF, in_thread=True, ticket_id=1)
    await queue(store, clock, origin=MessageRef(STAFF, "1"))
    lead = Agent(TELEGRAM, "1", "Mika", Standing.ADMINISTRATOR)
    await store.commit((FreezeReplies(lead, clock.now()),))
    clock.forward(MINUTES * 60 + 1)
    line.answered_at = clock.now()
    assert await heartbeat.troubles() == []


async def test_the_same_is_told_on_the_bots_own_port(heartbeat: Heartbeat, clock: FakeClock) -> None:
    server = await serve("127.0.0.1", 0, heartbeat.routes(), metrics=str, is_healthy=lambda: True)
    try:
        async with ClientSession() as session:
            async with session.get(f"{server.url}healthz/flow") as well:
                assert (well.status, await well.json()) == (200, {"flows": True, "troubles": []})
            clock.forward(MINUTES * 60 + 1)
            async with session.get(f"{server.url}healthz/flow") as unwell:
                assert unwell.status == 503
                assert (await unwell.json())["troubles"] == ["telegram is silent"]
    finally:
        await server.close()


async def test_a_store_that_takes_nothing_is_trouble(tmp_path: Path, clock: FakeClock) -> None:
    closed = await open_store(tmp_path / "closed.sqlite3")
    await closed.close()

    assert await Heartbeat("", MINUTES, closed, clock, []).troubles() == ["the store takes nothing"]


async def test_the_watcher_hears_of_it_only_while_all_is_well(
    store: SqlStore, clock: FakeClock, line: Line, watcher: Watcher
) -> None:
    """Also after the watcher itself was in trouble."""
    heard: list[int] = []
    over = asyncio.Event()

    async def pause(seconds: float) -> None:
        assert seconds == MINUTES * 60
        clock.forward(seconds)
        heard.append(watcher.beats)
        watcher.status = 500 if len(heard) == 1 else 200
        if len(heard) != 3:
            line.answered_at = clock.now()
        else:
            clock.forward(1)
        if len(heard) == 5:
            over.set()
            await asyncio.Event().wait()

    beating = asyncio.create_task(Heartbeat(watcher.url, MINUTES, store, clock, [line], (), pause).run())
    await over.wait()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)

    assert heard == [0, 1, 2, 2, 3]
