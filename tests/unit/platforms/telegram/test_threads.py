"""A ticket's thread is one topic, however often making it was tried; groups without topics get the card alone."""

import pytest

from bot.model import Button, ChatRef, Content, TicketStatus
from bot.outgoing import DeliveryKind
from bot.platforms.telegram.topics import SIGNS
from bot.ports import NeverDelivered, Receipt, TryLater
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_chats import ICONS
from tests.servers.bot_api_objects import Chat, Topic
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import TELEGRAM, Stage, desk, ref

OPEN, SHOW = DeliveryKind.OPEN_THREAD, DeliveryKind.SHOW_STATUS
BUTTONS = ((Button("Take", "t1.1.take"), Button("Close", "t1.1.close")),)


def sign_of(topic: Topic) -> str:
    return ICONS.get(topic.icon, "")


async def test_thread_is_a_topic_with_the_card_in_it(running: Stage, group: Chat) -> None:
    content = Content(text="**Deposit** missing", buttons=BUTTONS)
    receipt = await running.deliver(
        OPEN, desk(), title="#42 Deposit\nmissing", content=content, status=TicketStatus.NEW
    )
    topic = group.topic("#42 Deposit missing")
    assert receipt == Receipt((ref(topic.messages[0]),), desk(topic.id))
    assert topic.messages[0].buttons == [["Take", "Close"]]
    assert sign_of(topic) == SIGNS[TicketStatus.NEW]


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
    receipt = await running.deliver(OPEN, chat, title="#42", content=Content(text="card"), status=TicketStatus.NEW)
    assert receipt == Receipt((ref(plain.messages[0]),), chat)
    assert await running.deliver(SHOW, chat, status=TicketStatus.SOLVED) == Receipt()


async def test_missing_right_to_make_topics_is_said(running: Stage, group: Chat, eve: Person) -> None:
    await eve.sets_bot_rights(group, "administrator", can_manage_topics=False)
    with pytest.raises(NeverDelivered) as caught:
        await running.deliver(OPEN, desk(), title="#42", content=Content(text="card"))
    assert caught.value.reason == "forbidden"


@pytest.mark.parametrize("status", list(TicketStatus))
async def test_topic_shows_each_status_and_is_closed_when_the_ticket_is_done(
    running: Stage, group: Chat, eve: Person, status: TicketStatus
) -> None:
    topic = await eve.opens_topic(group, "#42")
    await running.deliver(SHOW, desk(topic.id), status=status, title="#42 → Eve")
    assert (sign_of(topic), topic.name, topic.is_closed) == (SIGNS[status], "#42 → Eve", status.is_done)


async def test_topic_is_changed_only_where_it_differs(running: Stage, server: FakeBotApi, group: Chat) -> None:
    opened = await running.deliver(OPEN, desk(), title="#42", content=Content(text="card"), status=TicketStatus.NEW)
    assert opened.thread is not None
    for status in (TicketStatus.OPEN, TicketStatus.OPEN, TicketStatus.SOLVED, TicketStatus.CLOSED, TicketStatus.OPEN):
        await running.deliver(SHOW, opened.thread, status=status, title="#42")
    asked = [call.method for call in server.calls if call.method.endswith("ForumTopic")]
    assert asked == [
        "createForumTopic", "editForumTopic", "editForumTopic", "closeForumTopic", "editForumTopic",
        "reopenForumTopic", "editForumTopic",
    ]  # fmt: skip
    assert len(server.calls_of("getForumTopicIconStickers")) == 1


@pytest.mark.parametrize("status", [TicketStatus.PENDING, TicketStatus.SOLVED])
async def test_after_a_restart_what_a_topic_is_already_is_no_error(
    stage: Stage, group: Chat, eve: Person, status: TicketStatus
) -> None:
    topic = await eve.opens_topic(group, "#42")
    for _ in range(2):
        stage.build()
        async with stage.running():
            await stage.deliver(SHOW, desk(topic.id), status=status, title="#42")
        assert (sign_of(topic), topic.is_closed) == (SIGNS[status], status.is_done)


async def test_without_icons_the_sign_stands_before_the_name(
    running: Stage, server: FakeBotApi, group: Chat, eve: Person
) -> None:
    topic = await eve.opens_topic(group, "#42")
    server.fail_next("getForumTopicIconStickers", 500)
    await running.deliver(SHOW, desk(topic.id), status=TicketStatus.OPEN, title="#42")
    assert (topic.name, topic.icon) == ("✍️ #42", "")
    await running.deliver(SHOW, desk(topic.id), status=TicketStatus.PENDING, title="#42")
    assert (topic.name, sign_of(topic)) == ("#42", "☕️")


async def test_a_status_that_could_not_be_shown_is_shown_by_the_next_try(
    running: Stage, server: FakeBotApi, group: Chat, eve: Person
) -> None:
    topic = await eve.opens_topic(group, "#42")
    server.fail_next("closeForumTopic", 429, retry_after=3)
    with pytest.raises(TryLater):
        await running.deliver(SHOW, desk(topic.id), status=TicketStatus.SOLVED, title="#42")
    await running.deliver(SHOW, desk(topic.id), status=TicketStatus.SOLVED, title="#42")
    assert topic.is_closed


async def test_deleted_thread_cannot_be_closed(running: Stage, group: Chat, eve: Person) -> None:
    topic = await eve.opens_topic(group, "#42")
    await eve.deletes_topic(topic)
    with pytest.raises(NeverDelivered) as caught:
        await running.deliver(SHOW, desk(topic.id), status=TicketStatus.SOLVED, title="#42")
    assert caught.value.reason == "chat_gone"


@pytest.mark.parametrize("status", [TicketStatus.OPEN, TicketStatus.SOLVED])
async def test_what_a_closed_topic_refuses_reopens_it_for_good_only_while_the_ticket_is_open(
    running: Stage, group: Chat, eve: Person, status: TicketStatus
) -> None:
    """Without the right to manage topics the bot may reopen those it made, and write in none that is closed."""
    opened = await running.deliver(OPEN, desk(), title="#42", content=Content(text="card"))
    [topic] = group.topics
    assert opened.thread is not None
    await eve.closes_topic(topic)
    await eve.sets_bot_rights(group, "administrator", can_manage_topics=False)

    receipt = await running.deliver(
        DeliveryKind.SEND, opened.thread, id=2, content=Content(text="word " * 1000), status=status
    )

    assert [ref(message) for message in topic.messages] == [*opened.messages, *receipt.messages]
    assert topic.is_closed is status.is_done


async def test_a_topic_that_cannot_be_closed_again_repeats_nothing(
    running: Stage, server: FakeBotApi, group: Chat, eve: Person
) -> None:
    opened = await running.deliver(OPEN, desk(), title="#42", content=Content(text="card"))
    [topic] = group.topics
    assert opened.thread is not None
    await eve.closes_topic(topic)
    await eve.sets_bot_rights(group, "administrator", can_manage_topics=False)
    server.fail_next("closeForumTopic", 429, retry_after=9)

    sent = await running.deliver(
        DeliveryKind.SEND, opened.thread, id=2, content=Content(text="thanks"), status=TicketStatus.CLOSED
    )

    assert len(sent.messages) == 1
    assert not topic.is_closed


async def test_a_closed_topic_of_somebody_else_stays_shut(running: Stage, group: Chat, eve: Person) -> None:
    topic = await eve.opens_topic(group, "#42")
    await eve.closes_topic(topic)
    await eve.sets_bot_rights(group, "administrator", can_manage_topics=False)
    with pytest.raises(NeverDelivered) as caught:
        await running.deliver(DeliveryKind.SEND, desk(topic.id), content=Content(text="words"))
    assert caught.value.reason == "forbidden"


@pytest.mark.parametrize("status", [TicketStatus.PENDING, TicketStatus.SOLVED])
async def test_a_topic_that_somebody_closed_is_reopened_so_that_agents_can_answer(
    running: Stage, group: Chat, eve: Person, status: TicketStatus
) -> None:
    """A bot that may manage topics is refused nothing in a closed one; its members are."""
    topic = await eve.opens_topic(group, "#42")
    await eve.closes_topic(topic)
    await running.until_confirmed()
    await running.deliver(DeliveryKind.SEND, desk(topic.id), content=Content(text="hello?"), status=status)
    assert topic.is_closed is status.is_done


async def test_a_topic_that_is_open_again_is_left_alone(
    running: Stage, server: FakeBotApi, group: Chat, eve: Person
) -> None:
    topic = await eve.opens_topic(group, "#42")
    await eve.closes_topic(topic)
    await eve.reopens_topic(topic)
    await running.until_confirmed()
    await running.deliver(
        DeliveryKind.SEND, desk(topic.id), content=Content(text="hello?"), status=TicketStatus.PENDING
    )
    assert server.calls_of("reopenForumTopic") == []


async def test_a_topic_made_anew_for_a_solved_ticket_can_be_closed(running: Stage, group: Chat) -> None:
    content = Content(text="card")
    opened = await running.deliver(OPEN, desk(), title="#42", content=content, status=TicketStatus.SOLVED)
    assert opened.thread is not None
    await running.deliver(SHOW, opened.thread, title="#42", status=TicketStatus.SOLVED)
    assert group.topics[0].is_closed
