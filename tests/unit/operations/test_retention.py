"""What has been kept long enough goes, in batches; what is younger, in use or to be kept does not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.archive import Aging
from bot.changes import AddAudit, AddUnanswered, SaveTicket, SeeEvent
from bot.config import Privacy
from bot.model import Agent, PlatformName
from bot.operations.knowledge import Learned
from bot.operations.retention import BATCH, EVERY_SECONDS, Retention, days_of, told
from bot.outbox import MarkSent
from bot.store import open_store
from bot.support import Brain
from tests.clocks import FakeClock
from tests.unit.support.conftest import brain
from tests.unit.support.office import Office

__all__ = ["brain"]
DAY = 24 * 3600
MIKA = Agent(PlatformName.WEB, "m", "Mika")
PRIVACY = Privacy()


@pytest.fixture
async def office(tmp_path: Path, brain: Brain, learned: Learned) -> AsyncIterator[Office]:
    path = tmp_path / "store.sqlite3"
    store = await open_store(path)
    yield Office(path, store, FakeClock(), brain)
    await store.close()


def retention(office: Office, pauses: list[float] | None = None) -> Retention:
    async def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)
            if len(pauses) == 3:
                raise asyncio.CancelledError

    return Retention(office.store, office.clock, PRIVACY, office.support, pause)


async def finished(office: Office, user: str = "1") -> None:
    await office.says("/human", user)
    await office.says("12345678 is mine and my wallet stays empty whatever I do", user)
    await office.says("/close", user)


async def sent(office: Office) -> None:
    for row in office.rows("SELECT id FROM outbox WHERE state = 'queued'"):
        await office.store.commit((MarkSent(row[0], 1),))


async def test_a_finished_ticket_keeps_its_number_alone(office: Office) -> None:
    await finished(office)
    await sent(office)
    office.clock.forward(PRIVACY.tickets_days * DAY - 10)
    assert Aging.TICKET not in await retention(office).round()
    assert "wallet" in office.dump()
    office.clock.forward(20)
    counts = await retention(office).round()

    assert (counts[Aging.TICKET], counts[Aging.REQUESTER]) == (1, 1)
    assert not any(word in office.dump() for word in ("wallet", "Aiko", "12345678"))
    assert office.rows("SELECT number, status FROM tickets") == [(1, "closed")]
    assert await retention(office).round() == {}


async def test_a_ticket_on_legal_hold_stays_whole(office: Office) -> None:
    await finished(office)
    [ticket] = await office.store.every_ticket_of(int(office.rows("SELECT id FROM requesters")[0][0]))
    await office.store.commit((SaveTicket(replace(ticket, legal_hold=True)),))
    office.clock.forward(3 * PRIVACY.tickets_days * DAY)
    counts = await retention(office).round()

    assert Aging.TICKET not in counts
    assert Aging.REQUESTER not in counts
    assert office.rows("SELECT COUNT(*) FROM messages WHERE ticket_id IS NOT NULL") == [(2,)]
    assert await office.support.forget_ticket(ticket.id) is False


async def test_an_open_ticket_stays_however_old(office: Office) -> None:
    await office.says("/human")
    office.clock.forward(10 * PRIVACY.tickets_days * DAY)

    assert Aging.TICKET not in await retention(office).round()
    assert office.count("identities") == 1


async def test_what_belongs_to_no_ticket_goes_sooner(office: Office) -> None:
    await office.says("hello there")
    await office.store.commit((AddUnanswered(office.clock.new_id(), 1, "my odd question", "en", 1),))
    await sent(office)
    office.clock.forward(PRIVACY.texts_days * DAY + 10)
    counts = await retention(office).round()

    assert counts[Aging.UNANSWERED] == 1
    assert counts[Aging.MESSAGE] == 1
    assert counts[Aging.DELIVERY] == 1
    assert "odd question" not in office.dump()
    assert office.count("identities") == 1


async def test_many_go_in_small_batches_with_a_pause_between(office: Office) -> None:
    many = 2 * BATCH + 5
    await office.store.commit(tuple(SeeEvent(f"k{number}", office.clock.now()) for number in range(many)))
    office.clock.forward(PRIVACY.events_days * DAY + 10)

    assert (await retention(office).round())[Aging.SEEN] == many
    assert office.count("events_seen") == 0


async def test_who_did_what_outlives_the_tickets(office: Office) -> None:
    await office.store.commit((AddAudit(office.clock.new_id(), 1, MIKA, "take", 1),))
    office.clock.forward(PRIVACY.tickets_days * DAY + 10)
    assert Aging.AUDIT not in await retention(office).round()
    office.clock.forward((PRIVACY.audit_days - PRIVACY.tickets_days) * DAY)

    assert (await retention(office).round())[Aging.AUDIT] == 1


async def test_a_failed_round_is_not_the_last_one(office: Office, tmp_path: Path) -> None:
    """The store was away: an hour later the same is tried again."""
    away = await open_store(tmp_path / "away.sqlite3")
    await away.close()
    pauses: list[float] = []
    with pytest.raises(asyncio.CancelledError):
        await retention(replace(office, store=away), pauses).run()

    assert pauses[1:] == [EVERY_SECONDS, EVERY_SECONDS]


def test_every_kind_has_a_period_and_an_operator_can_read_it() -> None:
    assert set(days_of(PRIVACY)) == set(Aging)
    assert told(PRIVACY) == (
        "Kept: finished tickets 400 days, texts outside tickets 90, event keys 30, audit 800;"
        " a copy comes after 24 hours, erasing after 72."
    )
