"""What a freeze of agents' words promises, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from typing import Any

from bot.model import Agent, ChatRef, Content, MessageRef, PlatformName, Standing
from bot.outbox import (
    FreezeReplies,
    MarkSending,
    MarkSent,
    PassFreeze,
    PutBack,
    QueueDelivery,
    UnfreezeReplies,
)
from bot.outgoing import DeliveryKind, Freeze, Outgoing, Priority
from bot.store import SqlStore

CHAT = ChatRef(PlatformName.TELEGRAM, "7")
OTHER = replace(CHAT, chat_id="8")
ORIGIN = MessageRef(ChatRef(PlatformName.DISCORD, "9"), "77")
LEAD = Agent(PlatformName.DISCORD, "5", "Mika", Standing.ADMINISTRATOR)


def row(number: int, chat: ChatRef = CHAT, **changed: Any) -> Outgoing:
    return Outgoing(
        id=number, chat=chat, priority=Priority.REQUESTER, due_at=10, message_id=number,
        **{"kind": DeliveryKind.SEND, "content": Content(text="words"), **changed},
    )  # fmt: skip


async def due(store: SqlStore) -> list[int]:
    return [one.id for one in await store.due_deliveries(tuple(PlatformName), 20, 99)]


async def test_while_agents_words_are_frozen_the_bots_own_answers_pass_them(store: SqlStore) -> None:
    """Afterwards they go in their order; whoever froze first is who is named."""
    agents, bots, more = row(1, origin=ORIGIN), row(2), row(3, origin=ORIGIN)
    assert await store.commit((QueueDelivery(agents), QueueDelivery(bots), QueueDelivery(more)))
    assert await due(store) == [1]

    assert await store.commit((FreezeReplies(LEAD, 7),))
    assert await store.commit((FreezeReplies(replace(LEAD, user_id="6"), 8),))
    assert await store.freeze() == Freeze(LEAD, 7)
    assert await due(store) == [2]
    await store.commit((MarkSending(2, 0, 9), MarkSent(2, 9)))
    assert await due(store) == []

    assert await store.commit((UnfreezeReplies(),))
    assert await store.freeze() is None
    assert await due(store) == [1]


async def test_a_freeze_refuses_what_was_read_before_it_and_is_claimed_after_it(store: SqlStore) -> None:
    await store.commit((QueueDelivery(row(1, origin=ORIGIN)),))
    assert await due(store) == [1]
    await store.commit((FreezeReplies(LEAD, 7),))

    assert not await store.commit((PassFreeze(), MarkSending(1, 0, 8)))
    await store.commit((UnfreezeReplies(),))
    assert await store.commit((PassFreeze(), MarkSending(1, 0, 9)))


async def test_no_claim_succeeds_once_a_freeze_has_returned(store: SqlStore) -> None:
    """However many are under way at that moment."""
    rows = [row(number, replace(CHAT, chat_id=str(number)), origin=ORIGIN) for number in range(1, 61)]
    await store.commit(tuple(map(QueueDelivery, rows)))
    is_frozen = False
    late: list[bool] = []

    async def claim(one: Outgoing) -> None:
        was_frozen = is_frozen
        done = await store.commit((PassFreeze(), MarkSending(one.id, 0, 8)))
        if was_frozen:
            late.append(done)

    async def freeze() -> None:
        nonlocal is_frozen
        await store.commit((FreezeReplies(LEAD, 7),))
        is_frozen = True

    early = [asyncio.create_task(claim(one)) for one in rows[:30]]
    freezing = asyncio.create_task(freeze())
    for one in rows[30:]:
        await claim(one)
    await asyncio.gather(freezing, *early)

    assert late
    assert not any(late)


async def test_taking_back_goes_on_while_words_are_frozen_but_never_ahead_of_them(store: SqlStore) -> None:
    sent, waiting = row(1, origin=ORIGIN), row(3, OTHER, origin=ORIGIN)
    deletion = replace(sent, id=2, kind=DeliveryKind.DELETE, content=None)
    behind = replace(waiting, id=4, kind=DeliveryKind.DELETE, content=None)
    await store.commit((QueueDelivery(sent), MarkSending(1, 0, 5), MarkSent(1, 6), FreezeReplies(LEAD, 7)))
    await store.commit(tuple(map(QueueDelivery, (deletion, waiting, behind))))

    assert await due(store) == [2]


async def test_what_is_put_back_was_not_tried(store: SqlStore) -> None:
    await store.commit((QueueDelivery(row(1, origin=ORIGIN)), MarkSending(1, 0, 5), PutBack(1, 6)))

    (found,) = await store.due_deliveries(tuple(PlatformName), 20, 9)
    assert found.attempts == 0
