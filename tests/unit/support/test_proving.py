"""A code in the chat: kept once, and nowhere in clear; five wrong ones and none is looked at."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import load
from bot.operations.knowledge import Learned
from bot.operations.rules import rules_of
from bot.staffing import StaffChats
from bot.store import open_store
from bot.support import Brain
from bot.timing import MINUTE
from tests.clocks import FakeClock
from tests.codes import account_code
from tests.unit.support.office import DESK, Office
from tests.unit.support.test_revisions import edits

SECRET = "correct horse battery staple, said twice".replace(" ", "_")
HOUR = 60 * 60


@pytest.fixture
def brain(learned: Learned) -> Brain:
    settings = load(None, {"BOT_IDENTITY__SECRET": SECRET})
    return Brain.of(learned.knowledge, learned.index, rules_of(settings, StaffChats(DESK)))


@pytest.fixture
async def office(tmp_path: Path, brain: Brain) -> AsyncIterator[Office]:
    """At the real time, since codes are made at it."""
    store = await open_store(tmp_path / "store.sqlite3")
    yield Office(tmp_path / "store.sqlite3", store, FakeClock(time.time_ns() // 1000), brain)
    await store.close()


def code(account: str = "12345678", minutes: int = 10) -> str:
    return account_code(SECRET.encode(), account, minutes)


def identities(office: Office) -> list[tuple[str, str, int]]:
    """Who has proved which account, and for how many more hours, the begun one included."""
    return [
        (user, account, -((office.clock.now() - until) // (60 * MINUTE)) if until else 0)
        for user, account, until in office.rows("SELECT user_id, account_id, verified_until FROM identities")
    ]


@pytest.mark.parametrize(
    "typed", ["/start {}", "/verify-account {}", "/verify_account@desk_bot {}", "／verify-account {}", "{}"]
)
async def test_a_code_verifies_whoever_brings_it(office: Office, typed: str) -> None:
    await office.says(typed.format(code()))

    assert identities(office) == [("1", "12345678", 24)]
    assert office.said_to()[0].startswith("Thank you. Your account **123…678** is verified")


async def test_without_its_beginning_a_code_is_good_behind_the_command(office: Office) -> None:
    await office.says("/verify-account " + code().removeprefix("v_"))
    assert identities(office) == [("1", "12345678", 24)]


@pytest.mark.parametrize("typed", ["/start {}", "/verify-account {}", "I got {} from the site", "look: {}", "{} "])
@pytest.mark.parametrize("is_edit", [False, True])
async def test_no_code_is_kept_anywhere(office: Office, typed: str, is_edit: bool) -> None:
    shown = code()
    if is_edit:
        first = office.message("hello")
        await office.support.handle(first)
        await edits(office, first.message, typed.format(shown))
    else:
        await office.says(typed.format(shown))

    assert shown.removeprefix("v_") not in office.dump()
    assert shown.removeprefix("v_")[-20:] not in office.dump()


async def test_a_code_told_by_the_way_is_masked_and_warned_of_and_proves_nothing(office: Office) -> None:
    await office.says("please take this: " + code().removeprefix("v_") + " thanks")

    assert identities(office) == [("1", "", 0)]
    assert "secret" in office.said_to()[0]


async def test_a_code_counts_once(office: Office) -> None:
    shown = code()
    await office.says(shown, user="1")
    await office.says(shown, user="2")

    assert identities(office) == [("1", "12345678", 24), ("2", "", 0)]
    assert "used already" in office.said_to("2")[0]


async def test_of_two_who_bring_one_code_at_once_one_is_verified_and_both_are_told(office: Office) -> None:
    shown = code()
    await asyncio.gather(*(office.says(shown, user=str(user)) for user in range(4)))

    assert sorted(account for _, account, _ in identities(office)) == ["", "", "", "12345678"]
    told = [office.said_to(str(user))[0] for user in range(4)]
    assert sum("used already" in one for one in told) == 3


async def test_the_same_event_again_says_nothing_more(office: Office) -> None:
    event = office.message(code())
    await office.support.handle(event)
    said = office.said_to()
    await office.support.handle(event)

    assert office.said_to() == said


async def test_an_old_code_and_a_wrong_one_get_their_sentences(office: Office) -> None:
    shown = code()
    office.clock.forward(11 * 60)
    await office.says(shown)
    await office.says("/verify-account abc")
    await office.says("/verify-account")

    told = office.said_to()
    assert [("too old" in told[0]), ("not valid" in told[1]), ("To verify" in told[2])] == [True] * 3


async def test_after_five_wrong_codes_none_is_looked_at_for_an_hour(office: Office) -> None:
    for number in range(5):
        await office.says(f"/verify-account guess{number}")
    await office.says(code())
    assert "wait an hour" in office.said_to()[-1]
    assert identities(office) == [("1", "", 0)]

    await office.says(code(), user="2")
    assert ("2", "12345678", 24) in identities(office)

    office.clock.forward(HOUR)
    await office.says(account_code_at(office))
    assert ("1", "12345678", 24) in identities(office)


def account_code_at(office: Office) -> str:
    """A code made at the office's time, which is ahead of ours."""
    ahead = (office.clock.now() - time.time_ns() // 1000) // MINUTE
    return code(minutes=ahead + 10)


async def test_wrong_codes_are_counted_also_across_a_restart(office: Office) -> None:
    for _ in range(5):
        await office.says("/verify-account guess")
    again = Office(office.path, office.store, office.clock, office.brain, numbers=office.numbers)
    await again.says(code())

    assert "wait an hour" in again.said_to()[-1]


async def test_whoever_is_verified_is_not_asked_and_their_ticket_shows_it(office: Office) -> None:
    await office.says(code())
    await office.says("/human")

    assert "account ID" not in office.said_to()[-1]
    cards = [row.content.text for row in office.outbox() if row.chat == DESK and row.content]
    assert "Identity: **✓ verified · 123…678**" in cards[-1]
    assert "12345678" not in cards[-1]


async def test_what_was_proved_ends_and_the_next_ticket_asks(office: Office) -> None:
    await office.says(code())
    office.clock.forward(24 * HOUR)
    await office.says("/human")

    assert "account ID" in office.said_to()[-1]


async def test_the_card_of_an_open_ticket_follows_both_ways(office: Office) -> None:
    await office.says("/human")
    await office.says(code())
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    verified = await office.store.load_ticket(ticket_id)
    assert verified is not None
    assert verified.account is not None
    assert verified.account.id == "12345678"
    assert "account ID" not in office.said_to()[-1]

    office.clock.forward(24 * HOUR)
    for timer in await office.store.due_timers(office.clock.now()):
        await office.support.handle_internal(timer)
    ended = await office.store.load_ticket(ticket_id)
    assert ended is not None
    assert ended.account is None


async def test_what_is_set_aside_holds_no_code_either(office: Office) -> None:
    """The store cannot write a moment such as this one, so that the turn fails after the code was read."""
    shown = code()
    await office.support.handle(office.message("/start " + shown, at=2**70))

    assert office.count("set_aside") == 1
    assert shown[-20:] not in office.dump()


async def test_without_a_secret_every_code_gets_a_sentence(learned: Learned, office: Office) -> None:
    plain = Brain.of(learned.knowledge, learned.index, rules_of(load(None, {}), StaffChats(DESK)))
    closed = Office(office.path, office.store, office.clock, plain, numbers=office.numbers)
    await closed.says("/start " + code())

    assert "not verified in this chat" in closed.said_to()[-1]
    assert identities(office) == [("1", "", 0)]
