"""[Reply] on a ticket's card: the form behind it, and what is sent off with it."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.events import StaffWrote
from bot.model import AttachmentKind, Button, Content, Standing, TicketStatus
from bot.outgoing import DeliveryKind
from bot.ports import Receipt
from tests.servers.discord_server import labels_of, text_of
from tests.unit.platforms.discord.world import World, words

both_desks = pytest.mark.parametrize("desk_kind", ["forum", "text"])
CARD = Content(text="The card", buttons=((Button("Take", "t1.7.take"),),))


@pytest.fixture
def changed() -> Mapping[str, object]:
    """What agents type is hidden from the bot."""
    return {"message_content": False}


async def opened(world: World, status: TicketStatus = TicketStatus.NEW) -> Receipt:
    return await world.deliver(DeliveryKind.OPEN_THREAD, world.desk, CARD, title="#7", status=status)


async def pressed(world: World, person: Any) -> Any:
    """The form that opens for somebody."""
    (card,) = (await opened(world)).messages
    return await person.click(world.message(card), label="Reply")


def said(world: World, receipt_or_event: Any) -> str:
    return text_of(world.message(receipt_or_event.message))


@both_desks
async def test_the_card_of_a_ticket_that_is_not_done_has_the_button(world: World) -> None:
    links = (await opened(world)).messages
    assert labels_of(world.message(links[0])) == ("Take", "Reply")

    for status in TicketStatus:
        more: dict[str, Any] = {"links": links, "title": "#7", "status": status}
        await world.deliver(DeliveryKind.EDIT, world.desk, CARD, **more)
        assert ("Reply" in labels_of(world.message(links[0]))) is not status.is_done


@pytest.mark.parametrize("changed", [{"message_content": True}])
async def test_where_the_bot_reads_what_is_typed_there_is_no_need_for_it(world: World) -> None:
    (card,) = (await opened(world)).messages

    assert labels_of(world.message(card)) == ("Take",)


@both_desks
async def test_words_are_said_aloud_and_are_the_agent_s_about_the_card(world: World) -> None:
    form = await pressed(world, world.agent)
    assert world.events == [], "to open the form is no event"

    await world.agent.submit_modal(form, {"words": "it has arrived\n/close, @everyone"})

    event: StaffWrote = world.event
    assert event.text == "/reply it has arrived\n/close, @everyone"
    assert said(world, event) == "**Ann** · /reply\nit has arrived\n/close, @everyone"
    assert event.agent.standing is Standing.MEMBER
    assert event.reply_to is not None
    assert text_of(world.message(event.reply_to)) == "The card"
    assert world.sent("/callback")["data"]["allowed_mentions"] == {"parse": []}


async def test_a_file_is_posted_with_the_words_and_can_be_read_by_its_handle(world: World, cdn: None) -> None:
    form = await pressed(world, world.agent)

    await world.agent.submit_modal(form, {"words": "see here", "files": ("proof.png", b"png bytes")})

    event: StaffWrote = world.event
    (file,) = event.attachments
    assert (event.text, file.kind, file.size) == ("/reply see here", AttachmentKind.PHOTO, 9)
    assert said(world, event) == "**Ann** · /reply\nsee here"
    assert file.handle.startswith(f"{world.thread().id}/{event.message.message_id}/")
    assert b"".join([piece async for piece in world.platform.open_file(file)]) == b"png bytes"


async def test_a_file_alone_is_a_reply_and_nothing_at_all_is_left_to_the_desk(world: World, cdn: None) -> None:
    form = await pressed(world, world.agent)
    await world.agent.submit_modal(form, {"files": ("proof.png", b"png bytes")})
    await world.agent.submit_modal(await world.agent.click(world.thread().history()[0], label="Reply"), {})

    with_file, without = world.events
    assert isinstance(with_file, StaffWrote)
    assert isinstance(without, StaffWrote)
    assert (with_file.text, len(with_file.attachments)) == ("/reply", 1)
    assert (without.text, without.attachments, without.interaction != "") == ("/reply", (), True)


@pytest.mark.parametrize(
    "file", [("broken.png", b"x"), ("large.png", b"x" * (10 * 1024 * 1024 + 1))], ids=str.__class__
)
async def test_where_a_file_cannot_be_had_nothing_is_sent_and_the_words_are_given_back(
    world: World, cdn: None, file: tuple[str, bytes]
) -> None:
    form = await pressed(world, world.agent)

    await world.agent.submit_modal(form, {"words": "see here", "files": file})

    assert world.events == []
    assert world.said_in_thread()[-1] == f"**Ann** · /reply\nsee here\n\n{words('form.lost')['en']}"


async def test_whoever_is_not_staff_may_open_it_and_is_told_by_the_desk(world: World) -> None:
    form = await pressed(world, world.visitor)

    result = await world.visitor.submit_modal(form, {"words": "I am staff"})

    assert world.event.agent.standing is Standing.OUTSIDER
    assert (result.deferred, result.ephemeral) == (True, True)
    assert world.said_in_thread() == ["The card"]


async def test_a_form_opened_before_a_restart_counts(world: World) -> None:
    form = await pressed(world, world.agent)
    await world.reconnect()

    await world.agent.submit_modal(form, {"words": "it has arrived"})

    assert world.event.text == "/reply it has arrived"


async def test_a_form_that_cannot_be_opened_is_survived(world: World) -> None:
    world.env.inject_error("POST", "/interactions/*", status=503)

    form = await pressed(world, world.agent)

    assert form.modal is None
    assert world.events == []
