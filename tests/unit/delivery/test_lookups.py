"""Look-ups beside the outbox: asked at once, again when nobody could say, and never twice at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.account_changes import AddLookUp
from bot.accounts import Facts, LookUp, NeverAnswered, Problem, Query
from bot.delivery import Courier
from bot.delivery.lookups import LEASE_SECONDS, MOST_ATTEMPTS, MOST_UNDER_WAY
from bot.internal_events import AccountLookedUp
from bot.ports import TryLater
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import Depot, until

GOOD = Facts(account="12345678", tier="2")
LOST = Facts(account="12345678", problem=Problem.UNANSWERED)


class FakeAccounts:
    """Answers with what is next: facts, an exception to raise, or an event to wait for."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Query] = []

    async def look_up(self, query: Query) -> Facts:
        self.asked.append(query)
        match self.answers.pop(0) if self.answers else GOOD:
            case Exception() as error:
                raise error
            case asyncio.Event() as event:
                await event.wait()
                return GOOD
            case Facts() as facts:
                return facts
        raise AssertionError("no answer")


@pytest.fixture
async def courier(depot: Depot, at_work: AtWork) -> AsyncIterator[Courier]:
    depot.accounts = FakeAccounts()
    async with at_work() as courier:
        yield courier


async def asks(depot: Depot, ticket_id: int = 7) -> int:
    look_up = LookUp(depot.clock.new_id(), ticket_id, Query("12345678", True))
    await depot.commit(AddLookUp(look_up, depot.clock.now()))
    return look_up.id


def kept(depot: Depot) -> list[Any]:
    return [(row["id"], row["attempts"]) for row in depot.select("SELECT id, attempts FROM lookups ORDER BY id")]


async def test_an_answer_becomes_an_event_and_the_question_is_gone(depot: Depot, courier: Courier) -> None:
    await asks(depot)
    courier.wake()
    await until(lambda: bool(depot.told))

    [event] = depot.told
    assert isinstance(event, AccountLookedUp)
    assert (event.ticket_id, event.facts) == (7, GOOD)
    assert kept(depot) == []
    assert depot.select("SELECT id FROM internal_events") == [{"id": event.id}]


async def test_nobody_now_is_asked_again_after_a_while(depot: Depot, at_work: AtWork) -> None:
    depot.accounts = accounts = FakeAccounts(TryLater("busy", 20), TryLater("busy", 20), GOOD)
    await asks(depot)
    async with at_work() as courier:
        for times in (1, 2):
            await until(lambda times=times: len(accounts.asked) == times and not courier._look_ups.is_at_work)  # type: ignore[misc]
            depot.clock.forward(19)
            courier.wake()
            assert not depot.told
            depot.clock.forward(1)
            courier.wake()
        await until(lambda: bool(depot.told))

    assert len(accounts.asked) == 3


async def test_who_never_says_is_given_up(depot: Depot, at_work: AtWork) -> None:
    depot.accounts = accounts = FakeAccounts(*(TryLater("busy", 1) for _ in range(MOST_ATTEMPTS)))
    await asks(depot)
    async with at_work() as courier:
        while not depot.told:
            depot.clock.forward(1)
            courier.wake()
            await asyncio.sleep(0)

    assert [event.facts for event in depot.told if isinstance(event, AccountLookedUp)] == [LOST]
    assert len(accounts.asked) == MOST_ATTEMPTS


@pytest.mark.parametrize("error", [NeverAnswered("401"), KeyError("ours")])
async def test_what_will_not_change_and_our_own_mistake_are_asked_once(
    depot: Depot, at_work: AtWork, error: Exception
) -> None:
    depot.accounts = accounts = FakeAccounts(error)
    await asks(depot)
    async with at_work():
        await until(lambda: bool(depot.told))

    assert [event.facts for event in depot.told if isinstance(event, AccountLookedUp)] == [LOST]
    assert len(accounts.asked) == 1
    assert kept(depot) == []


async def test_messages_leave_while_nobody_answers(depot: Depot, at_work: AtWork) -> None:
    """So many questions without an answer as there may be, and one more that waits for its turn."""
    gate = asyncio.Event()
    depot.accounts = accounts = FakeAccounts(*[gate] * MOST_UNDER_WAY)
    for ticket in range(MOST_UNDER_WAY + 1):
        await asks(depot, ticket)
    async with at_work() as courier:
        await until(lambda: len(accounts.asked) == MOST_UNDER_WAY)
        row = await depot.queue()
        courier.wake()
        await until(lambda: depot.state(row) == "sent")
        assert len(accounts.asked) == MOST_UNDER_WAY
        gate.set()
        await until(lambda: len(depot.told) == MOST_UNDER_WAY + 1)


async def test_a_newer_question_about_the_ticket_is_the_one_that_counts(depot: Depot, at_work: AtWork) -> None:
    gate = asyncio.Event()
    depot.accounts = accounts = FakeAccounts(gate, Facts(account="87654321"))
    await asks(depot)
    async with at_work() as courier:
        await until(lambda: len(accounts.asked) == 1)
        await asks(depot)
        courier.wake()
        await until(lambda: bool(depot.told))
        gate.set()
        await until(lambda: not courier._look_ups.is_at_work)

    assert [event.facts.account for event in depot.told if isinstance(event, AccountLookedUp)] == ["87654321"]


async def test_a_question_that_a_stop_cut_off_is_asked_after_the_next_start(depot: Depot, at_work: AtWork) -> None:
    depot.accounts = FakeAccounts(asyncio.Event())
    id = await asks(depot)
    async with at_work():
        await until(lambda: kept(depot) == [(id, 1)])
    assert kept(depot) == [(id, 1)]

    depot.accounts = FakeAccounts()
    async with at_work() as courier:
        depot.clock.forward(LEASE_SECONDS)
        courier.wake()
        await until(lambda: bool(depot.told))
    assert kept(depot) == []


async def test_without_anybody_to_ask_questions_wait_and_cost_nothing(depot: Depot, at_work: AtWork) -> None:
    id = await asks(depot)
    async with at_work() as courier:
        row = await depot.queue()
        courier.wake()
        await until(lambda: depot.state(row) == "sent")
        await courier.settled()

    assert kept(depot) == [(id, 0)]
