"""Whoever is on call is called until somebody is on it, whatever happens in between."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import ChangeTicket, SetTimer
from bot.changes import AddInternalEvent
from bot.desk.paging import PagingPolicy, acknowledge, failed, pages, time_came
from bot.desk.tickets import Move, moved, taken
from bot.internal_events import PageFailed
from bot.model import Agent, ChatRef, Person, PlatformName, Standing, Ticket, TicketStatus
from bot.outgoing import Outgoing
from bot.paging import CallOut
from bot.support import Brain
from bot.timing import MINUTE
from tests.unit.support.office import DESK, MIKA, Office

HACKED = "my account got hacked"
LEA = Agent(PlatformName.WEB, "l", "Lea", Standing.ADMINISTRATOR)


@pytest.fixture
def brain(brain: Brain) -> Brain:
    """Somebody with the number 77 is on call, and a service calls them."""
    rules = replace(brain.rules, paging=PagingPolicy(agents=("77",), has_webhook=True, leads_after=2))
    return Brain.of(brain.knowledge, brain.index, rules)


async def strikes(office: Office) -> None:
    """Whatever is due by now happens."""
    for event in await office.store.due_timers(office.clock.now()):
        await office.support.handle_internal(event)


def calls(office: Office) -> list[Outgoing]:
    return [row for row in office.outbox() if row.chat.platform is PlatformName.PAGER]


def waiting_calls(office: Office) -> int:
    return int(office.rows("SELECT COUNT(*) FROM outbox WHERE platform = 'pager' AND state = 'queued'")[0][0])


def woken(office: Office) -> list[list[str]]:
    """The names of those whom each call in the thread wakes."""
    shown = [row.content for row in office.outbox() if row.in_thread and row.content and "🚨" in row.content.text]
    return [[one.name for one in content.wakes or ()] for content in shown]


async def opened(office: Office) -> None:
    await office.says(HACKED)
    [(id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(id)
    await strikes(office)


async def test_a_ticket_that_cannot_wait_calls_at_once_and_again(office: Office) -> None:
    await office.staff_says("/queue", "", LEA)
    await opened(office)
    for _ in range(2):
        office.clock.forward(5 * 60)
        await strikes(office)

    assert [json.loads(row.content.text)["call"] for row in calls(office) if row.content] == [1, 2, 3]
    assert waiting_calls(office) == 1  # Each takes the place of one that has not left yet.
    assert woken(office) == [["77"], ["77"], ["77", "Lea"]]


async def test_a_call_says_nothing_that_a_person_wrote(office: Office) -> None:
    await opened(office)
    (call,) = calls(office)
    assert call.content
    said: dict[str, Any] = json.loads(call.content.text)
    assert set(said) == {
        "kind", "ticket", "topic", "team", "priority", "language", "opened_at", "call", "called_at"
    }  # fmt: skip
    assert (said["kind"], said["ticket"], said["topic"], said["language"]) == ("page", 1, "security", "en")


@pytest.mark.parametrize("act", ["/take", "/ack", "/close"])
async def test_once_somebody_is_on_it_nobody_is_called_any_more(office: Office, act: str) -> None:
    await opened(office)
    await office.staff_says(act)
    assert waiting_calls(office) == 0
    for _ in range(3):
        office.clock.forward(5 * 60)
        await strikes(office)

    assert (len(calls(office)), waiting_calls(office), len(woken(office))) == (1, 0, 1)
    assert office.rows("SELECT kind FROM timers WHERE kind = 'page'") == []


async def test_there_is_nothing_to_acknowledge_where_nobody_is_called(office: Office) -> None:
    await office.says("/human")
    [(id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(id)
    await office.staff_says("/ack")

    assert (calls(office), office.rows("SELECT act FROM audit")) == ([], [])


async def test_that_the_service_takes_no_calls_is_said_once(office: Office) -> None:
    await opened(office)
    [(id,)] = office.rows("SELECT id FROM tickets")
    for number in (1, 2):
        event = PageFailed(id=number, at=office.clock.now(), ticket_id=id)
        await office.store.commit((AddInternalEvent(event),))
        await office.support.handle_internal(event)

    told = [row for row in office.outbox() if row.in_thread and row.content and "⚠️" in row.content.text]
    assert len(told) == 1


async def test_such_a_ticket_is_answered_at_any_hour(office: Office) -> None:
    clocks = office.brain.rules.clocks
    ticket = replace(_ticket(), topic="security")
    assert clocks.hours_of(ticket).sentence(office.clock.now()).key == "hours.always"
    assert office.brain.rules.clocks.always_open == {"security"}


def _ticket() -> Ticket:
    return Ticket(
        id=1, number=1, desk="main", status=TicketStatus.NEW, requester_id=1, conversation_id=1,
        requester=Person(PlatformName.WEB, "1", "Aiko"), requester_chat=ChatRef(PlatformName.WEB, "c"),
        desk_chat=DESK, topic="security", team="security", subject="", language="en", answers={}, card_id=1,
        created_at=0,
    )  # fmt: skip


POLICY = PagingPolicy(topics=frozenset({"security"}), has_webhook=True)
ACTS = st.sampled_from(["fires", "take", "release", "ack", "close", "reopen", "wait", "fails"])


@settings(max_examples=300, deadline=None)
@given(st.lists(ACTS, max_size=30))
def test_in_whatever_order_nobody_is_called_after_and_somebody_always_before(acts: list[str]) -> None:
    """A timer is there as long as nobody is on it; once somebody was, no call is made again."""
    ticket, timer, now, is_over = _ticket(), True, 0, False
    for act in acts:
        now += 5 * MINUTE
        match act:
            case "fires" if timer:
                actions = time_came(ticket, now, POLICY)
                called = any(isinstance(one, CallOut) for one in actions)
                timer = any(isinstance(one, SetTimer) for one in actions)
                assert called == timer == pages(ticket, POLICY)
                ticket = next((one.ticket for one in actions if isinstance(one, ChangeTicket)), ticket)
            case "ack":
                actions = acknowledge(ticket, MIKA)
                ticket = next((one.ticket for one in actions if isinstance(one, ChangeTicket)), ticket)
            case "fails":
                ticket = next((one.ticket for one in failed(ticket) if isinstance(one, ChangeTicket)), ticket)
            case "take":
                ticket = taken(ticket, MIKA, now) or ticket
            case "release" | "close" | "reopen" | "wait":
                ticket = moved(ticket, Move(act), now) or ticket
        is_over = is_over or ticket.paging.is_acknowledged
        if is_over:
            assert not pages(ticket, POLICY)
        if timer and pages(ticket, POLICY):
            assert any(isinstance(one, SetTimer) for one in time_came(ticket, now, POLICY))
