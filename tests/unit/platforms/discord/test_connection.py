"""Connecting for real, over a socket: who is turned away for good, what is tried again, how it ends."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator
from typing import cast

import discord
import discord.client
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot.config import Discord
from bot.events import MessageReceived, PlatformEvent
from bot.model import ChatRef, Content
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.adapter import LONGEST_RECONNECT_PAUSE
from bot.ports import CannotStart, Delivery, Platform, Store, TryLater
from tests.unit.platforms.discord.gateway import Gateway
from tests.unit.platforms.discord.world import DISCORD, Kept, fetch, words


class WallClock:
    def now(self) -> int:
        return time.time_ns() // 1000

    def new_id(self) -> int:
        return 1


class Session:
    """The adapter in front of a gateway, and what it did."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.events: list[PlatformEvent] = []
        self.heard = asyncio.Event()
        self.pauses: list[float] = []

    def platform(self, token: str | None = "good") -> DiscordPlatform:
        settings = Discord(
            token=SecretStr(token) if token else None,
            api_base_url=f"{self.gateway.address}/api",
            gateway_url=f"{self.gateway.address}/socket".replace("http", "ws") + "/",
        )
        store = cast("Store", Kept())
        return DiscordPlatform(settings, store, WallClock(), words, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def handle(self, event: PlatformEvent) -> None:
        self.events.append(event)
        self.heard.set()


@pytest.fixture
async def session() -> AsyncIterator[Session]:
    kept = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with Gateway().running() as gateway:
        yield Session(gateway)
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = kept


async def _heard(session: Session, run: "asyncio.Task[None]") -> None:
    """Waits for the first event; a run that ends before it says why."""
    heard = asyncio.create_task(session.heard.wait())
    await asyncio.wait({heard, run}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    if run.done():
        heard.cancel()
        run.result()
    assert session.heard.is_set()


async def _cancelled(run: "asyncio.Task[None]") -> None:
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_it_connects_where_the_settings_say_and_closes_when_cancelled(session: Session) -> None:
    run = asyncio.create_task(session.platform().run(session.handle))
    await _heard(session, run)

    await _cancelled(run)

    (event,) = session.events
    assert isinstance(event, MessageReceived)
    assert (event.text, event.chat) == ("hello", ChatRef(DISCORD, "40"))
    assert session.gateway.closed == session.gateway.identified == 1


async def test_without_a_token_it_does_not_start(session: Session) -> None:
    with pytest.raises(CannotStart, match="no Discord token"):
        await session.platform(None).run(session.handle)


async def test_a_wrong_token_is_named(session: Session) -> None:
    with pytest.raises(CannotStart, match="refused the token"):
        await session.platform("bad").run(session.handle)


@pytest.mark.parametrize(
    ("code", "says"),
    [(4004, "refused the token"), (4013, "4013")],
)
async def test_being_turned_away_for_good_is_said_in_one_sentence(session: Session, code: int, says: str) -> None:
    session.gateway.script = [code]

    with pytest.raises(CannotStart, match=says):
        await session.platform().run(session.handle)


async def test_being_refused_without_having_asked_for_content_ends_it(session: Session) -> None:
    session.gateway.script = [4014, 4014]

    with pytest.raises(CannotStart, match="4014"):
        await session.platform().run(session.handle)


async def test_an_exception_in_the_library_is_survived_with_growing_pauses(session: Session) -> None:
    session.gateway.script = ["nonsense", "nonsense", "ready"]
    run = asyncio.create_task(session.platform().run(session.handle))

    await _heard(session, run)
    await _cancelled(run)

    assert session.pauses[:2] == [1.0, 2.0]
    assert len(session.events) == 1


async def test_a_platform_that_is_down_is_tried_again(session: Session) -> None:
    session.gateway.login_status = 503
    tried = asyncio.Event()

    async def sleep(seconds: float) -> None:
        session.gateway.login_status = 200
        tried.set()

    session.sleep = sleep  # type: ignore[method-assign]
    run = asyncio.create_task(session.platform().run(session.handle))
    await _heard(session, run)
    await _cancelled(run)

    assert tried.is_set()


async def test_a_turn_that_has_begun_is_finished_before_it_ends(session: Session) -> None:
    done: list[str] = []

    async def slowly(event: PlatformEvent) -> None:
        await session.handle(event)
        for _ in range(50):
            await asyncio.sleep(0)
        done.append(event.key)

    run = asyncio.create_task(session.platform().run(slowly))
    await _heard(session, run)

    await _cancelled(run)

    assert done == ["discord:message:40:30"]


async def test_before_the_login_everything_waits(session: Session) -> None:
    platform: Platform = session.platform()
    chat = ChatRef(DISCORD, "40")
    row = Outgoing(
        id=1, kind=DeliveryKind.SEND, chat=chat, priority=Priority.NOTICE, due_at=0, message_id=1,
        content=Content(text="hello"),
    )  # fmt: skip

    with pytest.raises(TryLater):
        await platform.deliver(Delivery(row), fetch)
    with pytest.raises(TryLater):
        await platform.already_delivered(row)


def test_the_official_addresses_come_back() -> None:
    DiscordPlatform(Discord(), cast("Store", object()), WallClock(), words).new_client(_nobody)

    assert Route.BASE == "https://discord.com/api/v10"
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "wss://gateway.discord.gg/"


async def _nobody(event: PlatformEvent) -> None:
    raise AssertionError(event)


async def test_while_discord_is_out_no_pause_of_the_library_is_longer_than_a_minute(session: Session) -> None:
    """It has no option for that, so its class is exchanged; this fails should it go by another name."""
    session.platform().new_client(session.handle)

    assert "ExponentialBackoff()" in inspect.getsource(discord.Client.connect)
    pauses = vars(discord.client)["ExponentialBackoff"]()
    assert max(pauses.delay() for _ in range(200)) == LONGEST_RECONNECT_PAUSE
