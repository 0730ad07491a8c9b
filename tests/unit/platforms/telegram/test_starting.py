"""A start either leads to polling or ends in one sentence that says what an operator has to change."""

import pytest
from telegram import Bot

from bot.config import Telegram
from bot.events import MessageReceived
from bot.platforms.telegram import TelegramPlatform
from bot.ports import CannotStart
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import ADA, GROUP, Stage


def texts(stage: Stage) -> list[str]:
    return [event.text for event in stage.events if isinstance(event, MessageReceived)]


async def test_webhook_is_removed_and_what_waited_for_it_is_kept(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    await ada.sends("hello")
    async with Bot(server.token, base_url=server.base_url) as other:
        await other.set_webhook("https://bot.example.com/secret-path")
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["hello"]
    assert server.calls_of("deleteWebhook")[0].params.get("drop_pending_updates") in (None, False)


async def test_wrong_token_ends_the_start_with_a_sentence_that_does_not_show_it(stage: Stage) -> None:
    stage.token = "6123456789:AAwrongwrongwrongwrongwrongwrongwrong"
    stage.build()
    with pytest.raises(CannotStart, match="BOT_TELEGRAM__TOKEN") as caught:
        await stage.run()
    assert stage.token not in str(caught.value)
    assert caught.value.__suppress_context__


async def test_missing_token_is_said_at_once(stage: Stage) -> None:
    with pytest.raises(CannotStart, match="BOT_TELEGRAM__TOKEN"):
        TelegramPlatform(Telegram(), stage.store, stage.clock)


async def test_unreachable_platform_is_tried_until_it_answers(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    for method in ("getMe", "getMe", "getWebhookInfo", "getChat"):
        server.fail_next(method, 502)
    server.fail_next("getMe", 429, retry_after=5)
    await ada.sends("hello")
    async with stage.running():
        await stage.until_events(1)
    assert len(stage.pauses) == 5


@pytest.mark.parametrize("staff_chat", ["-1009999999999", str(ADA)], ids=["unknown", "a person"])
async def test_staff_chat_that_is_no_group_ends_the_start(stage: Stage, ada: Person, staff_chat: str) -> None:
    ada.starts()
    stage.staff_chat = staff_chat
    stage.build()
    with pytest.raises(CannotStart, match=r"telegram\.staff_chat"):
        await stage.run()


async def test_without_a_staff_chat_groups_are_ignored(
    stage: Stage, server: FakeBotApi, group: Chat, ada: Person, bob: Person
) -> None:
    stage.staff_chat = None
    stage.build()
    await bob.writes_in(group, None, "not for the bot")
    await ada.sends("hello")
    async with stage.running():
        await stage.until_confirmed()
    assert texts(stage) == ["hello"]
    assert GROUP not in {int(event.chat.chat_id) for event in stage.events}
