"""How updates leave the fake Bot API and how it fails on purpose, driven by the real python-telegram-bot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, InputMediaPhoto, Update
from telegram.error import BadRequest, Conflict, NetworkError, RetryAfter

from tests.servers.bot_api import FakeBotApi, running_bot_api
from tests.servers.bot_api_faults import Kind
from tests.servers.bot_api_media import png
from tests.servers.bot_api_people import Person

ADA = 5_300_000_001
DESK = -1002345678901


@pytest.fixture(autouse=True)
def waits_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this python-telegram-bot warns whenever a RetryAfter is made."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with running_bot_api() as server:
        yield server


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
        yield bot


@pytest.fixture
async def ada(server: FakeBotApi, bot: Bot) -> Person:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    await bot.get_updates(-1)
    server.world.updates.drop()
    return ada


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


async def test_updates_come_again_until_an_offset_confirms_them(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    for text in ("one", "two", "three"):
        await ada.sends(text)
    first = await bot.get_updates()
    assert texts(first) == ["one", "two", "three"]
    assert texts(await bot.get_updates()) == ["one", "two", "three"]
    assert texts(await bot.get_updates(first[1].update_id)) == ["two", "three"]
    assert texts(await bot.get_updates(limit=1)) == ["two"]

    # A bot that starts again asks without an offset and gets what its predecessor had not confirmed.
    async with Bot(server.token, base_url=server.base_url) as successor:
        assert texts(await successor.get_updates()) == ["two", "three"]
        assert texts(await successor.get_updates(first[2].update_id + 1)) == []
    assert texts(await bot.get_updates()) == []


async def test_negative_offset_forgets_all_but_the_last(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    for text in ("one", "two", "three"):
        await ada.sends(text)
    assert texts(await bot.get_updates(-1)) == ["three"]
    assert texts(await bot.get_updates()) == ["three"]


async def test_long_poll_ends_when_something_arrives_or_time_is_over(
    server: FakeBotApi, bot: Bot, ada: Person
) -> None:
    assert await bot.get_updates(timeout=1) == ()
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.world.updates.is_polled)
    await ada.sends("wake up")
    assert texts(await asyncio.wait_for(poll, 5)) == ["wake up"]


async def test_older_of_two_pollers_is_thrown_out(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.world.updates.is_polled)
    async with Bot(server.token, base_url=server.base_url) as other:
        younger = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates request"):
            await older
        await ada.sends("for the younger")
        assert texts(await younger) == ["for the younger"]


async def test_poller_that_vanished_does_not_disturb_its_successor(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    gone = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.world.updates.is_polled)
    gone.cancel()
    async with Bot(server.token, base_url=server.base_url) as successor:
        poll = asyncio.create_task(successor.get_updates(timeout=30))
        await server.until(lambda: len(server.calls_of("getUpdates")) == 3)
        await ada.sends("still there?")
        assert texts(await poll) == ["still there?"]
        server.fail_next("getUpdates", Kind.LOST)
        with pytest.raises(NetworkError):
            await successor.get_updates()
        assert texts(await successor.get_updates()) == ["still there?"]


async def test_some_kinds_come_only_on_request(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    message = await ada.sends("one")
    await ada.reacts(message, "👍")
    assert len(await bot.get_updates(allowed_updates=["message_reaction"])) == 1
    await ada.reacts(message, "🔥")
    await ada.sends("unwanted")
    updates = await bot.get_updates()
    assert [bool(update.message_reaction) for update in updates] == [False, True]
    await bot.get_updates(allowed_updates=[])
    await ada.sends("wanted again")
    assert texts(await bot.get_updates()) == ["one", "wanted again"]


async def test_unconfirmed_updates_are_gone_after_a_day(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    await ada.sends("yesterday")
    server.advance(24 * 3600 + 1)
    await ada.sends("today")
    assert texts(await bot.get_updates()) == ["today"]


async def test_webhook_gets_updates_in_order_and_again_until_it_agrees(
    server: FakeBotApi, bot: Bot, ada: Person
) -> None:
    seen: list[tuple[str, str]] = []

    async def receive(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), bot)
        assert update.message is not None
        seen.append((str(update.message.text), request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        server.world.changed()
        return web.Response(status=500 if len(seen) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", receive)
    async with TestServer(app) as receiver:
        await bot.set_webhook(str(receiver.make_url("/hook")), secret_token="s3cret")
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        await ada.sends("one")
        await ada.sends("two")
        await server.until(lambda: len(seen) == 3 and not server.world.updates.pending)
        assert seen == [("one", "s3cret"), ("one", "s3cret"), ("two", "s3cret")]
        described = await bot.get_webhook_info()
        assert described.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        await bot.delete_webhook()
    await ada.sends("three")
    assert texts(await bot.get_updates()) == ["three"]


async def test_webhook_needs_https_and_can_drop_what_waits(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    with pytest.raises(BadRequest, match=r"(?i)an https url must be provided"):
        await bot.set_webhook("http://example.org/hook")
    await ada.sends("old")
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_one_message_a_second_in_a_chat_when_switched_on(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    server.limits.chat_per_second = 1
    await bot.send_message(ADA, "one")
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(ADA, "two")
    assert limited.value.retry_after == timedelta(seconds=1)
    await bot.send_chat_action(ADA, "typing")
    server.advance(1)
    await bot.send_message(ADA, "two")
    assert [message.text for message in ada.chat.messages] == ["hi", "one", "two"]


async def test_group_budget_is_shared_by_all_topics_and_albums_count_by_part(
    server: FakeBotApi, bot: Bot, ada: Person
) -> None:
    server.limits.group_per_minute = 20
    desk = server.forum_group(DESK)
    opened = [await bot.create_forum_topic(DESK, f"#{number}") for number in (1, 2)]
    for number in range(9):
        await bot.send_message(DESK, str(number), message_thread_id=opened[number % 2].message_thread_id)
    await bot.send_media_group(DESK, [InputMediaPhoto(png())] * 10)
    await bot.send_message(DESK, "the twentieth")
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(DESK, "one too many")
    assert limited.value.retry_after == timedelta(seconds=60)
    await bot.send_message(ADA, "other chats are free")
    server.advance(61)
    await bot.send_message(DESK, "next minute")
    assert len(desk.messages) == 21


async def test_thirty_a_second_over_all_chats_when_switched_on(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    server.limits.overall_per_second = 2
    bob = server.user(ADA + 1, "Bob")
    await bob.sends("hi")
    await bot.send_message(ADA, "one")
    await bot.send_message(bob.id, "two")
    with pytest.raises(RetryAfter):
        await bot.send_message(bob.id, "three")


async def test_ordered_errors_happen_once_and_do_nothing(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    server.fail_next("sendMessage", 429, retry_after=7)
    server.fail_next("sendMessage", 500)
    server.fail_next("sendMessage", 502)
    server.fail_next("sendMessage", Kind.RESET, times=2)
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(ADA, "x")
    assert limited.value.retry_after == timedelta(seconds=7)
    for sentence in (
        "Internal Server Error",
        "502",
        "ReadError|RemoteProtocolError",
        "ReadError|RemoteProtocolError",
    ):
        with pytest.raises(NetworkError, match=sentence):
            await bot.send_message(ADA, "x")
    await bot.send_message(ADA, "at last")
    assert [message.text for message in ada.chat.messages] == ["hi", "at last"]
    assert [call.error for call in server.calls_of("sendMessage")][-3:] == ["reset", "reset", ""]


async def test_lost_answer_leaves_the_message_sent(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    server.fail_next("sendMessage", Kind.LOST)
    with pytest.raises(NetworkError):
        await bot.send_message(ADA, "did it arrive?")
    assert [message.text for message in ada.chat.messages] == ["hi", "did it arrive?"]


async def test_held_request_waits_until_the_test_lets_it_go_on(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    gate = server.hold_next("sendMessage")
    sending = asyncio.create_task(bot.send_message(ADA, "wait for me"))
    await server.until(lambda: server.calls_of("sendMessage"))
    assert len(ada.chat.messages) == 1
    gate.set()
    await sending
    assert ada.chat.messages[-1].text == "wait for me"


async def test_fault_may_be_ordered_for_one_chat_or_a_download(server: FakeBotApi, bot: Bot, ada: Person) -> None:
    desk = server.group(DESK)
    server.fail_next("*", 403, description="bot was kicked", when=lambda call: call.params.get("chat_id") == DESK)
    server.fail_next("download", 500)
    await bot.send_message(ADA, "fine")
    with pytest.raises(Exception, match="bot was kicked"):
        await bot.send_message(DESK, "x")
    assert desk.messages == []
    photo = await ada.sends_photo(png())
    assert photo.file is not None
    file = await bot.get_file(photo.file.id)
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert bytes(await file.download_as_bytearray()) == png()


async def test_fault_that_never_happens_fails_the_test(server: FakeBotApi) -> None:
    server.fail_next("sendMessage", 500)
    with pytest.raises(AssertionError, match="500 for sendMessage never happened"):
        server.assert_clean()
    server.faults.ordered.clear()


async def test_waiting_in_vain_tells_what_the_chats_hold(server: FakeBotApi, ada: Person) -> None:
    await ada.sends("the only thing here")
    with pytest.raises(AssertionError, match="the only thing here"):
        await server.until(lambda: False, timeout=0.01)
