"""Staff hear once for each spell why things arrive late, and only if the platform's limit is the reason."""

from bot.delivery import LIMITS, Pacing, Spell
from bot.delivery.backlog import Backlog
from bot.outbox import MarkFailed
from tests.unit.delivery.depot import STAFF, Depot

WAITING = 45


class Watch:
    """A backlog on a depot, and what it has told."""

    def __init__(self, depot: Depot) -> None:
        self._depot = depot
        self._pacing = Pacing(LIMITS, [STAFF])
        self._backlog = Backlog(depot.store, depot.clock, self._pacing, self._tell)
        self.told: list[Spell] = []

    async def _tell(self, spell: Spell) -> None:
        self.told.append(spell)

    async def look_after(self, seconds: int, *, busy: bool = True) -> None:
        self._depot.clock.forward(seconds)
        for _ in range(20 if busy else 0):
            self._pacing.sent(STAFF, self._depot.clock.now())
        await self._backlog.look()


async def test_a_queue_of_more_than_a_minute_is_told_once_for_each_spell(depot: Depot) -> None:
    watch = Watch(depot)
    for spells in (1, 2):
        rows = [await depot.queue(STAFF) for _ in range(WAITING)]
        await watch.look_after(59)
        assert len(watch.told) == spells - 1
        for _ in range(3):
            await watch.look_after(6)
        assert watch.told == [Spell(STAFF, WAITING, 3)] * spells
        await depot.commit(*(MarkFailed(row, "gone", 1) for row in rows))
        await watch.look_after(6)


async def test_what_waits_for_another_reason_is_no_backlog(depot: Depot) -> None:
    watch = Watch(depot)
    await depot.queue(STAFF)
    await watch.look_after(600, busy=False)
    assert watch.told == []
