"""A requester to whom a file is on its way sees that somebody is at it; nothing ever waits for that."""

import asyncio
from typing import Any, cast

import pytest

from bot.delivery.at_work import AFTER_SECONDS, EVERY_SECONDS, shown_at_work
from bot.model import AttachmentKind, ChatRef, Content
from bot.outgoing import DeliveryKind, Outgoing
from bot.ports import Platform
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import DISCORD, TELEGRAM, Depot, FakePlatform, file, until

REQUESTER = ChatRef(TELEGRAM, "a")


class Pauses:
    """Lets so many pass, and tells when it has; what comes then waits for ever."""

    def __init__(self, many: int) -> None:
        self.seconds: list[float] = []
        self.are_over = asyncio.Event()
        self._many = many

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) > self._many:
            self.are_over.set()
            await asyncio.Event().wait()


def row(depot: Depot, **changed: Any) -> Outgoing:
    return depot.row(REQUESTER, **{"content": Content(text="", attachments=(file("f-1"),)), **changed})


@pytest.mark.parametrize("is_rude", [False, True])
async def test_it_is_shown_as_long_as_the_file_is_on_its_way(depot: Depot, is_rude: bool) -> None:
    platform, pauses = FakePlatform(), Pauses(3)
    platform.is_rude = is_rude
    async with shown_at_work(cast("Platform", platform), row(depot), pauses):
        await pauses.are_over.wait()

    assert platform.shown == [(REQUESTER, AttachmentKind.DOCUMENT)] * 3
    assert pauses.seconds == [AFTER_SECONDS, EVERY_SECONDS, EVERY_SECONDS, EVERY_SECONDS]


@pytest.mark.parametrize(
    "changed",
    [{"content": Content(text="words")}, {"in_thread": True}, {"kind": DeliveryKind.EDIT}],
)
async def test_words_edits_and_what_goes_to_staff_show_nothing(depot: Depot, changed: dict[str, Any]) -> None:
    before = asyncio.all_tasks()
    async with shown_at_work(cast("Platform", FakePlatform()), row(depot, **changed), Pauses(3)):
        assert asyncio.all_tasks() == before


async def test_a_delivery_that_takes_a_while_shows_it(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files["f-1"] = [b"%PDF-1.7 %%EOF"]
    id = await depot.queue(REQUESTER, content=Content(text="look", attachments=(file("f-1"),)))
    depot.telegram.answers[id] = [arrives := asyncio.Event()]
    async with at_work() as courier:
        await until(lambda: bool(depot.telegram.shown))
        arrives.set()
        await courier.settled()

    assert depot.telegram.shown[0] == (REQUESTER, AttachmentKind.DOCUMENT)
    assert depot.telegram.taken == [id]
