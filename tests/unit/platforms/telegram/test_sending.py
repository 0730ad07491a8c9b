"""What a delivery asks for is what people see; a failure says whether trying again helps."""

import pytest

from bot.model import Agent, AttachmentKind, Button, ChatRef, Content, Markup, MessageRef, PlatformName
from bot.outgoing import DeliveryKind
from bot.ports import NeverDelivered, Receipt, TryLater
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_faults import Kind
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import ADA, TELEGRAM, Stage, delivery, desk, no_files, private, ref

SEND, EDIT, REACT, DELETE = DeliveryKind.SEND, DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.DELETE
BUTTONS = ((Button("Yes", "v1.a.1.yes"), Button("No", "v1.a.1.no")), (Button("Person", "v1.a.1.person"),))
LONG = "\n\n".join(f"paragraph {number} " + "x" * 3000 for number in range(3))


async def refused(stage: Stage, kind: DeliveryKind, chat: ChatRef, **values: object) -> str:
    """The reason why it will never be delivered."""
    with pytest.raises(NeverDelivered) as caught:
        await stage.deliver(kind, chat, **values)
    return caught.value.reason


# Messages


async def test_message_arrives_formatted_with_its_buttons(running: Stage, ada: Person) -> None:
    ada.starts()
    receipt = await running.deliver(SEND, private(ADA), content=Content(text="**Hi** <Ada>", buttons=BUTTONS))
    (message,) = ada.chat.messages
    assert receipt == Receipt((ref(message),))
    assert message.text == "Hi <Ada>"
    assert message.entities == [{"type": "bold", "offset": 0, "length": 2}]
    assert message.buttons == [["Yes", "No"], ["Person"]]


async def test_whom_a_message_names_is_mentioned_aloud(running: Stage, group: Chat) -> None:
    content = Content(text="**Hi**", wakes=(Agent(TELEGRAM, "77", "Mi\nka"), Agent(PlatformName.DISCORD, "5", "Ken")))
    await running.deliver(SEND, desk(), content=content)

    (message,) = group.messages
    assert message.text == "Hi\nMi ka"
    assert [(one["type"], one["offset"], one["length"]) for one in message.entities] == [
        ("bold", 0, 2),
        ("text_mention", 3, 5),
    ]
    assert message.entities[1]["user"]["id"] == 77
    assert not message.is_silent


async def test_what_need_wake_nobody_makes_no_sound(running: Stage, group: Chat) -> None:
    await running.deliver(SEND, desk(), content=Content(text="Hi", wakes=()))
    assert group.messages[0].is_silent


async def test_links_get_no_preview(running: Stage, ada: Person) -> None:
    ada.starts()
    await running.deliver(SEND, private(ADA), content=Content(text="https://example.com"))
    assert ada.chat.messages[0].link_preview == {"is_disabled": True}


async def test_foreign_text_is_sent_without_any_markup(running: Stage, server: FakeBotApi, group: Chat) -> None:
    hostile = "<b>x</b> [Support](https://evil.example) **now** & <a href='tg://user?id=1'>y</a>"
    content = Content(text=hostile, markup=Markup.PLAIN, author="<i>Ada</i>\nBot")
    await running.deliver(SEND, desk(), content=content)
    (message,) = group.messages
    assert message.text == f"<i>Ada</i> Bot\n{hostile}"
    marked = [
        entity for entity in message.entities if entity["type"] in {"bold", "italic", "text_link", "text_mention"}
    ]
    assert marked == [{"type": "bold", "offset": 0, "length": len("<i>Ada</i> Bot")}]
    assert "parse_mode" not in server.calls_of("sendMessage")[0].params


async def test_long_text_arrives_whole_and_in_order(running: Stage, ada: Person) -> None:
    ada.starts()
    receipt = await running.deliver(SEND, private(ADA), content=Content(text=LONG, buttons=BUTTONS))
    messages = ada.chat.messages
    assert receipt.messages == tuple(ref(message) for message in messages)
    assert "\n\n".join(message.text for message in messages) == LONG
    assert [bool(message.buttons) for message in messages] == [False, False, True]


async def test_message_stands_in_its_topic(running: Stage, group: Chat, eve: Person) -> None:
    topic = await eve.opens_topic(group, "#42")
    receipt = await running.deliver(SEND, desk(topic.id), content=Content(text="hello"))
    assert receipt.messages == (ref(topic.messages[0]),)
    assert receipt.messages[0].chat.thread_id == str(topic.id)


async def test_quoted_message_is_answered_even_if_it_is_gone(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person
) -> None:
    card = await bob.writes_in(group, None, "card")
    await running.deliver(SEND, desk(), content=Content(text=LONG), quoted=ref(card))
    await bob.deletes(card)
    await running.deliver(SEND, desk(), content=Content(text="still sent"), quoted=ref(card), id=2)
    assert [message.reply_to for message in group.messages] == [card, None, None, None]


async def test_message_of_another_chat_is_not_quoted(running: Stage, group: Chat, ada: Person) -> None:
    message = await ada.sends("hello")
    await running.deliver(SEND, desk(), content=Content(text="note"), quoted=ref(message))
    assert group.messages[0].reply_to is None


@pytest.mark.parametrize("sent", ["", "   ", "\n\n"])
async def test_nothing_to_say_is_refused(running: Stage, ada: Person, sent: str) -> None:
    ada.starts()
    assert await refused(running, SEND, private(ADA), content=Content(text=sent)) == "refused"


# What goes wrong


async def test_blocked_bot_is_told_so(running: Stage, ada: Person) -> None:
    await ada.blocks_bot()
    assert await refused(running, SEND, private(ADA), content=Content(text="hi")) == "blocked"


async def test_unknown_chat_and_deleted_topic_are_gone(running: Stage, group: Chat, eve: Person) -> None:
    topic = await eve.opens_topic(group, "#42")
    await eve.deletes_topic(topic)
    content = Content(text="hi")
    assert await refused(running, SEND, ChatRef(TELEGRAM, "-1009999999999"), content=content) == "chat_gone"
    assert await refused(running, SEND, desk(topic.id), content=content) == "chat_gone"


async def test_bot_that_was_removed_lacks_the_right(running: Stage, group: Chat, eve: Person) -> None:
    await eve.sets_bot_rights(group, "kicked")
    assert await refused(running, SEND, desk(), content=Content(text="hi")) == "forbidden"


@pytest.mark.parametrize("fault", [500, 502, 503, 409, 401, Kind.RESET, Kind.LOST])
async def test_bad_moment_is_tried_later(running: Stage, server: FakeBotApi, ada: Person, fault: Kind | int) -> None:
    ada.starts()
    server.fail_next("sendMessage", fault)
    with pytest.raises(TryLater) as caught:
        await running.deliver(SEND, private(ADA), content=Content(text="hi"))
    assert caught.value.after_seconds is None
    assert server.token not in str(caught.value)


async def test_too_many_requests_say_when_to_come_back(running: Stage, server: FakeBotApi, ada: Person) -> None:
    ada.starts()
    server.fail_next("sendMessage", 429, retry_after=23)
    with pytest.raises(TryLater) as caught:
        await running.deliver(SEND, private(ADA), content=Content(text="hi"))
    assert caught.value.after_seconds == 23


async def test_retry_sends_only_the_parts_that_did_not_arrive(
    running: Stage, server: FakeBotApi, ada: Person
) -> None:
    ada.starts()
    server.fail_next("sendMessage", 500, when=lambda call: "paragraph 1" in call.params["text"])
    with pytest.raises(TryLater):
        await running.deliver(SEND, private(ADA), content=Content(text=LONG))
    receipt = await running.deliver(SEND, private(ADA), content=Content(text=LONG))
    assert [message.text[:11] for message in ada.chat.messages] == ["paragraph 0", "paragraph 1", "paragraph 2"]
    assert receipt.messages == tuple(ref(message) for message in ada.chat.messages)


async def test_row_that_changed_meanwhile_is_sent_from_its_start(
    running: Stage, server: FakeBotApi, ada: Person
) -> None:
    ada.starts()
    server.fail_next("sendMessage", 500, when=lambda call: "paragraph 1" in call.params["text"])
    with pytest.raises(TryLater):
        await running.deliver(SEND, private(ADA), content=Content(text=LONG))
    await running.deliver(SEND, private(ADA), content=Content(text="something else"))
    assert [message.text[:11] for message in ada.chat.messages] == ["paragraph 0", "something e"]


# Edits


async def sent(stage: Stage, chat: ChatRef, content: Content) -> tuple[MessageRef, ...]:
    return (await stage.deliver(SEND, chat, content=content, id=100)).messages


async def test_edit_replaces_text_and_buttons(running: Stage, ada: Person) -> None:
    ada.starts()
    links = await sent(running, private(ADA), Content(text="Which?", buttons=BUTTONS))
    receipt = await running.deliver(EDIT, private(ADA), content=Content(text="*Thanks*"), links=links)
    (message,) = ada.chat.messages
    assert (message.text, message.buttons, message.entities[0]["type"]) == ("Thanks", [], "italic")
    assert receipt.messages == links


async def test_edit_that_changes_nothing_is_done(running: Stage, ada: Person) -> None:
    ada.starts()
    links = await sent(running, private(ADA), Content(text="same", buttons=BUTTONS))
    receipt = await running.deliver(EDIT, private(ADA), content=Content(text="same", buttons=BUTTONS), links=links)
    assert receipt.messages == links


async def test_edit_to_fewer_parts_leaves_nothing_old_behind(running: Stage, ada: Person) -> None:
    ada.starts()
    links = await sent(running, private(ADA), Content(text=LONG))
    receipt = await running.deliver(EDIT, private(ADA), content=Content(text="short"), links=links)
    assert [message.text for message in ada.chat.messages] == ["short"]
    assert receipt.messages == links[:1]


async def test_edit_to_more_parts_sends_what_has_no_place(running: Stage, ada: Person) -> None:
    ada.starts()
    links = await sent(running, private(ADA), Content(text="short", buttons=BUTTONS))
    receipt = await running.deliver(EDIT, private(ADA), content=Content(text=LONG, buttons=BUTTONS), links=links)
    assert "\n\n".join(message.text for message in ada.chat.messages) == LONG
    assert [bool(message.buttons) for message in ada.chat.messages] == [False, False, True]
    assert receipt.messages == tuple(ref(message) for message in ada.chat.messages)


async def test_edit_of_a_missing_message_is_never_delivered(running: Stage, ada: Person) -> None:
    ada.starts()
    links = await sent(running, private(ADA), Content(text="hi"))
    await running.deliver(DELETE, private(ADA), links=links)
    assert await refused(running, EDIT, private(ADA), content=Content(text="ho"), links=links) == "chat_gone"
    assert await refused(running, EDIT, private(ADA), content=Content(text="ho"), links=()) == "chat_gone"


# Reactions and deletions


@pytest.mark.parametrize(
    ("asked", "shown"), [("✅", "👌"), ("❌", "👎"), ("👀", "👀"), ("❤️", "❤"), ("🧾", "👍"), ("", None)]
)
async def test_reaction_is_one_that_telegram_allows(
    running: Stage, group: Chat, bob: Person, asked: str, shown: str | None
) -> None:
    message = await bob.writes_in(group, None, "my answer")
    await running.deliver(REACT, desk(), target=ref(message), reaction="👍")
    assert await running.deliver(REACT, desk(), target=ref(message), reaction=asked) == Receipt()
    assert message.reactions == ([shown] if shown else [])


async def test_deletion_takes_every_part_and_may_be_repeated(running: Stage, ada: Person) -> None:
    ada.starts()
    links = await sent(running, private(ADA), Content(text=LONG))
    for _ in range(2):
        assert await running.deliver(DELETE, private(ADA), links=links) == Receipt()
    assert ada.chat.messages == []


async def test_secret_of_a_requester_is_deleted_also_when_it_is_gone_already(running: Stage, ada: Person) -> None:
    message = await ada.sends("my seed phrase is …")
    for _ in range(2):
        assert await running.deliver(DELETE, private(ADA), target=ref(message)) == Receipt()
    assert ada.chat.messages == []


async def test_message_of_a_requester_can_be_deleted_for_two_days(
    running: Stage, server: FakeBotApi, ada: Person
) -> None:
    message = await ada.sends("my seed phrase is …")
    server.advance(48 * 3600 + 1)
    assert await refused(running, DELETE, private(ADA), target=ref(message)) == "forbidden"


async def test_nobody_can_know_whether_a_row_arrived(running: Stage) -> None:
    outgoing = delivery(SEND, private(ADA), content=Content(text="hi")).outgoing
    assert await running.platform.already_delivered(outgoing) is None


async def test_delivery_before_the_start_or_after_the_end_is_not_lost(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    """The outbox may be quicker than the connection, and slower than its end."""
    ada.starts()
    row = delivery(SEND, private(ADA), content=Content(text="hi"))
    assert (await stage.platform.deliver(row, no_files)).messages
    async with stage.running():
        await ada.sends("hello")
        await stage.until_events(1)
    with pytest.raises(TryLater):
        await stage.platform.deliver(row, no_files)


@pytest.mark.parametrize(
    ("kind", "action"), [(AttachmentKind.PHOTO, "upload_photo"), (AttachmentKind.DOCUMENT, "upload_document")]
)
async def test_the_requester_sees_what_is_on_its_way(
    running: Stage, server: FakeBotApi, ada: Person, kind: AttachmentKind, action: str
) -> None:
    ada.starts()
    await running.platform.show_at_work(private(ADA), kind)

    [call] = server.calls_of("sendChatAction")
    assert call.params["action"] == action
