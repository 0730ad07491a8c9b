"""After a crash: a row that arrived is found, a row that did not is not mistaken for an older one."""

from dataclasses import replace

import pytest

from bot.model import ChatRef, TicketStatus
from bot.outgoing import DeliveryKind
from bot.platforms.discord.reconciling import is_it
from bot.platforms.discord.render import Part
from tests.unit.platforms.discord.world import DISCORD, World

both_desks = pytest.mark.parametrize("desk_kind", ["forum", "text"])


async def test_a_message_that_arrived_is_found_with_all_its_parts(world: World) -> None:
    row = world.row(DeliveryKind.SEND, world.dm, "word " * 500)
    receipt = await world.carry_out(row)
    await world.requester.send_dm("thanks")

    assert await world.platform.already_delivered(row) == replace(receipt, threads=None)


async def test_half_a_message_did_not_arrive(world: World) -> None:
    row = world.row(DeliveryKind.SEND, world.dm, "word " * 500)
    receipt = await world.carry_out(row)
    await world.deliver(DeliveryKind.DELETE, world.dm, links=receipt.messages[1:])

    assert await world.platform.already_delivered(row) is None


async def test_the_same_words_said_earlier_are_no_proof(world: World) -> None:
    await world.send("Your ticket is closed")
    await world.env.advance_time(60)

    row = world.row(DeliveryKind.SEND, world.dm, "Your ticket is closed")

    assert await world.platform.already_delivered(row) is None


async def test_a_message_of_the_first_attempt_is_found_though_the_row_was_put_off(world: World) -> None:
    row = world.row(DeliveryKind.SEND, world.dm, "hello")
    receipt = await world.carry_out(row)
    await world.env.advance_time(60)

    assert await world.platform.already_delivered(replace(row, due_at=world.clock.now())) == receipt


async def test_the_same_words_of_somebody_else_are_no_proof(world: World) -> None:
    row = world.row(DeliveryKind.SEND, world.dm, "hello")
    await world.requester.send_dm("hello")

    assert await world.platform.already_delivered(row) is None


@pytest.mark.parametrize(("nonce", "is_found"), [("7", True), (7, True), ("8", False), (None, True)])
async def test_a_nonce_says_more_than_words(world: World, nonce: str | int | None, is_found: bool) -> None:
    """simcord returns no nonces, so the message gets what Discord may return."""
    sent = await world.send("hello")
    (message,) = world.requester.dm_channel.history()
    assert str(message.id) == sent.messages[0].message_id
    message.nonce = nonce

    assert is_it(message, Part("hello"), "7", since=world.clock.now()) is is_found


@both_desks
@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_that_was_opened_is_found_by_its_name(world: World, archived: bool) -> None:
    await world.open_ticket(title="#6 Another")
    row = world.row(DeliveryKind.OPEN_THREAD, world.desk, "The card", title="#7 Deposit")
    receipt = await world.carry_out(row)
    assert receipt.thread is not None
    if archived:
        await world.deliver(DeliveryKind.SHOW_STATUS, receipt.thread, status=TicketStatus.SOLVED)

    assert await world.platform.already_delivered(row) == replace(receipt, threads=None)


async def test_a_thread_somebody_else_named_so_is_not_ours(world: World) -> None:
    world.env.backend.create_thread(world.staff.id, "#7 Deposit", world.agent.id)
    row = world.row(DeliveryKind.OPEN_THREAD, world.desk, "The card", title="#7 Deposit")

    assert await world.platform.already_delivered(row) is None


async def test_a_chat_that_cannot_be_read_proves_nothing(world: World) -> None:
    row = world.row(DeliveryKind.SEND, ChatRef(DISCORD, "5"), "hello")

    assert await world.platform.already_delivered(row) is None


async def test_an_edit_is_simply_done_again(world: World) -> None:
    assert await world.platform.already_delivered(world.row(DeliveryKind.EDIT, world.dm, "x")) is None
