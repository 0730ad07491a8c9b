"""What waits behind one another leaves as one message; nothing of it is lost, repeated, or beyond correction."""

import asyncio
from typing import Any

from bot.joining import MOST_FILES, MOST_LETTERS, revised
from bot.model import Content, Markup, PlatformName
from bot.outbox import QueueFollowUp, ReplacePayload
from bot.outgoing import DeliveryKind, Priority
from bot.ports import Receipt, TryLater
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import ORIGIN, STAFF, Depot, file, until

MINUTE = 60
OTHER = PlatformName.DISCORD
"""Where the files come from."""


def said(text: str, **changed: Any) -> dict[str, Any]:
    """A requester's words on the way to the desk."""
    content = Content(text=text, markup=Markup.PLAIN, author="Aiko", **changed)
    return {"content": content, "in_thread": True, "priority": Priority.REQUESTER}


async def gated(depot: Depot, ticket: int) -> tuple[int, asyncio.Event]:
    """A row that holds up the lane until the gate is opened."""
    gate = asyncio.Event()
    first = await depot.queue(STAFF, ticket_id=ticket, **said("first"))
    depot.telegram.answers[first] = [gate]
    return first, gate


def texts(depot: Depot) -> list[str]:
    return [one.outgoing.content.text for one in depot.telegram.deliveries if one.outgoing.content]


async def test_words_that_had_to_wait_leave_as_one_message_that_belongs_to_each_of_them(
    depot: Depot, at_work: AtWork
) -> None:
    ticket = await depot.ticket()
    first, gate = await gated(depot, ticket)
    async with at_work() as courier:
        await until(lambda: first in depot.telegram.tried)
        waiting = [await depot.queue(STAFF, ticket_id=ticket, **said(text)) for text in ("a", "b", "c")]
        gate.set()
        await courier.settled()

    assert texts(depot) == ["first", "a\nb\nc"]
    assert [depot.state(row) for row in waiting] == ["sent", "joined", "joined"]
    links = [await depot.store.links_of(row) for row in waiting]
    assert links[0]
    assert links[0] == links[1] == links[2]


async def test_only_what_belongs_together_is_joined(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    first, gate = await gated(depot, ticket)
    rows = [
        said("a"),
        said("with a file", attachments=(file("f"),)),
        said("b"),
        said(
            "answers something",
        )
        | {"quoted_id": 7},
        {"content": Content(text="a notice"), "in_thread": True},
        said("c" * MOST_LETTERS),
        said("d"),
    ]
    depot.platforms[OTHER].files["f"] = [b"%PDF-1.7"]
    async with at_work() as courier:
        await until(lambda: first in depot.telegram.tried)
        for row in rows:
            await depot.queue(STAFF, ticket_id=ticket, **row)
        gate.set()
        await courier.settled()

    assert texts(depot)[1:] == [row["content"].text for row in rows]


async def test_the_parts_of_an_album_wait_for_one_another_and_leave_as_one(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    depot.platforms[OTHER].files["f"] = [b"x"]
    due_at = depot.clock.now() + 1_000_000
    async with at_work() as courier:
        for number in range(MOST_FILES + 1):
            part = said("caption" if number == 0 else "", attachments=(file("f"),))
            await depot.queue(STAFF, ticket_id=ticket, album="g1", due_at=due_at, **part)
        await courier.settled()
        assert not depot.telegram.tried
        depot.clock.forward(1)
        await courier.settled()

    shown = [one.outgoing.content for one in depot.telegram.deliveries]
    assert [len(content.attachments) for content in shown if content] == [MOST_FILES, 1]
    assert [content.text for content in shown if content] == ["caption", ""]


async def test_an_attempt_that_failed_is_repeated_with_the_same_words(depot: Depot, at_work: AtWork) -> None:
    """The platform knows it by one nonce: what it shows must not grow in between."""
    ticket = await depot.ticket()
    first, gate = await gated(depot, ticket)
    async with at_work() as courier:
        await until(lambda: first in depot.telegram.tried)
        head = await depot.queue(STAFF, ticket_id=ticket, **said("a"))
        await depot.queue(STAFF, ticket_id=ticket, **said("b"))
        depot.telegram.answers[head] = [TryLater("cut")]
        gate.set()
        await until(lambda: head in depot.telegram.tried)
        await depot.queue(STAFF, ticket_id=ticket, **said("c"))
        await courier.settled()
        depot.clock.forward(MINUTE)
        await courier.settled()

    assert texts(depot) == ["first", "a\nb", "a\nb", "c"]


async def test_a_crash_in_the_middle_repeats_the_joined_message_and_not_its_parts(
    depot: Depot, at_work: AtWork
) -> None:
    ticket = await depot.ticket()
    first, gate = await gated(depot, ticket)
    async with at_work() as courier:
        await until(lambda: first in depot.telegram.tried)
        head = await depot.queue(STAFF, ticket_id=ticket, **said("a"))
        await depot.queue(STAFF, ticket_id=ticket, **said("b"))
        depot.telegram.answers[head] = [asyncio.Event()]
        gate.set()
        await until(lambda: head in depot.telegram.tried)
        lost = courier
    assert depot.state(head) == "sending"
    depot.telegram.known[head] = None
    async with at_work() as courier:
        await courier.settled()

    assert lost is not courier
    assert depot.telegram.asked == [head]
    assert texts(depot) == ["first", "a\nb", "a\nb"]


async def test_a_change_of_one_part_shows_the_others_too(depot: Depot, at_work: AtWork) -> None:
    """Also if it was queued without knowing that the part had just been joined to another one."""
    ticket = await depot.ticket()
    first, gate = await gated(depot, ticket)
    async with at_work() as courier:
        await until(lambda: first in depot.telegram.tried)
        _, part = [await depot.queue(STAFF, ticket_id=ticket, **said(text)) for text in ("a", "b")]
        gate.set()
        await courier.settled()
        new = said("B")
        edit = depot.row(STAFF, kind=DeliveryKind.EDIT, ticket_id=ticket, message_id=part, **new)
        await depot.commit(QueueFollowUp(edit, part))
        courier.wake()
        await courier.settled()

    assert texts(depot) == ["first", "a\nb", "a\nB"]


async def test_what_is_changed_while_it_waits_leaves_as_it_reads_then(depot: Depot, at_work: AtWork) -> None:
    row = depot.row("a")
    await depot.queue("a")
    await depot.queue("a", **{"id": row.id, "message_id": row.id})
    changed = revised(row, row.id, Content(text="new"))
    assert changed
    await depot.commit(ReplacePayload(changed))
    async with at_work() as courier:
        await courier.settled()

    assert "new" in texts(depot)
    assert f"words {row.id}" not in texts(depot)


async def test_an_albums_reply_is_marked_once(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    depot.platforms[OTHER].files["f"] = [b"x"]
    album = {"ticket_id": ticket, "album": "g", "origin": ORIGIN}
    for _ in range(3):
        await depot.queue("a", **album, content=Content(text="", attachments=(file("f"),)))
    depot.telegram.answers[0] = [Receipt()]
    async with at_work() as courier:
        await courier.settled()

    assert len(depot.told) == 1
