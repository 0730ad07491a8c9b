"""The ways in from public channels, over sockets: what leads to the private chat, and what others read of it."""

import discord
import pytest

from bot.events import ChoicePicked, MessageEdited, MessageReceived
from bot.model import Button, ChatRef, Content, MessageRef
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.ports import Delivery
from tests.servers.discord_objects import EPHEMERAL, Channel, Place
from tests.servers.discord_people import Person
from tests.servers.discord_world import Interaction
from tests.unit.platforms.discord.runs import Runs
from tests.unit.platforms.discord.world import DISCORD, fetch, words


def text(key: str, language: str = "en", **values: str) -> str:
    said = words(key)[language]
    for name, value in values.items():
        said = said.replace(f"{{{name}}}", value)
    return said


async def whispered(runs: Runs, interaction: Interaction) -> str:
    """What only the person sees, once the bot has ended thinking; nothing else was said in the channel."""
    await runs.until(lambda: interaction.answer is not None and interaction.answer.text)
    assert interaction.answer is not None
    assert interaction.answer.flags & EPHEMERAL
    return interaction.answer.text


def rooms(runs: Runs) -> list[Channel]:
    return [one for one in runs.server.world.channels.values() if one.kind is Place.PRIVATE_THREAD]


def shut_off(runs: Runs, name: str = "Aiko") -> Person:
    """Somebody who takes no direct messages."""
    person = runs.server.user(name)
    person.account.takes_dms = False
    return person


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("ja", "ja")])
async def test_support_in_a_channel_begins_in_private_and_says_where(runs: Runs, locale: str, language: str) -> None:
    aiko, lobby = runs.server.user("Aiko", locale=locale), runs.server.world.lobby
    async with runs.running():
        asked = await aiko.runs("support", lobby)
        told = await whispered(runs, asked)

    assert told == text("entry.written", language, link=f"https://discord.com/channels/@me/{aiko.chat.id}")
    assert [message.text for message in aiko.chat.messages] == [text("entry.here", language)]
    assert lobby.messages == []
    (event,) = runs.events
    assert isinstance(event, MessageReceived)
    assert (event.text, event.chat.chat_id, event.sender.locale) == ("/start", str(aiko.chat.id), locale)
    assert event.sender.user_id == str(aiko.account.id)


async def test_support_in_direct_messages_begins_again(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        await aiko.runs("support")
        await runs.until(lambda: runs.texts == ["/start"])


class TestRoom:
    """Whoever takes no direct messages gets a private thread."""

    async def test_it_is_opened_where_they_asked_with_nobody_else_in_it(self, runs: Runs) -> None:
        aiko, lobby = shut_off(runs), runs.server.world.lobby
        async with runs.running():
            asked = await aiko.runs("support", lobby)
            told = await whispered(runs, asked)

        (room,) = rooms(runs)
        guild = runs.server.world.guild_id
        assert told == text("entry.room", link=f"https://discord.com/channels/{guild}/{room.id}")
        assert (room.parent, room.members, room.name) == (lobby, [aiko.account], "Support – Aiko")
        (event,) = runs.events
        assert (event.chat, runs.texts) == (ChatRef(DISCORD, str(room.id)), ["/start"])

    async def test_the_conversation_goes_on_in_it_also_after_a_restart(self, runs: Runs) -> None:
        aiko, moderator = shut_off(runs), runs.server.user("Mo")
        async with runs.running():
            await whispered(runs, await aiko.runs("support", runs.server.world.lobby))
            (room,) = rooms(runs)
            await runs.platform.deliver(_asking(room), fetch)
            await aiko.presses(room.messages[-1], "BTC")
            await runs.until(lambda: any(isinstance(event, ChoicePicked) for event in runs.events))
        runs.kept.chats = [ChatRef(DISCORD, str(room.id))]
        await aiko.writes_in(room, "while nobody was there")

        async with runs.running():
            await moderator.writes_in(room, "I see everything")
            sent = await aiko.writes_in(room, "my deposit is missing")
            await runs.until(lambda: runs.texts[-1] == "my deposit is missing")
            await aiko.edits(sent, "my deposit of today is missing")
            await runs.until(lambda: isinstance(runs.events[-1], MessageEdited))

        assert {event.chat.chat_id for event in runs.events} == {str(room.id)}
        assert set(runs.texts) == {"/start", "while nobody was there", "my deposit is missing"}

    async def test_nobody_else_can_press_a_button_in_it(self, runs: Runs) -> None:
        aiko, moderator = shut_off(runs), runs.server.user("Mo")
        async with runs.running():
            await whispered(runs, await aiko.runs("support", runs.server.world.lobby))
            (room,) = rooms(runs)
            await runs.platform.deliver(_asking(room), fetch)
            pressed = await moderator.presses(room.messages[-1], "BTC")
            await runs.until(lambda: pressed.acknowledged)

        assert runs.texts == ["/start"]
        assert len(runs.events) == 1

    async def test_asking_again_leads_to_the_room_there_is(self, runs: Runs) -> None:
        aiko = shut_off(runs)
        for _ in range(2):
            async with runs.running():
                await whispered(runs, await aiko.runs("support", runs.server.world.lobby))

        assert len(rooms(runs)) == 1
        assert runs.texts == ["/start", "/start"]

    async def test_without_the_right_to_open_one_the_right_is_named(self, runs: Runs) -> None:
        runs.server.world.withheld = discord.Permissions(create_private_threads=True).value
        async with runs.running():
            told = await whispered(runs, await shut_off(runs).runs("support", runs.server.world.lobby))

        assert told == text("entry.closed_lacking", permissions="Create Private Threads")
        assert (rooms(runs), runs.events) == ([], [])

    async def test_for_those_who_may_not_write_in_threads_there_is_none(self, runs: Runs) -> None:
        runs.server.world.granted = discord.Permissions(view_channel=True, send_messages=True).value
        async with runs.running():
            told = await whispered(runs, await shut_off(runs).runs("support", runs.server.world.lobby))

        assert (told, rooms(runs)) == (text("entry.closed"), [])

    @pytest.mark.parametrize("granted", [True, False])
    async def test_where_it_would_be_the_desks_or_could_not_be_heard_there_is_none(
        self, runs: Runs, granted: bool
    ) -> None:
        world = runs.server.world
        world.gateway.grants_content = granted
        async with runs.running():
            told = await whispered(runs, await shut_off(runs).runs("support", world.desk if granted else world.lobby))

        assert told == text("entry.closed")
        assert (rooms(runs), runs.events) == ([], [])


async def test_trouble_on_the_way_is_said(runs: Runs) -> None:
    runs.server.fail_next("create_dm", 400)
    async with runs.running():
        told = await whispered(runs, await runs.server.user("Aiko").runs("support", runs.server.world.lobby))

    assert told == text("entry.failed")


class TestMenu:
    async def test_ones_own_message_is_the_first_question_in_private(self, runs: Runs) -> None:
        aiko, lobby = runs.server.user("Aiko"), runs.server.world.lobby
        message = await aiko.writes_in(lobby, "where is my deposit?")
        async with runs.running():
            told = await whispered(runs, await aiko.asks_about(message))

        assert told.startswith(text("entry.written", link="https://"))
        (event,) = runs.events
        assert isinstance(event, MessageReceived)
        assert (event.text, event.chat.chat_id) == ("where is my deposit?", str(aiko.chat.id))
        assert event.message == MessageRef(ChatRef(DISCORD, str(lobby.id)), str(message.id))

    async def test_nobody_asks_with_somebody_elses_words(self, runs: Runs) -> None:
        message = await runs.server.user("Aiko").writes_in(runs.server.world.lobby, "where is my deposit?")
        async with runs.running():
            told = await whispered(runs, await runs.server.user("Mallory").asks_about(message))

        assert told == text("entry.not_yours")
        assert runs.events == []

    async def test_it_is_named_in_the_languages_there_are(self, runs: Runs) -> None:
        async with runs.running():
            (menu,) = [one for one in runs.server.world.commands[""] if one["type"] == 3]

        assert (menu["name"], menu["name_localizations"]) == (text("entry.menu"), {"ja": text("entry.menu", "ja")})


class TestPanel:
    async def test_its_button_leads_in_also_after_a_restart(self, runs: Runs) -> None:
        ann, aiko = runs.server.user("Ann", is_staff=True), runs.server.user("Aiko")
        lobby = runs.server.world.lobby
        async with runs.running():
            assert await whispered(runs, await ann.runs("panel", lobby)) == text("entry.panel_posted")
        (panel,) = lobby.messages
        assert (panel.text, panel.buttons) == (text("entry.panel"), [text("button.enter")])

        async with runs.running():
            told = await whispered(runs, await aiko.presses(panel, text("button.enter")))

        assert told.startswith(text("entry.written", link="https://"))
        assert (runs.texts, lobby.messages) == (["/start"], [panel])

    async def test_only_staff_can_post_one(self, runs: Runs) -> None:
        async with runs.running():
            told = await whispered(runs, await runs.server.user("Bob").runs("panel", runs.server.world.lobby))

        assert told == text("desk.not_staff.outsider")
        assert runs.server.world.lobby.messages == []

    async def test_where_the_bot_may_not_write_it_says_what_it_needs(self, runs: Runs) -> None:
        runs.server.fail_next("create_message", 403)
        ann = runs.server.user("Ann", is_staff=True)
        async with runs.running():
            assert await whispered(runs, await ann.runs("panel", runs.server.world.lobby)) == text("entry.no_panel")


class TestMention:
    async def test_it_is_answered_with_the_way_in_and_once_a_minute(self, runs: Runs) -> None:
        aiko, world = runs.server.user("Aiko"), runs.server.world
        async with runs.running():
            await aiko.writes_in(world.lobby, "good morning")
            await aiko.writes_in(world.lobby, f"<@{world.bot.id}> where is my deposit?")
            await aiko.writes_in(world.lobby, f"<@{world.bot.id}> hello?")
            await runs.until(lambda: len(world.lobby.messages) == 4)
            answer = world.lobby.messages[-1]
            await whispered(runs, await aiko.presses(answer, text("button.enter")))

        assert (answer.text, answer.reply_to) == (text("entry.public"), world.lobby.messages[1])
        assert runs.texts == ["/start"]
        assert len(world.lobby.messages) == 4


def _asking(room: Channel) -> Delivery:
    """A question with a button, as the core sends one."""
    content = Content(text="Which coin?", buttons=((Button("BTC", "v1.a.1.0"),),))
    row = Outgoing(
        id=1, kind=DeliveryKind.SEND, chat=ChatRef(DISCORD, str(room.id)), priority=Priority.REQUESTER, due_at=0,
        message_id=1, content=content,
    )  # fmt: skip
    return Delivery(row)
