"""Nothing that reaches the bot may be lost, whatever breaks on the way."""

import asyncio
import contextlib

import pytest
from telegram import Bot, Update

from bot.changes import SaveCursor
from bot.events import MessageReceived, PlatformEvent
from bot.platforms.telegram.inbox import Inbox
from bot.platforms.telegram.polling import CURSOR, Polling
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_faults import Kind
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import ADA, BOB, Stage


def texts(stage: Stage) -> list[str]:
    return [event.text for event in stage.events if isinstance(event, MessageReceived)]


async def test_update_is_confirmed_only_after_it_was_handled(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    may_finish = asyncio.Event()

    async def slow(event: PlatformEvent) -> None:
        await stage.write_down(event)
        await may_finish.wait()

    stage.on_event = slow
    await ada.sends("hello")
    async with stage.running():
        await stage.until_events(1)
        assert len(server.world.updates.pending) == 1
        may_finish.set()
        await stage.until_confirmed()


async def test_crash_between_handling_and_offset_brings_the_update_again(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    """The second delivery has the same key, so the core can tell that it is one event."""

    async def hang(event: PlatformEvent) -> None:
        await stage.write_down(event)
        await asyncio.Event().wait()

    stage.on_event = hang
    await ada.sends("hello")
    async with stage.running():
        await stage.until_events(1)
    assert len(server.world.updates.pending) == 1

    stage.build()
    stage.on_event = stage.write_down
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["hello", "hello"]
    assert len({event.key for event in stage.events}) == 1


async def test_saved_offset_keeps_what_was_handled_from_coming_again(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    """The process ends after the offset was saved and before the request that would have confirmed it."""
    await ada.sends("hello")
    update_id = server.world.updates.pending[0]["update_id"]
    now = stage.clock.now()
    saved = SaveCursor(CURSOR, f"{server.world.bot.id}:{update_id + 1}:{now}", now)
    await stage.store.commit((saved,))
    async with stage.running():
        await stage.until_confirmed()
    assert stage.events == []


@pytest.mark.parametrize("cursor", ["1:{offset}:{now}", "{bot}:{offset}:0"], ids=["of another bot", "of last year"])
async def test_offset_that_means_nothing_now_confirms_nothing(
    stage: Stage, server: FakeBotApi, ada: Person, cursor: str
) -> None:
    """Updates are numbered per bot, and after a quiet week from anywhere: an old number could swallow new ones."""
    await ada.sends("hello")
    now = stage.clock.now()
    value = cursor.format(bot=server.world.bot.id, offset=2_000_000_000, now=now)
    await stage.store.commit((SaveCursor(CURSOR, value, now),))
    async with stage.running():
        await stage.until_events(1)


async def test_offset_is_not_repeated_once_it_was_taken(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    """So updates that get lower numbers after a quiet week are not taken for confirmed ones."""
    async with stage.running():
        await ada.sends("hello")
        await stage.until_confirmed()
        polls = server.calls_of("getUpdates")
        assert polls[-1].params["offset"] > 1
        server.world.updates.interrupt()
        await server.until(lambda: len(server.calls_of("getUpdates")) > len(polls))
    assert "offset" not in server.calls_of("getUpdates")[-1].params


async def test_slow_chat_does_not_hold_up_another(stage: Stage, server: FakeBotApi, ada: Person, bob: Person) -> None:
    bob_is_done = asyncio.Event()

    async def ada_waits_for_bob(event: PlatformEvent) -> None:
        if event.chat.chat_id == str(ADA):
            await bob_is_done.wait()
        else:
            bob_is_done.set()
        await stage.write_down(event)

    stage.on_event = ada_waits_for_bob
    await ada.sends("first")
    await bob.sends("second")
    async with stage.running():
        await stage.until_events(2)
    assert [event.chat.chat_id for event in stage.events] == [str(BOB), str(ADA)]


async def test_events_of_one_chat_come_in_order_and_one_at_a_time(stage: Stage, ada: Person, bob: Person) -> None:
    busy: set[str] = set()

    async def watch(event: PlatformEvent) -> None:
        assert event.chat.chat_id not in busy
        busy.add(event.chat.chat_id)
        for _ in range(3):
            await asyncio.sleep(0)
        busy.remove(event.chat.chat_id)
        await stage.write_down(event)

    stage.on_event = watch
    for number in range(10):
        await ada.sends(f"a{number}")
        await bob.sends(f"b{number}")
    async with stage.running():
        await stage.until_events(20)
    for letter in "ab":
        assert [text for text in texts(stage) if text[0] == letter] == [f"{letter}{n}" for n in range(10)]


async def test_failing_handler_gets_only_what_is_left_again(stage: Stage, ada: Person, bob: Person) -> None:
    """The handler cannot fail for a bad event, only for a store that is down: then trying again is right."""
    failures = 2

    async def store_is_down_for_bob(event: PlatformEvent) -> None:
        nonlocal failures
        if event.chat.chat_id == str(BOB) and failures:
            failures -= 1
            raise OSError("disk full")
        await stage.write_down(event)

    stage.on_event = store_is_down_for_bob
    await ada.sends("from Ada")
    await bob.sends("from Bob")
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["from Ada", "from Bob"]
    assert len(stage.pauses) == 2
    assert stage.pauses[0] < 1 <= stage.pauses[1] <= 2


async def test_polling_survives_every_kind_of_failure(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    for kind in (500, 502, 409, 401, Kind.RESET, Kind.LOST):
        server.fail_next("getUpdates", kind)
    server.fail_next("getUpdates", 429, retry_after=17)
    await ada.sends("hello")
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["hello"]
    assert len(stage.pauses) == 7
    assert 17 < stage.pauses[-1] <= 17 + 60


async def test_pauses_grow_to_a_minute_and_start_small_again(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    server.fail_next("getUpdates", 500, times=9)
    async with stage.running():
        await ada.sends("hello")
        await stage.until_confirmed()
        server.fail_next("getUpdates", 500)
        await ada.sends("again")
        await server.until(lambda: len(stage.pauses) == 10)
    assert all(0.5 * 2**n <= seconds <= 2**n for n, seconds in enumerate(stage.pauses[:6]))
    assert all(30 <= seconds <= 60 for seconds in stage.pauses[6:9])
    assert stage.pauses[9] <= 1


UNREADABLE = {"message_id": 1, "text": "no date, no chat"}


async def test_update_the_library_cannot_read_is_set_aside(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    """One update that can never be read must not hold up those behind it, and must not vanish either."""
    server.world.updates.add("message", UNREADABLE)
    await ada.sends("hello")
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["hello"]
    ((key, text),) = stage.set_aside()
    assert key.startswith("telegram:update:")
    assert text == ""
    forget_complaints_about_the_unreadable(server)


async def test_set_aside_update_is_kept_once_though_its_batch_comes_again(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    failures = 1

    async def fail_once(event: PlatformEvent) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("disk full")
        await stage.write_down(event)

    stage.on_event = fail_once
    server.world.updates.add("message", UNREADABLE)
    await ada.sends("hello")
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["hello"]
    assert len(stage.set_aside()) == 1
    forget_complaints_about_the_unreadable(server)


async def test_update_our_own_fault_cannot_translate_is_set_aside(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    async def translate(update: Update) -> PlatformEvent | None:
        raise ValueError("a fault of ours")

    inbox = Inbox()
    await ada.sends("hello")
    async with Bot(server.token, base_url=server.base_url, get_updates_request=inbox) as bot:
        loop = Polling(bot, inbox, stage.store, stage.clock, asyncio.sleep)
        task = asyncio.create_task(loop.run(translate, stage.write_down))
        await stage.until_confirmed()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert stage.events == []
    assert [text for _, text in stage.set_aside()] == [""]


def forget_complaints_about_the_unreadable(server: FakeBotApi) -> None:
    """The fake rightly says that its published description does not allow what it was made to send."""
    server.problems[:] = [p for p in server.problems if "getUpdates ->[0].message." not in p]
