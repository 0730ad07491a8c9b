"""What is written after a ticket was done, through the real service and store."""

import pytest

from bot.dialogue.options import ticket_data
from bot.outgoing import DeliveryKind
from bot.timing import DAY, SECOND
from tests.unit.support.office import Office, chat_of

UNCLEAR = "it is gone again, look"


async def solved(office: Office, said: str = "/human") -> int:
    await office.says(said)
    [(id,)] = office.rows("SELECT MAX(id) FROM tickets")
    await office.has_thread(int(id))
    await office.staff_says("/take")
    await office.staff_says("/close")
    return int(id)


def tickets(office: Office) -> list[tuple[int, str, int | None]]:
    return office.rows("SELECT number, status, follows FROM tickets ORDER BY number")


def pressed(office: Office, label: str) -> str:
    return next(data for shown, data in office.buttons() if shown == label)


@pytest.mark.parametrize("thanks", ["Thank you!", "ok", "了解です", "👍", "🙏🏽 ❤️", "it works now"])
async def test_thanks_get_a_sign_and_change_nothing(office: Office, thanks: str) -> None:
    await solved(office)
    said, before = office.said_to(), office.rows("SELECT * FROM tickets")
    await office.says(thanks)

    (sign,) = [row for row in office.outbox() if row.kind is DeliveryKind.REACT and row.chat == chat_of("1")]
    assert (sign.reaction, sign.in_thread, sign.target is not None) == ("👍", False, True)
    assert (office.said_to(), office.rows("SELECT * FROM tickets")) == (said, before)


async def test_what_is_more_than_thanks_is_not_taken_for_thanks(office: Office) -> None:
    await solved(office)
    await office.says("ok, but look at it again")

    assert not [row for row in office.outbox() if row.kind is DeliveryKind.REACT and row.chat == chat_of("1")]
    assert [label for label, _ in office.buttons()] == ["The same problem", "Something new"]


async def test_the_same_problem_reopens_its_ticket_with_all_that_was_written(office: Office) -> None:
    id = await solved(office)
    await office.says(UNCLEAR)
    await office.says("since this morning")
    await office.presses(pressed(office, "The same problem"))

    assert tickets(office) == [(1, "open", None)]
    said = [row.content.text for row in office.outbox() if row.in_thread and row.content and row.content.author]
    assert said == [f"{UNCLEAR}\nsince this morning"]
    assert office.state()["ticket_id"] == id


@pytest.mark.parametrize(
    ("typed", "status"), [("yes", "open"), ("ok", "open"), ("still not working", "open"), ("no", "solved")]
)
async def test_an_answer_may_be_typed(office: Office, typed: str, status: str) -> None:
    """Whoever says "yes" to the question must not be taken to say thanks."""
    await solved(office)
    await office.says(UNCLEAR)
    await office.says(typed)

    assert tickets(office) == [(1, status, None)]
    assert "something new?" not in office.said_to()[-1]
    assert not [row for row in office.outbox() if row.kind is DeliveryKind.REACT and row.chat == chat_of("1")]


async def test_after_some_days_a_new_ticket_goes_on_with_it(office: Office) -> None:
    await solved(office)
    office.clock.forward(8 * DAY // SECOND)
    await office.says(UNCLEAR)
    await office.presses(pressed(office, "The same problem"))

    assert tickets(office) == [(1, "solved", None), (2, "new", 1)]
    [(answers,)] = office.rows("SELECT answers FROM tickets WHERE number = 2")
    assert UNCLEAR in answers
    card = [row for row in office.outbox() if row.kind is DeliveryKind.OPEN_THREAD][-1]
    assert card.content
    assert "Goes on with #1" in card.content.text


async def test_a_question_that_has_its_answer_does_not_go_to_the_desk_with_the_reopened_ticket(
    office: Office,
) -> None:
    id = await solved(office)
    await office.says("how do i turn on two factor authentication")
    await office.presses(ticket_data(id, "reopen"))

    assert tickets(office) == [(1, "open", None)]
    assert not [row for row in office.outbox() if row.in_thread and row.content and row.content.author]


async def test_something_new_is_answered_as_if_nothing_had_been_before(office: Office) -> None:
    await solved(office)
    await office.says(UNCLEAR)
    asked = len(office.said_to())
    await office.presses(pressed(office, "Something new"))
    await office.says("and what is this thing")

    assert tickets(office) == [(1, "solved", None)]
    assert len(office.said_to()) == asked + 2
    assert "#1" not in "".join(office.said_to()[asked:])


async def test_a_clear_question_about_something_else_is_answered_at_once(office: Office) -> None:
    await solved(office)
    await office.says("how do i turn on two factor authentication")

    assert "The same problem" not in [label for label, _ in office.buttons()]


async def test_what_is_urgent_is_never_asked_about(office: Office) -> None:
    await solved(office, "my account got hacked")
    await office.says("my account got hacked")

    assert tickets(office) == [(1, "solved", None), (2, "new", None)]


async def test_after_a_month_nobody_is_asked(office: Office) -> None:
    await solved(office)
    office.clock.forward(31 * DAY // SECOND)
    await office.says(UNCLEAR)

    assert "The same problem" not in [label for label, _ in office.buttons()]
