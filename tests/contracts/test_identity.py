"""What is stored of proved accounts, on every engine: the same on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace

import pytest

from bot.account_changes import AddLookUp, CountWrongCode, DropLookUp, PostponeLookUp, StartLookUp, VerifyIdentity
from bot.accounts import Account, Facts, KycState, Lock, LookUp, Query, Standing
from bot.changes import AddRequester, AddTicket, Change, SaveConversation, SaveTicket
from bot.forgetting import EraseTicket
from bot.model import Conversation
from bot.store import SqlStore
from tests.contracts.test_store import CHAT, PERSON, ticket

ACCOUNT = Account("12345678", 90_000_000)
DAY = 86_400_000_000


def proved(number: int = 1, use: str = "u", at: int = 5, expires_at: int = 10) -> VerifyIdentity:
    person = replace(PERSON, user_id=str(number))
    return VerifyIdentity(person=person, account=ACCOUNT, use=use, expires_at=expires_at, at=at)


async def add(store: SqlStore, number: int, *more: Change) -> None:
    chat = replace(CHAT, chat_id=str(number))
    talk = Conversation(id=number, requester_id=number, chat=chat, person=PERSON, language="ja")
    person = replace(PERSON, user_id=str(number))
    assert await store.commit((AddRequester(number, person, 1), *more, SaveConversation(talk, 2)))


async def standing(store: SqlStore, number: int = 1) -> Standing:
    return (await store.load_conversation(replace(CHAT, chat_id=str(number)))).standing


async def test_somebody_new_has_proved_nothing(store: SqlStore) -> None:
    assert await standing(store) == Standing()
    await add(store, 1)
    assert await standing(store) == Standing()


async def test_a_proved_account_is_loaded_with_the_conversation(store: SqlStore) -> None:
    """Also where the code is the first thing that somebody ever sends; and nobody else has it."""
    await add(store, 1, proved())
    await add(store, 2)

    assert await standing(store, 1) == Standing(ACCOUNT)
    assert await standing(store, 2) == Standing()


async def test_a_code_is_used_once_and_the_second_unit_writes_nothing(store: SqlStore) -> None:
    await add(store, 1)
    await add(store, 2)
    assert not await store.is_code_used("u")
    outcomes = await asyncio.gather(store.commit((proved(1),)), store.commit((proved(2),)))

    assert sorted(outcomes) == [False, True]
    assert await store.is_code_used("u")
    assert [(await standing(store, number)).account for number in (1, 2)].count(ACCOUNT) == 1


async def test_a_code_is_remembered_for_a_day_after_it_has_expired(store: SqlStore) -> None:
    await add(store, 1, proved(use="old", expires_at=10))
    assert await store.commit((proved(use="next", at=10 + DAY, expires_at=20 + DAY),))
    assert await store.is_code_used("old")
    assert await store.commit((proved(use="last", at=11 + DAY, expires_at=20 + DAY),))
    assert not await store.is_code_used("old")
    assert await store.is_code_used("next")


async def test_wrong_codes_are_counted_until_one_is_right(store: SqlStore) -> None:
    await add(store, 1, CountWrongCode(replace(PERSON, user_id="1"), 3, 77))
    assert await standing(store) == Standing(None, 3, 77)
    assert await store.commit((proved(),))
    assert (await standing(store)).wrong_codes == 0


@pytest.mark.parametrize("first", [None, ACCOUNT])
async def test_a_ticket_keeps_the_account_that_was_proved(store: SqlStore, first: Account | None) -> None:
    await add(store, 1, AddTicket(ticket(1, account=first)))
    opened = await store.load_ticket(1001)
    assert opened is not None
    assert opened.account == first

    for account in (ACCOUNT, None):
        assert await store.commit((SaveTicket(replace(opened, account=account)),))
        kept = await store.load_ticket(1001)
        assert kept is not None
        assert kept.account == account


async def test_a_ticket_keeps_what_the_exchange_says(store: SqlStore) -> None:
    await add(store, 1, AddTicket(ticket(1)))
    opened = await store.load_ticket(1001)
    assert opened is not None
    assert opened.facts is None

    facts = Facts(account="1", tier="2", kyc_state=KycState.PASSED, locks=(Lock.WITHDRAWALS,))
    assert await store.commit((SaveTicket(replace(opened, facts=facts)),))
    kept = await store.load_ticket(1001)
    assert kept is not None
    assert kept.facts == facts


async def test_a_question_is_due_until_it_is_started_and_gone_when_it_has_an_answer(store: SqlStore) -> None:
    asked = LookUp(5, 1001, Query("1", True, (("asset", "USDT"),)))
    assert await store.commit((AddLookUp(asked, 10),))
    assert await store.due_look_ups(9, 5) == []
    assert await store.next_due_at(9) == 10
    assert await store.due_look_ups(10, 5) == [asked]

    assert await store.commit((StartLookUp(5, 40),))
    assert await store.due_look_ups(39, 5) == []
    assert await store.due_look_ups(40, 5) == [replace(asked, attempts=1)]
    assert await store.commit((PostponeLookUp(5, 50),))
    assert await store.due_look_ups(49, 5) == []
    assert await store.next_due_at(50) is None

    assert await store.commit((DropLookUp(5),))
    assert not await store.commit((DropLookUp(5),))
    assert not await store.commit((StartLookUp(5, 60),))


async def test_a_newer_question_takes_the_place_of_the_older_one(store: SqlStore) -> None:
    assert await store.commit((AddLookUp(LookUp(5, 1001, Query("1", False)), 10), StartLookUp(5, 40)))
    newer = LookUp(6, 1001, Query("2", True))
    assert await store.commit((AddLookUp(newer, 20),))

    assert await store.due_look_ups(100, 5) == [newer]
    assert not await store.commit((DropLookUp(5),))
    assert await store.highest_id() >= 6


async def test_erasing_a_ticket_takes_the_account_what_was_said_of_it_and_the_question(store: SqlStore) -> None:
    facts = Facts(account="1", tier="2")
    asked = AddLookUp(LookUp(5, 1001, Query("1", True)), 10)
    await add(store, 1, AddTicket(ticket(1, account=ACCOUNT)), asked)
    opened = await store.load_ticket(1001)
    assert opened is not None
    assert await store.commit((SaveTicket(replace(opened, facts=facts)),))
    assert await store.commit((EraseTicket(replace(opened, facts=facts, erased_at=9)),))

    erased = await store.load_ticket(1001)
    assert erased is not None
    assert (erased.account, erased.facts) == (None, None)
    assert await store.due_look_ups(100, 5) == []
