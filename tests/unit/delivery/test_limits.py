"""The limits hold while the store takes its time: what leaves meanwhile is counted, too."""

import asyncio
from collections.abc import Collection, Sequence

from bot.delivery import Limits
from bot.model import ChatRef, PlatformName
from bot.outgoing import Outgoing, Priority
from bot.timing import MINUTE
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import STAFF, TELEGRAM, CountingStore, Depot, until

LOOKS = 10


class SlowStore(CountingStore):
    """Every look at the outbox takes a second and a half by the clock of the test."""

    def __init__(self, opened: CountingStore, depot: Depot) -> None:
        super().__init__(opened)
        self._depot = depot

    async def due_deliveries(
        self, platforms: Collection[PlatformName], now: int, limit: int, closed: Collection[ChatRef] = ()
    ) -> Sequence[Outgoing]:
        due = await super().due_deliveries(platforms, now, limit, closed)
        self._depot.clock.forward(1.5)
        return due


async def test_a_slow_look_at_the_outbox_lets_nothing_out_too_early(depot: Depot, at_work: AtWork) -> None:
    depot.limits[TELEGRAM] = Limits(group_per_minute=1)
    began_at = depot.clock.now()
    depot.store = SlowStore(depot.store, depot)
    for number in range(2):
        await depot.queue(ChatRef(TELEGRAM, STAFF.chat_id, str(number)))
    async with at_work() as courier:
        await until(lambda: bool(depot.telegram.taken))
        for _ in range(LOOKS):
            await depot.queue(ChatRef(TELEGRAM, "somebody else"))
            courier.wake()
            await asyncio.sleep(0.005)

    assert depot.clock.now() - began_at < MINUTE
    to_staff = [one for one in depot.telegram.deliveries if one.outgoing.chat.chat_id == STAFF.chat_id]
    assert len(depot.telegram.deliveries) > len(to_staff), "the courier has gone on looking"
    assert len(to_staff) == 1


async def test_a_crowd_of_new_tickets_does_not_hold_up_those_that_are_open(depot: Depot, at_work: AtWork) -> None:
    depot.limits[TELEGRAM] = Limits(chat_per_second=1)
    for number in range(150):
        await depot.queue(ChatRef(TELEGRAM, STAFF.chat_id, str(number)), priority=Priority.NEW_TICKET)
    waiting = [await depot.queue(ChatRef(TELEGRAM, STAFF.chat_id, f"open {number}")) for number in range(3)]
    async with at_work() as courier:
        for many in range(1, 7):
            await until(lambda many=many: len(depot.telegram.taken) == many)  # type: ignore[misc]
            depot.clock.forward(1)
            courier.wake()

    assert set(waiting) < set(depot.telegram.taken[:7])
