"""What agents have shown beyond the card: written down, and only so much of it in an hour."""

from dataclasses import replace

import pytest

from bot.model import Agent, PlatformName, Standing
from bot.support import Brain
from tests.unit.support.office import MIKA, Office

KEN = Agent(PlatformName.WEB, "k", "Ken", Standing.MEMBER)


@pytest.fixture
def brain(brain: Brain) -> Brain:
    return replace(brain, rules=replace(brain.rules, reads_per_hour=2))


async def opened(office: Office) -> None:
    await office.says("/human")
    await office.says("12345678")
    [(id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(id)


def told(office: Office) -> list[str]:
    """What agents are answered where they asked."""
    return [row.content.text for row in office.outbox() if row.content and row.chat.thread_id and not row.in_thread]


async def test_all_that_was_collected_is_shown_in_full_and_written_down(office: Office) -> None:
    await opened(office)
    await office.staff_says("/show")

    (shown,) = told(office)
    assert "**12345678**" in shown
    assert "Screenshot: **–**" in shown
    assert office.rows("SELECT act, agent_id FROM audit") == [("show", "web:m")]


async def test_after_so_much_in_an_hour_nothing_more_is_shown(office: Office) -> None:
    await opened(office)
    for _ in range(3):
        await office.staff_says("/show")
    await office.staff_says("/show", agent=KEN)

    assert ["12345678" in text for text in told(office)] == [True, True, False, True]
    assert "2 times this hour" in told(office)[2]
    assert office.count("audit") == 3
    office.clock.forward(3600)
    await office.staff_says("/show")
    assert "12345678" in told(office)[-1]


async def test_a_change_of_name_is_no_new_person(office: Office) -> None:
    await opened(office)
    for name in ("Mika", "Mika S.", "M."):
        await office.staff_says("/show", agent=replace(MIKA, name=name))

    assert ["12345678" in text for text in told(office)] == [True, True, False]
