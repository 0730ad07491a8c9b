"""What is stored of proved accounts, on every engine: the same on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace

import pytest

from bot.accounts import Account, Standing
from bot.changes import AddRequester, AddTicket, Change, CountWrongCode, SaveConversation, SaveTicket, VerifyIdentity
from bot.model import Conversation
from bot.ports import Store
from tests.contracts import test_store
from tests.contracts.test_store import CHAT, PERSON, ticket

url, store = test_store.url, test_store.store
ACCOUNT = Account("12345678", 90_000_000)
DAY = 86_400_000_000


def proved(number: int = 1, use: str = "u", at: int = 5, expires_at: int = 10) -> VerifyIdentity:
    person = replace(PERSON, user_id=str(number))
    return VerifyIdentity(person=person, account=ACCOUNT, use=use, expires_at=expires_at, at=at)


async def add(store: Store, number: int, *more: Change) -> None:
    chat = replace(CHAT, chat_id=str(number))
    talk = Conversation(id=number, requester_id=number, chat=chat, person=PERSON, language="ja")
    person = replace(PERSON, user_id=str(number))
    assert await store.commit((AddRequester(number, person, 1), *more, SaveConversation(talk, 2)))


async def standing(store: Store, number: int = 1) -> Standing:
    return (await store.load_conversation(replace(CHAT, chat_id=str(number)))).standing


async def test_somebody_new_has_proved_nothing(store: Store) -> None:
    assert await standing(store) == Standing()
    await add(store, 1)
    assert await standing(store) == Standing()


async def test_a_proved_account_is_loaded_with_the_conversation(store: Store) -> None:
    """Also where the code is the first thing that somebody ever sends; and nobody else has it."""
    await add(store, 1, proved())
    await add(store, 2)

    assert await standing(store, 1) == Standing(ACCOUNT)
    assert await standing(store, 2) == Standing()


async def test_a_code_is_used_once_and_the_second_unit_writes_nothing(store: Store) -> None:
    await add(store, 1)
    await add(store, 2)
    assert not await store.is_code_used("u")
    outcomes = await asyncio.gather(store.commit((proved(1),)), store.commit((proved(2),)))

    assert sorted(outcomes) == [False, True]
    assert await store.is_code_used("u")
    assert [(await standing(store, number)).account for number in (1, 2)].count(ACCOUNT) == 1


async def test_a_code_is_remembered_for_a_day_after_it_has_expired(store: Store) -> None:
    await add(store, 1, proved(use="old", expires_at=10))
    assert await store.commit((proved(use="next", at=10 + DAY, expires_at=20 + DAY),))
    assert await store.is_code_used("old")
    assert await store.commit((proved(use="last", at=11 + DAY, expires_at=20 + DAY),))
    assert not await store.is_code_used("old")
    assert await store.is_code_used("next")


async def test_wrong_codes_are_counted_until_one_is_right(store: Store) -> None:
    await add(store, 1, CountWrongCode(replace(PERSON, user_id="1"), 3, 77))
    assert await standing(store) == Standing(None, 3, 77)
    assert await store.commit((proved(),))
    assert (await standing(store)).wrong_codes == 0


@pytest.mark.parametrize("first", [None, ACCOUNT])
async def test_a_ticket_keeps_the_account_that_was_proved(store: Store, first: Account | None) -> None:
    await add(store, 1, AddTicket(ticket(1, account=first)))
    opened = await store.load_ticket(1001)
    assert opened is not None
    assert opened.account == first

    for account in (ACCOUNT, None):
        assert await store.commit((SaveTicket(replace(opened, account=account)),))
        kept = await store.load_ticket(1001)
        assert kept is not None
        assert kept.account == account
