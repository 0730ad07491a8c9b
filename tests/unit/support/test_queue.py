"""The work queue through the real service and store: nobody gets what somebody has, and nobody goes without."""

import asyncio
from dataclasses import replace

from bot.actions import Place, Text
from bot.changes import AddInternalEvent
from bot.desk.work import MOST_LINES
from bot.internal_events import AgentLeft, ThreadsRunShort
from bot.model import Agent, ChatRef, PlatformName, Standing, TicketStatus
from bot.outbox import SetTicketThread
from bot.outgoing import DeliveryKind, Outgoing
from tests.unit.support.office import DESK, MIKA, Office

KEN = Agent(PlatformName.WEB, "k", "Ken", Standing.MEMBER)
EVE = Agent(PlatformName.WEB, "e", "Eve", Standing.OUTSIDER)


async def opened(office: Office, count: int) -> None:
    """Tickets of as many requesters, each with a thread of its number."""
    for user in range(1, count + 1):
        await office.says("/human", str(user))
        [(id,)] = office.rows("SELECT MAX(id) FROM tickets")
        await office.store.commit((SetTicketThread(id, replace(DESK, thread_id=f"t{user}")),))


async def asks(office: Office, text: str, agent: Agent = MIKA, thread: str = "") -> None:
    await office.staff_says(text, thread, agent)


def owners(office: Office) -> dict[int, str | None]:
    return dict(office.rows("SELECT number, assignee_id FROM tickets ORDER BY number"))


def floor(office: Office) -> list[str]:
    """What is said in the staff chat itself, in order."""
    return [row.content.text for row in _said(office) if row.content and not row.in_thread and row.chat == DESK]


def thread(office: Office, number: int) -> list[Outgoing]:
    """What is said in a ticket's thread, the card left out."""
    [(id,)] = office.rows("SELECT id FROM tickets WHERE number = ?", number)
    return [row for row in _said(office) if row.in_thread and row.ticket_id == id]


def _said(office: Office) -> list[Outgoing]:
    return [row for row in office.outbox() if row.kind is DeliveryKind.SEND]


def words(office: Office, key: str, **values: object) -> str:
    return office.brain.wording.say(Text(key, values), "en")  # type: ignore[arg-type]


async def test_the_longest_waiting_ticket_comes_first_and_says_where_it_is(office: Office) -> None:
    await opened(office, 2)
    office.clock.forward(3 * 3600)
    await asks(office, "/next")

    assert owners(office) == {1: "web:m", 2: None}
    place = Place(replace(DESK, thread_id="t1"), "#1")
    wait = Text("wait.hours", {"count": 3})
    assert floor(office) == [words(office, "next.given", ticket=place, subject=Text("topic.none"), wait=wait)]
    assert "[\\#1](thread:staff:t1)" in floor(office)[0]
    assert [row.content.text for row in thread(office, 1)[-1:] if row.content] == [
        words(office, "desk.taken", name="Mika")
    ]
    assert office.rows("SELECT act FROM audit ORDER BY id") == [("take",)]


async def test_whoever_was_answered_and_writes_again_waits_from_then_on(office: Office) -> None:
    """And whoever writes on while they wait does not fall back."""
    await opened(office, 2)
    await asks(office, "/take", thread="t1")
    await asks(office, "hello", thread="t1")
    await office.says("and now?", "1")
    await office.says("and now??", "1")
    since = dict(office.rows("SELECT number, waiting_since FROM tickets"))

    assert since[1] > since[2]
    await office.says("still there", "2")
    assert dict(office.rows("SELECT number, waiting_since FROM tickets"))[2] == since[2]


async def test_two_who_ask_at_once_never_get_the_same(office: Office) -> None:
    await opened(office, 2)
    await asyncio.gather(asks(office, "/next"), asks(office, "/next", KEN))

    assert sorted(str(owner) for owner in owners(office).values()) == ["web:k", "web:m"]


async def test_one_who_asks_twice_at_once_gets_no_more_than_they_take(office: Office) -> None:
    await opened(office, 3)
    await asks(office, "/duty on 2")
    await asyncio.gather(*(asks(office, "/next") for _ in range(4)))

    assert list(owners(office).values()) == ["web:m", "web:m", None]
    assert floor(office)[-1] == words(office, "next.full", count=2)


async def test_a_ticket_that_waits_for_its_requester_leaves_room(office: Office) -> None:
    await opened(office, 2)
    await asks(office, "/duty on 1")
    await asks(office, "/next")
    await asks(office, "what is your account id?", thread="t1")
    await asks(office, "/next")

    assert list(owners(office).values()) == ["web:m", "web:m"]


async def test_the_same_press_seen_twice_gives_one_ticket(office: Office) -> None:
    await opened(office, 2)
    await asks(office, "/next")
    office.numbers = iter([next(office.numbers) - 1])  # type: ignore[assignment]
    await asks(office, "/next")

    assert list(owners(office).values()) == ["web:m", None]


async def test_whoever_asks_for_work_is_on_duty_and_whoever_is_away_gets_none(office: Office) -> None:
    await opened(office, 3)
    await asks(office, "/next")
    assert office.rows("SELECT duty FROM agents") == [("on",)]
    for duty, refusal in (("break", "next.on_break"), ("off", "next.off_duty")):
        await asks(office, f"/duty {duty}")
        await asks(office, "/next")
        assert floor(office)[-1] == words(office, refusal)
    await asks(office, "/duty on")
    await asks(office, "/next")

    assert list(owners(office).values()) == ["web:m", None, None]


async def test_tickets_in_other_languages_are_for_others(office: Office) -> None:
    await opened(office, 1)
    await asks(office, "/duty on ja")
    await asks(office, "/next")
    assert owners(office) == {1: None}
    assert floor(office)[-1] == words(office, "next.none")
    await asks(office, "/duty on all")
    await asks(office, "/next")

    assert owners(office) == {1: "web:m"}


async def test_tickets_of_other_teams_are_for_others(office: Office) -> None:
    await opened(office, 1)
    await asks(office, "/duty on 3 Security trading")
    assert floor(office)[-1] == (
        "You are on duty and get up to 3 tickets at a time, only: Security; Trading. `/next` gives you one."
    )
    await asks(office, "/next")
    assert owners(office) == {1: None}
    await asks(office, "/duty on 入出金")
    await asks(office, "/next")

    assert owners(office) == {1: "web:m"}


async def test_a_word_that_is_no_team_and_no_language_is_told(office: Office) -> None:
    await asks(office, "/duty on 3 klingon")
    assert floor(office) == [words(office, "duty.how")]


async def test_tickets_of_another_staff_chat_are_for_others(office: Office) -> None:
    await opened(office, 1)
    await office.store.commit((SetTicketThread(_id(office), ChatRef(PlatformName.WEB, "vip", "t1")),))
    await asks(office, "/next")

    assert owners(office) == {1: None}


def _id(office: Office) -> int:
    [(id,)] = office.rows("SELECT id FROM tickets")
    return int(id)


async def test_nobody_who_is_not_staff_gets_anything(office: Office) -> None:
    await opened(office, 1)
    for text in ("/next", "/mine", "/queue", "/duty on", "/duty off"):
        await asks(office, text, EVE)

    assert owners(office) == {1: None}
    assert office.rows("SELECT * FROM agents") == []
    assert set(floor(office)) == {words(office, "desk.not_staff.outsider")}


async def test_a_ticket_that_cannot_be_read_keeps_nobody_from_the_next_one(office: Office) -> None:
    await opened(office, 2)
    office.execute("UPDATE tickets SET answers = 'broken' WHERE number = 1")
    await asks(office, "/next")

    assert owners(office) == {1: None, 2: "web:m"}


async def test_going_off_duty_hands_back_what_waits_on_us_with_a_line(office: Office) -> None:
    await opened(office, 2)
    for number in (1, 2):
        await asks(office, "/take", thread=f"t{number}")
        await asks(office, "**let me** look", thread=f"t{number}")
    await office.says("any *news*?", "1")
    await asks(office, "/duty on", KEN)
    office.clock.forward(600)
    await asks(office, "/duty off", thread="t2")

    assert owners(office) == {1: None, 2: "web:m"}
    last = thread(office, 1)[-1].content
    assert last is not None
    turn = Text("turn.ours", {"wait": Text("wait.minutes", {"count": 10})})
    said = {"name": "Mika", "asked": "any *news*?", "answered": "**let me** look", "turn": turn}
    assert last.text == words(office, "desk.handed_back", **said)
    assert [one.name for one in last.wakes or ()] == ["Ken"]
    assert [row.content.text for row in thread(office, 2)[-1:] if row.content] == [
        words(office, "duty.went_off", name="Mika", count=1)
    ]
    assert floor(office)[-1] == words(office, "duty.went_off", name="Mika", count=1)
    assert office.rows("SELECT act FROM audit ORDER BY id DESC LIMIT 2") == [("hand back",), ("duty off",)]
    assert office.count("internal_events") == 0


async def test_what_a_crash_left_of_going_home_is_done_at_the_next_start(office: Office) -> None:
    """What follows for tickets was kept in the unit that kept the duty, and is done once."""
    await opened(office, 1)
    await asks(office, "/take", thread="t1")
    left = AgentLeft(id=office.clock.new_id(), at=office.clock.now(), ticket_id=_id(office), agent=MIKA)
    await office.store.commit((AddInternalEvent(left),))
    await office.support.recover()

    assert owners(office) == {1: None}
    await office.support.handle_internal(left)
    assert office.rows("SELECT COUNT(*) FROM audit WHERE act = 'hand back'") == [(1,)]


async def test_what_was_passed_on_meanwhile_stays_with_whoever_has_it(office: Office) -> None:
    await opened(office, 1)
    await asks(office, "/take", thread="t1")
    await asyncio.gather(asks(office, "/duty off"), asks(office, "/take", KEN, thread="t1"))

    assert owners(office) == {1: "web:k"}


async def test_long_last_words_are_cut(office: Office) -> None:
    await opened(office, 1)
    await office.says("please look at it, " * 30, "1")
    await asks(office, "/take", thread="t1")
    await asks(office, "/duty off")

    last = thread(office, 1)[-1].content
    assert last is not None
    assert len(last.text) < 400
    assert "…" in last.text


async def test_mine_has_what_waits_on_us_first(office: Office) -> None:
    await asks(office, "/mine")
    assert floor(office)[-1] == words(office, "mine.none")
    await opened(office, 3)
    for number in (1, 2, 3):
        await asks(office, "/take", thread=f"t{number}")
    await asks(office, "hello", thread="t1")
    await asks(office, "/mine")

    head, *lines = floor(office)[-1].split("  \n")
    assert head == words(office, "mine.head", count=3)
    assert [line[: line.index("]")] for line in lines] == ["[\\#2", "[\\#3", "[\\#1"]
    assert lines[-1].endswith(words(office, "turn.theirs"))


async def test_the_queue_counts_by_team_and_offers_the_most_urgent(office: Office) -> None:
    await asks(office, "/queue")
    assert floor(office)[-1] == words(office, "queue.none")
    await opened(office, 4)
    office.execute("UPDATE tickets SET team = 'security' WHERE number = 3")
    office.clock.forward(7200)
    await asks(office, "/queue")

    head, *lines = floor(office)[-1].split("  \n")
    assert head == words(office, "queue.head", count=4)
    assert len(lines) == 3
    assert "3 · oldest #1" in lines[0]
    assert "1 · oldest #3" in lines[1]
    buttons = [button for row in office.outbox()[-1].content.buttons for button in row]  # type: ignore[union-attr]
    assert [button.label for button in buttons] == ["Take #1", "Take #2", "Take #3"]
    await office.staff_presses(buttons[1].data)
    assert owners(office)[2] == "web:m"


async def test_a_list_is_no_longer_than_a_phone(office: Office) -> None:
    await opened(office, MOST_LINES + 2)
    for number in range(1, MOST_LINES + 3):
        await asks(office, "/take", thread=f"t{number}")
    await asks(office, "/mine")

    lines = floor(office)[-1].split("  \n")
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == words(office, "queue.more", count=2)


async def test_a_duty_that_is_none_is_explained(office: Office) -> None:
    for text in ("/duty", "/duty maybe", "/duty on 0", "/duty on 100", "/duty on 5 6", "/duty on xx", "/duty 5 on"):
        await asks(office, text)
        assert floor(office)[-1] == words(office, "duty.how"), text

    assert office.rows("SELECT duty FROM agents") == [(None,)]


async def test_every_change_of_duty_is_in_the_audit(office: Office) -> None:
    for text in ("/duty on 5 JA en", "/duty break", "/duty off"):
        await asks(office, text)

    acts = office.rows("SELECT ticket_id, act FROM audit ORDER BY id")
    assert acts == [(0, "duty on 5 ja en"), (0, "duty break 5 ja en"), (0, "duty off 5 ja en")]


async def test_a_thread_that_waits_for_others_is_put_away_and_comes_back(office: Office) -> None:
    await opened(office, 1)
    await asks(office, "/take", thread="t1")
    await asks(office, "hello", thread="t1")
    hours = office.brain.rules.rest_after_hours
    await due(office, hours * 3600 - 60)
    assert not [row for row in shown(office) if row.rests]
    await due(office, 60)
    assert shown(office)[-1].rests
    assert shown(office)[-1].status is TicketStatus.PENDING

    await office.says("here I am", "1")
    for _ in range(2):
        await due(office, 60)
    assert not shown(office)[-1].rests


async def test_a_ticket_that_waits_on_us_again_is_not_put_away(office: Office) -> None:
    await opened(office, 1)
    await asks(office, "/take", thread="t1")
    await asks(office, "hello", thread="t1")
    await office.says("here I am", "1")
    await due(office, office.brain.rules.rest_after_hours * 3600)

    assert not [row for row in shown(office) if row.rests]


async def due(office: Office, seconds: int) -> None:
    """Let time pass, and what it brings be done."""
    office.clock.forward(seconds)
    while events := await office.store.due_timers(office.clock.now()):
        for event in events:
            await office.support.handle_internal(event)


def shown(office: Office) -> list[Outgoing]:
    return [row for row in office.outbox() if row.kind is DeliveryKind.SHOW_STATUS]


async def test_that_threads_run_short_is_said_once_a_day(office: Office) -> None:
    await opened(office, 2)
    for at, id in ((0, 1), (3600, 2), (86_400, 3)):
        [(ticket,)] = office.rows("SELECT MAX(id) FROM tickets")
        event = ThreadsRunShort(
            id=id, at=office.clock.now() + at * 1_000_000, ticket_id=ticket, active=800, most=1000
        )
        await office.store.commit((AddInternalEvent(event),))
        await office.support.handle_internal(event)

    warning = words(office, "desk.threads_run_short", count=800, most=1000)
    said = [row.content for row in thread(office, 2) if row.content and row.content.text == warning]
    assert [content.wakes for content in said] == [None, None], "no lead is known, so it is for whoever listens"
    assert office.count("internal_events") == 0
