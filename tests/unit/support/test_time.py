"""A ticket's timers in the store: set and cleared with the ticket that they follow from, right after a restart."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot.changes import AddTimer, SaveShift, SaveTicket
from bot.desk.clocks import due_times
from bot.desk.striking import KINDS
from bot.desk.waiting import FEWEST_SAMPLES
from bot.dialogue.options import ticket_data
from bot.internal_events import TimerFired
from bot.model import Ticket, TicketStatus
from bot.staffing import Duty, Shift
from bot.store import open_store
from bot.support import Brain
from bot.timing import NO_TIME, SLIPPED, ClockName
from tests.unit.support.office import MIKA, Office

MINUTE = 60
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE


async def only_ticket(office: Office, user: str = "1") -> Ticket:
    requester_id = await office.store.find_requester(MIKA.platform, user)
    assert requester_id is not None
    return (await office.store.tickets_of(requester_id))[0]


async def timers(office: Office, ticket: Ticket) -> dict[str, int]:
    """Those of a ticket that follow from its time."""
    due = [one for one in await office.store.due_timers(2**62) if isinstance(one, TimerFired)]
    return {one.kind: one.at for one in due if one.ticket_id == ticket.id and one.kind in KINDS - {SLIPPED}}


async def passes(office: Office, seconds: float) -> None:
    """Time goes on, and every timer that is due on the way fires at its moment."""
    end = office.clock.now() + int(seconds * 1_000_000)
    while due := await office.store.due_timers(end):
        office.clock.forward(max(due[0].at - office.clock.now(), 0) / 1_000_000)
        await office.support.handle_internal(due[0])
    office.clock.forward((end - office.clock.now()) / 1_000_000)


async def opened(office: Office, user: str = "1") -> Ticket:
    await office.says("/human", user)
    ticket = await only_ticket(office, user)
    await office.has_thread(ticket.id, f"t{user}")
    return ticket


async def answered(office: Office) -> Ticket:
    await opened(office)
    await office.staff_says("/take")
    await office.staff_says("hello")
    return await only_ticket(office)


def on_desk(office: Office) -> list[str]:
    return [row.content.text for row in office.outbox() if row.in_thread and row.content]


async def test_a_new_ticket_has_its_clock_in_the_store_and_an_answer_exchanges_it(office: Office) -> None:
    ticket = await opened(office)
    assert await timers(office, ticket) == due_times(ticket, office.brain.rules.clocks)
    assert list(await timers(office, ticket)) == ["clocks"]
    pending = await answered(office)
    assert list(await timers(office, pending)) == ["silence"]
    assert pending.waited is not None
    await office.says("and now?")
    assert set(await timers(office, await only_ticket(office))) == {"clocks", "next_update"}


async def test_a_solved_ticket_has_none_left(office: Office) -> None:
    await answered(office)
    await office.staff_says("/close")
    assert await timers(office, await only_ticket(office)) == {}


async def test_what_was_due_while_the_bot_was_gone_is_said_once_when_it_is_back(
    office: Office, tmp_path: Path, brain: Brain
) -> None:
    ticket = await opened(office)
    office.clock.forward(3 * DAY)
    store = await open_store(tmp_path / "store.sqlite3", beside=True)
    again = Office(office.path, store, office.clock, brain)
    for _ in range(3):
        for event in await store.due_timers(office.clock.now()):
            await again.support.handle_internal(event)
    await store.close()
    assert sum("first answer" in text for text in on_desk(office)) == 1
    kept = await only_ticket(office)
    assert kept.timing.watches[ClockName.FIRST_RESPONSE].told == 100
    assert await timers(office, ticket) == due_times(kept, brain.rules.clocks)


async def test_a_ticket_goes_back_to_the_queue_only_from_somebody_off_duty(office: Office) -> None:
    await opened(office)
    await office.staff_says("/take")
    await passes(office, 4 * HOUR + MINUTE)
    assert (await only_ticket(office)).assignee == MIKA
    await opened(office, "2")
    await office.staff_says("/take", "t2")
    at = office.clock.now()
    await office.store.commit((SaveShift(Shift(agent=MIKA, duty=Duty.OFF, since=at, seen_at=at)),))
    await passes(office, 4 * HOUR + MINUTE)
    assert (await only_ticket(office, "2")).assignee is None
    assert any("off duty" in text for text in on_desk(office))


async def test_the_moment_promised_comes_once_and_the_next_one_before_it_has_passed(office: Office) -> None:
    await answered(office)
    await office.says("and now?")
    await passes(office, 2 * DAY)
    said = [text for text in office.said_to() if "hear from us by" in text or "next word from us" in text]
    assert ["You will hear" in text for text in said] == [True, *[False] * (len(said) - 1)]
    assert len(said) == len(set(said)) == 7
    office.has_shown_everything()
    await office.staff_says("solved it")
    before = len(office.said_to())
    await passes(office, 20 * HOUR)
    assert len(office.said_to()) == before


async def test_a_silent_requester_can_take_it_up_again_with_one_tap_and_nobody_else_can(office: Office) -> None:
    ticket = await answered(office)
    await passes(office, 6 * DAY)
    assert (await only_ticket(office)).status is TicketStatus.SOLVED
    label, data = office.buttons()[-1]
    assert (label, data) == ("Reopen", ticket_data(ticket.id, "reopen"))
    await office.presses(data, "2")
    assert (await only_ticket(office)).status is TicketStatus.SOLVED
    await office.presses(data)
    assert (await only_ticket(office)).status is TicketStatus.OPEN
    assert office.state()["ticket_id"] == ticket.id
    assert office.state()["mode"] == "handed_off"


async def sampled(office: Office, minutes: int) -> None:
    """So many first answers as are needed to speak of them, each after so many minutes."""
    for number in range(FEWEST_SAMPLES):
        ticket = await opened(office, f"s{number}")
        waited, at = minutes * MINUTE * 1_000_000, office.clock.now()
        await office.store.commit((SaveTicket(replace(ticket, waited=waited, first_response_at=at)),))


async def test_the_usual_time_is_said_from_real_answers_and_an_apology_when_it_slips(office: Office) -> None:
    await sampled(office, 23)
    assert not any("usually takes" in text for text in office.said_to(f"s{FEWEST_SAMPLES - 1}"))
    await opened(office, "new")
    told = office.said_to("new")
    assert sum("between 20 and 25 minutes" in text for text in told) == 1
    await passes(office, 22 * MINUTE)
    assert not any("longer than usual" in text for text in office.said_to("new"))
    await passes(office, 2 * DAY)
    assert sum("longer than usual" in text for text in office.said_to("new")) == 1


async def test_a_ticket_without_any_time_begins_with_the_timer_that_is_due(office: Office) -> None:
    ticket = await opened(office)
    old = replace(ticket, timing=NO_TIME)
    await office.store.commit((SaveTicket(old), AddTimer(ticket.id, "clocks", ticket.id, 0)))
    [event] = await office.store.due_timers(office.clock.now())
    await office.support.handle_internal(event)
    kept = await only_ticket(office)
    assert kept.timing.watches[ClockName.FIRST_RESPONSE].since == office.clock.now()
    assert await timers(office, kept) == due_times(kept, office.brain.rules.clocks)
    assert not any("first answer" in text for text in on_desk(office))


async def test_with_more_time_than_before_a_timer_that_comes_too_early_is_set_anew(office: Office) -> None:
    ticket = await opened(office)
    clocks = office.brain.rules.clocks
    longer = {name: dict.fromkeys(of, 10_000) for name, of in clocks.targets.items()}
    rules = replace(office.brain.rules, clocks=replace(clocks, targets=longer))
    office.support.brain = replace(office.brain, rules=rules)
    await passes(office, 3 * HOUR)
    assert not any("first answer" in text for text in on_desk(office))
    assert await timers(office, ticket) == due_times(ticket, rules.clocks)


async def test_another_word_of_staff_moves_the_reminder(office: Office) -> None:
    await answered(office)
    await passes(office, HOUR)
    await office.staff_says("one thing more")
    ticket = await only_ticket(office)
    assert await timers(office, ticket) == {"silence": office.clock.now() + DAY * 1_000_000}


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_the_store_has_the_timers_that_follow_from_the_ticket(
    office: Office, seed: int
) -> None:
    chance = random.Random(seed)
    await opened(office)
    acts = ("/take", "/close", "/reopen", "hello", "// a note")
    for _ in range(25):
        match chance.randrange(4):
            case 0:
                await office.says(chance.choice(("still", "thanks", "/close", "/status")))
            case 1 | 2:
                await office.staff_says(chance.choice(acts))
            case _:
                await passes(office, chance.choice((1, 5 * MINUTE, HOUR, 7 * HOUR, DAY, 4 * DAY)))
        ticket = await only_ticket(office)
        assert await timers(office, ticket) == due_times(ticket, office.brain.rules.clocks)
