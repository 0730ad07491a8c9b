"""What people ask for about what is kept of them: when it happens, what it takes out, and who hears of it."""

import asyncio
from dataclasses import replace

from bot.changes import SaveConversation, SaveTicket
from bot.forgetting import RequestKind
from bot.model import ChatRef, Conversation, Made, MessageRef, Person, PlatformName, Standing
from bot.outbox import LinkMessage, MarkFailed, MarkSent
from bot.outgoing import DeliveryKind
from bot.support import Exports
from tests.unit.support.office import DESK, MIKA, Office, chat_of

HOUR = 3600
DAY = 24 * HOUR


async def due(office: Office) -> int:
    """Carry out what is due now, as the courier does; how many that were."""
    events = [*await office.store.due_requests(office.clock.now())]
    for event in events:
        await office.support.handle_internal(event)
    return len(events)


async def asks(office: Office, command: str) -> None:
    """Ask, and confirm with the first button."""
    await office.says(command)
    await office.presses(office.buttons()[0][1])


async def everything_sent(office: Office, *failed: DeliveryKind) -> None:
    """The platforms take whatever waits, but for some kinds."""
    for row in office.outbox():
        state = office.rows("SELECT state FROM outbox WHERE id = ?", row.id)[0][0]
        if state == "queued":
            refused = row.kind in failed
            await office.store.commit((MarkFailed(row.id, "refused", 1) if refused else MarkSent(row.id, 1),))


async def solved(office: Office) -> None:
    """A ticket with everything in it that there can be, finished; the bot's messages in the thread have names."""
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.says("12345678")
    await office.says("my wallet shows nothing, I am really worried about it")
    thread = ChatRef(DESK.platform, DESK.chat_id, "t1")
    await office.staff_says("/take")
    await office.staff_says("// shouts", message=MessageRef(thread, "note"))
    office.has_shown_everything()
    await office.staff_says("All is well", message=MessageRef(thread, "reply"))
    for row in office.outbox():
        if row.in_thread and row.kind in (DeliveryKind.SEND, DeliveryKind.OPEN_THREAD):
            shown = MessageRef(thread, f"relay {row.id}")
            await office.store.commit((LinkMessage(row.message_id, shown, 0, ticket_id),))
    await office.says("/close")


def requester_of(office: Office) -> int:
    return int(office.rows("SELECT requester_id FROM identities ORDER BY created_at DESC")[0][0])


async def exported(office: Office) -> dict[str, str]:
    """The files of the newest export, by the end of their names."""
    files = [file for row in office.outbox() if row.content for file in row.content.attachments]
    exports = Exports(office.store, lambda: office.brain)
    made = {}
    for file in files:
        if file.platform is Made.EXPORT:
            made[file.name.rpartition(".")[2]] = b"".join([piece async for piece in exports.open_file(file)]).decode()
    return made


async def test_an_export_comes_when_it_is_due_and_not_before(office: Office) -> None:
    await asks(office, "/export")
    office.clock.forward(DAY - 1)
    assert await due(office) == 0
    office.clock.forward(1)
    assert await due(office) == 1

    files = await exported(office)
    assert set(files) == {"txt", "json"}
    assert "You: /export" in files["txt"]
    assert await due(office) == 0


async def test_an_export_survives_a_restart_to_the_second(office: Office) -> None:
    await asks(office, "/export")
    again = Office(office.path, office.store, office.clock, office.brain)
    assert await again.store.next_due_at(office.clock.now()) == office.clock.now() + DAY * 1_000_000
    again.clock.forward(DAY)

    assert await due(again) == 1


async def test_an_export_holds_what_both_sides_saw_and_nothing_of_the_desk(office: Office) -> None:
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.says("the coins I sent have not arrived, what happened to them?")
    await office.staff_says("/take")
    await office.staff_says("// this one shouts")
    office.has_shown_everything()
    await office.staff_says("They are here now.")
    [reply] = [row for row in office.outbox() if row.origin]
    await office.store.commit((LinkMessage(reply.message_id, MessageRef(chat_of("1"), "9"), 0, ticket_id),))
    await office.staff_says("never arrives")
    await asks(office, "/export")
    office.clock.forward(DAY)
    await due(office)

    for made in (await exported(office)).values():
        assert "They are here now." in made
        assert "the coins I sent have not arrived" in made
        assert not any(word in made for word in ("Mika", "shouts", "never arrives"))


async def test_a_cancelled_request_never_happens(office: Office) -> None:
    await asks(office, "/erase")
    await office.says("/erase cancel")
    office.clock.forward(4 * DAY)

    assert await due(office) == 0
    assert office.count("messages") > 0


async def test_every_other_chat_hears_of_it_at_once_and_can_cancel_it(office: Office) -> None:
    await office.says("hello")
    here = (await office.store.conversations_of(requester_of(office)))[0]
    person = Person(PlatformName.DISCORD, "9", "Aiko")
    chat = ChatRef(PlatformName.DISCORD, "dm")
    there = Conversation(id=7, requester_id=here.requester_id, chat=chat, person=person, language="en")
    await office.store.commit((SaveConversation(there, 1),))
    await asks(office, "/erase")
    told = [row.content.text for row in office.outbox() if row.chat == there.chat and row.content]
    assert len(told) == 1
    assert "/erase cancel" in told[0]

    await office.says("/erase cancel")
    told = [row.content.text for row in office.outbox() if row.chat == there.chat and row.content]
    assert len(told) == 2
    assert await office.store.data_request(there.requester_id, RequestKind.ERASE) is None


async def test_nothing_is_erased_while_somebody_is_at_work_on_it(office: Office) -> None:
    """Looked at when asked, when confirmed, and again when it is due."""
    await asks(office, "/erase")
    await office.says("/human")
    office.clock.forward(4 * DAY)
    await everything_sent(office)
    assert await due(office) == 1

    assert "#1" in office.said_to()[-1]
    assert office.count("identities") == 1
    assert office.rows("SELECT state FROM data_requests") == [("refused",)]


async def test_nothing_is_erased_while_a_hold_is_on_it(office: Office) -> None:
    await solved(office)
    [ticket] = await office.store.every_ticket_of(requester_of(office))
    await office.store.commit((SaveTicket(replace(ticket, legal_hold=True)),))
    await office.says("/erase")

    assert "legal reason" in office.said_to()[-1]
    assert office.count("data_requests") == 0


async def test_a_lead_can_keep_a_ticket_and_let_it_go_again(office: Office) -> None:
    await solved(office)
    await office.staff_says("/legal_hold")
    assert office.rows("SELECT legal_hold FROM tickets") == [(0,)]
    lead = replace(MIKA, standing=Standing.ADMINISTRATOR)
    await office.staff_says("/legal_hold", agent=lead)
    await office.says("/erase")
    assert "legal reason" in office.said_to()[-1]
    await office.staff_says("/legal_hold off", agent=lead)
    await asks(office, "/erase")

    assert office.count("data_requests") == 1
    acts = [act for (act,) in office.rows("SELECT act FROM audit ORDER BY id")]
    assert acts[-2:] == ["legal_hold", "legal_hold_off"]


async def test_a_hold_that_comes_while_it_waits_keeps_everything(office: Office) -> None:
    await solved(office)
    await asks(office, "/erase")
    await office.staff_says("/legal_hold", agent=replace(MIKA, standing=Standing.ADMINISTRATOR))
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    await due(office)

    assert "legal reason" in office.said_to()[-1]
    assert office.count("identities") == 1


async def test_nothing_can_be_done_to_an_erased_ticket(office: Office) -> None:
    await solved(office)
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    await due(office)
    await office.staff_says("/reopen")
    await office.staff_says("Hello again")

    assert office.rows("SELECT status FROM tickets") == [("closed",)]
    assert office.count("messages") == 0
    told = [row.content.text for row in office.outbox() if row.content and row.kind is DeliveryKind.SEND]
    assert all("has been erased. Nothing can be done" in text for text in told[-2:])


async def test_erasing_leaves_nothing_of_the_person_anywhere(office: Office) -> None:
    """Every table is looked at, with whatever it holds."""
    await solved(office)
    await asks(office, "/erase")
    await everything_sent(office)
    assert "Aiko" in office.dump()
    office.clock.forward(4 * DAY)
    await due(office)
    await everything_sent(office)
    office.clock.forward(HOUR)
    await due(office)

    left = office.dump()
    for word in ("Aiko", "my wallet", "12345678", "shouts", "All is well"):
        assert word not in left, word
    assert office.rows("SELECT number, status FROM tickets") == [(1, "closed")]
    assert office.rows("SELECT value FROM counters WHERE name = 'ticket'") == [(1,)]
    assert office.rows("SELECT state, chat_id FROM data_requests") == [("done", "")]


async def test_the_copies_at_the_desk_are_deleted_whoever_wrote_them(office: Office) -> None:
    await solved(office)
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    await due(office)

    removed = {row.target.message_id for row in office.outbox() if row.kind is DeliveryKind.DELETE and row.target}
    written = {"relay", "note", "reply"}
    assert {name for name in written if any(one.startswith(name) for one in removed)} == written
    [card] = [row for row in office.outbox() if row.kind is DeliveryKind.EDIT]
    assert card.content
    assert "#1" in card.content.text
    assert card.content.buttons == ()


async def test_what_could_not_be_removed_is_told(office: Office) -> None:
    await solved(office)
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    await due(office)
    assert not any("has been erased" in text for text in office.said_to())
    await everything_sent(office, DeliveryKind.DELETE)
    office.clock.forward(10)
    await due(office)

    count = sum(row.kind is DeliveryKind.DELETE for row in office.outbox())
    assert f"{count} messages in our team's chat could not be deleted" in office.said_to()[-1]


async def test_a_platform_that_does_not_answer_for_a_day_is_told_of(office: Office) -> None:
    await solved(office)
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    for _ in range(400):
        if not await due(office):
            office.clock.forward(600)
    assert "still to be deleted" in office.said_to()[-1]


async def test_whoever_writes_again_is_somebody_new(office: Office) -> None:
    await solved(office)
    before = requester_of(office)
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    await due(office)
    await office.says("hello, it is me")

    assert requester_of(office) != before
    assert len(office.rows("SELECT id FROM requesters")) == 2
    assert office.count("set_aside") == 0


async def test_whoever_writes_while_they_are_erased_is_heard_as_somebody_new(office: Office) -> None:
    """The message waits for the same lock, and finds that nobody of that id is left."""
    await office.says("hello")
    before = requester_of(office)
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    [event] = await office.store.due_requests(office.clock.now())
    messages = [office.message(f"hello {number}") for number in range(5)]
    erasing = office.support.handle_internal(event)
    await asyncio.gather(erasing, *(office.support.handle(message) for message in messages))

    assert requester_of(office) != before
    assert office.rows("SELECT COUNT(*) FROM messages") == [(5,)]
    assert office.count("set_aside") == 0


async def test_an_export_after_erasing_has_nothing_to_give(office: Office) -> None:
    await asks(office, "/export")
    await asks(office, "/erase")
    await everything_sent(office)
    office.clock.forward(4 * DAY)
    for event in [*await office.store.due_requests(office.clock.now())]:
        if event.kind is RequestKind.ERASE:
            await office.support.handle_internal(event)

    assert await due(office) == 0
    assert await exported(office) == {}
