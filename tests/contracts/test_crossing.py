"""Whose words an agent may not have seen: on both engines."""

import pytest

from bot.changes import AddMessage, AddTicket, MessageKind
from bot.model import Agent, PlatformName
from bot.outbox import MarkSending, MarkSent, QueueDelivery
from bot.outgoing import DeliveryKind, Priority
from bot.staffing import Crossing
from bot.store import SqlStore
from tests.contracts.test_store import DESK, add, outgoing, ticket

MIKA, KEN = (Agent(PlatformName.DISCORD, id, name) for id, name in (("1", "Mika"), ("2", "Ken")))


def answer(author: Agent, at: int, kind: MessageKind = MessageKind.AGENT) -> AddMessage:
    return AddMessage(
        id=at, requester_id=1, ticket_id=1001, kind=kind, author=f"{author.platform}:{author.user_id}", text="t",
        attachments=(), source=None, at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (answer(KEN, 100), Crossing.COLLEAGUE),
        (answer(KEN, 99), None),
        (answer(MIKA, 100), None),
        (answer(KEN, 100, MessageKind.NOTE), None),
        (answer(KEN, 100, MessageKind.DRAFT), None),
    ],
)
async def test_a_colleague_who_answered_lately_is_crossed(
    store: SqlStore, said: AddMessage, found: Crossing | None
) -> None:
    await add(store, 1, AddTicket(ticket()), said)

    assert await store.crossing(ticket(), MIKA, since=100) is found


async def test_a_requester_whose_words_are_not_at_the_desk_yet_is_crossed(store: SqlStore) -> None:
    await add(store, 1, AddTicket(ticket()), QueueDelivery(outgoing(7, DESK, ticket_id=1001)))
    assert await store.crossing(ticket(), MIKA, since=100) is Crossing.REQUESTER

    await store.commit((MarkSending(7, 0, 11),))
    assert await store.crossing(ticket(), MIKA, since=100) is Crossing.REQUESTER

    await store.commit((MarkSent(7, 12),))
    assert await store.crossing(ticket(), MIKA, since=100) is None


async def test_what_is_on_its_way_to_the_requester_or_is_not_theirs_crosses_nobody(store: SqlStore) -> None:
    rows = (
        outgoing(7, ticket_id=1001),
        outgoing(8, DESK, ticket_id=1001, priority=Priority.NOTICE),
        outgoing(9, DESK, ticket_id=1001, kind=DeliveryKind.EDIT),
        outgoing(10, DESK, ticket_id=1002),
    )
    await add(store, 1, AddTicket(ticket()), *(QueueDelivery(row) for row in rows))

    assert await store.crossing(ticket(), MIKA, since=100) is None
