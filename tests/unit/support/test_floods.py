"""Ten lines in a hurry are a person; a hundred are not."""

from bot.dialogue.context import Haste
from bot.model import ChatRef, PlatformName
from bot.support.floods import AT_ONCE, MICROSECONDS_EACH, Floods
from bot.support.posting import JOINED_MICROSECONDS
from tests.unit.support.office import Office, chat_of

CHAT = ChatRef(PlatformName.WEB, "r-1")
OTHER = ChatRef(PlatformName.WEB, "r-2")
MINUTE = 60_000_000


def test_an_impatient_person_is_no_flood() -> None:
    floods = Floods()
    heard = [floods.hear(CHAT, 0) for _ in range(AT_ONCE)]
    heard += [floods.hear(CHAT, n * MICROSECONDS_EACH) for n in range(1, 50)]

    assert set(heard) == {Haste.NONE}


def test_a_flood_is_told_once_until_it_has_been_calm() -> None:
    floods = Floods()
    heard = [floods.hear(CHAT, 0) for _ in range(AT_ONCE + 5)]
    assert heard[AT_ONCE:] == [Haste.BEGUN, *[Haste.GOING_ON] * 4]
    assert floods.hear(CHAT, MICROSECONDS_EACH) is Haste.GOING_ON, "a moment is no calm"
    assert floods.hear(CHAT, 5 * MICROSECONDS_EACH) is Haste.NONE
    again = [floods.hear(CHAT, MINUTE) for _ in range(AT_ONCE + 1)]

    assert again[-1] is Haste.BEGUN


def test_nobody_else_is_slowed() -> None:
    floods = Floods()
    for _ in range(100):
        floods.hear(CHAT, 0)

    assert floods.hear(OTHER, 0) is Haste.NONE


def test_what_was_written_over_hours_and_is_read_at_once_is_no_flood() -> None:
    floods = Floods()
    assert {floods.hear(CHAT, n * MINUTE) for n in range(100)} == {Haste.NONE}


def test_a_terminal_may_be_given_a_file() -> None:
    floods = Floods()
    assert {floods.hear(ChatRef(PlatformName.CONSOLE, "requester"), 0) for _ in range(100)} == {Haste.NONE}


def test_nothing_is_kept_of_those_who_have_been_calm() -> None:
    floods = Floods()
    for number in range(1000):
        floods.hear(ChatRef(PlatformName.WEB, str(number)), 0)
    floods.hear(CHAT, MINUTE)

    assert list(floods._flows) == [CHAT]


async def test_a_hundred_lines_of_somebody_with_a_ticket_wait_for_one_another(office: Office) -> None:
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    before = len(office.outbox())
    for number in range(100):
        await office.support.handle(office.message(f"line {number}"))

    rows = office.outbox()[before:]
    told = [row for row in rows if row.chat == chat_of("1") and row.content and "faster" in row.content.text]
    shown = [row for row in rows if row.in_thread and row.content and "line" in row.content.text]
    assert (len(told), len(shown)) == (1, 100)
    assert {row.due_at - office.clock.now() for row in shown[: AT_ONCE - 1]} == {0}
    assert {row.due_at - office.clock.now() for row in shown[AT_ONCE - 1 :]} == {JOINED_MICROSECONDS}
