"""A ticket's thread is one topic, however often making it was tried; groups without topics get the card alone."""

import pytest

from bot.model import Button, ChatRef, Content, DeliveryKind
from bot.ports import NeverDelivered, Receipt, TryLater
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import TELEGRAM, Stage, desk, ref

OPEN, CLOSE, REOPEN = DeliveryKind.OPEN_THREAD, DeliveryKind.CLOSE_THREAD, DeliveryKind.REOPEN_THREAD
BUTTONS = ((Button("Take", "t1.1.take"), Button("Close", "t1.1.close")),)


async def test_thread_is_a_topic_with_the_card_in_it(running: Stage, group: Chat) -> None:
    content = Content(text="**Deposit** missing", buttons=BUTTONS)
    receipt = await running.deliver(OPEN, desk(), title="#42 Deposit\nmissing", content=content)
    topic = group.topic("#42 Deposit missing")
    assert receipt == Receipt((ref(topic.messages[0]),), desk(topic.id))
    assert topic.messages[0].buttons == [["Take", "Close"]]


async def test_long_title_is_cut(running: Stage, group: Chat) -> None:
    await running.deliver(OPEN, desk(), title="入" * 200, content=Content(text="card"))
    assert group.topics[0].name == "入" * 128


async def test_retry_of_a_card_makes_no_second_topic(running: Stage, server: FakeBotApi, group: Chat) -> None:
    server.fail_next("sendMessage", 429, retry_after=3)
    server.fail_next("sendMessage", 500)
    for _ in range(2):
        with pytest.raises(TryLater):
            await running.deliver(OPEN, desk(), title="#42", content=Content(text="card"))
    receipt = await running.deliver(OPEN, desk(), title="#42", content=Content(text="new card"))
    topic = group.topic("#42")
    assert receipt.thread == desk(topic.id)
    assert [message.text for message in topic.messages] == ["new card"]


async def test_group_without_topics_gets_the_card_alone(running: Stage, server: FakeBotApi) -> None:
    plain = server.group(-1_001_500_000_002)
    chat = ChatRef(TELEGRAM, str(plain.id))
    receipt = await running.deliver(OPEN, chat, title="#42", content=Content(text="card"))
    assert receipt == Receipt((ref(plain.messages[0]),), chat)
    assert await running.deliver(CLOSE, chat) == Receipt()
    assert await running.deliver(REOPEN, chat) == Receipt()


async def test_missing_right_to_make_topics_is_said(running: Stage, group: Chat, eve: Person) -> None:
    await eve.sets_bot_rights(group, "administrator", can_manage_topics=False)
    with pytest.raises(NeverDelivered) as caught:
        await running.deliver(OPEN, desk(), title="#42", content=Content(text="card"))
    assert caught.value.reason == "forbidden"


async def test_thread_is_closed_and_opened_however_often_it_is_asked(
    running: Stage, group: Chat, eve: Person
) -> None:
    topic = await eve.opens_topic(group, "#42")
    for kind, is_closed in ((CLOSE, True), (CLOSE, True), (REOPEN, False), (REOPEN, False)):
        await running.deliver(kind, desk(topic.id))
        assert topic.is_closed is is_closed


async def test_deleted_thread_cannot_be_closed(running: Stage, group: Chat, eve: Person) -> None:
    topic = await eve.opens_topic(group, "#42")
    await eve.deletes_topic(topic)
    with pytest.raises(NeverDelivered) as caught:
        await running.deliver(CLOSE, desk(topic.id))
    assert caught.value.reason == "chat_gone"
