"""What staff do in the staff channel and its threads becomes events; who is staff is what Discord says now."""

import discord
import pytest
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.events import HIDDEN, StaffDeleted, StaffEdited, StaffPicked, StaffWrote
from bot.model import Button, ChatRef, MessageRef, Standing, TicketStatus
from bot.outgoing import DeliveryKind
from bot.platforms.discord.interactions import Token
from tests.unit.platforms.discord.world import DISCORD, World, plain

CARD = plain("The card", buttons=((Button("Take", "t1.7.take"),),))

both_desks = pytest.mark.parametrize("desk_kind", ["forum", "text"])


@both_desks
async def test_an_agent_writing_in_the_thread_is_heard(world: World) -> None:
    thread = (await world.open_ticket()).thread

    sent = await world.agent.send(world.thread(), "We are on it")

    event = world.event
    assert isinstance(event, StaffWrote)
    assert event.chat == thread == ChatRef(DISCORD, str(world.staff.id), str(world.thread().id))
    assert (event.text, event.message) == ("We are on it", MessageRef(event.chat, str(sent.id)))
    assert (event.agent.user_id, event.agent.name) == (str(world.agent.id), "Ann")
    assert event.agent.standing is Standing.MEMBER
    assert event.key == f"discord:message:{world.thread().id}:{sent.id}"


@pytest.mark.parametrize("desk_kind", ["text"])
async def test_a_message_in_the_staff_channel_itself_has_no_thread(world: World) -> None:
    await world.agent.send(world.staff, "/tickets")

    assert (world.event.chat, world.event.text) == (world.desk, "/tickets")


async def test_a_reply_names_what_it_answers(world: World) -> None:
    await world.open_ticket()
    first = await world.agent.send(world.thread(), "first")
    await world.agent.send(world.thread(), "second", reply_to=first)

    answered = world.events[1].reply_to  # type: ignore[union-attr]
    assert answered == MessageRef(world.events[0].chat, str(first.id))


async def test_files_of_staff_have_handles_too(world: World) -> None:
    await world.open_ticket()

    sent = await world.agent.send(world.thread(), "see", attachments=[("form.pdf", b"12345")])

    (file,) = world.event.attachments
    assert file.handle == f"{world.thread().id}/{sent.id}/{sent.attachments[0].id}"
    assert (file.name, file.size) == ("form.pdf", 5)


async def test_bots_webhooks_and_our_own_messages_are_not_staff(world: World) -> None:
    await world.open_ticket()
    robot = world.guild.add_member(world.env.create_user("robot", bot=True), roles=[world.role])

    await robot.send(world.thread(), "beep")
    await world.guild.create_webhook(world.thread()).send("boop")

    assert world.events == []


async def test_a_thread_elsewhere_is_not_the_desk(world: World) -> None:
    thread = world.env.backend.create_thread(world.lobby.id, "help", world.agent.id)
    world.env.backend.create_message(thread.id, world.agent.id, "not for the bot")
    await world.env.settle()

    assert world.events == []


async def test_a_thread_the_client_does_not_know_is_looked_up(world: World) -> None:
    """The library forgets archived threads, and somebody may write in one."""
    opened = (await world.open_ticket()).thread
    assert opened is not None
    thread = world.thread()
    await world.deliver(DeliveryKind.SHOW_STATUS, opened, status=TicketStatus.SOLVED)
    assert world.env.bot.get_channel(thread.id) is None

    world.env.backend.create_message(thread.id, world.agent.id, "one more thing")
    await world.env.settle()

    assert (world.event.chat.thread_id, world.event.text) == (str(thread.id), "one more thing")


@pytest.mark.parametrize("changed", [{"message_content": False}])
async def test_without_the_intent_a_message_that_calls_the_bot_is_read(world: World) -> None:
    await world.open_ticket()

    await world.visitor.send(world.thread(), "just talking")
    await world.agent.send(world.thread(), f"<@{world.env.backend.bot_user.id}> your deposit has arrived")

    assert world.event.text == "your deposit has arrived"


@pytest.mark.parametrize("changed", [{"message_content": False}])
async def test_an_agent_who_cannot_be_read_is_to_be_told_so_once_an_hour(world: World) -> None:
    await world.open_ticket()

    await world.agent.send(world.thread(), "your deposit has arrived")
    await world.agent.send(world.thread(), "did that go out?")
    await world.joins("Ben", world.role).send(world.thread(), "I would not know")
    world.env.backend.advance_clock(3601)
    await world.agent.send(world.thread(), "hello?")

    told = [(event.text, event.unreadable) for event in world.events if isinstance(event, StaffWrote)]
    assert told == [("", HIDDEN)] * 3


@pytest.mark.parametrize(("changed", "desk_kind"), [({"message_content": False}, "text")])
async def test_talk_in_the_channel_itself_stays_talk(world: World) -> None:
    await world.agent.send(world.staff, "lunch?")

    assert world.events == []


async def test_a_card_button_is_handed_over_with_who_pressed_it(world: World) -> None:
    await world.open_ticket(CARD)
    card = world.thread().history()[0]

    result = await world.agent.click(card, label="Take")

    event = world.event
    assert isinstance(event, StaffPicked)
    assert (event.data, event.agent.user_id) == ("t1.7.take", str(world.agent.id))
    assert event.chat.thread_id == str(world.thread().id)
    assert event.agent.standing is Standing.MEMBER
    assert result.acknowledged


@both_desks
@pytest.mark.parametrize("command", ["take", "close", "reopen", "canned"])
async def test_a_staff_command_is_a_staff_message(world: World, command: str) -> None:
    await world.open_ticket()

    result = await world.agent.slash(world.thread(), command)

    event = world.event
    assert isinstance(event, StaffWrote)
    assert (event.text, event.chat.thread_id) == (f"/{command}", str(world.thread().id))
    assert Token.read(event.interaction).application_id == world.env.backend.application_id
    assert (result.deferred, result.ephemeral) == (True, True)


async def test_words_follow_a_staff_command(world: World) -> None:
    await world.open_ticket()

    await world.agent.slash(world.thread(), "canned", name="greeting")
    await world.agent.slash(world.thread(), "note", text="call them back")

    assert [event.text for event in world.events] == [  # type: ignore[union-attr]
        "/canned greeting",
        "/note call them back",
    ]


async def test_a_staff_command_elsewhere_leaves_no_trace(world: World) -> None:
    result = await world.visitor.slash(world.lobby, "take")

    assert world.events == []
    assert result.ephemeral
    assert result.response is None


async def test_a_button_elsewhere_is_only_acknowledged(world: World) -> None:
    await world.send(CARD, ChatRef(DISCORD, str(world.lobby.id)))

    (message,) = world.lobby.history()

    result = await world.visitor.click(message, label="Take")

    assert world.events == []
    assert result.acknowledged


async def test_staff_commands_are_not_offered_in_direct_messages(world: World) -> None:
    assert set(world.requester.available_commands()) == {
        "start", "help", "language", "status", "tickets", "close", "human", "verify-account", "privacy",
        "export", "erase", "support",
    }  # fmt: skip
    assert set(world.agent.available_commands(world.lobby)) == {
        "take", "release", "assign", "escalate", "team", "ack", "show", "wait", "hold", "resume", "close", "reopen",
        "canned", "note", "reply", "next", "mine", "queue", "duty", "legal_hold", "freeze", "unfreeze", "panel",
        "support",
    }  # fmt: skip


class TestStanding:
    async def test_without_the_role_one_is_an_outsider(self, world: World) -> None:
        assert await _standing(world, world.visitor) is Standing.OUTSIDER

    async def test_losing_the_role_counts_at_once(self, world: World) -> None:
        await world.open_ticket()
        await world.agent.send(world.thread(), "before")
        world.env.backend.remove_member_role(world.guild.id, world.agent.id, world.role.id)
        await world.agent.send(world.thread(), "after")

        standings = [event.agent.standing for event in world.events]  # type: ignore[union-attr]
        assert standings == [Standing.MEMBER, Standing.OUTSIDER]

    @pytest.mark.parametrize("right", ["administrator", "manage_guild"])
    async def test_managing_the_server_with_the_role_makes_an_administrator(self, world: World, right: str) -> None:
        boss = world.guild.create_role("boss", permissions=discord.Permissions(**{right: True}))
        lead = world.guild.add_member(world.env.create_user("lead"), roles=[world.role, boss])

        assert await _standing(world, lead) is Standing.ADMINISTRATOR

    async def test_managing_the_server_without_the_role_does_not(self, world: World) -> None:
        boss = world.guild.create_role("boss", permissions=discord.Permissions(administrator=True))
        owner = world.guild.add_member(world.env.create_user("owner"), roles=[boss])

        assert await _standing(world, owner) is Standing.OUTSIDER

    @pytest.mark.parametrize("changed", [{"staff_role": None}])
    async def test_without_a_role_in_the_settings_whoever_sees_the_channel_is_staff(self, world: World) -> None:
        assert await _standing(world, world.visitor) is Standing.MEMBER

    @pytest.mark.parametrize(("changed", "desk_kind"), [({"staff_role": None}, "text")])
    async def test_whoever_is_shut_out_of_the_channel_is_not(self, world: World) -> None:
        await world.open_ticket()
        hidden = Overwrite(world.guild.id, OverwriteType.ROLE, deny=discord.Permissions(view_channel=True).value)
        world.env.backend.set_overwrite(world.staff.id, hidden)
        world.env.backend.create_message(world.thread().id, world.visitor.id, "let me in")
        await world.env.settle()

        assert world.event.agent.standing is Standing.OUTSIDER


async def _standing(world: World, member: object) -> Standing:
    await world.open_ticket()
    await member.send(world.thread(), "hello")  # type: ignore[attr-defined]
    found: Standing = world.event.agent.standing
    return found


@both_desks
async def test_an_agent_changing_a_message_is_heard_with_the_rights_of_now(world: World) -> None:
    thread = (await world.open_ticket()).thread
    sent = await world.agent.send(world.thread(), "We are on it")
    world.events.clear()

    await world.agent.edit(sent, "We have found it")

    event = world.event
    assert isinstance(event, StaffEdited)
    assert (event.text, event.chat, event.message.message_id) == ("We have found it", thread, str(sent.id))
    assert event.agent.standing is Standing.MEMBER


async def test_what_is_deleted_in_a_thread_is_told_one_by_one(world: World) -> None:
    thread = (await world.open_ticket()).thread
    assert thread is not None
    sent = [await world.agent.send(world.thread(), text) for text in ("one", "two", "three")]
    world.events.clear()

    await world.agent.delete(sent[0])
    world.env.backend.bulk_delete_messages(int(thread.thread_id), [message.id for message in sent[1:]])
    await world.env.settle()

    assert all(isinstance(event, StaffDeleted) and event.chat == thread for event in world.events)
    assert [event.message.message_id for event in world.events] == [  # type: ignore[union-attr]
        str(message.id) for message in sent
    ]


async def test_what_the_bot_takes_away_itself_or_others_change_elsewhere_is_not_news(world: World) -> None:
    ours = (await world.send("A prompt")).messages[0]
    lobby = await world.visitor.send(world.lobby, "hello everybody")

    await world.deliver(DeliveryKind.DELETE, world.dm, links=(ours,))
    await world.visitor.edit(lobby, "hello all")
    await world.visitor.delete(lobby)

    assert world.events == []
