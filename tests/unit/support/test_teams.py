"""Several staff chats: where a ticket goes, who hears of it, and how it moves from one team to another."""

from dataclasses import replace

import pytest

from bot.actions import Place, Text
from bot.dialogue.options import ticket_data
from bot.events import TokenShared, TokenSign
from bot.model import Agent, ChatRef, PlatformName, Standing
from bot.outbox import SetTicketThread
from bot.outgoing import DeliveryKind, Outgoing
from bot.staffing import StaffChats, TeamChat
from bot.support import Brain
from tests.unit.support.office import DESK, Office

SECURITY = ChatRef(PlatformName.WEB, "security")
SUE = Agent(PlatformName.WEB, "s", "Sue", Standing.MEMBER)
LEA = Agent(PlatformName.WEB, "l", "Lea", Standing.ADMINISTRATOR)
OLD = replace(DESK, thread_id="t1")
NEW = replace(SECURITY, thread_id="n1")
HACKED = "my account got hacked"
"""What opens a ticket of the security team at once."""


@pytest.fixture
def brain(brain: Brain) -> Brain:
    """The security team has a chat of its own, for tickets in English."""
    desks = StaffChats(DESK, {"security": TeamChat(SECURITY, ("en",))})
    return replace(brain, rules=replace(brain.rules, desks=desks))


async def opened(office: Office, said: str = "/human", user: str = "1") -> int:
    await office.says(said, user)
    [(id,)] = office.rows("SELECT MAX(id) FROM tickets")
    return int(id)


def desk_of(office: Office, ticket_id: int) -> str:
    [(chat,)] = office.rows("SELECT desk_chat_id FROM tickets WHERE id = ?", ticket_id)
    return str(chat)


def words(office: Office, key: str, **values: object) -> str:
    return office.brain.wording.say(Text(key, values), "en")  # type: ignore[arg-type]


def lane(office: Office, ticket_id: int) -> list[Outgoing]:
    return [row for row in office.outbox() if row.in_thread and row.ticket_id == ticket_id]


async def test_a_ticket_of_the_team_is_opened_in_its_chat(office: Office) -> None:
    other = await opened(office)
    theirs = await opened(office, HACKED, user="2")

    assert desk_of(office, other) == DESK.chat_id
    assert office.rows("SELECT team FROM tickets WHERE id = ?", theirs) == [("security",)]
    assert desk_of(office, theirs) == SECURITY.chat_id
    (card,) = [row for row in lane(office, theirs) if row.kind is DeliveryKind.OPEN_THREAD]
    assert card.chat == SECURITY


async def test_in_a_language_that_the_team_does_not_take_the_desk_has_it(office: Office) -> None:
    theirs = await opened(office, "不正ログインされた")

    assert office.rows("SELECT team, language FROM tickets") == [("security", "ja")]
    assert desk_of(office, theirs) == DESK.chat_id


async def test_one_chat_cannot_touch_the_others_tickets(office: Office) -> None:
    id = await opened(office)
    await office.store.commit((SetTicketThread(id, OLD),))
    await office.staff_presses(ticket_data(id, "take"), SECURITY, SUE)
    await office.staff_says("/next", "", SUE, chat=SECURITY)

    assert office.rows("SELECT assignee_id FROM tickets") == [(None,)]


async def test_whom_news_wakes_are_those_of_the_tickets_chat(office: Office) -> None:
    await office.staff_says("/duty on", "")
    await office.staff_says("/duty on", "", SUE, chat=SECURITY)
    theirs = await opened(office, HACKED)
    (card,) = [row for row in lane(office, theirs) if row.kind is DeliveryKind.OPEN_THREAD]

    assert card.content
    assert card.content.wakes == (SUE,)


async def test_what_everybody_must_know_is_said_in_every_staff_chat(office: Office) -> None:
    shared = TokenShared(key="k", at=1, chat=ChatRef(PlatformName.TELEGRAM, ""), sign=TokenSign.FETCHED_ELSEWHERE)
    await office.support.handle(shared)
    assert [row.chat for row in office.outbox()] == [DESK, SECURITY]

    await office.staff_says("/freeze", "t1", LEA)
    assert [row.chat for row in office.outbox()[2:]] == [replace(DESK, thread_id="t1"), DESK, SECURITY]


async def test_given_to_a_team_with_a_chat_of_its_own_the_ticket_goes_on_there(office: Office) -> None:
    id = await opened(office)
    await office.store.commit((SetTicketThread(id, OLD),))
    await office.staff_says("/take")
    await office.staff_says("Which device was it?")
    await office.says("my phone")
    await office.staff_says("// sounds like a takeover")
    [(before,)] = office.rows("SELECT card_id FROM tickets")
    rows = len(lane(office, id))
    await office.staff_says("/team security")

    told, shut, card, said = lane(office, id)[rows:]
    assert [row.kind for row in (told, shut, card, said)] == [
        DeliveryKind.SEND, DeliveryKind.SHOW_STATUS, DeliveryKind.OPEN_THREAD, DeliveryKind.SEND
    ]  # fmt: skip
    assert told.content
    assert told.content.text == words(office, "desk.team_given", name="Mika", team="Security")
    assert (shut.title, shut.status) == ("#1 → Security", "closed")
    assert (card.chat, card.is_move) == (SECURITY, True)
    assert len({row.lane for row in (told, shut, card, said)}) == 1
    assert said.content
    assert said.content.text.splitlines()[::2] == [
        words(office, "moved.came", name="Mika", team="Payments"),
        "Us: Which device was it?",
        "Requester: my phone",
        "Note: sounds like a takeover",
    ]
    [(team, assignee, after)] = office.rows("SELECT team, assignee_id, card_id FROM tickets")
    assert (team, assignee) == ("security", None)
    assert card.message_id == after != before
    assert office.rows("SELECT act FROM audit ORDER BY id DESC LIMIT 1") == [("team security",)]
    # Until the new thread is there, the old one is the ticket's.
    assert desk_of(office, id) == DESK.chat_id


async def test_whoever_goes_on_in_the_old_thread_is_told_where_the_ticket_is(office: Office) -> None:
    id = await opened(office)
    await office.store.commit((SetTicketThread(id, OLD),))
    await office.store.commit((SetTicketThread(id, NEW),))
    for text in ("is anybody here?", "/take"):
        await office.staff_says(text)
    await office.staff_says("and I?", agent=Agent(PlatformName.WEB, "e", "Eve", Standing.OUTSIDER))

    moved = words(office, "desk.moved", ticket=Place(NEW, "#1"))
    assert [row.content.text for row in office.outbox() if row.chat == OLD and row.content] == [moved, moved]
    assert office.rows("SELECT COUNT(*) FROM messages WHERE kind = 'agent'") == [(0,)]


async def test_a_team_in_the_same_chat_gets_the_ticket_where_it_is(office: Office) -> None:
    id = await opened(office)
    await office.store.commit((SetTicketThread(id, OLD),))
    await office.staff_says("/take")
    await office.staff_says("/team accounts")

    assert office.rows("SELECT team, assignee_id FROM tickets") == [("accounts", None)]
    assert [row for row in office.outbox() if row.is_move] == []
