"""What every engine of the Store promises, run on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.account_changes import AddLookUp, CountWrongCode, DropLookUp, PostponeLookUp, StartLookUp, VerifyIdentity
from bot.accounts import Account, LookUp, Query
from bot.changes import (
    AddAudit,
    AddFeedback,
    AddInternalEvent,
    AddMessage,
    AddRequester,
    AddTicket,
    AddTimer,
    AddUnanswered,
    Change,
    Changes,
    ClaimTicket,
    ClearTimer,
    DropAside,
    DropInternalEvent,
    DropTimer,
    KeepAside,
    MessageKind,
    ReplaceMessage,
    ReplaceUnanswered,
    ReviseMessage,
    SaveConversation,
    SaveCursor,
    SaveShift,
    SaveTicket,
    SeeAgent,
    SeeEvent,
    SetAside,
    SettleDraft,
    WantAside,
    WithdrawMessage,
)
from bot.events import StaffDeleted
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
from bot.internal_events import TicketOpened
from bot.model import (
    Agent,
    ChatRef,
    Content,
    Conversation,
    MessageRef,
    Person,
    PlatformName,
    Standing,
    Ticket,
    TicketPriority,
    TicketStatus,
)
from bot.outbox import (
    CancelDelivery,
    FreezeReplies,
    JoinDelivery,
    LinkMessage,
    MarkFailed,
    MarkSending,
    MarkSent,
    MoveChat,
    PassFreeze,
    PutBack,
    QueueDelivery,
    QueueFollowUp,
    QueueLatest,
    ReplacePayload,
    RetryLater,
    SendAgain,
    SetTicketThread,
    UnfreezeReplies,
    UnlinkMessage,
)
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.staffing import Duty, Shift, Waiting
from bot.store import SqlStore, StoreError, open_store
from bot.store.rows import calls_of
from bot.store.statements import load_statements
from bot.timing import ClockName, Promise, Timing, Watch

LARGE = 2**63 - 1
TELEGRAM = PlatformName.TELEGRAM
CHAT = ChatRef(TELEGRAM, "9007199254740993")
EVERYWHERE = tuple(PlatformName)
DESK = ChatRef(PlatformName.DISCORD, "1150000000000000001")
PERSON = Person(TELEGRAM, "9007199254740993", "Aiko")


def conversation(number: int = 1) -> Conversation:
    chat = replace(CHAT, chat_id=str(number))
    return Conversation(id=number, requester_id=number, chat=chat, person=PERSON, language="ja")


def ticket(number: int = 1, **changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": 1000 + number, "number": 0, "desk": "main", "status": TicketStatus.NEW, "requester_id": number,
        "conversation_id": number, "requester": PERSON, "requester_chat": replace(CHAT, chat_id=str(number)),
        "desk_chat": DESK, "topic": "deposits", "team": "payments", "subject": "deposit", "language": "ja",
        "answers": {"asset": "USDT", "network": "tron"}, "card_id": 2000 + number, "created_at": 5,
        "priority": TicketPriority.HIGH,
    }  # fmt: skip
    return Ticket(**{**values, **changed})


def outgoing(number: int, chat: ChatRef = CHAT, **changed: Any) -> Outgoing:
    values: dict[str, Any] = {
        "id": number, "kind": DeliveryKind.SEND, "chat": chat, "priority": Priority.REQUESTER, "due_at": 10,
        "message_id": number, "content": Content(text="こんにちは"),
    }  # fmt: skip
    return Outgoing(**{**values, **changed})


async def add(store: SqlStore, number: int = 1, *more: Change) -> None:
    person = replace(PERSON, user_id=str(number))
    assert await store.commit((AddRequester(number, person, 1), SaveConversation(conversation(number), 2), *more))


async def test_the_second_identical_event_is_refused_and_writes_nothing(store: SqlStore) -> None:
    first: Changes = (SeeEvent("telegram:1:7", 1), SaveCursor("c", "first", 1))
    second: Changes = (SaveCursor("c", "second", 2), SeeEvent("telegram:1:7", 2), SaveCursor("c", "third", 2))

    assert await store.commit(first)
    assert not await store.commit(second)
    assert await store.cursor("c") == "first"


async def test_a_unit_that_fails_takes_nobody_with_it(store: SqlStore) -> None:
    """Units committed together are independent: a broken one raises for its owner only."""
    await add(store)
    broken = store.commit((AddTicket(ticket(1)), AddRequester(1, PERSON, 1)))
    sound = store.commit((SaveCursor("sound", "yes", 1),))
    outcomes = await asyncio.gather(broken, sound, return_exceptions=True)

    assert isinstance(outcomes[0], Exception)
    assert outcomes[1] is True
    assert await store.load_ticket(1001) is None
    assert await store.cursor("sound") == "yes"


async def test_ticket_numbers_go_one_two_three_without_gaps(store: SqlStore) -> None:
    """Also when units are refused or many open at once: numbers are taken in the transaction that needs them."""
    for number in range(1, 9):
        await add(store, number)
    opening = [store.commit((SeeEvent(f"e{n % 4}", 1), AddTicket(ticket(n)))) for n in range(1, 9)]
    outcomes = await asyncio.gather(*opening)

    opened = [await store.load_ticket(1000 + number) for number in range(1, 9)]
    assert outcomes.count(True) == 4
    assert sorted(one.number for one in opened if one) == [1, 2, 3, 4]


async def test_a_64_bit_id_survives(store: SqlStore) -> None:
    await add(store)
    message = AddMessage(
        id=LARGE, requester_id=1, ticket_id=None, kind=MessageKind.REQUESTER, author="Aiko", text="🙂 入金",
        attachments=(), source=MessageRef(CHAT, str(LARGE)), at=LARGE,
    )  # fmt: skip
    await store.commit((message,))

    assert await store.load_message(LARGE) == message
    assert await store.highest_id() == LARGE


async def test_conversation_and_its_ticket_come_back_as_saved(store: SqlStore) -> None:
    await add(store, 1, AddTicket(ticket(1)))
    held = replace(conversation(1), ticket_id=1001, recent=("a", "b"))
    await store.commit((SaveConversation(held, 3),))
    loaded = await store.load_conversation(conversation(1).chat)

    assert loaded.conversation == held
    assert loaded.ticket == replace(ticket(1), number=1)
    assert await store.find_requester(TELEGRAM, "1") == 1
    assert await store.find_requester(TELEGRAM, "2") is None


async def test_ticket_changes_and_thread_are_independent(store: SqlStore) -> None:
    """Delivery learns the thread while a turn may be saving the ticket: neither overwrites the other."""
    await add(store, 1, AddTicket(ticket(1)))
    stale = await store.load_ticket(1001)
    assert stale
    thread = replace(DESK, thread_id="77")
    await store.commit((SetTicketThread(1001, thread),))
    agent = Agent(PlatformName.DISCORD, "5", "Mika")
    changed = replace(stale, status=TicketStatus.OPEN, language="en", assignee=agent, priority=TicketPriority.LOW)
    await store.commit((SaveTicket(changed),))

    found = await store.find_ticket_by_thread(thread)
    assert found == replace(changed, desk_chat=thread)
    assert [one.number for one in await store.tickets_of(1)] == [1]


async def test_a_ticket_is_found_by_any_message_that_belongs_to_it(store: SqlStore) -> None:
    card = MessageRef(DESK, "31")
    await add(store, 1, AddTicket(ticket(1)), LinkMessage(2001, card, 0, 1001))

    found = await store.find_ticket_by_message(card)
    assert found is not None
    assert found.id == 1001
    assert list(await store.links_of(2001)) == [card]
    assert await store.find_ticket_by_message(MessageRef(DESK, "32")) is None


async def test_within_a_lane_nothing_overtakes(store: SqlStore) -> None:
    other = replace(CHAT, chat_id="other")
    rows = (
        outgoing(1),
        outgoing(2),
        outgoing(3, other, priority=Priority.NEW_TICKET),
        outgoing(4, due_at=99),
    )
    await store.commit(tuple(QueueDelivery(row) for row in rows))

    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10)] == [3, 1]
    await store.commit((MarkSending(1, 0, 11),))
    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10)] == [3]
    assert [row.id for row in await store.interrupted_deliveries()] == [1]
    await store.commit((MarkSent(1, 12),))
    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10)] == [3, 2]
    assert await store.next_due_at(10) == 99


async def test_a_staff_chat_that_is_closed_keeps_nothing_else_waiting(store: SqlStore) -> None:
    """What is no message needs none of its budget; other chats have their own."""
    await add(store, 1, AddTicket(ticket(1)))
    thread = replace(DESK, thread_id="9")
    other = replace(DESK, chat_id="other", thread_id="9")
    rows = (
        outgoing(1, DESK, ticket_id=1001, in_thread=True),
        outgoing(2, thread),
        outgoing(3, other),
        outgoing(4),
        outgoing(5, replace(DESK, thread_id="10"), kind=DeliveryKind.REACT),
    )
    await store.commit(tuple(QueueDelivery(row) for row in rows))

    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10)] == [1, 2, 3, 4, 5]
    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10, [DESK])] == [3, 4, 5]
    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10, [thread, other])] == [4, 5]
    assert list(await store.due_deliveries([], 10, 10)) == []


async def test_a_crowd_of_one_kind_leaves_room_for_the_others(store: SqlStore) -> None:
    crowd = [outgoing(number, replace(CHAT, chat_id=str(number))) for number in range(1, 8)]
    await store.commit(
        (*(QueueDelivery(row) for row in crowd), QueueDelivery(outgoing(9, replace(DESK, thread_id="1"))))
    )

    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 3)] == [1, 2, 3, 9]


async def test_a_row_for_a_ticket_goes_to_the_thread_once_there_is_one(store: SqlStore) -> None:
    thread = replace(DESK, thread_id="77")
    row = outgoing(1, DESK, ticket_id=1001, in_thread=True)
    await add(store, 1, AddTicket(ticket(1)), QueueDelivery(row))
    await store.commit((SetTicketThread(1001, thread),))

    assert [due.chat for due in await store.due_deliveries(EVERYWHERE, 10, 10)] == [thread]


async def test_a_timer_set_anew_replaces_the_earlier_one(store: SqlStore) -> None:
    await store.commit((AddTimer(1, "close", 7, 10), AddTimer(2, "close", 7, 20)))

    assert list(await store.due_timers(19)) == []
    assert [timer.id for timer in await store.due_timers(20)] == [2]
    assert not await store.commit((DropTimer(1),))
    assert await store.commit((DropTimer(2),))


async def test_a_timer_can_be_cleared_whether_there_is_one_or_not(store: SqlStore) -> None:
    await store.commit((AddTimer(1, "clocks", 7, 10), AddTimer(2, "silence", 7, 20), AddTimer(3, "clocks", 8, 30)))

    assert await store.commit((ClearTimer("clocks", 7), ClearTimer("clocks", 9)))
    assert [timer.id for timer in await store.due_timers(30)] == [2, 3]


async def test_a_tickets_time_is_kept_and_what_people_waited_is_read_by_team_the_newest_first(
    store: SqlStore,
) -> None:
    watches = {ClockName.FIRST_RESPONSE: Watch(5, None, 50), ClockName.RESOLUTION: Watch(since=LARGE)}
    timing = Timing(watches=watches, promise=Promise(1, 2), silent_since=3, reminded_at=4, is_raised=True)
    await add(store, 1, AddTicket(ticket(1, timing=timing)))
    kept = await store.load_ticket(1001)
    assert kept
    assert kept.timing == timing
    for number, (team, at, waited) in enumerate(
        [("payments", 10, 7), ("payments", 30, 8), ("payments", 20, 0), ("payments", 40, None), ("trading", 30, 9)], 2
    ):
        answered = ticket(number, team=team, first_response_at=at, waited=waited)
        await add(store, number, AddTicket(answered), SaveTicket(answered))

    assert list(await store.waited("payments", 20, 9)) == [8, 0]
    assert list(await store.waited("payments", 0, 2)) == [8, 0]
    assert list(await store.waited("security", 0, 9)) == []


async def test_a_draft_is_settled_once(store: SqlStore) -> None:
    await add(store)
    draft = AddMessage(
        id=9, requester_id=1, ticket_id=None, kind=MessageKind.DRAFT, author="Mika", text="t", attachments=(),
        source=None, at=1,
    )  # fmt: skip
    await store.commit((draft,))

    assert await store.commit((SettleDraft(9, MessageKind.AGENT, MessageKind.DRAFT),))
    assert not await store.commit((SettleDraft(9, MessageKind.NOTE, MessageKind.DRAFT),))


async def test_the_threads_of_tickets_that_are_not_closed_are_known(store: SqlStore) -> None:
    for number, status in enumerate(
        (TicketStatus.NEW, TicketStatus.SOLVED, TicketStatus.CLOSED, TicketStatus.OPEN), 1
    ):
        await add(store, number)
        await store.commit((AddTicket(ticket(number)),))
        await store.commit((SetTicketThread(1000 + number, replace(DESK, thread_id=f"t{number}")),))
        await store.commit((SaveTicket(ticket(number, status=status)),))
    await add(store, 5, AddTicket(ticket(5)))  # It has no thread yet.

    assert [chat.thread_id for chat in await store.open_threads(DESK)] == ["t4", "t2", "t1"]
    assert (await store.open_threads(DESK))[0] == replace(DESK, thread_id="t4")
    assert await store.open_threads(replace(DESK, chat_id="1")) == []


async def test_the_chats_in_which_something_happened_lately_are_known(store: SqlStore) -> None:
    for number, at in ((1, 30), (2, 10), (3, 20)):
        await add(store, number)
        await store.commit((SaveConversation(conversation(number), at),))

    assert [chat.chat_id for chat in await store.active_chats(TELEGRAM, 20)] == ["1", "3"]
    assert await store.active_chats(PlatformName.DISCORD, 0) == []


async def words(store: SqlStore, id: int = 9, source: MessageRef | None = None) -> AddMessage:
    kept = AddMessage(
        id=id, requester_id=1, ticket_id=None, kind=MessageKind.REQUESTER, author="web:u1", text="first",
        attachments=(), source=source, at=1,
    )  # fmt: skip
    await store.commit((kept,))
    return kept


async def test_a_message_is_found_by_where_it_was_written_and_by_where_it_is_shown(store: SqlStore) -> None:
    await add(store)
    written, shown = MessageRef(CHAT, "5"), MessageRef(DESK, "6")
    kept = await words(store, source=written)
    await store.commit((LinkMessage(9, shown, 0, None),))

    assert await store.find_message(written) == kept
    assert await store.find_message(shown) == kept
    assert await store.find_message(MessageRef(CHAT, "6")) is None


async def test_what_was_written_first_is_kept_until_it_turns_out_to_be_secret(store: SqlStore) -> None:
    await add(store)
    await words(store)
    await store.commit((ReviseMessage(9, "second"),))
    await store.commit((ReviseMessage(9, "third"), WithdrawMessage(9, 7)))
    await store.commit((WithdrawMessage(9, 8),))

    message = await store.load_message(9)
    assert message
    assert (message.text, message.original, message.withdrawn_at) == ("third", "first", 7)
    await store.commit((ReplaceMessage(9, "masked"),))
    message = await store.load_message(9)
    assert message
    assert (message.text, message.original) == ("masked", "")


async def test_a_row_that_was_changed_after_it_was_read_is_not_sent_as_it_was_read(store: SqlStore) -> None:
    await store.commit((QueueDelivery(outgoing(1)),))
    [read] = await store.due_deliveries(EVERYWHERE, 10, 10)
    await store.commit((ReplacePayload(replace(read, content=Content(text="new"))),))

    assert not await store.commit((MarkSending(1, read.revision, 11),))
    [again] = await store.due_deliveries(EVERYWHERE, 10, 10)
    assert again.content == Content(text="new")
    assert await store.commit((MarkSending(1, again.revision, 11),))
    assert not await store.commit((MarkSending(1, again.revision, 12),))


async def test_only_what_has_not_left_can_be_cancelled_and_what_follows_depends_on_that(store: SqlStore) -> None:
    rows = (outgoing(1), outgoing(2, replace(CHAT, chat_id="b")), outgoing(3, replace(CHAT, chat_id="c")))
    await store.commit(tuple(QueueDelivery(row) for row in rows))
    await store.commit((MarkSending(2, 0, 11), MarkSending(3, 0, 11)))
    await store.commit((RetryLater(3, 99, "timed out"),))
    for number in (1, 2, 3):
        behind, instead = outgoing(10 + number), outgoing(20 + number)
        unit = (CancelDelivery(number), QueueFollowUp(behind, number), QueueFollowUp(instead, number, has_left=False))
        await store.commit(unit)

    shown = [row.id for row in await store.deliveries_since(CHAT, None, 3)]
    assert shown == [12, 13, 21]
    assert not await store.commit((MarkSending(1, 0, 12),))


async def test_only_the_latest_of_what_is_shown_waits_and_what_is_on_its_way_keeps_its_place(store: SqlStore) -> None:
    status: dict[str, Any] = {"kind": DeliveryKind.SHOW_STATUS, "content": None}
    elsewhere = replace(CHAT, chat_id="b")
    await store.commit(
        (
            QueueLatest(outgoing(1, **status)),
            QueueLatest(outgoing(2, elsewhere, **status)),
            QueueDelivery(outgoing(3)),
            MarkSending(1, 0, 11),
            QueueLatest(outgoing(4, **status)),
            QueueLatest(outgoing(5, **status)),
        )
    )

    [first] = await store.interrupted_deliveries()
    assert [row.id for row in await store.followers_of(first, 10)] == [3, 5]
    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 10, 10)] == [2]


async def test_tickets_go_along_with_a_staff_chat_that_gets_another_number(store: SqlStore) -> None:
    here, there, elsewhere = (replace(CHAT, chat_id=number) for number in ("-42", "-1001", "-43"))
    await store.commit((AddRequester(1, PERSON, 1),))
    await store.commit(
        (AddTicket(ticket(1, desk_chat=here)), AddTicket(ticket(2, desk_chat=elsewhere, requester_id=1)))
    )
    assert await store.moved(here) == here

    await store.commit((MoveChat(here, there, 7),))

    assert await store.moved(here) == there
    moved, other = await store.load_ticket(1001), await store.load_ticket(1002)
    assert moved is not None
    assert other is not None
    assert (moved.desk_chat, other.desk_chat) == (there, elsewhere)


async def test_a_joined_row_leaves_with_another_and_is_found_there(store: SqlStore) -> None:
    await store.commit(tuple(QueueDelivery(outgoing(number, message_id=100 + number)) for number in (1, 2)))
    [head] = await store.due_deliveries(EVERYWHERE, 10, 10)
    [follower] = await store.followers_of(head, 10)
    unit = (MarkSending(1, head.revision, 11), JoinDelivery(2, follower.revision, 1, 11))

    assert await store.commit(unit)
    assert not await store.commit((JoinDelivery(2, follower.revision, 1, 11),))
    assert [row.id for row in await store.deliveries_of(102)] == [1]
    await store.commit((MarkSent(1, 12), QueueFollowUp(outgoing(3), 2)))
    assert [row.id for row in await store.due_deliveries(EVERYWHERE, 100, 10)] == [3]


async def test_what_was_set_aside_is_kept_with_its_event_until_it_is_done(store: SqlStore) -> None:
    event = StaffDeleted(key="k", at=1, chat=DESK, message=MessageRef(DESK, "1"))
    whole = SetAside(id=1, platform="web", key="k", error_id="e", text="", at=1, event=event)
    alone = SetAside(id=2, platform="web", key="l", error_id="e", text="", at=1)
    await store.commit((whole, alone))

    assert list(await store.set_aside()) == [whole, alone]
    assert list(await store.set_aside(wanted=True)) == []
    await store.commit((WantAside(1),))
    assert list(await store.set_aside(wanted=True)) == [whole]
    await store.commit((KeepAside(1, "f"),))
    assert list(await store.set_aside(wanted=True)) == []
    await store.commit((DropAside(1),))
    assert list(await store.set_aside()) == [alone]


async def test_only_what_was_given_up_is_sent_again(store: SqlStore) -> None:
    await store.commit((QueueDelivery(outgoing(1, message_id=9)),))
    assert not await store.commit((SendAgain(1, 11),))
    await store.commit((MarkSending(1, 0, 11),))
    await store.commit((MarkFailed(1, "blocked", 12),))

    assert list(await store.failed_deliveries_of(9)) == [1]
    assert await store.commit((SendAgain(1, 13),))
    [row] = await store.due_deliveries(EVERYWHERE, 13, 10)
    assert row.attempts == 0
    assert list(await store.failed_deliveries_of(9)) == []


AGENT = Agent(PlatformName.DISCORD, "5", "Mika")
FORGETTING = (
    AddDataRequest(DataRequest(
        id=1, requester_id=1, kind=RequestKind.EXPORT, chat=CHAT, language="en", created_at=1, due_at=2
    )),
    CancelDataRequest(1, RequestKind.ERASE, 1), AwaitRemoval(1, 2, 3), SettleDataRequest(1, RequestState.DONE, 1),
    AddRequesterTimer(1, RequestKind.ERASE, 1, 2), EraseTicket(ticket()), EraseRequester(1), EraseChat(CHAT),
    DropDelivery(1), DropMessage(1), DropUnanswered(1), DropSeen("k"), DropAudit(1),
)  # fmt: skip
SAMPLES: dict[type[Any], Any] = {
    type(one): one
    for one in (
        SeeEvent("k", 1), AddRequester(1, PERSON, 1), SaveConversation(conversation(), 1),
        VerifyIdentity(person=PERSON, account=Account("1", 1), use="u", expires_at=1, at=1),
        CountWrongCode(PERSON, 1, 1),
        AddLookUp(LookUp(1, 1, Query("1", True)), 1), StartLookUp(1, 1), PostponeLookUp(1, 1), DropLookUp(1),
        SettleDraft(1, MessageKind.NOTE, MessageKind.DRAFT),
        AddMessage(
            id=1, requester_id=1, ticket_id=None, kind=MessageKind.NOTE, author="a", text="t", attachments=(),
            source=None, at=1,
        ),
        AddTicket(ticket()), SaveTicket(ticket()), QueueDelivery(outgoing(1)), DropInternalEvent(1), DropTimer(1),
        ClearTimer("clocks", 1),
        AddInternalEvent(TicketOpened(id=1, at=1, ticket_id=1)), AddTimer(1, "lapse", 1, 1),
        AddFeedback(1, "e", "en", 1, 1), AddUnanswered(1, 1, "t", "en", 1), AddAudit(1, 1, AGENT, "take", 1),
        MarkSending(1, 0, 1), MarkSent(1, 1), MarkFailed(1, "blocked", 1), RetryLater(1, 1, "later"),
        LinkMessage(1, MessageRef(CHAT, "1"), 0, None), SetTicketThread(1, DESK), SaveCursor("c", "v", 1),
        MoveChat(DESK, CHAT, 1), PutBack(1, 1), UnfreezeReplies(), PassFreeze(),
        FreezeReplies(Agent(PlatformName.DISCORD, "5", "Mika"), 1),
        SetAside(id=1, platform="web", key="k", error_id="e", text="", at=1),
        ReplaceMessage(1, "t"), ReplaceUnanswered(1, "t", "u"), ReplacePayload(outgoing(1)),
        ReviseMessage(1, "t"), WithdrawMessage(1, 1), QueueFollowUp(outgoing(1), 2), QueueLatest(outgoing(1)),
        CancelDelivery(1), JoinDelivery(1, 0, 2, 1), UnlinkMessage(1), SendAgain(1, 1), WantAside(1),
        KeepAside(1, "f"), DropAside(1), ClaimTicket(ticket(assignee=AGENT)), SeeAgent(AGENT, 1, DESK),
        SaveShift(Shift(agent=AGENT, since=1, seen_at=1)),
        *FORGETTING,
    )
}  # fmt: skip


MIKA, KEN = (Agent(PlatformName.DISCORD, id, name, Standing.MEMBER) for id, name in (("1", "Mika"), ("2", "Ken")))


async def test_a_ticket_is_claimed_once_however_many_want_it_at_once(store: SqlStore) -> None:
    await add(store, 1, AddTicket(ticket()))
    agents = [Agent(PlatformName.DISCORD, str(n), f"Agent {n}", Standing.MEMBER) for n in range(20)]
    claims = [(ClaimTicket(ticket(assignee=one)), SaveCursor(one.user_id, "got it", 1)) for one in agents]
    got = await asyncio.gather(*map(store.commit, claims))

    assert sum(got) == 1
    winner = agents[got.index(True)]
    kept = await store.load_ticket(1001)
    assert kept is not None
    assert kept.assignee == winner
    assert [one.user_id for one in agents if await store.cursor(one.user_id)] == [winner.user_id]


async def test_a_ticket_that_is_done_is_not_claimed(store: SqlStore) -> None:
    await add(store, 1, AddTicket(ticket()), SaveTicket(ticket(status=TicketStatus.SOLVED)))

    assert not await store.commit((ClaimTicket(ticket(assignee=MIKA)),))


async def test_what_nobody_has_and_waits_on_us_is_the_queue_of_its_staff_chat(store: SqlStore) -> None:
    await add(store, 1, AddTicket(ticket(1, waiting_since=7, priority=TicketPriority.URGENT)))
    await add(store, 2, AddTicket(ticket(2)), SaveTicket(ticket(2, status=TicketStatus.OPEN, waiting_since=9)))
    await add(store, 3, AddTicket(ticket(3)), SaveTicket(ticket(3, status=TicketStatus.PENDING)))
    await add(store, 4, AddTicket(ticket(4)), SaveTicket(ticket(4, assignee=MIKA)))
    await add(store, 5, AddTicket(ticket(5, desk_chat=replace(DESK, chat_id="another"))))

    found = await store.waiting(DESK)

    def waiting(number: int, since: int, rank: int = 1) -> Waiting:
        kept: dict[str, Any] = {"number": number, "requester_id": number, "team": "payments", "language": "ja"}
        return Waiting(id=1000 + number, **kept, rank=rank, since=since)

    assert sorted(found, key=lambda one: one.id) == [waiting(1, 7, rank=0), waiting(2, 9)]


async def test_an_agent_is_known_with_duty_and_the_tickets_that_wait_on_us(store: SqlStore) -> None:
    said = Shift(agent=MIKA, duty=Duty.ON, capacity=3, languages=("en", "ja"), since=5, seen_at=6)
    await store.commit((SeeAgent(KEN, 9, DESK), SeeAgent(MIKA, 6, DESK), SaveShift(said)))
    for number, status in enumerate((TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.SOLVED), 1):
        await add(store, number, AddTicket(ticket(number)))
        await store.commit((SaveTicket(ticket(number, status=status, assignee=MIKA)),))

    unsaid = Shift(agent=KEN, since=9, seen_at=9)
    assert await store.shifts(DESK) == [replace(said, busy=1), unsaid]
    assert await store.shifts(replace(DESK, chat_id="another")) == []
    assert [one.number for one in await store.tickets_with(MIKA)] == [1, 2]
    assert await store.tickets_with(KEN) == []


async def test_an_agent_is_at_the_desks_where_they_acted_with_what_they_are_there(store: SqlStore) -> None:
    theirs, lead = replace(DESK, chat_id="theirs"), replace(MIKA, standing=Standing.ADMINISTRATOR)
    await store.commit(
        (SeeAgent(MIKA, 1, replace(DESK, thread_id="7")), SeeAgent(lead, 2, theirs), SeeAgent(KEN, 3, theirs))
    )

    (here,) = await store.shifts(DESK)
    assert here.agent == MIKA
    assert [one.agent for one in await store.shifts(theirs)] == [lead, KEN]
    known = await store.shift(MIKA)
    assert known is not None
    assert (known.agent.user_id, known.since, known.seen_at) == ("1", 1, 2)
    assert await store.shift(replace(KEN, user_id="3")) is None

    await store.commit((MoveChat(theirs, DESK, 4),))
    assert {one.agent.user_id for one in await store.shifts(DESK)} == {"1", "2"}


async def test_an_agent_who_is_seen_again_keeps_what_they_said_of_their_duty(store: SqlStore) -> None:
    await store.commit((SaveShift(Shift(agent=MIKA, duty=Duty.BREAK, since=5, seen_at=5)),))
    renamed = replace(MIKA, name="Mika S.", standing=Standing.ADMINISTRATOR)
    await store.commit((SeeAgent(renamed, 8, DESK),))

    assert await store.shifts(DESK) == [Shift(agent=renamed, duty=Duty.BREAK, since=5, seen_at=8)]


@pytest.mark.parametrize("engine", ["sqlite3", "asyncpg"])
@pytest.mark.parametrize("kind", get_args(Change), ids=lambda kind: kind.__name__)
def test_every_change_has_a_statement_with_its_parameters(kind: type[Any], engine: Any) -> None:
    """A class of changes whose statement lacks or misnames something would fail only when first written."""
    statements = load_statements(engine)
    for name, parameters in calls_of(SAMPLES[kind]):
        assert set(statements[name].order) == set(parameters)


async def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    first = await open_store(tmp_path / "s.sqlite3")
    with pytest.raises(StoreError, match="Another process"):
        await open_store(tmp_path / "s.sqlite3")
    await first.close()
    await (await open_store(tmp_path / "s.sqlite3")).close()


async def test_a_file_that_is_not_a_database_is_refused_in_words(tmp_path: Path) -> None:
    """And leaves no thread behind: the test would hang at the end otherwise."""
    path = tmp_path / "s.sqlite3"
    path.write_text("this is not a database, but it is long enough to be mistaken for one " * 20)
    with pytest.raises(StoreError, match="cannot be used"):
        await open_store(path)
