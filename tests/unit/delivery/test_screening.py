"""Files on their way out: looked at, cleaned, left out with a word to both sides, or waiting."""

import asyncio
from pathlib import Path
from typing import Any

from bot.internal_events import FilesHeld, InternalEvent, ReplyFailed
from bot.model import Attachment, AttachmentKind, Content
from bot.outgoing import DeliveryKind, Priority
from bot.ports import NeverDelivered, TryLater
from tests.samples import PDF, PLACE, jpeg, png, zipped
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import DISCORD, ORIGIN, STAFF, TELEGRAM, Depot, file, until

MEGABYTE = 1024 * 1024


async def from_requester(depot: Depot, *files: Attachment, text: str = "look", **more: Any) -> int:
    """A requester's message on its way to the desk."""
    values = {"ticket_id": await depot.ticket(), "in_thread": True, "priority": Priority.REQUESTER} | more
    return await depot.queue(STAFF, content=Content(text=text, attachments=files), **values)


async def deliver(depot: Depot, at_work: AtWork) -> None:
    async with at_work() as courier:
        await courier.settled()


def held(events: list[InternalEvent]) -> list[tuple[str, str, int]]:
    return [
        (one.name, one.why, one.limit_mb) for event in events if isinstance(event, FilesHeld) for one in event.files
    ]


def shown(depot: Depot) -> list[Attachment]:
    return [
        one
        for delivery in depot.telegram.deliveries
        if delivery.outgoing.content
        for one in delivery.outgoing.content.attachments
    ]


async def test_a_file_that_is_what_it_should_be_goes_by_its_handle(depot: Depot, at_work: AtWork) -> None:
    depot.telegram.files["h"] = [PDF]
    await from_requester(depot, file("h", platform=TELEGRAM))
    await deliver(depot, at_work)

    [pdf] = shown(depot)
    assert (pdf.handle, pdf.is_changed, pdf.content_type, pdf.name) == ("h", False, "application/pdf", "f.pdf")
    assert depot.told == []


async def test_a_photo_loses_its_notes_on_the_way(depot: Depot, at_work: AtWork) -> None:
    depot.telegram.files["h"] = [jpeg(6)]
    await from_requester(depot, file("h", platform=TELEGRAM))
    await deliver(depot, at_work)

    [photo], [content] = shown(depot), depot.telegram.fetched
    assert (photo.is_changed, photo.name, photo.content_type) == (True, "f.jpg", "image/jpeg")
    assert photo.size == len(content)
    assert PLACE not in content


async def test_what_claims_to_be_a_photo_is_shown_as_what_it_is(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files["h"] = [PDF]
    photo = Attachment(
        platform=DISCORD, kind=AttachmentKind.PHOTO, handle="h", name="a.png", content_type="image/png"
    )
    await from_requester(depot, photo)
    await deliver(depot, at_work)

    [pdf] = shown(depot)
    assert (pdf.kind, pdf.name, pdf.is_changed) == (AttachmentKind.DOCUMENT, "a.pdf", True)


async def test_words_arrive_without_a_file_that_is_held(depot: Depot, at_work: AtWork) -> None:
    files = depot.platforms[DISCORD].files
    files |= {"bad": [zipped(a=b"")], "good": [png()]}
    row = await from_requester(depot, file("bad"), file("good"))
    await deliver(depot, at_work)

    assert depot.state(row) == "sent"
    assert [one.handle for one in shown(depot)] == ["good"]
    assert held(depot.told) == [("f.pdf", "archive", 0)]


async def test_a_message_of_nothing_but_held_files_says_so(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files["bad"] = [b"MZ"]
    row = await from_requester(depot, file("bad"), text="")
    await deliver(depot, at_work)

    assert depot.states()[row][::2] == ("failed", "file_held")
    assert depot.telegram.tried == []
    assert held(depot.told) == [("f.pdf", "program", 0)]


async def test_a_large_file_is_not_even_begun(depot: Depot, at_work: AtWork) -> None:
    await from_requester(depot, file("absent", size=20 * MEGABYTE + 1))
    await deliver(depot, at_work)

    assert held(depot.told) == [("f.pdf", "too_large", 20)]
    assert len(depot.telegram.taken) == 1


async def test_a_file_too_large_for_where_it_goes_leaves_its_words_behind(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files |= {"small": [PDF], "large": [b"a" * (11 * MEGABYTE)]}
    row = await from_requester(depot, file("small"), file("large"))
    depot.telegram.answers[row] = [NeverDelivered("too_large", limit=10 * MEGABYTE)]
    await deliver(depot, at_work)

    assert depot.state(row) == "sent"
    assert depot.telegram.fetched == [PDF]
    assert held(depot.told) == [("f.txt", "too_large", 10)]


async def test_what_its_platform_no_longer_has_is_said_to_both(depot: Depot, at_work: AtWork) -> None:
    row = await from_requester(depot, file("h", platform=DISCORD))
    del depot.platforms[DISCORD]
    await deliver(depot, at_work)

    assert depot.state(row) == "sent"
    assert held(depot.told) == [("f.pdf", "gone", 0)]


async def test_a_staff_chat_in_trouble_is_not_the_files_fault(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files["h"] = [PDF]
    row = await from_requester(depot, file("h"))
    depot.telegram.answers[row] = [NeverDelivered("forbidden")]
    async with at_work():
        await until(lambda: depot.state(row) == "queued" and depot.states()[row][1] == 1)

    assert held(depot.told) == []


async def test_half_a_reply_is_never_sent(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files |= {"bad": [zipped(a=b"")], "good": [png()]}
    content = Content(text="see both", attachments=(file("bad"), file("good")))
    await depot.queue("a", content=content, ticket_id=await depot.ticket(), origin=ORIGIN)
    await deliver(depot, at_work)

    failed, told = depot.told
    assert isinstance(failed, ReplyFailed)
    assert isinstance(told, FilesHeld)
    assert (failed.reason, told.is_reply, depot.telegram.tried) == ("file_held", True, [])


async def test_an_edit_shows_the_same_files_and_says_nothing_again(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files["bad"] = [zipped(a=b"")]
    await from_requester(depot, file("bad"), text="new words", kind=DeliveryKind.EDIT)
    await deliver(depot, at_work)

    assert shown(depot) == []
    assert depot.told == []


async def test_what_the_scanner_finds_is_held(depot: Depot, at_work: AtWork) -> None:
    async def scan(path: Path) -> str:
        is_bad = await asyncio.to_thread(path.read_bytes) == PDF
        return "Eicar-Signature" if is_bad else ""

    depot.scan = scan
    depot.platforms[DISCORD].files |= {"bad": [PDF], "good": [png()]}
    await from_requester(depot, file("bad"), file("good"))
    await deliver(depot, at_work)

    assert [one.handle for one in shown(depot)] == ["good"]
    assert held(depot.told) == [("f.pdf", "infected", 0)]


async def test_nothing_passes_while_the_scanner_is_away(depot: Depot, at_work: AtWork) -> None:
    answers: list[str | TryLater] = [TryLater("away"), TryLater("away"), "", TryLater("away"), ""]
    gate = asyncio.Event()

    async def scan(path: Path) -> str:
        answer = answers.pop(0)
        if isinstance(answer, TryLater):
            raise answer
        gate.set()
        return answer

    depot.scan = scan
    depot.platforms[DISCORD].files["h"] = [PDF]
    row = await from_requester(depot, file("h"))
    async with at_work() as courier:
        await until(lambda: depot.states()[row][:2] == ("queued", 1))
        depot.clock.forward(10)
        courier.wake()
        await until(lambda: depot.states()[row][:2] == ("queued", 2))
        assert depot.telegram.tried == []
        depot.clock.forward(10)
        courier.wake()
        await until(lambda: depot.state(row) == "sent")
        assert depot.scanner_away == 1
        again = await from_requester(depot, file("h"))
        courier.wake()
        await until(lambda: depot.states()[again][:2] == ("queued", 1))

    assert gate.is_set()
    assert depot.scanner_away == 2
