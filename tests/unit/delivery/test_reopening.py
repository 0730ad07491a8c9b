"""A thread that somebody deleted is made anew, and what was on its way there arrives."""

from typing import Any

from bot.model import ChatRef, Content, MessageRef
from bot.outgoing import DeliveryKind, Priority
from bot.ports import NeverDelivered, Receipt
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import STAFF, TELEGRAM, Depot

NEW = ChatRef(TELEGRAM, STAFF.chat_id, "88")


async def with_card(depot: Depot) -> int:
    """A ticket whose card was posted and changed since."""
    ticket = await depot.ticket()
    card: dict[str, Any] = {"ticket_id": ticket, "message_id": ticket, "in_thread": True, "title": "#1"}
    for kind, text in ((DeliveryKind.OPEN_THREAD, "new"), (DeliveryKind.EDIT, "taken")):
        await depot.queue(STAFF, **card, kind=kind, content=Content(text=text))
    return ticket


async def test_the_words_arrive_in_a_new_thread_below_the_card_as_it_is_now(depot: Depot, at_work: AtWork) -> None:
    ticket = await with_card(depot)
    async with at_work() as courier:
        await courier.settled()
        row = await depot.queue(STAFF, ticket_id=ticket, in_thread=True, priority=Priority.REQUESTER)
        opened = Receipt((MessageRef(NEW, "900"),), NEW)
        depot.telegram.answers[row] = [NeverDelivered("chat_gone")]
        depot.telegram.answers[0] = [opened]
        behind = await depot.queue(STAFF, ticket_id=ticket, in_thread=True)
        await courier.settled()

    gone, opening, words, last = depot.telegram.deliveries[-4:]
    assert gone.outgoing.chat.thread_id == "9"
    assert (opening.outgoing.kind, opening.outgoing.title) == (DeliveryKind.OPEN_THREAD, "#1")
    assert opening.outgoing.content == Content(text="taken")
    assert [words.outgoing.id, last.outgoing.id] == [row, behind]
    assert {words.outgoing.chat, last.outgoing.chat} == {NEW}
    assert list(await depot.store.links_of(ticket)) == [MessageRef(NEW, "900")]


async def test_a_requesters_chat_that_is_gone_is_not_made_anew(depot: Depot, at_work: AtWork) -> None:
    ticket = await with_card(depot)
    async with at_work() as courier:
        await courier.settled()
        row = await depot.queue("a", ticket_id=ticket)
        depot.telegram.answers[row] = [NeverDelivered("chat_gone")]
        await courier.settled()

    assert depot.states()[row] == ("failed", 1, "chat_gone")
    assert [one.outgoing.kind for one in depot.telegram.deliveries].count(DeliveryKind.OPEN_THREAD) == 1
