"""What requesters do in direct messages becomes events; what happens elsewhere does not concern the bot."""

import asyncio
from typing import Any

import pytest
from simcord.backend.models import MessageSticker, Poll

from bot.events import ChoicePicked, MessageReceived
from bot.model import AttachmentKind, Button, Person
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


async def test_what_cannot_be_read_is_named(world: World) -> None:
    channel, author = world.requester.dm_channel.id, world.requester.id
    backend = world.env.backend
    sticker = world.guild.create_sticker("wave")
    backend.create_message(
        channel, author, stickers=[MessageSticker(sticker.id, "wave", 1, world.guild.id, "https://x.invalid")]
    )
    backend.create_message(channel, author, poll=Poll(question="?", answers=[], expiry=backend.iso_after(60)))
    backend.create_message(channel, author, embeds=[{"title": "an activity"}])
    await world.env.settle()

    assert [event.unreadable for event in world.events] == ["sticker", "poll", "message"]  # type: ignore[union-attr]


async def test_a_forwarded_message_is_read(world: World) -> None:
    source = await world.requester.send_dm("original words")
    world.events.clear()
    world.env.backend.create_message(
        world.requester.dm_channel.id,
        world.requester.id,
        reference={"type": 1, "channel_id": world.dm.chat_id, "message_id": str(source.id)},
    )
    await world.env.settle()

    assert (world.event.text, world.event.unreadable) == ("original words", "")


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


@pytest.mark.parametrize("name", ["start", "help", "language", "status", "tickets", "close", "human", "privacy"])
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

    assert language["description"] == "What language does"
    assert language["description_localizations"] == {"ja": "language の説明"}
    assert language["options"][0]["description_localizations"] == {"ja": "language の説明"}
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
