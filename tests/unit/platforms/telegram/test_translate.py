"""What people do on Telegram becomes exactly one event, or none."""

from typing import Any

import pytest

from bot.events import (
    BotBlocked,
    ChoicePicked,
    MessageEdited,
    MessageReceived,
    StaffEdited,
    StaffPicked,
    StaffWrote,
)
from bot.model import Attachment, AttachmentKind, Button, ChatRef, Content, MessageRef, Person, Standing
from bot.outgoing import DeliveryKind
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_media import png
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person as Human
from tests.unit.platforms.telegram.stage import ADA, BOB, GROUP, TELEGRAM, Stage, desk, private, ref

ADA_SATO = Person(TELEGRAM, str(ADA), "Ada Sato", "ja")
BUTTONS = Content(text="Which?", buttons=((Button("One", "v1.a.1.one"),),))


async def one(stage: Stage) -> Any:
    """The only event, once the bot is done with everything."""
    await stage.until_confirmed()
    (event,) = stage.events
    return event


async def none(stage: Stage) -> None:
    await stage.until_confirmed()
    assert stage.events == []


# Requesters


async def test_private_message_names_its_sender_chat_and_key(running: Stage, ada: Human) -> None:
    message = await ada.sends("入金が届きません")
    assert await one(running) == MessageReceived(
        key=f"telegram:message:{ADA}:{message.id}",
        at=running.clock.now(),
        chat=private(ADA),
        sender=ADA_SATO,
        message=MessageRef(private(ADA), str(message.id)),
        text="入金が届きません",
    )


async def test_photo_comes_in_its_largest_size_with_its_caption(
    running: Stage, server: FakeBotApi, ada: Human
) -> None:
    message = await ada.sends_photo(png(640, 400), "my deposit")
    event = await one(running)
    assert message.file is not None
    (photo,) = event.attachments
    assert (event.text, event.unreadable) == ("my deposit", "")
    assert (photo.kind, photo.handle, photo.size) == (AttachmentKind.PHOTO, message.file.id, len(png(640, 400)))


async def test_document_comes_with_its_name_type_and_size(running: Stage, ada: Human) -> None:
    message = await ada.sends_document(b"%PDF-1.7", "receipt.pdf", mime="application/pdf")
    assert message.file is not None
    assert (await one(running)).attachments == (
        Attachment(
            platform=TELEGRAM,
            kind=AttachmentKind.DOCUMENT,
            handle=message.file.id,
            name="receipt.pdf",
            size=8,
            content_type="application/pdf",
        ),
    )


async def test_album_comes_as_one_message_for_each_picture(running: Stage, ada: Human) -> None:
    await ada.sends_album([png(), png(shade=10)], "both sides")
    await running.until_confirmed()
    assert [len(e.attachments) for e in running.events if isinstance(e, MessageReceived)] == [1, 1]
    assert len({e.key for e in running.events}) == 2


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("location", "📍 52.52, 13.4"),
        ("venue", "📍 Bank, Street 1 (52.52, 13.4)"),
        ("contact", "👤 Ada +4930123456"),
        ("dice", "🎲 4"),
    ],
)
async def test_what_is_neither_text_nor_file_is_put_into_words(
    running: Stage, ada: Human, kind: str, words: str
) -> None:
    await ada.sends_other(kind)
    event = await one(running)
    assert (event.unreadable, event.text, event.attachments) == ("", words, ())


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("video", AttachmentKind.VIDEO),
        ("animation", AttachmentKind.VIDEO),
        ("video_note", AttachmentKind.VIDEO),
        ("voice", AttachmentKind.VOICE),
        ("audio", AttachmentKind.AUDIO),
    ],
)
async def test_moving_pictures_and_sounds_are_files(
    running: Stage, ada: Human, kind: str, shown: AttachmentKind
) -> None:
    message = await ada.sends_other(kind)
    assert message.file is not None
    (file,) = (await one(running)).attachments
    assert (file.kind, file.size) == (shown, 64)
    assert file.handle == message.file.id or kind in ("animation", "video_note")


async def test_the_parts_of_an_album_name_it(running: Stage, ada: Human) -> None:
    await ada.sends_album([png(), png(shade=9)], "two pictures")
    await running.until_confirmed()
    albums = {event.album for event in running.events if isinstance(event, MessageReceived)}
    assert len(running.events) == 2
    assert len(albums) == 1
    assert "" not in albums


async def test_a_requesters_answer_names_what_it_answers(running: Stage, ada: Human) -> None:
    first = await ada.sends("first")
    await ada.sends("second", reply_to=first)
    await running.until_confirmed()
    events = [event for event in running.events if isinstance(event, MessageReceived)]
    assert [event.reply_to for event in events] == [None, MessageRef(private(ADA), str(first.id))]


async def test_content_newer_than_the_library_is_answered_too(running: Stage, server: FakeBotApi, ada: Human) -> None:
    server.world.post(ada.chat, ada.account, other={"hologram": {"depth": 3}})
    ada.starts()
    assert (await one(running)).unreadable == "hologram"
    # The fake rightly says that its published description knows no such thing.
    server.problems[:] = [problem for problem in server.problems if ".hologram: unknown" not in problem]


@pytest.mark.parametrize("sent", ["/start", "/start@fake_support_bot", "/start@Fake_Support_Bot"])
async def test_command_with_our_name_loses_it(running: Stage, ada: Human, sent: str) -> None:
    await ada.sends(f"{sent} dep_USDT")
    assert (await one(running)).text == "/start dep_USDT"


async def test_pressed_button_is_answered_before_its_turn_ends(stage: Stage, server: FakeBotApi, ada: Human) -> None:
    """The phone shows a spinner until then, however long the turn takes."""
    ada.starts()

    async def wait_for_the_answer(event: Any) -> None:
        await server.until(lambda: press.is_answered)
        await stage.write_down(event)

    stage.on_event = wait_for_the_answer
    async with stage.running():
        await stage.deliver(DeliveryKind.SEND, private(ADA), content=BUTTONS)
        press = await ada.presses(ada.chat.messages[-1], "One")
        event = await one(stage)
    assert event == ChoicePicked(
        key=f"telegram:callback:{press.id}",
        at=stage.clock.now(),
        chat=private(ADA),
        sender=ADA_SATO,
        data="v1.a.1.one",
    )
    assert press.answer == ""


@pytest.mark.parametrize("fault", [400, 429, 500])
async def test_button_counts_though_the_press_cannot_be_answered(
    running: Stage, server: FakeBotApi, ada: Human, fault: int
) -> None:
    ada.starts()
    await running.deliver(DeliveryKind.SEND, private(ADA), content=BUTTONS)
    server.fail_next("answerCallbackQuery", fault)
    await ada.presses(ada.chat.messages[-1], "One")
    assert isinstance(await one(running), ChoicePicked)


async def test_button_of_a_deleted_message_still_counts(running: Stage, ada: Human) -> None:
    ada.starts()
    await running.deliver(DeliveryKind.SEND, private(ADA), content=BUTTONS)
    message = ada.chat.messages[-1]
    ada.world.remove([message])
    ada.presses_old(message, "v1.a.1.one")
    assert (await one(running)).data == "v1.a.1.one"


async def test_every_change_of_a_message_is_an_event_of_its_own(running: Stage, ada: Human) -> None:
    message = await ada.sends("first")
    await running.until_events(1)
    await ada.edits(message, "second")
    await ada.edits(message, "third")
    await running.until_confirmed()
    first, second, third = running.events
    assert isinstance(second, MessageEdited)
    assert isinstance(third, MessageEdited)
    assert (second.text, third.text, second.message) == ("second", "third", MessageRef(private(ADA), str(message.id)))
    assert len({first.key, second.key, third.key}) == 3


async def test_a_changed_caption_is_an_event(running: Stage, ada: Human) -> None:
    photo = await ada.sends_photo(png(), "first")
    await running.until_events(1)
    await ada.edits(photo, "second")
    await running.until_confirmed()
    assert [type(event) for event in running.events] == [MessageReceived, MessageEdited]


async def test_of_a_live_location_the_first_place_and_the_last_one_are_events(running: Stage, ada: Human) -> None:
    message = await ada.shares_live_location(52.5, 13.4)
    for step in (1, 2, 3):
        await ada.moves(message, 52.5, 13.4 + step)
    await ada.moves(message, 52.5, 18.4, and_stops=True)
    await running.until_confirmed()
    first, last = running.events
    assert isinstance(first, MessageReceived)
    assert isinstance(last, MessageEdited)
    assert (first.text, last.text) == ("📍 52.5, 13.4", "📍 52.5, 18.4")


async def test_an_edit_to_what_cannot_be_read_is_no_empty_text(running: Stage, ada: Human) -> None:
    message = await ada.sends("first")
    await running.until_events(1)
    game = {"title": "Chess", "description": "Mate", "photo": []}
    await ada.exchanges(message, "game", game)
    await running.until_confirmed()
    assert [type(event) for event in running.events] == [MessageReceived]


async def test_a_caption_that_is_taken_away_is_empty(running: Stage, ada: Human) -> None:
    photo = await ada.sends_photo(png(), "first")
    await running.until_events(1)
    await ada.edits(photo, "")
    await running.until_confirmed()
    edited = running.events[-1]
    assert isinstance(edited, MessageEdited)
    assert edited.text == ""


async def test_blocking_the_bot_and_letting_it_in_again_are_events(running: Stage, ada: Human) -> None:
    await ada.blocks_bot()
    await ada.unblocks_bot()
    await running.until_events(2)
    blocked, unblocked = running.events
    assert isinstance(blocked, BotBlocked)
    assert (blocked.chat, blocked.sender, blocked.is_blocked) == (private(ADA), ADA_SATO, True)
    assert isinstance(unblocked, BotBlocked)
    assert not unblocked.is_blocked
    assert blocked.key != unblocked.key


async def test_what_becomes_of_the_bot_in_a_group_is_no_event(running: Stage, group: Chat, eve: Human) -> None:
    for status in ("kicked", "administrator"):
        await eve.sets_bot_rights(group, status, can_manage_topics=True)
    await none(running)


async def test_other_groups_are_ignored(running: Stage, server: FakeBotApi, ada: Human) -> None:
    other = server.group(-1_001_500_000_009, members=[ada])
    await ada.writes_in(other, None, "hello bot")
    await ada.writes_in(other, None, "/start")
    await none(running)


# Staff


async def test_topic_message_names_its_thread_and_its_author(running: Stage, group: Chat, bob: Human) -> None:
    topic = await bob.opens_topic(group, "#42")
    message = await bob.writes_in(group, topic, "We are looking into it.")
    event = await one(running)
    assert isinstance(event, StaffWrote)
    assert event.key == f"telegram:message:{GROUP}:{message.id}"
    assert event.chat == desk(topic.id)
    assert event.message == ref(message)
    assert (event.agent.user_id, event.agent.name, event.agent.standing) == (str(BOB), "Bob", Standing.MEMBER)
    assert event.reply_to is None, "the line that opened the topic is no message anybody answers"


async def test_general_has_no_thread(running: Stage, group: Chat, bob: Human) -> None:
    await bob.writes_in(group, None, "good morning")
    assert (await one(running)).chat == desk()


async def test_a_changed_staff_message_names_its_topic_and_who_changed_it(
    running: Stage, group: Chat, bob: Human
) -> None:
    topic = await bob.opens_topic(group, "#42")
    message = await bob.writes_in(group, topic, "first")
    await running.until_events(1)
    await bob.edits(message, "second")
    await running.until_confirmed()
    event = running.events[-1]
    assert isinstance(event, StaffEdited)
    assert (event.message, event.chat, event.text) == (ref(message), desk(topic.id), "second")
    assert event.agent.user_id == str(BOB)


async def test_reply_names_the_message_it_answers(running: Stage, group: Chat, bob: Human, eve: Human) -> None:
    topic = await eve.opens_topic(group, "#42")
    first = await eve.writes_in(group, topic, "first")
    await bob.replies(first, "second")
    await running.until_confirmed()
    assert [event.reply_to for event in running.events if isinstance(event, StaffWrote)] == [None, ref(first)]


async def test_reply_in_a_plain_group_is_in_no_thread(stage: Stage, server: FakeBotApi, bob: Human) -> None:
    """Such a message carries a thread id all the same."""
    plain = server.group(-1_001_500_000_002, members=[bob])
    stage.staff_chat = str(plain.id)
    stage.build()
    first = await bob.writes_in(plain, None, "card")
    await bob.replies(first, "answer")
    async with stage.running():
        await stage.until_events(2)
    answer = stage.events[1]
    assert isinstance(answer, StaffWrote)
    assert answer.chat == ChatRef(TELEGRAM, str(plain.id))
    assert answer.reply_to == ref(first)


async def test_staff_photo_comes_with_its_caption(running: Stage, group: Chat, bob: Human) -> None:
    topic = await bob.opens_topic(group, "#42")
    await bob.sends_photo(png(), "here is how", to=topic)
    event = await one(running)
    assert (event.text, len(event.attachments)) == ("here is how", 1)


async def test_what_staff_send_and_nobody_can_carry_is_named(
    running: Stage, server: FakeBotApi, group: Chat, bob: Human
) -> None:
    server.world.post(group, bob.account, other={"game": {"title": "G", "description": "", "photo": []}})
    event = await one(running)
    assert isinstance(event, StaffWrote)
    assert event.unreadable == "game"


async def test_service_lines_are_no_events(running: Stage, group: Chat, eve: Human, ada: Human) -> None:
    topic = await eve.opens_topic(group, "#42")
    await eve.renames_topic(topic, "#42 solved")
    await eve.closes_topic(topic)
    await eve.reopens_topic(topic)
    await ada.joins(group)
    await ada.leaves(group)
    await none(running)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("/take@fake_support_bot", "/take"),
        ("/note@fake_support_bot  two words", "/note  two words"),
        ("a/b@c", "a/b@c"),
    ],
)
async def test_staff_command_with_our_name_loses_it(
    running: Stage, group: Chat, bob: Human, sent: str, read: str
) -> None:
    await bob.writes_in(group, None, sent)
    assert (await one(running)).text == read


async def test_command_for_another_bot_is_ignored(running: Stage, group: Chat, bob: Human) -> None:
    await bob.writes_in(group, None, "/take@other_bot")
    await none(running)


async def test_staff_button_names_topic_and_presser(running: Stage, group: Chat, eve: Human) -> None:
    topic = await eve.opens_topic(group, "#42")
    await running.deliver(DeliveryKind.SEND, desk(topic.id), content=BUTTONS)
    press = await eve.presses(topic.messages[-1], "One")
    event = await one(running)
    assert isinstance(event, StaffPicked)
    assert (event.key, event.chat, event.data) == (f"telegram:callback:{press.id}", desk(topic.id), "v1.a.1.one")
    assert event.agent.standing is Standing.ADMINISTRATOR


async def test_button_of_another_group_is_answered_and_ignored(
    running: Stage, server: FakeBotApi, ada: Human
) -> None:
    other = server.group(-1_001_500_000_009, members=[ada])
    chat = ChatRef(TELEGRAM, str(other.id))
    await running.deliver(DeliveryKind.SEND, chat, content=BUTTONS)
    press = await ada.presses(other.messages[-1], "One")
    await none(running)
    assert press.is_answered
