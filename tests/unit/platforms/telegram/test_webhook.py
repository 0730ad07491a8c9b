"""Updates that Telegram posts: nothing is lost, nobody else is heard, and a chat keeps its order."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientConnectionError, ClientSession

from bot.app import run_bot
from bot.config import load
from bot.events import MessageReceived, PlatformEvent
from bot.web.server import serve
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import ADA, BOB, GROUP, Stage

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def texts(stage: Stage) -> list[str]:
    return [event.text for event in stage.events if isinstance(event, MessageReceived)]


@pytest.fixture
async def hooked(stage: Stage) -> AsyncIterator[Stage]:
    """A running adapter with its route served."""
    port = free_port()
    stage.webhook_url = f"http://127.0.0.1:{port}/telegram"
    platform = stage.build()
    web = await serve("127.0.0.1", port, platform.routes(), metrics=str, is_healthy=lambda: True)
    try:
        async with stage.running():
            yield stage
    finally:
        await web.close()


@pytest.fixture
async def ready(hooked: Stage, ada: Person) -> Stage:
    """Posts are taken from now on."""
    await ada.sends("ready")
    await hooked.until_confirmed()
    hooked.events.clear()
    return hooked


def update(number: int, user_id: int, text: str) -> dict[str, Any]:
    chat = {"id": user_id, "type": "private", "first_name": "A"}
    sender = {"id": user_id, "is_bot": False, "first_name": "A"}
    message = {"message_id": number, "date": 1_800_000_000, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


async def post(stage: Stage, body: object, secret: str | None = None) -> int:
    assert stage.webhook_url is not None
    if secret is None:
        secret = str(stage.server.calls_of("setWebhook")[-1].params["secret_token"])
    async with (
        ClientSession() as session,
        session.post(stage.webhook_url, json=body, headers={HEADER: secret}) as answer,
    ):
        return answer.status


async def test_posted_updates_arrive_and_nothing_is_polled(hooked: Stage, server: FakeBotApi, ada: Person) -> None:
    await ada.sends("one")
    await ada.sends("two")
    await hooked.until_confirmed()
    assert texts(hooked) == ["one", "two"]
    assert server.calls_of("getUpdates") == []
    (call,) = server.calls_of("setWebhook")
    assert call.params.get("drop_pending_updates") in (None, False)
    assert "chat_member" in call.params["allowed_updates"]


async def test_what_waited_before_the_start_is_posted(stage: Stage, ada: Person) -> None:
    await ada.sends("while it was down")
    port = free_port()
    stage.webhook_url = f"http://127.0.0.1:{port}/telegram"
    web = await serve("127.0.0.1", port, stage.build().routes(), metrics=str, is_healthy=lambda: True)
    async with stage.running():
        await stage.until_confirmed()
    await web.close()
    assert texts(stage) == ["while it was down"]


async def test_the_secret_is_the_same_after_a_restart_and_does_not_show_the_token(
    ready: Stage, server: FakeBotApi
) -> None:
    ready.build()
    async with ready.running():
        await server.until(lambda: len(server.calls_of("setWebhook")) == 2)
    first, second = (str(call.params["secret_token"]) for call in server.calls_of("setWebhook"))
    assert first == second
    assert len(first) == 64
    assert first not in ready.token


@pytest.mark.parametrize("secret", ["", "wrong", "ä"])
async def test_nobody_without_the_secret_is_heard(
    ready: Stage, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [await post(ready, update(7, ADA, "let me in"), secret) for _ in range(3)]
    assert answers == [401, 401, 401]
    assert ready.events == []
    told = capsys.readouterr()
    assert (told.out + told.err).count("telegram_webhook_wrong_secret") == 1


async def test_a_failing_store_makes_telegram_repeat(hooked: Stage, ada: Person) -> None:
    failures = 2

    async def store_is_down(event: PlatformEvent) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("disk full")
        await hooked.write_down(event)

    hooked.on_event = store_is_down
    await ada.sends("hello")
    await hooked.until_confirmed()
    assert failures == 0
    assert texts(hooked) == ["hello"]


async def test_a_failing_store_is_answered_with_503(ready: Stage) -> None:
    async def store_is_down(event: PlatformEvent) -> None:
        raise OSError("disk full")

    ready.on_event = store_is_down
    assert await post(ready, update(7, ADA, "hello")) == 503


async def test_a_platform_that_cannot_be_asked_makes_telegram_repeat(
    ready: Stage, server: FakeBotApi, group: Chat, bob: Person
) -> None:
    server.fail_next("getChatMember", 502)
    await bob.writes_in(group, None, "hello")
    await ready.until_confirmed()
    assert len(ready.events) == 1


async def test_one_chat_is_in_order_and_another_does_not_wait_for_it(ready: Stage) -> None:
    bob_is_done = asyncio.Event()
    begun = asyncio.Event()
    busy: set[str] = set()

    async def ada_waits_for_bob(event: PlatformEvent) -> None:
        assert event.chat.chat_id not in busy
        busy.add(event.chat.chat_id)
        begun.set()
        await (asyncio.sleep(0) if event.chat.chat_id == str(BOB) else bob_is_done.wait())
        busy.remove(event.chat.chat_id)
        await ready.write_down(event)

    ready.on_event = ada_waits_for_bob
    first = asyncio.create_task(post(ready, update(1, ADA, "a1")))
    await begun.wait()
    rest = [asyncio.create_task(post(ready, update(n, ADA, f"a{n}"))) for n in (2, 3)]
    assert await post(ready, update(9, BOB, "b")) == 200
    assert not first.done()
    bob_is_done.set()
    assert await asyncio.gather(first, *rest) == [200, 200, 200]
    assert texts(ready)[:2] == ["b", "a1"]
    assert sorted(texts(ready)[2:]) == ["a2", "a3"]


async def test_an_update_that_cannot_be_read_is_set_aside(ready: Stage) -> None:
    assert await post(ready, {"update_id": 7, "message": {"message_id": 1, "text": "no date, no chat"}}) == 200
    assert ready.set_aside() == [("telegram:update:7", "")]
    assert ready.events == []


@pytest.mark.parametrize("body", [[], "text", {"update_id": "7"}, {}])
async def test_what_is_no_update_is_refused(ready: Stage, body: object) -> None:
    assert await post(ready, body) == 400
    assert ready.set_aside() == []


async def test_the_whole_bot_answers_at_the_public_name(server: FakeBotApi, group: Chat, tmp_path: Path) -> None:
    port = free_port()
    values = {
        "BOT_TELEGRAM__TOKEN": server.token, "BOT_TELEGRAM__API_BASE_URL": server.url,
        "BOT_TELEGRAM__STAFF_CHAT": str(GROUP), "BOT_TELEGRAM__WEBHOOK_URL": "https://bot.example.com/telegram",
        "BOT_WEB__PORT": str(port), "BOT_STORE__PATH": str(tmp_path / "s.sqlite3"),
        "BOT_STORE__CACHE": str(tmp_path.parent / "cache"),
    }  # fmt: skip
    task = asyncio.create_task(run_bot(load(None, values)))
    try:
        await server.until(lambda: bool(server.calls_of("setWebhook")))
        assert [await status(port, host) for host in ("bot.example.com", "evil.example.com")] == [401, 421]
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert urlsplit(str(server.calls_of("setWebhook")[0].params["url"])).path == "/telegram"


async def status(port: int, host: str) -> int:
    """Asked again until the server listens."""
    async with ClientSession() as session:
        while True:
            try:
                async with session.post(f"http://127.0.0.1:{port}/telegram", headers={"Host": host}) as answer:
                    return answer.status
            except ClientConnectionError:
                await asyncio.sleep(0.05)
