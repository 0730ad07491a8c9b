"""An incident: everybody writes at once. Every message is kept, and each gets its answers once and in order.

The clock runs ten times as fast, and the platform enforces its limits by it; now and then it fails. What a
requester is told in the storm must be what somebody is told who writes alone. `benchmarks/storm.py` measures the same
with the real client library and the real clock.
"""

import asyncio
import re
import sqlite3
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.config import load
from bot.delivery import LIMITS, Courier, Limits, Pacing, Screening, Spell
from bot.events import MessageReceived
from bot.internal_events import DueEvent
from bot.model import ChatRef, MessageRef, Person, PlatformName
from bot.operations.check import folders
from bot.operations.knowledge import Learned, learn
from bot.operations.rules import rules_of
from bot.outgoing import DeliveryKind, Outgoing
from bot.ports import Delivery, FetchFile, Receipt, TryLater
from bot.staffing import StaffChats
from bot.store import SqlStore, open_store
from bot.support import Brain, Support
from tests.clocks import SECOND, FakeClock

TELEGRAM = PlatformName.TELEGRAM
STAFF = ChatRef(TELEGRAM, "-100")
SPEED = 10
REQUESTERS, TICKET_EVERY = 1500, 60
QUESTIONS = ("how long does a deposit take?", "what do withdrawals cost", "how long does a deposit take?")
TO_A_PERSON = ("/human", "it is about deposit {mark}", "still waiting {mark}")
FAILS_EVERY = 97


class FastClock(FakeClock):
    """Real time from its making on, `SPEED` times as fast."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()
        self._since = self._now

    def now(self) -> int:
        self._now = self._since + int((time.monotonic() - self._began) * SPEED * SECOND)
        return self._now

    def new_id(self) -> int:
        self.now()
        return super().new_id()


class Telegram:
    """Keeps what every chat shows; refuses what is too much, and every so often for no reason."""

    name = TELEGRAM
    has_answered = True

    def __init__(self, clock: FastClock, limits: Limits) -> None:
        self.shown: dict[str, list[str]] = defaultdict(list)
        self.threads = 0
        self.refused = 0
        self._clock = clock
        self._limits = limits
        self._tries = 0
        self._taken: dict[str, deque[int]] = defaultdict(deque)

    async def run(self, handle: object) -> None:
        raise AssertionError("nobody connects here")

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        raise AssertionError("nothing was interrupted")

    async def show_at_work(self, chat: object, kind: object) -> None:
        raise AssertionError("nobody sends files")

    def open_file(self, attachment: object) -> AsyncIterator[bytes]:
        raise AssertionError("nobody sends files")

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        row = delivery.outgoing
        self._tries += 1
        if self._tries % FAILS_EVERY == 0:
            raise TryLater("cut off")
        self._count(row.chat.chat_id)
        if row.kind is DeliveryKind.OPEN_THREAD:
            self.threads += 1
            thread = ChatRef(TELEGRAM, row.chat.chat_id, str(self.threads))
            return Receipt((MessageRef(thread, f"m{row.id}"),), thread)
        if row.kind is DeliveryKind.SEND and row.content:
            self.shown[row.chat.chat_id].append(row.content.text)
        return Receipt((MessageRef(row.chat, f"m{row.id}"),))

    def _count(self, chat: str) -> None:
        limits, now = self._limits, self._clock.now()
        windows = [("", limits.overall_per_second, SECOND), (chat, limits.chat_per_second, SECOND)]
        windows += [("group", limits.group_per_minute, 60 * SECOND)] if chat == STAFF.chat_id else []
        for name, most, span in windows:
            taken = self._taken[name]
            while taken and taken[0] <= now - span:
                taken.popleft()
            if most and len(taken) >= most:
                self.refused += 1
                raise TryLater("Too Many Requests", 1)
        for name, _, _ in windows:
            self._taken[name].append(now)


class Incident:
    """The bot without a connection: people's events go in here, what leaves is kept by `Telegram`."""

    def __init__(self, store: SqlStore, learned: Learned, limits: Limits) -> None:
        self.clock = FastClock()
        self.telegram = Telegram(self.clock, limits)
        brain = Brain.of(learned.knowledge, learned.index, rules_of(load(None, {}), StaffChats(STAFF)))
        pacing = Pacing({TELEGRAM: limits}, [STAFF])
        there = {TELEGRAM: self.telegram}
        self.courier = Courier(store, self.clock, there, pacing, Screening(there), self._internal, self._spell)
        self.support = Support(store, self.clock, brain, self.courier.wake)

    async def says(self, person: str, number: int, text: str) -> None:
        chat, key = ChatRef(TELEGRAM, person), f"{person}:{number}"
        sender = Person(TELEGRAM, person, "Aiko", "en")
        event = MessageReceived(
            key=key, at=self.clock.now(), chat=chat, sender=sender, message=MessageRef(chat, key), text=text
        )
        await self.support.handle(event)

    async def keep_waking(self) -> None:
        """The courier waits by the loop's time, which is the slower one."""
        while True:
            self.courier.wake()
            await asyncio.sleep(0.005)

    async def _internal(self, event: DueEvent) -> None:
        await self.support.handle_internal(event)

    async def _spell(self, found: Spell) -> None:
        await self.support.tell_of_spell(found.chat, found.waiting, found.minutes)


@asynccontextmanager
async def incident(path: Path, learned: Learned, limits: Limits) -> AsyncIterator[Incident]:
    store = await open_store(path)
    try:
        happening = Incident(store, learned, limits)
        tasks = [asyncio.create_task(happening.courier.run()), asyncio.create_task(happening.keep_waking())]
        try:
            yield happening
            while rows(path, "outbox WHERE state IN ('queued', 'sending')"):  # noqa: ASYNC110 - the file tells nobody.
                await asyncio.sleep(0.1)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await store.close()


def rows(path: Path, which: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM {which}").fetchone()[0])


def texts_of(number: int) -> tuple[str, ...]:
    return TO_A_PERSON if number % TICKET_EVERY == 0 else QUESTIONS


def without_numbers(texts: list[str]) -> list[str]:
    return [re.sub(r"\d+", "#", text) for text in texts]


async def told_alone(path: Path, learned: Learned, texts: tuple[str, ...]) -> list[str]:
    async with incident(path, learned, Limits()) as alone:
        for number, text in enumerate(texts):
            await alone.says("1", number, text.format(mark="m1"))
            await alone.courier.settled()
    return without_numbers(alone.telegram.shown["1"])


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_everybody_is_heard_and_answered_once_and_in_order(tmp_path: Path) -> None:
    learned = learn(*folders(load(None, {})))
    expected: dict[tuple[str, ...], list[str]] = {
        texts: await told_alone(tmp_path / f"{texts[0][:4].strip('/')}.sqlite3", learned, texts)
        for texts in (QUESTIONS, TO_A_PERSON)
    }
    path = tmp_path / "storm.sqlite3"
    async with incident(path, learned, LIMITS[TELEGRAM]) as storm:
        for number in range(3):
            people = range(REQUESTERS)
            await asyncio.gather(
                *(
                    storm.says(str(one), number, texts_of(one)[number].format(mark=f"m{one}x{number}"))
                    for one in people
                )
            )
    shown = storm.telegram.shown
    desk = "\n".join(shown[STAFF.chat_id])

    assert rows(path, "messages WHERE kind = 'requester'") == rows(path, "events_seen") == REQUESTERS * 3
    assert rows(path, "set_aside") == rows(path, "outbox WHERE state = 'failed'") == 0
    assert rows(path, "tickets") == storm.telegram.threads == REQUESTERS // TICKET_EVERY
    for one in range(REQUESTERS):
        assert without_numbers(shown[str(one)]) == expected[texts_of(one)], one
    for one in range(0, REQUESTERS, TICKET_EVERY):
        places = [desk.find(f"m{one}x{number}") for number in (1, 2)]
        assert -1 < places[0] < places[1]
        assert all(len(re.findall(rf"\bm{one}x{number}\b", desk)) == 1 for number in (1, 2))
