"""A pressed button means what was offered, here and now, to this requester; anything else changes nothing."""

import pytest

from bot.dialogue.options import choice_data, ticket_data
from bot.model import Agent, ChatRef, PlatformName, Standing
from tests.unit.support.office import DESK, MIKA, Office

TABLES = ("tickets", "messages", "audit", "answer_feedback")


def kept(office: Office) -> list[object]:
    return [office.rows(f"SELECT * FROM {table}") for table in TABLES]


async def ticket_of(office: Office, user: str) -> int:
    await office.says("/human", user)
    [(id,)] = office.rows(
        "SELECT t.id FROM tickets t JOIN identities i USING (requester_id) WHERE i.user_id = ?", user
    )
    return int(id)


async def test_a_button_of_another_conversation_is_stale(office: Office) -> None:
    await office.says("my deposit has not arrived", "1")
    await office.says("hello", "2")
    mode = office.state("2")["mode"]
    await office.presses(office.buttons("1")[0][1], "2")

    assert office.state("2")["mode"] == mode
    assert office.state("1")["place"]["answers"] == {}
    assert "older question" in office.said_to("2")[-1] or office.buttons("2")


async def test_a_button_of_an_earlier_question_is_stale(office: Office) -> None:
    await office.says("my deposit has not arrived")
    old = dict(office.buttons())
    await office.presses(next(iter(old.values())))
    answered = office.state()["place"]["answers"]
    await office.presses(next(iter(old.values())))

    assert office.state()["place"]["answers"] == answered


async def test_nobody_rates_the_ticket_of_somebody_else(office: Office) -> None:
    """And what is said to the presser is not filed under that ticket."""
    theirs = await ticket_of(office, "1")
    await office.says("hello", "2")
    await office.presses(ticket_data(theirs, "rate", 1), "2")

    assert office.rows("SELECT rating FROM tickets") == [(None,)]
    said = [row for row in office.outbox() if row.chat.chat_id == "chat-2"]
    assert [row.ticket_id for row in said] == [None] * len(said)


async def test_a_requester_presses_no_button_of_the_desk(office: Office) -> None:
    """Even of their own ticket: rights are not in the button."""
    own = await ticket_of(office, "1")
    before = kept(office)
    for verb in ("take", "close", "reopen", "send", "keep"):
        await office.presses(ticket_data(own, verb, own), "1")

    assert kept(office) == before


@pytest.mark.parametrize(
    "data",
    ["", "v1", "v1.zz.1.0", "t1.zzzzzzzzzzzzz.take", "t1.1.take.99999", "v2.1.1.1", "x" * 4000, "\x00", "t1..take"],
)
async def test_no_pressed_bytes_are_too_hostile(office: Office, data: str) -> None:
    await office.says("hello")
    await ticket_of(office, "1")
    await office.presses(data)
    await office.staff_presses(data)

    assert office.count("set_aside") == 0


async def test_a_button_speaks_for_its_ticket_only_in_that_tickets_staff_chat(office: Office) -> None:
    id = await ticket_of(office, "1")
    other_desk = ChatRef(PlatformName.WEB, "another-desk")
    other_platform = ChatRef(PlatformName.DISCORD, DESK.chat_id)
    for chat in (other_desk, other_platform):
        await office.staff_presses(ticket_data(id, "take"), chat)

    assert office.rows("SELECT assignee FROM tickets") == [(None,)]
    await office.staff_presses(ticket_data(id, "take"))
    assert office.rows("SELECT assignee FROM tickets") != [(None,)]


@pytest.mark.parametrize("standing", [Standing.OUTSIDER, Standing.ANONYMOUS])
async def test_rights_are_checked_when_a_button_is_pressed(office: Office, standing: Standing) -> None:
    id = await ticket_of(office, "1")
    before = kept(office)
    await office.staff_presses(ticket_data(id, "take"), agent=Agent(PlatformName.WEB, "x", "Eve", standing))

    assert kept(office) == before


async def test_words_of_another_ticket_are_not_sent_with_this_one(office: Office) -> None:
    """The draft's number travels in the button, and anybody can make up bytes."""
    first, second = await ticket_of(office, "1"), await ticket_of(office, "2")
    await office.has_thread(first, "t1")
    await office.has_thread(second, "t2")
    await office.staff_says("only for the first", "t1")
    [(draft,)] = office.rows("SELECT id FROM messages WHERE kind = 'draft'")
    await office.staff_presses(ticket_data(second, "send", draft))

    assert "only for the first" not in "".join(office.said_to("2"))
    assert office.rows("SELECT kind FROM messages WHERE id = ?", draft) == [("draft",)]
    await office.staff_presses(ticket_data(first, "send", draft))
    assert office.said_to("1")[-1] == "only for the first"


async def test_a_draft_is_sent_once_however_often_the_button_is_pressed(office: Office) -> None:
    id = await ticket_of(office, "1")
    await office.has_thread(id)
    await office.staff_says("hello from the desk")
    [(draft,)] = office.rows("SELECT id FROM messages WHERE kind = 'draft'")
    for _ in range(3):
        await office.staff_presses(ticket_data(id, "send", draft), agent=MIKA)

    assert office.said_to("1").count("hello from the desk") == 1


async def test_staff_words_reach_the_requester_in_the_language_chosen_since(office: Office) -> None:
    id = await ticket_of(office, "1")
    await office.has_thread(id)
    await office.says("/language ja")
    await office.staff_says("/take")
    await office.staff_says("/close")

    assert "解決" in "".join(office.said_to("1")[-2:])


async def test_a_position_that_was_not_offered_is_nothing(office: Office) -> None:
    await office.says("my deposit has not arrived")
    state = office.state()
    await office.presses(choice_data(state["id"], state["prompts_asked"], 99))

    assert office.state()["place"]["answers"] == {}
