"""An interaction is answered where it was made: a token leads to the chat of the press, whatever the row says."""

from bot.outgoing import DeliveryKind
from tests.unit.support.office import DESK, Office, chat_of

TOKEN = "1/token/2"
ANSWER = "We are looking into it."


async def answered_by(office: Office) -> list[tuple[DeliveryKind, str]]:
    return [(row.kind, row.chat.chat_id) for row in office.outbox() if row.interaction == TOKEN]


async def taken_ticket(office: Office) -> None:
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.staff_says("/take")


async def test_a_command_is_answered_by_the_first_thing_said_there(office: Office) -> None:
    await office.says("/help", interaction=TOKEN)

    assert await answered_by(office) == [(DeliveryKind.SEND, chat_of("1").chat_id)]


async def test_a_reply_given_by_a_command_goes_to_the_requester_and_not_to_the_thread(office: Office) -> None:
    """Sent as the answer of the agent's command, it would appear at the desk and count as delivered."""
    await taken_ticket(office)

    await office.staff_says("/canned greeting", interaction=TOKEN)

    [reply] = [row for row in office.outbox() if row.origin]
    assert (reply.chat, reply.interaction) == (chat_of("1"), "")


async def test_what_a_requester_does_is_told_at_the_desk_and_not_to_them(office: Office) -> None:
    await taken_ticket(office)

    await office.says("/close", interaction=TOKEN)

    assert {chat for _, chat in await answered_by(office)} <= {chat_of("1").chat_id}
    assert len(await answered_by(office)) == 1


async def test_a_note_made_by_a_command_is_confirmed_to_its_writer(office: Office) -> None:
    await taken_ticket(office)

    await office.staff_says("/note careful", interaction=TOKEN)

    assert await answered_by(office) == [(DeliveryKind.REACT, DESK.chat_id)]
