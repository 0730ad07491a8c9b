"""Messages that are changed or taken back after they were written: on both sides, before and after they left."""

from dataclasses import replace
from typing import Any

import pytest

from bot.changes import AddInternalEvent, Change
from bot.events import MessageDeleted, MessageEdited, StaffDeleted, StaffEdited
from bot.internal_events import ReplyFailed
from bot.model import Agent, ChatRef, MessageRef, Person, PlatformName, Standing
from bot.outbox import LinkMessage, MarkFailed, MarkSending, MarkSent
from bot.outgoing import DeliveryKind, Outgoing
from bot.store.codec import decode
from tests.unit.support.office import DESK, MIKA, Office, chat_of

KEN = Agent(PlatformName.WEB, "k", "Ken", Standing.MEMBER)
THREAD = ChatRef(DESK.platform, DESK.chat_id, "t1")
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


async def with_ticket(office: Office) -> int:
    """Aiko has a ticket, and Mika took it."""
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.staff_says("/take")
    return int(ticket_id)


async def commit(office: Office, *changes: Change) -> None:
    assert await office.store.commit(changes)


async def sent(office: Office, row: Outgoing) -> None:
    await commit(office, MarkSending(row.id, 0, 1), MarkSent(row.id, 2))
    await commit(office, LinkMessage(row.message_id, MessageRef(row.chat, f"p{row.id}"), 0, row.ticket_id))


def newest(office: Office) -> MessageRef:
    """Where the newest message of anybody was written."""
    [(source,)] = office.rows("SELECT source FROM messages ORDER BY id DESC LIMIT 1")
    written: MessageRef = decode(MessageRef, source)
    return written


def relays(office: Office, text: str) -> list[Outgoing]:
    return [row for row in office.outbox() if row.content and text in row.content.text and row.in_thread]


def told(office: Office) -> list[str]:
    """What was said in the ticket's thread, in order, that is no requester's words."""
    return [row.content.text for row in office.outbox() if row.in_thread and row.content and not row.content.author]


async def edits(office: Office, message: MessageRef, text: str) -> None:
    key = f"web:edit:{next(office.numbers)}"
    sender = Person(PlatformName.WEB, "1", "Aiko", "en")
    at, chat = office.clock.now(), chat_of("1")
    event = MessageEdited(key=key, at=at, chat=chat, sender=sender, message=message, text=text)
    await office.support.handle(event)


async def deletes(office: Office, message: MessageRef) -> None:
    key = f"web:delete:{next(office.numbers)}"
    await office.support.handle(MessageDeleted(key=key, at=office.clock.now(), chat=message.chat, message=message))


async def staff_edits(office: Office, message: MessageRef, text: str, agent: Agent = MIKA) -> None:
    key = f"web:edit:{next(office.numbers)}"
    event = StaffEdited(key=key, at=office.clock.now(), chat=THREAD, agent=agent, message=message, text=text)
    await office.support.handle(event)


async def staff_deletes(office: Office, message: MessageRef) -> None:
    key = f"web:delete:{next(office.numbers)}"
    await office.support.handle(StaffDeleted(key=key, at=office.clock.now(), chat=THREAD, message=message))


# The requester's messages.


async def test_a_change_of_what_has_not_left_is_made_where_it_waits(office: Office) -> None:
    await with_ticket(office)
    await office.says("address A")
    await edits(office, newest(office), "address B")

    assert not relays(office, "address A")
    [row] = relays(office, "address B")
    assert row.kind is DeliveryKind.SEND


async def test_a_change_of_what_has_left_follows_it(office: Office) -> None:
    await with_ticket(office)
    await office.says("address A")
    message = newest(office)
    [row] = relays(office, "address A")
    await sent(office, row)
    await edits(office, message, "address B")

    assert [row.kind for row in relays(office, "address B")] == [DeliveryKind.SEND, DeliveryKind.EDIT]
    assert office.rows("SELECT text, original FROM messages ORDER BY id DESC LIMIT 1") == [("address B", "address A")]


async def test_a_change_to_the_same_words_is_none(office: Office) -> None:
    """Platforms report one, too, when only the preview of a link has changed."""
    await with_ticket(office)
    await office.says("address A")
    before = len(office.outbox())
    await edits(office, newest(office), "address A")
    assert len(office.outbox()) == before


async def test_a_secret_put_in_by_a_change_is_masked_and_its_original_deleted(office: Office) -> None:
    await with_ticket(office)
    await office.says("my phrase follows")
    message = newest(office)
    await edits(office, message, f"my phrase is {SEED}")

    assert "sausage" not in office.dump()
    assert {row.target for row in office.outbox() if row.kind is DeliveryKind.DELETE} == {message}


async def test_a_change_of_what_came_before_the_ticket_is_shown_to_staff(office: Office) -> None:
    await office.says("my deposti is gone, what now")
    first = newest(office)
    await with_ticket(office)
    await edits(office, first, "my deposit of 5 BTC is gone")

    [row] = relays(office, "my deposit of 5 BTC is gone")
    assert row.content
    assert row.content.author == "Aiko (changed)"


async def test_a_question_that_is_corrected_at_once_is_asked_anew(office: Office) -> None:
    await office.says("how lnog dose a")
    await edits(office, newest(office), "how long does a deposit take?")

    assert office.said_to()[-1] != office.said_to()[0]
    assert office.count("messages") == 1
    assert office.state()["said"] == "how long does a deposit take?"


async def test_an_answer_of_a_checklist_that_was_taken_already_is_not_taken_anew(office: Office) -> None:
    await office.says("my deposit has not arrived")
    await office.presses(office.buttons()[0][1])
    state = office.state()["place"]
    await edits(office, newest(office), "my withdrawal has not arrived")

    assert office.state()["place"] == state
    assert "press “Back”" in office.said_to()[-1]


async def test_a_message_that_is_gone_is_cancelled_where_it_waits(office: Office) -> None:
    await with_ticket(office)
    await office.says("oh, never mind")
    message = newest(office)
    await deletes(office, message)
    await deletes(office, message)

    [(state,)] = office.rows("SELECT state FROM outbox WHERE id = ?", relays(office, "never mind")[0].id)
    assert state == "cancelled"
    assert "The requester deleted a message here." not in told(office)
    assert not [row for row in office.outbox() if row.kind is DeliveryKind.DELETE]


async def test_a_message_that_is_gone_goes_from_the_desk_too_and_staff_are_told(office: Office) -> None:
    await with_ticket(office)
    await office.says("oh, never mind")
    await sent(office, relays(office, "never mind")[0])
    await deletes(office, newest(office))

    assert told(office)[-1] == "The requester deleted a message here."
    assert [row.kind for row in office.outbox()][-2:] == [DeliveryKind.DELETE, DeliveryKind.SEND]
    assert office.rows("SELECT text FROM messages WHERE withdrawn_at IS NOT NULL") == [("oh, never mind",)]


async def test_delete_as_an_answer_takes_ones_own_message_back(office: Office) -> None:
    await with_ticket(office)
    await office.says("oh, never mind")
    message = newest(office)
    await sent(office, relays(office, "never mind")[0])
    await office.says("/delete", reply_to=message)

    deletions = [row for row in office.outbox() if row.kind is DeliveryKind.DELETE]
    assert {row.target for row in deletions} == {None, message}
    assert office.said_to()[-1] == "Done – the team no longer sees that message."


@pytest.mark.parametrize("target", [None, MessageRef(chat_of("2"), "theirs"), MessageRef(chat_of("1"), "unknown")])
async def test_delete_takes_nothing_else_back(office: Office, target: MessageRef | None) -> None:
    await office.says("mine", user="2", message=MessageRef(chat_of("2"), "theirs"))
    await with_ticket(office)
    await office.says("/delete", reply_to=target)

    assert not [row for row in office.outbox() if row.kind is DeliveryKind.DELETE]
    assert office.said_to()[-1] == "To take a message back, reply to it with /delete."


async def test_a_change_of_a_message_nobody_knows_changes_nothing(office: Office) -> None:
    await with_ticket(office)
    before = office.dump()
    await edits(office, MessageRef(chat_of("1"), "unknown"), "text")
    await deletes(office, MessageRef(chat_of("1"), "unknown"))
    assert office.dump() == before


# The agents' messages.


async def replied(office: Office, text: str = "it is on its way") -> tuple[MessageRef, Outgoing]:
    await with_ticket(office)
    await office.staff_says(text)
    [row] = [row for row in office.outbox() if row.content and row.content.text == text]
    return newest(office), row


@pytest.mark.parametrize("text", ["it has arrived", "/reply it has arrived"])
async def test_a_reply_that_is_changed_changes_at_the_requesters_too(office: Office, text: str) -> None:
    message, row = await replied(office)
    await sent(office, row)
    await staff_edits(office, message, text)

    edit = office.outbox()[-1]
    assert (edit.kind, edit.chat, edit.message_id) == (DeliveryKind.EDIT, chat_of("1"), row.message_id)
    assert edit.content
    assert edit.content.text == "it has arrived"
    assert edit.origin == message


@pytest.mark.parametrize("text", ["// a note after all", "/close", "", "/reply"])
async def test_a_reply_cannot_become_anything_else(office: Office, text: str) -> None:
    message, row = await replied(office)
    await sent(office, row)
    await staff_edits(office, message, text)

    at_requester = [row.kind for row in office.outbox() if row.chat == chat_of("1")]
    assert DeliveryKind.EDIT not in at_requester
    assert told(office)[-1].startswith("The reply stays as it was sent.")


@pytest.mark.parametrize("agent", [KEN, replace(MIKA, standing=Standing.OUTSIDER)])
async def test_only_its_writer_changes_a_reply_and_only_as_staff(office: Office, agent: Agent) -> None:
    message, row = await replied(office)
    await sent(office, row)
    before = len(office.outbox())
    await staff_edits(office, message, "something else", agent)
    assert len(office.outbox()) == before


async def test_a_reply_that_is_deleted_goes_at_the_requesters_too(office: Office) -> None:
    message, row = await replied(office)
    await sent(office, row)
    await staff_deletes(office, message)

    deletion = office.outbox()[-1]
    assert (deletion.kind, deletion.chat, deletion.message_id) == (DeliveryKind.DELETE, chat_of("1"), row.message_id)
    assert deletion.origin == message


async def test_a_reply_that_is_deleted_before_it_left_never_leaves(office: Office) -> None:
    message, row = await replied(office)
    await staff_deletes(office, message)

    assert office.rows("SELECT state FROM outbox WHERE id = ?", row.id) == [("cancelled",)]
    assert told(office)[-1] == "Taken back: the requester does not see this reply any more."


async def test_staff_take_back_a_reply_with_a_command_where_the_platform_tells_of_no_deletions(
    office: Office,
) -> None:
    message, row = await replied(office)
    await sent(office, row)
    await office.staff_says("/delete", agent=KEN, reply_to=message)
    assert told(office)[-1] == "Only the person who wrote a reply can take it back."
    await office.staff_says("/delete")
    assert told(office)[-1] == "To take back a reply, answer your own message with /delete."
    await office.staff_says("/delete", reply_to=message)
    assert office.outbox()[-1].kind is DeliveryKind.DELETE


async def test_a_draft_that_is_deleted_cannot_be_sent(office: Office) -> None:
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.staff_says("not yet")
    buttons = [row for row in office.outbox() if row.in_thread and row.content and row.content.buttons][-1]
    await staff_deletes(office, newest(office))
    assert buttons.content
    await office.staff_presses(buttons.content.buttons[0][0].data)

    assert told(office)[-1] == "This has been decided already."
    assert "not yet" not in office.said_to()


async def test_a_draft_is_sent_as_it_reads_when_it_is_sent(office: Office) -> None:
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.staff_says("not yet")
    buttons = [row for row in office.outbox() if row.in_thread and row.content and row.content.buttons][-1]
    await staff_edits(office, newest(office), "now")
    assert buttons.content
    await office.staff_presses(buttons.content.buttons[0][0].data)

    assert "now" in office.said_to()
    assert "not yet" not in office.said_to()


# Trying again.


async def test_a_reply_that_did_not_arrive_can_be_tried_again_once(office: Office) -> None:
    message, row = await replied(office)
    await commit(office, MarkSending(row.id, 0, 1), MarkFailed(row.id, "blocked", 2))
    assert row.ticket_id
    event = ReplyFailed(
        id=1, at=1, ticket_id=row.ticket_id, origin=message, reason="blocked", message_id=row.message_id
    )
    await commit(office, AddInternalEvent(event))
    await office.support.handle_internal(event)
    [again] = [
        button
        for one in office.outbox()
        if one.content
        for line in one.content.buttons
        for button in line
        if button.label == "Try again"
    ]
    for _ in range(2):
        await office.staff_presses(again.data)

    assert office.rows("SELECT state, attempts FROM outbox WHERE id = ?", row.id) == [("queued", 0)]
    assert told(office)[-2:] == [
        "Trying again. The reaction on your message shows how it went.",
        "Nothing is waiting to be sent again.",
    ]


# Quotes.


async def quoted_by(office: Office, **wanted: Any) -> int | None:
    [row] = [row for row in office.outbox() if row.content and row.content.text == wanted["text"]]
    return row.quoted_id


async def test_what_answers_a_message_answers_its_copy_on_the_other_side(office: Office) -> None:
    message, row = await replied(office)
    await sent(office, row)
    await office.says("thank you", reply_to=MessageRef(row.chat, f"p{row.id}"))
    assert await quoted_by(office, text="thank you") == row.message_id

    [relay] = relays(office, "thank you")
    await sent(office, relay)
    await office.staff_says("you are welcome", reply_to=MessageRef(relay.chat, f"p{relay.id}"))
    assert await quoted_by(office, text="you are welcome") == relay.message_id
    assert message.chat == THREAD
