"""What was written while nobody listened is read from the histories, in order; nothing newer overtakes it."""

from typing import Any

import pytest

from bot.events import MessageEdited, MessageReceived, StaffEdited, StaffWrote
from bot.model import ChatRef, MessageRef, Standing
from bot.platforms.discord.catchup import Pace
from bot.platforms.discord.cursors import Cursors
from tests.unit.platforms.discord.world import DISCORD, World


def texts(world: World) -> list[str]:
    return [event.text for event in world.events if isinstance(event, MessageReceived | StaffWrote)]


def writes(world: World, text: str) -> Any:
    """The requester writes while the bot is not told."""
    return world.env.backend.create_message(world.requester.dm_channel.id, world.requester.id, text)


async def away(world: World) -> None:
    """The connection is lost for good; what happens until `World.reconnect` is not told to anybody."""
    await world.env.settle()
    await world.leave()
    world.events.clear()


async def test_what_a_requester_wrote_meanwhile_is_handled_in_order(world: World) -> None:
    await world.requester.send_dm("before")
    world.kept.chats = [world.dm]
    await away(world)
    for number in range(3):
        writes(world, f"meanwhile {number}")

    await world.reconnect()

    assert texts(world) == ["meanwhile 0", "meanwhile 1", "meanwhile 2"]


async def test_more_than_one_page_is_read(world: World) -> None:
    await world.requester.send_dm("before")
    world.kept.chats = [world.dm]
    await away(world)
    for number in range(230):
        writes(world, str(number))

    await world.reconnect()

    assert texts(world) == [str(number) for number in range(230)]


async def test_nothing_is_read_twice_once_it_is_handled(world: World) -> None:
    await world.requester.send_dm("before")
    world.kept.chats = [world.dm]
    await away(world)

    await world.reconnect()

    assert world.events == []


async def test_a_live_message_waits_for_what_came_before_it(world: World) -> None:
    await world.requester.send_dm("before")
    await away(world)
    writes(world, "missed")
    # Nobody expects anything in this chat: it is not among those in which something happened lately.
    await world.reconnect()
    assert world.events == []

    await world.requester.send_dm("live")

    assert texts(world) == ["missed", "live"]


async def test_the_first_message_ever_is_found_with_the_second(world: World) -> None:
    await away(world)
    writes(world, "is anybody there?")
    await world.reconnect()

    await world.requester.send_dm("hello?")

    assert texts(world) == ["is anybody there?", "hello?"]


async def test_staff_replies_typed_meanwhile_keep_the_rights_of_their_writers(world: World) -> None:
    thread = (await world.open_ticket()).thread
    assert thread is not None
    world.kept.threads = [thread]
    await away(world)
    place = int(thread.thread_id)
    world.env.backend.create_message(place, world.agent.id, "we found it")
    world.env.backend.create_message(place, world.visitor.id, "me too")

    await world.reconnect()

    assert texts(world) == ["we found it", "me too"]
    assert [event.agent.standing for event in world.events] == [  # type: ignore[union-attr]
        Standing.MEMBER, Standing.OUTSIDER,
    ]  # fmt: skip
    assert {event.chat for event in world.events} == {thread}


@pytest.mark.parametrize("desk_kind", ["text"])
async def test_the_staff_channels_own_past_is_not_ours_but_its_gap_is(world: World) -> None:
    await away(world)
    world.kept.cursors.clear()
    world.env.backend.create_message(world.staff.id, world.agent.id, "from before the bot came")
    await world.env.advance_time(1)
    await world.reconnect()
    assert world.events == []
    await away(world)
    world.env.backend.create_message(world.staff.id, world.agent.id, "/tickets")

    await world.reconnect()

    assert texts(world) == ["/tickets"]


async def test_edits_made_meanwhile_are_taken_up(world: World) -> None:
    sent = await world.requester.send_dm("1 BTC")
    thread = (await world.open_ticket()).thread
    assert thread is not None
    reply = await world.agent.send(world.thread(), "it is here")
    world.kept.chats, world.kept.threads = [world.dm], [thread]
    await away(world)
    world.env.backend.edit_message(world.requester.dm_channel.id, sent.id, {"content": "2 BTC"})
    world.env.backend.edit_message(int(thread.thread_id), reply.id, {"content": "it is there"})

    await world.reconnect()

    staff, requester = sorted(world.events, key=lambda event: type(event).__name__, reverse=True)
    assert isinstance(staff, StaffEdited)
    assert isinstance(requester, MessageEdited)
    assert (staff.text, staff.message.message_id, staff.agent.standing) == (
        "it is there", str(reply.id), Standing.MEMBER,
    )  # fmt: skip
    assert (requester.text, requester.message.message_id) == ("2 BTC", str(sent.id))


async def test_a_message_edited_before_anybody_saw_it_is_simply_new(world: World) -> None:
    await world.requester.send_dm("before")
    world.kept.chats = [world.dm]
    await away(world)
    sent = writes(world, "1 BTC")
    world.env.backend.edit_message(world.requester.dm_channel.id, sent.id, {"content": "2 BTC"})

    await world.reconnect()

    assert isinstance(world.event, MessageReceived)
    assert world.event.text == "2 BTC"


async def test_an_edit_of_what_was_handled_just_before_the_crash_is_an_edit(world: World) -> None:
    await world.requester.send_dm("before")
    world.kept.chats = [world.dm]
    await away(world)
    sent = writes(world, "1 BTC")
    # Handled, but its cursor was not written down any more.
    world.kept.messages = {MessageRef(world.dm, str(sent.id))}
    world.env.backend.edit_message(world.requester.dm_channel.id, sent.id, {"content": "2 BTC"})

    await world.reconnect()

    assert isinstance(world.event, MessageEdited)


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003)])
async def test_a_channel_that_cannot_be_read_is_skipped_and_said(
    world: World, status: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = ChatRef(DISCORD, "987654321")
    await world.requester.send_dm("before")
    world.kept.chats = [gone, world.dm]
    await away(world)
    writes(world, "missed")
    world.env.inject_error("GET", f"/channels/{gone.chat_id}", status=status, code=code)

    await world.reconnect()

    assert texts(world) == ["missed"]
    assert "discord_channel_skipped" in capsys.readouterr().out


async def test_a_history_that_fails_is_read_again_and_holds_up_its_channel_alone(world: World) -> None:
    await world.requester.send_dm("before")
    world.kept.chats = [world.dm]
    await away(world)
    writes(world, "missed")
    world.env.inject_error("GET", f"/channels/{world.dm.chat_id}/messages", status=400, code=0)

    await world.reconnect()

    assert texts(world) == ["missed"]
    assert 1.0 in world.waits


async def test_what_cannot_be_handled_is_tried_again_before_anything_newer(world: World) -> None:
    failing = ["first", "first"]

    async def handle(event: Any) -> None:
        if failing and event.text == failing[0]:
            failing.pop()
            raise OSError("no space left on device")
        world.events.append(event)

    world.handle = handle  # type: ignore[method-assign]
    await world.reconnect()
    for text in ("first", "second"):
        writes(world, text)
    await world.env.settle()

    assert texts(world) == ["first", "second"]


async def test_a_cursor_that_cannot_be_written_is_written_later(world: World) -> None:
    world.kept.is_broken = True
    await world.requester.send_dm("one")
    await world.env.settle()
    assert world.kept.cursors == {}

    world.kept.is_broken = False
    sent = await world.requester.send_dm("two")
    await world.env.settle()

    assert world.kept.cursors[f"discord:{world.dm.chat_id}"] == str(sent.id)


async def test_a_cursor_never_goes_back(world: World) -> None:
    cursors = Cursors(world.kept, world.clock, world.sleep)  # type: ignore[arg-type]
    cursors.move(1, 20)
    cursors.move(1, 10)
    await cursors.close()

    assert world.kept.cursors == {"discord:1": "20"}
    assert await Cursors(world.kept, world.clock, world.sleep).position(1) == 20  # type: ignore[arg-type]


class TickingClock:
    def __init__(self) -> None:
        self.moment = 0

    def now(self) -> int:
        return self.moment

    def new_id(self) -> int:
        raise AssertionError

    async def sleep(self, seconds: float) -> None:
        self.moment += round(seconds * 1_000_000)


async def test_no_more_than_twenty_requests_a_second_are_made_of_which_ten_may_come_at_once() -> None:
    clock = TickingClock()
    pace = Pace(clock, clock.sleep)

    for _ in range(11):
        await pace.turn()
    assert clock.moment == 0
    for _ in range(100):
        await pace.turn()

    assert clock.moment == 5_000_000
