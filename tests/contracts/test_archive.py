"""What every engine promises about one person's history, about erasing it, and about what is old enough to go."""

from dataclasses import replace
from typing import Any

import pytest

from bot.archive import Aging, Deliveries, Removals
from bot.changes import (
    AddAudit,
    AddMessage,
    AddRequester,
    AddTicket,
    AddTimer,
    AddUnanswered,
    Change,
    MessageKind,
    SaveConversation,
    SaveTicket,
    SeeEvent,
    SetAside,
    WithdrawMessage,
)
from bot.forgetting import (
    AddDataRequest,
    AddRequesterTimer,
    AwaitRemoval,
    CancelDataRequest,
    DataRequest,
    DropAudit,
    DropDelivery,
    DropMessage,
    DropSeen,
    DropUnanswered,
    EraseChat,
    EraseRequester,
    EraseTicket,
    RequestKind,
    RequestState,
    SettleDataRequest,
)
from bot.internal_events import RequestDue
from bot.model import (
    Agent,
    ChatRef,
    Content,
    Conversation,
    MessageRef,
    Person,
    PlatformName,
    Ticket,
    TicketStatus,
    first_id_at,
    made_at,
)
from bot.outbox import LinkMessage, MarkFailed, MarkSending, MarkSent, QueueDelivery, SetTicketThread
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.store import SqlStore
from bot.store.room import SqlRoom
from bot.support.erasing import without_person
from tests.clocks import FakeClock

TELEGRAM, WEB = PlatformName.TELEGRAM, PlatformName.WEB
DESK = ChatRef(WEB, "staff", "t1")
MIKA = Agent(WEB, "m", "Mika")
DAY = 24 * 3600 * 1_000_000
SECRET = "only-mine"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def person(number: int) -> Person:
    return Person(WEB, str(number), f"{SECRET} {number}")


def chat(number: int) -> ChatRef:
    return ChatRef(WEB, f"chat-{number}")


def ticket(number: int, **changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": 1000 + number, "number": 0, "desk": "main", "status": TicketStatus.CLOSED, "requester_id": number,
        "conversation_id": number, "requester": person(number), "requester_chat": chat(number),
        "desk_chat": replace(DESK, thread_id=""), "topic": "deposits", "team": "payments", "subject": "deposit",
        "language": "en", "answers": {"txid": f"{SECRET} {number}"}, "card_id": 2000 + number, "created_at": 5,
    }  # fmt: skip
    return Ticket(**{**values, **changed})


def message(id: int, number: int = 1, **changed: Any) -> AddMessage:
    values: dict[str, Any] = {
        "requester_id": number, "ticket_id": 1000 + number, "kind": MessageKind.REQUESTER, "author": "web:1",
        "text": f"{SECRET} {id}", "attachments": (), "source": MessageRef(chat(number), f"w{id}"), "at": id,
    }  # fmt: skip
    return AddMessage(id=id, **{**values, **changed})


def row(id: int, where: ChatRef, **changed: Any) -> Outgoing:
    values: dict[str, Any] = {
        "kind": DeliveryKind.SEND, "priority": Priority.REQUESTER, "due_at": 1, "message_id": id,
        "content": Content(text=f"{SECRET} row {id}"),
    }  # fmt: skip
    return Outgoing(id=id, chat=where, **{**values, **changed})


def asked(id: int = 50, kind: RequestKind = RequestKind.ERASE, **changed: Any) -> DataRequest:
    values: dict[str, Any] = {"requester_id": 1, "chat": chat(1), "language": "ja", "created_at": 5, "due_at": 100}
    return DataRequest(id=id, kind=kind, **{**values, **changed})


async def add(store: SqlStore, number: int, *more: Change) -> None:
    talk = Conversation(
        id=number, requester_id=number, chat=chat(number), person=person(number), language="en", said=SECRET
    )
    units = (AddRequester(number, person(number), 1), SaveConversation(talk, 2), AddTicket(ticket(number)))
    assert await store.commit((*units, SetTicketThread(1000 + number, replace(DESK, thread_id=f"t{number}")), *more))


async def test_a_history_tells_which_words_of_the_team_arrived(store: SqlStore) -> None:
    agent: dict[str, Any] = {"kind": MessageKind.AGENT, "author": "web:m"}
    await add(
        store, 1, message(1), message(2, **agent), message(3, **agent), message(4, kind=MessageKind.NOTE),
        LinkMessage(2, MessageRef(chat(1), "p2"), 0, 1001), LinkMessage(3, MessageRef(DESK, "p3"), 0, 1001),
        message(5, ticket_id=None), WithdrawMessage(1, 9),
    )  # fmt: skip
    await add(store, 2, message(6, 2))

    history = await store.history_of(1)
    assert [(kept.message.id, kept.is_delivered) for kept in history.messages] == [
        (1, False), (2, True), (3, False), (4, False), (5, False),
    ]  # fmt: skip
    assert history.messages[0].message.withdrawn_at == 9
    assert history.accounts == [person(1)]
    assert [one.number for one in history.tickets] == [1]
    assert [one.chat for one in await store.conversations_of(1)] == [chat(1)]


async def test_of_a_kind_one_request_waits_at_a_time(store: SqlStore) -> None:
    await add(store, 1)
    assert await store.commit((AddDataRequest(asked()),))
    assert not await store.commit((AddDataRequest(asked(51)),))
    assert await store.commit((AddDataRequest(asked(52, RequestKind.EXPORT)),))

    assert await store.data_request(1, RequestKind.ERASE) == asked()
    await store.commit((CancelDataRequest(1, RequestKind.ERASE, 20),))
    assert await store.data_request(1, RequestKind.ERASE) is None
    assert [due.kind for due in await store.due_requests(200)] == [RequestKind.EXPORT]
    assert await store.commit((AddDataRequest(asked(53)),))


async def test_timers_of_tickets_and_of_requesters_do_not_meet(store: SqlStore) -> None:
    """Both are in one table; a timer set anew replaces its own kind and owner alone."""
    await add(store, 1, AddTimer(60, "lapse", 1001, 90), AddDataRequest(asked(61)))
    await store.commit((AddRequesterTimer(62, RequestKind.ERASE, 1, 95), AddTimer(63, "lapse", 1001, 91)))

    assert [event.id for event in await store.due_timers(100)] == [63]
    due = RequestDue(id=62, at=95, kind=RequestKind.ERASE, requester_id=1)
    assert list(await store.due_requests(100)) == [due]
    assert list(await store.due_requests(94)) == []
    assert await store.next_due_at(0) == 91


async def test_what_was_cancelled_cannot_be_cancelled_once_it_is_being_done(store: SqlStore) -> None:
    await add(store, 1, AddDataRequest(asked()), AwaitRemoval(50, 7, 9))
    await store.commit((CancelDataRequest(1, RequestKind.ERASE, 20),))

    removing = replace(asked(), state=RequestState.REMOVING, first_row=7, last_row=9)
    assert await store.data_request(1, RequestKind.ERASE) == removing
    await store.commit((SettleDataRequest(50, RequestState.DONE, 30),))
    assert await store.data_request(1, RequestKind.ERASE) is None


async def test_erasing_leaves_the_number_and_nothing_of_the_person(store: SqlStore, clock: FakeClock) -> None:
    note = message(3, kind=MessageKind.NOTE, source=MessageRef(DESK, "n3"))
    await add(
        store, 1, message(1), message(2, ticket_id=None), note, AddUnanswered(4, 1, SECRET, "en", 5),
        LinkMessage(2001, MessageRef(DESK, "card"), 0, 1001), LinkMessage(1, MessageRef(DESK, "m1"), 0, 1001),
        LinkMessage(9, MessageRef(chat(1), "b9"), 0, None), QueueDelivery(row(10, chat(1))),
        QueueDelivery(row(11, DESK, ticket_id=1001, in_thread=True)), QueueDelivery(row(12, chat(2))),
        SetAside(id=13, platform="web", key="k", error_id="e", text=SECRET, at=1, requester_id=1),
        AddAudit(14, 1001, MIKA, "take", 5), MarkFailed(11, "refused", 5),
    )  # fmt: skip
    room = SqlRoom(store.engine, clock)
    await room.post("p1", chat(1), Content(text=f"{SECRET} in the room"), author="Aiko")
    [kept] = await store.every_ticket_of(1)

    assert await store.copies_of(kept) == [MessageRef(DESK, "m1"), MessageRef(DESK, "n3")]
    dropped = await store.deliveries_about(1)
    assert dropped == Deliveries(ended=[11], waiting=[10])
    drops = [DropDelivery(id) for id in (10, 11)]
    await store.commit((*drops, EraseChat(chat(1)), EraseTicket(without_person(kept, 77)), EraseRequester(1)))

    [erased] = await store.every_ticket_of(1)
    assert (erased.number, erased.status, erased.erased_at) == (1, TicketStatus.CLOSED, 77)
    history = await store.history_of(1)
    assert (history.accounts, history.messages) == ([], [])
    assert await store.conversations_of(1) == []
    assert await store.find_requester(WEB, "1") is None
    assert SECRET not in repr([erased, history, await store.set_aside(), await room.messages(chat(1))])
    assert [one.id for one in await store.deliveries_since(chat(2), None, 0)] == [12]
    assert list(await store.links_of(2001)) == [MessageRef(DESK, "card")]
    assert list(await store.links_of(1)) == []


async def test_erasing_one_ticket_leaves_the_others(store: SqlStore) -> None:
    await add(store, 1, message(1), message(2, ticket_id=None))
    await add(store, 2, message(3, 2))
    [kept] = await store.every_ticket_of(1)
    await store.commit((EraseTicket(without_person(kept, 77)),))

    assert [one.message.id for one in (await store.history_of(1)).messages] == [2]
    assert [one.message.id for one in (await store.history_of(2)).messages] == [3]


async def test_how_far_the_platforms_are_is_counted(store: SqlStore) -> None:
    rows = [QueueDelivery(row(id, DESK, kind=DeliveryKind.DELETE, content=None)) for id in range(5, 11)]
    await add(store, 1, *rows)
    await store.commit((MarkSending(6, 0, 1),))
    await store.commit((MarkSent(7, 1), MarkFailed(8, "refused", 1), MarkFailed(9, "forbidden", 1)))

    assert await store.removals(6, 9) == Removals(done=1, waiting=1, kept=2)


async def test_a_row_on_its_way_is_not_dropped(store: SqlStore) -> None:
    await add(store, 1, QueueDelivery(row(10, chat(1))))
    await store.commit((MarkSending(10, 0, 1),))
    assert await store.deliveries_about(1) == Deliveries(ended=[], waiting=[10])
    await store.commit((DropDelivery(10),))

    assert [one.id for one in await store.deliveries_since(chat(1), None, 0)] == [10]


async def test_what_is_old_enough_is_found_in_small_numbers(store: SqlStore, clock: FakeClock) -> None:
    base = first_id_at(clock.now())
    late = first_id_at(clock.now() + 2 * DAY)
    before = clock.now() + DAY
    await add(store, 1, *(SeeEvent(f"k{at}", at) for at in (clock.now(), clock.now() + 1, before + 1)))
    await store.commit(
        (
            message(base, ticket_id=None), message(late, ticket_id=None), message(base + 1),
            AddUnanswered(base + 2, 1, "t", "en", 1), AddUnanswered(late + 2, 1, "t", "en", 1),
            AddAudit(base + 3, 1001, MIKA, "take", 1), AddAudit(late + 3, 1001, MIKA, "take", 1),
            QueueDelivery(row(base + 4, chat(1))), QueueDelivery(row(base + 5, chat(1))), MarkSent(base + 4, 1),
            QueueDelivery(row(base + 6, DESK, ticket_id=1001)), MarkSent(base + 6, 1),
        )
    )  # fmt: skip

    assert made_at(base) == clock.now()
    assert list(await store.aged(Aging.SEEN, before, 1)) == [f"k{clock.now()}"]
    assert len(await store.aged(Aging.SEEN, before, 10)) == 2
    assert list(await store.aged(Aging.MESSAGE, before, 10)) == [base]
    assert list(await store.aged(Aging.UNANSWERED, before, 10)) == [base + 2]
    assert list(await store.aged(Aging.AUDIT, before, 10)) == [base + 3]
    assert list(await store.aged(Aging.DELIVERY, before, 10)) == [base + 4]
    await store.commit(
        (DropMessage(base), DropUnanswered(base + 2), DropAudit(base + 3), DropSeen(f"k{clock.now()}"))
    )
    assert [len(await store.aged(what, before, 10)) for what in (Aging.MESSAGE, Aging.AUDIT, Aging.SEEN)] == [0, 0, 1]


async def test_tickets_grow_old_from_their_end_and_never_on_hold(store: SqlStore) -> None:
    for number in range(1, 6):
        await add(store, number)
    changed: dict[int, dict[str, Any]] = {
        1: {"solved_at": 10}, 2: {"solved_at": 10, "legal_hold": True}, 3: {"solved_at": 30},
        4: {"status": TicketStatus.OPEN}, 5: {"status": TicketStatus.CLOSED},
    }  # fmt: skip
    for number, values in changed.items():
        [one] = await store.every_ticket_of(number)
        await store.commit((SaveTicket(replace(one, **values)),))
    [held] = await store.every_ticket_of(2)

    assert held.legal_hold
    assert list(await store.aged(Aging.TICKET, 20, 10)) == [1005, 1001]
    [one] = await store.every_ticket_of(1)
    await store.commit((EraseTicket(without_person(one, 77)),))
    assert list(await store.aged(Aging.TICKET, 20, 10)) == [1005]
    assert list(await store.aged(Aging.REQUESTER, 20, 10)) == [1]
    assert list(await store.aged(Aging.REQUESTER, 2, 10)) == []
