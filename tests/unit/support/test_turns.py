"""One event, one unit of work; each requester one at a time, different ones side by side."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.changes import AddTicket, Changes, DropInternalEvent, SaveConversation, SeeEvent, SetAside, WantAside
from bot.events import HIDDEN, BotBlocked, TokenShared, TokenSign
from bot.model import ChatRef, Person, PlatformName, TicketStatus
from bot.operations.knowledge import Learned
from bot.outgoing import Outgoing, Priority
from bot.store import SqlStore, open_store
from bot.store.codec import decode
from bot.support import Brain
from tests.clocks import FakeClock
from tests.unit.support.office import DESK, Office, chat_of, picture

DEPOSIT = "my deposit has not arrived"


class Watched(SqlStore):
    """The real store, which remembers what it was asked, and fails or waits as told."""

    def __init__(self, opened: SqlStore) -> None:
        super().__init__(opened.engine)
        self.units: list[Changes] = []
        self.trouble: Any = None
        self.gate: asyncio.Event | None = None
        self.held = asyncio.Event()

    async def commit(self, changes: Changes) -> bool:
        self.units.append(changes)
        if self.gate:
            self.held.set()
            await self.gate.wait()
        if self.trouble and (error := self.trouble(changes)):
            raise error
        return await super().commit(changes)


@pytest.fixture
def watched(office: Office) -> Watched:
    office.store = Watched(office.store)
    office.__post_init__()
    return office.store


async def test_one_event_is_one_unit_of_work(office: Office, watched: Watched) -> None:
    """Everything that a message changes stands or falls together, the note that it was seen included."""
    await office.says(DEPOSIT)
    [unit] = watched.units

    assert isinstance(unit[0], SeeEvent)
    assert {type(change).__name__ for change in unit} >= {
        "SeeEvent", "AddRequester", "AddMessage", "SaveConversation", "QueueDelivery",
    }  # fmt: skip


async def test_opening_a_ticket_is_two_units_the_second_for_what_only_the_store_knows(
    office: Office, watched: Watched
) -> None:
    await office.says("/human")

    opening, opened = watched.units
    assert any(isinstance(change, AddTicket) for change in opening)
    assert isinstance(opened[0], DropInternalEvent)
    assert any(isinstance(change, SaveConversation) for change in opened)
    assert office.count("internal_events") == 0


async def test_a_redelivered_event_is_answered_once(office: Office) -> None:
    event = office.message(DEPOSIT)
    await office.support.handle(event)
    before = office.dump()
    await office.support.handle(event)
    await asyncio.gather(office.support.handle(event), office.support.handle(event))

    assert office.dump() == before


async def test_a_redelivered_event_is_answered_once_after_a_restart(office: Office) -> None:
    event = office.message("/human")
    await office.support.handle(event)
    office.__post_init__()
    await office.support.handle(event)

    assert office.count("tickets") == 1
    assert len(office.said_to()) == 1


async def test_two_first_messages_at_once_make_one_requester(office: Office) -> None:
    """Also when they come from two chats of the same account."""
    first = office.message("hello")
    second = office.message(DEPOSIT)
    elsewhere = office.message("hello", chat=chat_of("other"))
    await asyncio.gather(*(office.support.handle(event) for event in (first, second, elsewhere)))

    assert office.count("requesters") == office.count("identities") == 1
    assert office.count("conversations") == 2
    assert office.count("set_aside") == 0
    assert office.count("messages") == 3


async def test_a_first_message_that_fails_leaves_nobody_and_the_next_one_joins(
    office: Office, watched: Watched
) -> None:
    watched.trouble = lambda changes: ValueError("full") if isinstance(changes[0], SeeEvent) else None
    await office.says("hello")
    watched.trouble = None
    await office.says("hello")

    assert office.count("requesters") == 1
    assert office.count("set_aside") == 1


async def test_different_requesters_do_not_wait_for_each_other(office: Office, watched: Watched) -> None:
    """One commit is held back, and the other requester's turn ends all the same."""
    await office.says("hello", "slow")
    await office.says("hello", "quick")
    watched.gate = asyncio.Event()
    slow = asyncio.create_task(office.support.handle(office.message(DEPOSIT, "slow")))
    await watched.held.wait()
    gate, watched.gate = watched.gate, None
    await office.says(DEPOSIT, "quick")

    assert not slow.done()
    assert office.state("quick")["mode"] == "in_checklist"
    gate.set()
    await slow
    assert office.state("slow")["mode"] == "in_checklist"


async def test_a_turn_waits_until_the_turn_before_it_is_committed(office: Office, watched: Watched) -> None:
    """A state loaded earlier would be one that is about to be replaced."""
    await office.says("hello")
    watched.gate = asyncio.Event()
    turns = [asyncio.create_task(office.support.handle(office.message(text))) for text in (DEPOSIT, "crypto")]
    await watched.held.wait()
    for _ in range(20):
        await asyncio.sleep(0)

    assert len(watched.units) == 2
    watched.gate.set()
    await asyncio.gather(*turns)
    assert office.state()["place"]["answers"] == {"kind": "crypto"}


async def test_events_of_each_requester_keep_their_order_under_load(office: Office) -> None:
    """Thirty people talk at once, each hands over the next message when the one before is committed."""
    talk = [DEPOSIT, "crypto", "usdt", "back", "btc"]

    async def whole_talk(user: str) -> None:
        for text in talk:
            await office.support.handle(office.message(text, user))

    users = [str(number) for number in range(30)]
    await asyncio.gather(*(whole_talk(user) for user in users))

    assert office.count("set_aside") == 0
    for user in users:
        kept = office.rows("SELECT text FROM messages WHERE author = ? ORDER BY id", f"web:{user}")
        assert [text for (text,) in kept] == talk
        assert office.state(user)["place"]["answers"] == {"kind": "crypto", "asset": "BTC"}


async def test_many_tickets_at_once_are_numbered_without_gaps(office: Office) -> None:
    await asyncio.gather(*(office.support.handle(office.message("/human", str(user))) for user in range(20)))

    numbers = office.rows("SELECT number FROM tickets ORDER BY number")
    assert [number for (number,) in numbers] == list(range(1, 21))
    told = {text for user in range(20) for text in office.said_to(str(user))}
    assert len(told) == 20
    assert office.count("internal_events") == 0


async def test_a_turn_that_fails_is_set_aside_masked_and_the_next_one_works(office: Office, watched: Watched) -> None:
    await office.says("hello")
    watched.trouble = lambda changes: ValueError("no") if isinstance(changes[0], SeeEvent) else None
    event = office.message("my password is Tr0ub4dor&3xyz please help")
    await office.support.handle(event)
    watched.trouble = None
    await office.says(DEPOSIT)

    [(platform, key, error_id, text)] = office.rows("SELECT platform, key, error_id, text FROM set_aside")
    assert (platform, key) == ("web", event.key)
    assert len(error_id) == 8
    assert "Tr0ub4dor" not in office.dump()
    assert "⟦password⟧" in text
    assert office.state()["mode"] == "in_checklist"


async def test_the_end_of_a_secret_is_set_aside_masked_in_the_light_of_its_beginning(
    office: Office, watched: Watched
) -> None:
    await office.says("abandon ability able about above absent")
    watched.trouble = lambda changes: ValueError("no") if isinstance(changes[0], SeeEvent) else None
    await office.says("absorb abstract absurd abuse access accident")

    [(text,)] = office.rows("SELECT text FROM set_aside")
    assert text == "⟦seed phrase⟧"


async def test_a_failed_turn_wrote_nothing_and_can_be_done_again(office: Office, watched: Watched) -> None:
    watched.trouble = lambda changes: ValueError("no") if isinstance(changes[0], SeeEvent) else None
    event = office.message("/human")
    await office.support.handle(event)
    assert office.count("tickets") == office.count("events_seen") == office.count("outbox") == 0
    watched.trouble = None
    await office.support.handle(event)

    assert office.count("tickets") == 1


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.mark.parametrize("hostile", ["a\x00b", "half \ud83d a pair", "\udc00", "🙂" * 4000, "\u202eevil", ""])
async def test_no_text_is_too_hostile_to_be_stored(hostile: str, url: str, tmp_path: Path, brain: Brain) -> None:
    """What a database refuses could not even be set aside, and would come again for ever."""
    store = await open_store(tmp_path / "s.sqlite3", url)
    office = Office(tmp_path / "s.sqlite3", store, FakeClock(), brain)
    try:
        event = office.message(hostile)
        await office.support.handle(replace(event, sender=replace(event.sender, name=f"Eve {hostile[:20]}")))
        loaded = await store.load_conversation(chat_of("1"))
        assert loaded.conversation is not None
        assert await store.latest_messages(loaded.conversation.requester_id, 5)
    finally:
        await store.close()


async def test_a_staff_command_outside_any_ticket_is_answered_at_once(office: Office) -> None:
    """The outbox is woken by it, not by whatever comes next."""
    await office.staff_says("/take", thread="")

    assert office.woken
    assert office.count("outbox") == 1


async def test_a_turn_uses_one_state_of_the_knowledge_from_beginning_to_end(
    office: Office, watched: Watched, learned: Learned
) -> None:
    """Files change while turns run: what was decided with the old texts is also worded with them."""
    await office.says("/human")
    old, texts = office.support.brain, dict(learned.knowledge.texts)
    texts["en"] = {**texts["en"], "tickets.head": "NEW HEAD"}
    new = Brain.of(replace(learned.knowledge, texts=texts), learned.index, old.rules)

    real = watched.tickets_of

    async def reload_meanwhile(requester_id: int) -> Any:
        office.support.brain = new
        return await real(requester_id)

    watched.tickets_of = reload_meanwhile  # type: ignore[method-assign]
    await office.says("/tickets")
    await office.says("/tickets")

    during, after = office.said_to()[-2:]
    assert "NEW HEAD" not in during
    assert after.startswith("NEW HEAD")


async def test_reloading_under_load_loses_nobody(office: Office, learned: Learned) -> None:
    async def talk(user: str) -> None:
        for text in (DEPOSIT, "crypto", "usdt", "/human"):
            await office.support.handle(office.message(text, user))

    async def reload() -> None:
        for _ in range(40):
            office.support.brain = Brain.of(learned.knowledge, learned.index, office.brain.rules)
            await asyncio.sleep(0)

    await asyncio.gather(reload(), *(talk(str(user)) for user in range(12)))

    assert office.count("set_aside") == 0
    assert office.count("tickets") == 12


def unreadable(office: Office, state: str = "{}") -> None:
    """As a newer version, a broken disk or a hand in the database would leave it."""
    connection = sqlite3.connect(office.path, timeout=5)
    with connection:
        connection.execute("UPDATE conversations SET state = ?", (f'{{"v":1,"is":{state}}}',))
    connection.close()


async def test_whoever_has_a_conversation_that_cannot_be_read_gets_a_person(office: Office) -> None:
    await office.says("hello")
    unreadable(office)
    await office.says("my withdrawal is stuck since monday")

    [(status, answers, language)] = office.rows("SELECT status, answers, language FROM tickets")
    assert status == TicketStatus.NEW
    assert "my withdrawal is stuck since monday" in answers
    assert language == "en"
    assert office.state()["mode"] == "handed_off"


async def test_a_ticket_in_hand_survives_a_conversation_that_cannot_be_read(office: Office) -> None:
    """What is written next still reaches the desk."""
    await office.says("/human")
    unreadable(office)
    await office.says("are you still there?")

    assert office.count("tickets") == 1
    assert office.state()["ticket_id"] == office.rows("SELECT id FROM tickets")[0][0]
    relayed = [row for row in office.outbox() if row.in_thread and row.content and "still there" in row.content.text]
    assert len(relayed) == 1


async def test_stored_words_never_reach_the_log_when_they_cannot_be_read(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.says("hello")
    unreadable(office, '{"said": ["my very private words"]}')
    await office.says("hi")

    assert "private words" not in "".join(capsys.readouterr())
    assert office.count("tickets") == 1


async def test_a_ticket_opened_before_a_crash_is_told_after_it(office: Office, watched: Watched) -> None:
    """The number was given, and the process died before anybody heard of it."""
    watched.trouble = lambda changes: None if isinstance(changes[0], SeeEvent) else OSError("killed")
    await office.says("/human")
    assert office.said_to() == []
    assert office.count("internal_events") == 1
    watched.trouble = None
    office.__post_init__()
    await office.support.recover()
    await office.support.recover()

    assert len(office.said_to()) == 1
    assert "#1" in office.said_to()[0]
    assert [row.kind for row in office.outbox() if row.in_thread] == ["open_thread"]
    assert office.count("internal_events") == 0


async def test_an_own_event_is_handled_once_however_often_it_is_found(office: Office, watched: Watched) -> None:
    watched.trouble = lambda changes: None if isinstance(changes[0], SeeEvent) else OSError("killed")
    await office.says("/human")
    watched.trouble = None
    await asyncio.gather(*(office.support.recover() for _ in range(5)))

    assert len(office.said_to()) == 1


async def test_a_cancelled_turn_is_either_whole_or_not_there(office: Office) -> None:
    """At whatever moment the platform is stopped, a second try answers exactly once."""
    for steps in range(0, 60, 3):
        event = office.message(DEPOSIT, str(steps))
        turn = asyncio.create_task(office.support.handle(event))
        for _ in range(steps):
            await asyncio.sleep(0)
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
        await office.support.handle(event)

        assert len(office.said_to(str(steps))) == 1
    assert office.count("set_aside") == 0


async def test_staff_are_told_of_a_backlog_ahead_of_it(office: Office) -> None:
    await office.support.tell_of_spell(DESK, 45, 3)

    [row] = office.outbox()
    assert (row.chat, row.priority) == (DESK, Priority.NEW_TICKET)
    assert row.content
    assert "45 are waiting" in row.content.text


async def test_staff_are_told_where_they_are_that_the_scanner_is_away(office: Office) -> None:
    """In the staff chat itself: the threads with files in them are the ones that wait."""
    await office.support.tell_of_scanner()

    [row] = office.outbox()
    assert (row.chat, row.in_thread) == (DESK, False)
    assert row.content
    assert "virus scanner cannot be reached" in row.content.text


@pytest.mark.parametrize("sign", list(TokenSign))
async def test_staff_are_told_once_that_somebody_has_the_token(office: Office, sign: TokenSign) -> None:
    elsewhere = ChatRef(PlatformName.TELEGRAM, "")
    event = TokenShared(key="telegram:token_shared:1", at=1, chat=elsewhere, sign=sign)
    await office.support.handle(event)
    await office.support.handle(event)

    [row] = office.outbox()
    assert (row.chat, row.in_thread, row.priority) == (DESK, False, Priority.NEW_TICKET)
    assert row.content
    assert "/revoke" in row.content.text
    assert office.count("set_aside") == 0


async def test_the_parts_of_an_album_get_one_answer_and_all_go_along(office: Office) -> None:
    for number in range(3):
        await office.says("", attachments=(picture(f"{number}.png"),), album="g1")
    assert len(office.said_to()) == 1

    await office.says("/human")
    [relay] = [row for row in office.outbox() if row.in_thread and row.content and row.content.attachments]
    assert relay.content
    assert len(relay.content.attachments) == 3


async def test_an_agent_is_told_that_something_cannot_be_passed_on(office: Office) -> None:
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    await office.staff_says("/take")
    await office.staff_says("", unreadable="game")
    await office.staff_says("", unreadable=HIDDEN)

    told = [row.content.text for row in office.outbox() if row.in_thread and row.content]
    assert told[-2].startswith("This kind of message cannot be passed on")
    assert told[-1].startswith("Discord does not show me this message")


async def test_what_was_set_aside_is_done_again_when_an_operator_wants_it(office: Office, watched: Watched) -> None:
    watched.trouble = lambda changes: ValueError("no") if isinstance(changes[0], SeeEvent) else None
    await office.says("my password is Tr0ub4dor&3xyz, /human please")
    [aside] = await office.store.set_aside()
    await office.store.commit((WantAside(aside.id),))
    await office.support.recover()
    [failed] = await office.store.set_aside()
    assert failed.error_id != aside.error_id

    watched.trouble = None
    await office.support.recover()
    assert office.count("messages") == 0, "nobody asked for it a second time"
    await office.store.commit((WantAside(aside.id),))
    for _ in range(2):
        await office.support.recover()
    assert list(await office.store.set_aside()) == []
    assert office.count("messages") == 1
    assert "Tr0ub4dor" not in office.dump()


async def test_what_is_kept_by_its_ids_alone_stays(office: Office) -> None:
    await office.store.commit((SetAside(id=5, platform="telegram", key="k", error_id="e", text="", at=1),))
    await office.store.commit((WantAside(5),))
    await office.support.recover()
    assert [aside.id for aside in await office.store.set_aside()] == [5]


async def test_only_the_latest_status_waits_and_a_thread_is_shut_behind_everything_said_in_it(office: Office) -> None:
    await office.says(DEPOSIT)
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    for command in ("/take", "/close", "/reopen", "/close"):
        await office.staff_says(command)

    waiting = office.rows(
        "SELECT payload FROM outbox WHERE state = 'queued' AND kind = 'show_status' AND ticket_id = ?", ticket_id
    )
    [row] = [decode(Outgoing, payload) for (payload,) in waiting]
    assert (row.status, row.title.endswith("→ Mika")) == (TicketStatus.SOLVED, True)
    assert row == [one for one in office.outbox() if one.lane == row.lane][-1]


async def test_what_goes_into_a_thread_says_how_the_ticket_stands(office: Office) -> None:
    """A platform that has to open the thread for it knows whether to leave it open."""
    await office.says(DEPOSIT)
    await office.says("/human")
    [(ticket_id,)] = office.rows("SELECT id FROM tickets")
    await office.has_thread(ticket_id)
    for command in ("/take", "// seen", "/close"):
        await office.staff_says(command)

    assert list(dict.fromkeys(one.status for one in office.outbox() if one.in_thread)) == [
        TicketStatus.NEW,
        TicketStatus.OPEN,
        TicketStatus.SOLVED,
    ]


async def test_the_desk_hears_that_a_requester_has_blocked_the_bot_and_when_that_is_over(office: Office) -> None:
    async def blocks(is_blocked: bool, user: str = "1") -> None:
        at, sender = office.clock.now(), Person(PlatformName.WEB, user, "Aiko")
        key = f"web:blocked:{user}:{office.clock.new_id()}"
        event = BotBlocked(key=key, at=at, chat=chat_of(user), sender=sender, is_blocked=is_blocked)
        await office.support.handle(event)
        await office.support.handle(event)

    def told() -> list[str]:
        texts = (row.content.text for row in office.outbox() if row.in_thread and row.content)
        return [text for text in texts if "the bot" in text]

    await blocks(True)
    await office.says("/human")
    await blocks(True, "a stranger")
    assert told() == []
    await blocks(True)
    await blocks(False)
    first, second = told()
    assert first.startswith("⚠️ The requester has blocked the bot")
    assert second.startswith("The requester has let the bot in again")

    await office.says("/close")
    await blocks(True)
    assert told() == [first, second]
    assert office.count("set_aside") == 0
