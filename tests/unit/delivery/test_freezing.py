"""While a lead has frozen agents' words, none of them reaches a requester, whatever it was doing at that moment."""

import asyncio

from bot.model import Agent, Content, Standing
from bot.outbox import FreezeReplies, UnfreezeReplies
from bot.outgoing import DeliveryKind
from bot.ports import TryLater
from tests.samples import jpeg
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import DISCORD, ORIGIN, STAFF, TELEGRAM, Depot, file, until

LEAD = Agent(TELEGRAM, "1", "Mika", Standing.ADMINISTRATOR)


async def freeze(depot: Depot) -> None:
    await depot.commit(FreezeReplies(LEAD, depot.clock.now()))


async def unfreeze(depot: Depot) -> None:
    await depot.commit(UnfreezeReplies())


async def test_agents_words_wait_and_then_go_in_order_while_everything_else_goes(
    depot: Depot, at_work: AtWork
) -> None:
    ticket = await depot.ticket()
    await freeze(depot)
    first = await depot.queue("a", origin=ORIGIN, ticket_id=ticket)
    answer = await depot.queue("a")
    second = await depot.queue("a", origin=ORIGIN, ticket_id=ticket)
    heard = await depot.queue(STAFF, ticket_id=ticket, in_thread=True)
    async with at_work() as courier:
        await courier.settled()
        assert sorted(depot.telegram.taken) == [answer, heard]
        await unfreeze(depot)
        courier.wake()
        await courier.settled()

    assert depot.telegram.taken[2:] == [first, second]


async def test_a_freeze_survives_a_restart(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    row = await depot.queue("a", origin=ORIGIN, ticket_id=ticket)
    await freeze(depot)
    for _ in range(2):
        async with at_work() as courier:
            await courier.settled()

    assert depot.telegram.tried == []
    assert depot.state(row) == "queued"


async def test_a_reply_whose_files_are_still_looked_at_is_put_back(depot: Depot, at_work: AtWork) -> None:
    """It was claimed before the freeze, and had not left: it does not count as tried, and can still be cancelled."""
    fetched, gate = asyncio.Event(), asyncio.Event()
    depot.platforms[DISCORD].files["f"] = [jpeg()]

    async def scan(_path: object) -> str:
        fetched.set()
        await gate.wait()
        return ""

    depot.scan = scan
    ticket = await depot.ticket()
    content = Content(text="see the file", attachments=(file("f"),))
    row = await depot.queue("a", origin=ORIGIN, ticket_id=ticket, content=content)
    async with at_work() as courier:
        await fetched.wait()
        await freeze(depot)
        gate.set()
        await courier.settled()
        assert depot.telegram.tried == []
        assert depot.states()[row][:2] == ("queued", 0)
        await unfreeze(depot)
        courier.wake()
        await courier.settled()

    assert depot.telegram.taken == [row]


async def test_a_reply_that_is_to_be_tried_again_waits_too(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    row = await depot.queue("a", origin=ORIGIN, ticket_id=ticket)
    depot.telegram.answers[row] = [TryLater("busy", 5)]
    async with at_work() as courier:
        await until(lambda: depot.state(row) == "queued" and depot.telegram.tried == [row])
        await freeze(depot)
        depot.clock.forward(60)
        courier.wake()
        await courier.settled()
        assert depot.telegram.tried == [row]


async def test_what_is_taken_back_is_taken_back(depot: Depot, at_work: AtWork) -> None:
    """A freeze is often the moment in which a wrong reply has to go."""
    ticket = await depot.ticket()
    await freeze(depot)
    row = await depot.queue("a", origin=ORIGIN, ticket_id=ticket, kind=DeliveryKind.DELETE, content=None)
    async with at_work() as courier:
        await courier.settled()

    assert depot.telegram.taken == [row]
