"""What requesters do in direct messages becomes events; what happens elsewhere does not concern the bot."""

import asyncio
from typing import Any

import pytest
from simcord.backend.models import MessageSticker, Poll, PollAnswer

from bot.events import ChoicePicked, MessageDeleted, MessageEdited, MessageReceived
from bot.model import AttachmentKind, Button, MessageRef, Person
from bot.platforms.discord.interactions import Token, moment_of
from tests.unit.platforms.discord.world import DISCORD, World, plain

CHOICES = plain("Which coin?", buttons=((Button("BTC", "v1.a.1.0"), Button("ETH", "v1.a.1.1")),))


async def test_a_direct_message_becomes_an_event(world: World) -> None:
    sent = await world.requester.send_dm("My deposit is missing")

    event = world.event
    assert isinstance(event, MessageReceived)
    assert event.chat == world.dm
    assert event.sender == Person(DISCORD, str(world.requester.id), "Bob", "")
    assert (event.message.chat, event.message.message_id) == (world.dm, str(sent.id))
    assert event.key == f"discord:message:{world.dm.chat_id}:{sent.id}"
    assert event.at == moment_of(sent.id) == int(sent.created_at.timestamp() * 1_000_000)
    assert (event.text, event.attachments, event.unreadable, event.interaction) == (
        "My deposit is missing", (), "", "",
    )  # fmt: skip


async def test_emoji_and_names_are_read_as_they_were_typed(world: World) -> None:
    await world.requester.send_dm(f"hi <@{world.requester.id}> <:coin:123456789012345678> <t:5:R>")

    assert world.event.text == "hi @Bob :coin: <t:5:R>"


async def test_files_arrive_as_handles_and_pictures_as_photos(world: World) -> None:
    channel = world.requester.dm_channel.id
    store = world.env.backend.cdn.store_attachment
    files = [store(31, channel, "proof.png", b"png", None), store(32, channel, "log.txt", b"four", None)]

    sent = await world.requester.send_dm("", attachments=files)

    photo, document = world.event.attachments
    assert (photo.kind, photo.name, photo.content_type) == (AttachmentKind.PHOTO, "proof.png", "image/png")
    assert (document.kind, document.size, document.platform) == (AttachmentKind.DOCUMENT, 4, DISCORD)
    assert document.handle == f"{channel}/{sent.id}/32"
    assert world.event.unreadable == ""


async def test_what_is_neither_text_nor_file_is_put_into_words(world: World) -> None:
    channel, author = world.requester.dm_channel.id, world.requester.id
    backend = world.env.backend
    sticker = world.guild.create_sticker("wave")
    backend.create_message(
        channel, author, stickers=[MessageSticker(sticker.id, "wave", 1, world.guild.id, "https://x.invalid")]
    )
    answers = [PollAnswer(1, "USDT"), PollAnswer(2, "BTC")]
    backend.create_message(
        channel, author, poll=Poll(question="Coin?", answers=answers, expiry=backend.iso_after(60))
    )
    backend.create_message(channel, author, embeds=[{"title": "A game", "description": "Join me"}])
    await world.env.settle()

    assert [event.text for event in world.events] == [  # type: ignore[union-attr]
        "🖼 wave",
        "📊 Coin?\n– USDT\n– BTC",
        "A game\nJoin me",
    ]


async def test_a_message_in_which_nothing_can_be_read_is_named(world: World) -> None:
    world.env.backend.create_message(world.requester.dm_channel.id, world.requester.id, embeds=[{"color": 1}])
    await world.env.settle()

    assert (world.event.text, world.event.unreadable) == ("", "message")


async def test_files_have_the_kind_that_they_are_shown_as(world: World) -> None:
    for name, kind in (
        ("clip.mp4", AttachmentKind.VIDEO),
        ("song.mp3", AttachmentKind.AUDIO),
        ("scan.png", AttachmentKind.PHOTO),
        ("form.pdf", AttachmentKind.DOCUMENT),
    ):
        world.events.clear()
        await world.requester_sends_file(b"x", name=name)
        assert [file.kind for file in world.event.attachments] == [kind]


async def test_an_answer_to_a_message_says_which(world: World) -> None:
    first = await world.requester.send_dm("first")
    place = {"type": 0, "channel_id": world.dm.chat_id, "message_id": str(first.id)}
    backend = world.env.backend
    backend.create_message(int(world.dm.chat_id), world.requester.id, "second", reference=place)
    await world.env.settle()

    assert world.events[1].reply_to == MessageRef(world.dm, str(first.id))  # type: ignore[union-attr]


async def test_what_a_person_changes_is_told_with_its_new_words(world: World) -> None:
    sent = await world.requester.send_dm("1 BTC")
    world.events.clear()

    await world.requester.edit(sent, "2 BTC")

    event = world.event
    assert isinstance(event, MessageEdited)
    assert (event.text, event.message, event.chat) == ("2 BTC", MessageRef(world.dm, str(sent.id)), world.dm)
    assert event.key == f"discord:edited:{world.dm.chat_id}:{sent.id}:{event.at}"


async def test_a_preview_that_comes_later_is_no_edit(world: World) -> None:
    sent = await world.requester.send_dm("https://example.com")
    world.events.clear()

    # As for a preview, Discord tells of the message anew, and that its words were never edited.
    world.env.backend.crosspost_message(world.requester.dm_channel.id, sent.id)
    await world.env.settle()

    assert world.events == []


async def test_what_is_taken_back_is_told(world: World) -> None:
    sent = await world.requester.send_dm("my secret")
    world.events.clear()

    await world.requester.delete(sent)

    event = world.event
    assert isinstance(event, MessageDeleted)
    assert event.message == MessageRef(world.dm, str(sent.id))
    assert event.key == f"discord:deleted:{world.dm.chat_id}:{sent.id}"


async def test_a_forwarded_message_is_read(world: World) -> None:
    source = await world.requester.send_dm("original words")
    world.events.clear()
    world.env.backend.create_message(
        world.requester.dm_channel.id,
        world.requester.id,
        reference={"type": 1, "channel_id": world.dm.chat_id, "message_id": str(source.id)},
    )
    await world.env.settle()

    assert (world.event.text, world.event.unreadable) == ("↪ original words", "")


async def test_other_bots_are_not_listened_to(world: World) -> None:
    robot = world.env.create_user("robot", bot=True)

    await robot.send_dm("beep")

    assert world.events == []


async def test_the_rest_of_the_server_does_not_concern_the_bot(world: World) -> None:
    await world.visitor.send(world.lobby, "hello everybody")

    assert world.events == []


async def test_a_pressed_button_is_acknowledged_and_handed_over(world: World) -> None:
    await world.send(CHOICES)

    result = await world.requester.click(world.requester.dm_channel.last_message, label="ETH")

    event = world.event
    assert isinstance(event, ChoicePicked)
    assert (event.data, event.chat, event.sender.locale) == ("v1.a.1.1", world.dm, "en-US")
    assert event.key.startswith("discord:interaction:")
    assert result.deferred
    assert world.shown() == ["Which coin?"]


async def test_a_button_works_after_a_restart_and_leaves_nothing_in_memory(world: World) -> None:
    await world.send(CHOICES)
    assert world.env.bot.persistent_views == []
    await world.reconnect()

    await world.requester.click(world.requester.dm_channel.last_message, label="BTC")

    assert world.event.data == "v1.a.1.0"


async def test_a_button_that_cannot_be_acknowledged_still_counts(world: World) -> None:
    await world.send(CHOICES)
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)

    await world.requester.click(world.requester.dm_channel.last_message, label="BTC")

    assert (world.event.data, world.event.interaction) == ("v1.a.1.0", "")


@pytest.mark.parametrize(
    "name",
    ["start", "help", "language", "status", "tickets", "close", "human", "privacy", "export", "erase"],
)
async def test_a_slash_command_is_a_message_that_begins_with_a_slash(world: World, name: str) -> None:
    result = await world.requester.slash(name)

    event = world.event
    assert isinstance(event, MessageReceived)
    assert (event.text, event.chat, event.sender.locale) == (f"/{name}", world.dm, "en-US")
    assert event.key == f"discord:interaction:{event.message.message_id.removeprefix('interaction-')}"
    assert Token.read(event.interaction).created_at == event.at
    assert result.deferred
    assert not result.ephemeral


async def test_what_is_typed_after_a_slash_command_follows_it(world: World) -> None:
    await world.requester.slash("language", language="ja")

    assert world.event.text == "/language ja"


async def test_commands_are_described_in_the_languages_there_are(world: World) -> None:
    sent: Any
    (sent,) = [r.json for r in world.env.http_requests if r.method == "PUT" and "/guilds/" not in r.path]
    language = next(command for command in sent if command["name"] == "language")

    assert language["description"] == "Choose the language"
    assert language["description_localizations"] == {"ja": "言語を選ぶ"}
    assert language["options"][0]["description_localizations"] == {"ja": "言語を選ぶ"}
    assert not language.get("name_localizations")


async def test_the_bot_works_without_its_commands_when_they_are_refused(world: World) -> None:
    world.env.inject_error("PUT", "/applications/*/commands", status=403, code=50001, times=2)
    await world.reconnect()

    await world.requester.send_dm("hello")

    assert world.event.text == "hello"


async def test_messages_of_one_person_are_handled_one_after_the_other(world: World) -> None:
    running: list[str] = []
    seen: list[str] = []

    async def slowly(event: object) -> None:
        assert isinstance(event, MessageReceived)
        assert running == []
        running.append(event.text)
        for _ in range(3):
            await asyncio.sleep(0)
        seen.append(running.pop())

    world.handle = slowly  # type: ignore[method-assign]
    await world.reconnect()
    channel, author = world.requester.dm_channel.id, world.requester.id
    for text in ("one", "two", "three"):
        world.env.backend.create_message(channel, author, text)
    await world.env.settle()

    assert seen == ["one", "two", "three"]
