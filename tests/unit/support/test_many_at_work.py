"""Many agents at once, through the real service and store: whatever they do at the same moment, every ticket has at
most one agent, nobody gets more than they take, and nobody is left with nothing while there is something."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.actions import Text
from bot.model import Agent, PlatformName, Standing
from bot.outbox import SetTicketThread
from bot.store import open_store
from bot.support import Brain
from tests.clocks import FakeClock
from tests.unit.support.office import DESK, Office

AGENTS = [Agent(PlatformName.WEB, f"a{number}", f"Agent {number}", Standing.MEMBER) for number in range(4)]
CAPACITY = 2

agents = st.sampled_from(AGENTS)
acts = st.one_of(
    st.tuples(st.just("next"), agents),
    st.tuples(st.just("next"), agents),
    st.tuples(st.sampled_from(("on", "break", "off")), agents),
    st.tuples(st.just("reply"), agents),
    st.tuples(st.just("answer"), st.integers(1, 12)),
    st.tuples(st.just("arrive"), st.none()),
)


class Desk(RuleBasedStateMachine):
    """One staff chat; every batch of acts is done at once."""

    brain: ClassVar[Brain]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        path = Path(self.folder.name) / "store.sqlite3"
        self.office = Office(path, self.run(open_store(path)), FakeClock(), self.brain)
        self.users = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.office.store.close())
        self.loop.close()
        self.folder.cleanup()

    @initialize(count=st.integers(0, 6))
    def begin(self, count: int) -> None:
        for agent in AGENTS:
            self.run(self.act("on", agent))
        for _ in range(count):
            self.run(self.arrive())

    @rule(batch=st.lists(acts, min_size=1, max_size=10))
    def at_once(self, batch: list[tuple[str, Any]]) -> None:
        with self.nobody_goes_without(), self.nobody_gets_too_much(batch):
            self.run(self.all_of(batch))

    @invariant()
    def nobody_has_what_another_has(self) -> None:
        """Between two who take a ticket, it was handed back: whoever was told that it is theirs has it alone."""
        holders: dict[int, str | None] = {}
        for ticket, act, agent in self.office.rows(
            "SELECT ticket_id, act, agent FROM audit WHERE ticket_id > 0 ORDER BY id"
        ):
            assert act in ("take", "hand back")
            assert (holders.get(ticket) is None) == (act == "take"), "two have it"
            holders[ticket] = agent if act == "take" else None
        taken = {ticket for ticket, holder in holders.items() if holder}
        assert taken == {id for (id,) in self.office.rows("SELECT id FROM tickets WHERE assignee IS NOT NULL")}

    @invariant()
    def nothing_was_set_aside_and_nothing_is_left_to_do(self) -> None:
        assert self.office.count("set_aside") == self.office.count("internal_events") == 0

    async def all_of(self, batch: list[tuple[str, Any]]) -> None:
        self.office.clock.forward(60)
        await asyncio.gather(*(self.act(what, who) for what, who in batch))

    async def act(self, what: str, who: Any) -> None:
        match what:
            case "next":
                await self.office.staff_says("/next", "", who)
            case "reply":
                mine = await self.office.store.tickets_with(who)
                if mine:
                    await self.office.staff_says("hello", mine[0].desk_chat.thread_id, who)
            case "answer":
                if who <= self.users:
                    await self.office.says("and now?", str(who))
            case "arrive":
                await self.arrive()
            case duty:
                await self.office.staff_says(f"/duty {duty} {CAPACITY}", "", who)

    async def arrive(self) -> None:
        self.users += 1
        user = self.users
        await self.office.says("/human", str(user))
        requester = await self.office.store.find_requester(PlatformName.WEB, str(user))
        assert requester is not None
        [ticket] = await self.office.store.tickets_of(requester)
        await self.office.store.commit((SetTicketThread(ticket.id, replace(DESK, thread_id=f"t{user}")),))

    @contextmanager
    def nobody_gets_too_much(self, batch: list[tuple[str, Any]]) -> Iterator[None]:
        """An answer of a requester may come at any time, and is more to do for whoever has the ticket."""
        before = self.busy()
        yield
        answers = sum(what == "answer" for what, _ in batch)
        for agent, busy in self.busy().items():
            assert busy <= max(CAPACITY, before[agent]) + answers

    @contextmanager
    def nobody_goes_without(self) -> Iterator[None]:
        """What was free before and after, and taken by nobody meanwhile, was there for whoever got none."""
        free, mark = self.free(), self.office.clock.new_id()
        yield
        none = self.brain.wording.say(Text("next.none"), "en")
        told = [row.content for row in self.office.outbox() if row.id > mark and row.content]
        touched = {ticket for (ticket,) in self.office.rows("SELECT ticket_id FROM audit WHERE id > ?", mark)}
        if any(content.text == none for content in told):
            assert free & self.free() - touched == set()

    def free(self) -> set[int]:
        rows = self.office.rows("SELECT id FROM tickets WHERE assignee IS NULL AND status IN ('new', 'open')")
        return {id for (id,) in rows}

    def busy(self) -> Counter[str]:
        rows = self.office.rows("SELECT assignee_id FROM tickets WHERE status IN ('new', 'open')")
        return Counter(agent for (agent,) in rows if agent)


def test_whatever_many_agents_do_at_once(brain: Brain) -> None:
    machine = type("TestedDesk", (Desk,), {"brain": brain})
    few = settings(max_examples=25, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=few)


async def test_forty_who_press_at_once_get_forty_tickets(office: Office) -> None:
    """The most urgent forty of fifty, and each of them one."""
    for user in range(1, 51):
        await office.says("/human", str(user))
    crowd = [Agent(PlatformName.WEB, f"c{number}", f"Agent {number}", Standing.MEMBER) for number in range(40)]
    await asyncio.gather(*(office.staff_says("/next", "", one) for one in crowd))

    owners = office.rows("SELECT assignee_id FROM tickets ORDER BY number")
    assert sorted(owner for (owner,) in owners[:40]) == sorted(f"web:{one.user_id}" for one in crowd)
    assert owners[40:] == [(None,)] * 10
    assert office.count("set_aside") == 0
