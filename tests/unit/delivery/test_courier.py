"""The outbox: in order within a lane, nothing lost, nobody held up by another's trouble."""

import asyncio
from dataclasses import replace

import pytest

from bot.changes import AddTimer
from bot.delivery import Limits
from bot.delivery.backoff import LAST_RETRY_SECONDS, backoff_seconds
from bot.delivery.courier import MOST_UNDER_WAY
from bot.internal_events import ReplyDelivered, ReplyFailed, TimerFired
from bot.model import ChatRef, Content, MessageRef
from bot.outbox import MarkSending
from bot.outgoing import DeliveryKind, Priority
from bot.ports import NeverDelivered, Receipt, TryLater
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import DISCORD, ORIGIN, STAFF, TELEGRAM, Depot, until

HOUR = 3600


async def test_rows_of_a_lane_leave_in_order_and_one_after_the_other(depot: Depot, at_work: AtWork) -> None:
    gate = asyncio.Event()
    first, second, other = await depot.queue("a"), await depot.queue("a"), await depot.queue("b")
    depot.telegram.answers[first] = [gate]
    async with at_work() as courier:
        await until(lambda: other in depot.telegram.taken)
        assert second not in depot.telegram.tried
        gate.set()
        await courier.settled()

    assert depot.telegram.taken == [other, first, second]


async def test_order_within_a_lane_survives_retries(depot: Depot, at_work: AtWork) -> None:
    """Whatever goes wrong with the first row, the second one never overtakes it."""
    first, second = await depot.queue(), await depot.queue()
    depot.telegram.answers[first] = [TryLater("busy"), TryLater("busy", 7), ValueError("bug"), TryLater("busy", 0)]
    async with at_work() as courier:
        for _ in range(5):
            await courier.settled()
            assert depot.telegram.taken in ([], [first, second])
            depot.clock.forward(LAST_RETRY_SECONDS)

    assert depot.telegram.taken == [first, second]
    assert (depot.states())[first][:2] == ("sent", 5)


async def test_a_poison_row_holds_up_its_own_lane_until_it_is_given_up_and_no_other(
    depot: Depot, at_work: AtWork, capsys: pytest.CaptureFixture[str]
) -> None:
    poison, behind, other = await depot.queue("a"), await depot.queue("a"), await depot.queue("b")
    depot.telegram.answers[poison] = [ValueError("our bug")] * 99
    async with at_work() as courier:
        await courier.settled()
        assert depot.telegram.taken == [other]
        for _ in range(6):
            depot.clock.forward(LAST_RETRY_SECONDS)
            await courier.settled()

    assert depot.telegram.taken == [other, behind]
    assert depot.state(poison) == "failed"
    assert depot.telegram.tried.count(poison) == 5
    assert "gave_up" in capsys.readouterr().out


async def test_an_outage_is_no_bug(depot: Depot, at_work: AtWork) -> None:
    """A row that had to wait for hours is not given up for one mistake afterwards."""
    row = await depot.queue()
    depot.telegram.answers[row] = [TryLater("down")] * 20 + [ValueError("once")]
    async with at_work() as courier:
        for _ in range(22):
            await courier.settled()
            depot.clock.forward(LAST_RETRY_SECONDS)

    assert depot.state(row) == "sent"


async def test_a_row_waits_as_long_as_the_platform_says(depot: Depot, at_work: AtWork) -> None:
    """And so does everything else for that chat, but no other chat."""
    row, thread, other = (
        await depot.queue("a"),
        await depot.queue(ChatRef(TELEGRAM, "a", "5")),
        await depot.queue("b"),
    )
    depot.telegram.answers[row] = [TryLater("flood", 30)]
    async with at_work() as courier:
        await courier.settled()
        taken = set(depot.telegram.taken)
        assert other in taken
        assert row not in taken
        late = await depot.queue(ChatRef(TELEGRAM, "a", "5"))
        depot.clock.forward(29.9)
        courier.wake()
        await depot.queue("b")
        await asyncio.sleep(0)
        assert late not in depot.telegram.tried
        depot.clock.forward(0.1)
        await courier.settled()

    assert {row, thread, late} <= set(depot.telegram.taken)


def test_back_off_doubles_up_to_five_minutes_and_is_spread() -> None:
    """Also after an outage of a week, when the number of attempts has four digits."""
    for attempt in (*range(1, 20), 1100, 10**6):
        waits = [backoff_seconds(attempt) for _ in range(200)]
        longest = min(2.0 ** min(attempt - 1, 30), LAST_RETRY_SECONDS)
        assert longest * 0.5 <= min(waits) < max(waits) <= longest


async def test_staff_are_told_that_a_reply_arrived(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    await depot.queue("a", ticket_id=ticket, origin=ORIGIN)
    async with at_work() as courier:
        await courier.settled()

    [event] = depot.told
    assert isinstance(event, ReplyDelivered)
    assert (event.ticket_id, event.origin) == (ticket, ORIGIN)
    assert list(await depot.store.pending_internal_events()) == [event]


@pytest.mark.parametrize("reason", ["blocked", "too_large"])
async def test_staff_are_told_why_a_reply_will_never_arrive(depot: Depot, at_work: AtWork, reason: str) -> None:
    ticket = await depot.ticket()
    row = await depot.queue("a", ticket_id=ticket, origin=ORIGIN)
    behind = await depot.queue("a")
    depot.telegram.answers[row] = [NeverDelivered(reason)]
    async with at_work() as courier:
        await courier.settled()

    [event] = depot.told
    assert isinstance(event, ReplyFailed)
    assert (event.ticket_id, event.origin, event.reason) == (ticket, ORIGIN, reason)
    assert (depot.states())[row] == ("failed", 1, reason)
    assert depot.state(behind) == "sent"


async def test_an_event_whose_handling_fails_stays_in_the_store(depot: Depot, at_work: AtWork) -> None:
    async def fail(_: object) -> None:
        raise ValueError("no")

    depot.tell = fail
    await depot.queue("a", ticket_id=await depot.ticket(), origin=ORIGIN)
    async with at_work() as courier:
        await courier.settled()
        later = await depot.queue("a")
        await courier.settled()

    assert len(await depot.store.pending_internal_events()) == 1
    assert depot.state(later) == "sent"


@pytest.mark.parametrize("trouble", [NeverDelivered("forbidden"), ValueError("bug"), TryLater("down")], ids=str)
async def test_a_thread_is_never_given_up(depot: Depot, at_work: AtWork, trouble: Exception) -> None:
    """Without it nobody sees the ticket: it waits until the staff chat has been mended, and all its rows with it."""
    ticket = await depot.ticket()
    card = await depot.queue(STAFF, kind=DeliveryKind.OPEN_THREAD, ticket_id=ticket, in_thread=True)
    words = await depot.queue(STAFF, ticket_id=ticket, in_thread=True)
    thread = ChatRef(TELEGRAM, "staff", "1234")
    depot.telegram.answers[card] = [trouble] * 12 + [Receipt((MessageRef(thread, "1"),), thread)]
    async with at_work() as courier:
        for _ in range(13):
            await courier.settled()
            depot.clock.forward(LAST_RETRY_SECONDS)
        await courier.settled()

    assert depot.telegram.taken == [card, words]
    assert depot.telegram.deliveries[-1].outgoing.chat == thread


@pytest.mark.parametrize("reason", ["forbidden", "chat_gone", "blocked"])
async def test_nothing_said_to_staff_is_given_up_for_what_is_wrong_with_their_chat(
    depot: Depot, at_work: AtWork, reason: str
) -> None:
    ticket = await depot.ticket()
    notice = await depot.queue(STAFF, ticket_id=ticket, in_thread=True, priority=Priority.NOTICE)
    depot.telegram.answers[notice] = [NeverDelivered(reason)] * 3
    async with at_work() as courier:
        for _ in range(4):
            await courier.settled()
            depot.clock.forward(LAST_RETRY_SECONDS)

    assert depot.state(notice) == "sent"
    assert depot.told == [], "the requester is told about their own words alone"


@pytest.mark.parametrize("reason", ["message_gone", "chat_gone", "forbidden"])
async def test_new_words_of_a_requester_that_can_change_nothing_are_shown_by_themselves(
    depot: Depot, at_work: AtWork, reason: str
) -> None:
    """As where staff deleted the first ones: neither are they lost, nor do they hold up what follows."""
    ticket = await depot.ticket()
    words = {"ticket_id": ticket, "in_thread": True, "priority": Priority.REQUESTER}
    first = await depot.queue(STAFF, **words)
    async with at_work() as courier:
        await courier.settled()
        edit = await depot.queue(
            STAFF, **words, kind=DeliveryKind.EDIT, message_id=first, content=Content(text="new")
        )
        depot.telegram.answers[edit] = [NeverDelivered(reason)]
        behind = await depot.queue(STAFF, **words)
        await courier.settled()

    assert depot.telegram.taken == [first, edit, behind]
    shown = depot.telegram.deliveries[-2].outgoing
    assert (shown.kind, shown.content) == (DeliveryKind.SEND, Content(text="new"))
    assert [link.message_id for link in await depot.store.links_of(first)] == [f"m{edit}"]


async def test_a_permission_that_is_lacking_is_named(depot: Depot, at_work: AtWork) -> None:
    row = await depot.queue("a", ticket_id=await depot.ticket(), origin=ORIGIN)
    depot.telegram.answers[row] = [NeverDelivered("forbidden", lacking="Manage Threads in #desk")]
    async with at_work() as courier:
        await courier.settled()

    [event] = depot.told
    assert isinstance(event, ReplyFailed)
    assert (event.reason, event.lacking) == ("forbidden", "Manage Threads in #desk")


async def test_what_a_platform_made_of_a_message_is_linked(depot: Depot, at_work: AtWork) -> None:
    """So that it can be edited, deleted and answered, however many messages it became."""
    row = await depot.queue()
    parts = tuple(MessageRef(ChatRef(TELEGRAM, "a"), str(number)) for number in (1, 2, 3))
    depot.telegram.answers[row] = [Receipt(parts)]
    async with at_work() as courier:
        await courier.settled()
        edit = await depot.queue(kind=DeliveryKind.EDIT, message_id=row)
        answer = await depot.queue(quoted_id=row)
        await courier.settled()

    by_id = {delivery.outgoing.id: delivery for delivery in depot.telegram.deliveries}
    assert by_id[edit].links == parts
    assert by_id[answer].quoted == parts[0]


class TestAfterACrash:
    """Rows found in `sending` may have arrived or not: the platform is asked before they are sent again."""

    async def interrupted(self, depot: Depot, **changed: object) -> int:
        row = await depot.queue("a", **changed)
        await depot.commit(MarkSending(row, 0, depot.clock.now()))
        return row

    async def test_what_arrived_is_recorded_and_not_sent_again(self, depot: Depot, at_work: AtWork) -> None:
        row = await self.interrupted(depot, ticket_id=await depot.ticket(), origin=ORIGIN)
        message = MessageRef(ChatRef(TELEGRAM, "a"), "5")
        depot.telegram.known[row] = Receipt((message,))
        async with at_work() as courier:
            await courier.settled()

        assert depot.telegram.tried == []
        assert depot.state(row) == "sent"
        assert list(await depot.store.links_of(row)) == [message]
        assert isinstance(depot.told[0], ReplyDelivered)

    async def test_what_did_not_arrive_is_sent_before_what_came_later(self, depot: Depot, at_work: AtWork) -> None:
        row = await self.interrupted(depot)
        behind = await depot.queue("a")
        async with at_work() as courier:
            await courier.settled()

        assert depot.telegram.asked == [row]
        assert depot.telegram.taken == [row, behind]

    async def test_a_platform_that_cannot_say_yet_is_asked_again(self, depot: Depot, at_work: AtWork) -> None:
        """It may still be connecting; sending without asking would be a second message."""
        row, message = await self.interrupted(depot), MessageRef(ChatRef(TELEGRAM, "a"), "5")
        depot.telegram.known[row] = [TryLater("not connected"), TryLater("rate limit", 9), Receipt((message,))]
        other = await depot.queue("b")
        async with at_work() as courier:
            for _ in range(3):
                await courier.settled()
                depot.clock.forward(LAST_RETRY_SECONDS)

        assert depot.telegram.taken == [other]
        assert depot.state(row) == "sent"

    async def test_it_is_asked_also_when_the_process_dies_again_meanwhile(
        self, depot: Depot, at_work: AtWork
    ) -> None:
        row, message = await self.interrupted(depot), MessageRef(ChatRef(TELEGRAM, "a"), "5")
        depot.telegram.known[row] = [TryLater("not connected"), Receipt((message,))]
        async with at_work() as courier:
            await courier.settled()
        depot.clock.forward(LAST_RETRY_SECONDS)
        async with at_work() as courier:
            await courier.settled()

        assert depot.telegram.tried == []
        assert depot.state(row) == "sent"

    @pytest.mark.parametrize("answer", [NeverDelivered("chat_gone"), ValueError("bug")], ids=str)
    async def test_a_platform_that_never_can_say_gets_it_again(
        self, depot: Depot, at_work: AtWork, answer: Exception
    ) -> None:
        """Twice is better than never, and one row's trouble is not another's."""
        row, other = await self.interrupted(depot), await depot.queue("b")
        depot.telegram.known[row] = answer
        async with at_work() as courier:
            for _ in range(7):
                await courier.settled()
                depot.clock.forward(LAST_RETRY_SECONDS)

        assert sorted(depot.telegram.taken) == [row, other]

    async def test_rows_of_a_platform_that_does_not_run_wait_for_it(self, depot: Depot, at_work: AtWork) -> None:
        row = await depot.queue(ChatRef(DISCORD, "x"))
        await depot.commit(MarkSending(row, 0, depot.clock.now()))
        discord = depot.platforms.pop(DISCORD)
        async with at_work() as courier:
            await courier.settled()
        depot.platforms[DISCORD] = discord
        async with at_work() as courier:
            await courier.settled()

        assert discord.asked == discord.taken == [row]


async def test_a_row_that_cannot_be_read_is_given_up_and_holds_up_nobody(depot: Depot, at_work: AtWork) -> None:
    import sqlite3

    broken, behind, other = await depot.queue("a"), await depot.queue("a"), await depot.queue("b")
    connection = sqlite3.connect(depot.path, timeout=5)
    with connection:
        connection.execute("UPDATE outbox SET payload = 'x' WHERE id = ?", (broken,))
    connection.close()
    async with at_work() as courier:
        await courier.settled()
        courier.wake()
        await courier.settled()

    assert set(depot.telegram.taken) == {behind, other}
    assert (depot.states())[broken][::2] == ("failed", "unreadable")


async def test_a_platform_in_trouble_leaves_the_others_alone(depot: Depot, at_work: AtWork) -> None:
    """Every one of its connections hangs, and hundreds of rows wait for it."""
    gate = asyncio.Event()
    depot.telegram.answers[0] = [gate] * 500
    for number in range(MOST_UNDER_WAY * 2):
        await depot.queue(f"t{number}", priority=Priority.NEW_TICKET)
    async with at_work() as courier:
        await until(lambda: len(depot.telegram.tried) >= MOST_UNDER_WAY)
        row = await depot.queue(ChatRef(DISCORD, "x"), priority=Priority.NOTICE)
        courier.wake()
        await until(lambda: row in depot.platforms[DISCORD].taken)
        assert len(depot.telegram.tried) == MOST_UNDER_WAY
        gate.set()


async def test_a_crowd_in_the_staff_chat_keeps_no_requester_waiting(depot: Depot, at_work: AtWork) -> None:
    """Three hundred new tickets, of which a group takes twenty a minute."""
    depot.limits[TELEGRAM] = Limits(chat_per_second=1, group_per_minute=20, overall_per_second=30)
    for number in range(300):
        await depot.queue(ChatRef(TELEGRAM, "staff", str(number)), priority=Priority.NEW_TICKET)
    row = await depot.queue("requester")
    async with at_work():
        await until(lambda: row in depot.telegram.taken)

    assert len(depot.telegram.taken) <= 2


async def test_a_reaction_does_not_wait_for_the_staff_chats_limit(depot: Depot, at_work: AtWork) -> None:
    """It is no message, and it tells whether one has arrived."""
    depot.limits[TELEGRAM] = Limits(group_per_minute=1)
    for number in range(30):
        await depot.queue(ChatRef(TELEGRAM, "staff", str(number)), priority=Priority.NEW_TICKET)
    row = await depot.queue(ChatRef(TELEGRAM, "staff", "x"), kind=DeliveryKind.REACT, priority=Priority.NOTICE)
    async with at_work():
        await until(lambda: row in depot.telegram.taken)

    assert len(depot.telegram.taken) == 2


async def test_nothing_is_read_for_a_platform_that_takes_nothing_now(depot: Depot, at_work: AtWork) -> None:
    """In a storm that is most of the time, and everybody who writes wakes the courier."""
    depot.limits[TELEGRAM] = Limits(overall_per_second=1)
    del depot.platforms[DISCORD]
    first, second = await depot.queue("a"), await depot.queue("b")
    async with at_work() as courier:
        await until(lambda: first in depot.telegram.taken and depot.state(first) == "sent")
        reads = depot.store.reads
        for _ in range(20):
            courier.wake()
            await asyncio.sleep(0)
        assert depot.store.reads <= reads + 1
        depot.clock.forward(1)
        courier.wake()
        await until(lambda: second in depot.telegram.taken)


async def test_a_late_row_is_not_called_unreachable_for_its_first_failure(depot: Depot, at_work: AtWork) -> None:
    """It may have waited for the staff chat's limit alone."""
    ticket_id = await depot.ticket()
    row = await depot.queue(STAFF, ticket_id=ticket_id, in_thread=True)
    depot.clock.forward(HOUR)
    depot.telegram.answers[row] = [TryLater("cut off"), TryLater("cut off")]
    async with at_work() as courier:
        await courier.settled()
        assert depot.told == []
        depot.clock.forward(LAST_RETRY_SECONDS)
        await courier.settled()
        assert [type(event).__name__ for event in depot.told] == ["DeskUnreachable"]


async def test_what_matters_more_leaves_first(depot: Depot, at_work: AtWork) -> None:
    depot.limits[TELEGRAM] = Limits(overall_per_second=1)
    rising = (Priority.NOTICE, Priority.REQUESTER, Priority.NEW_TICKET)
    rows = [await depot.queue(f"chat-{priority}", priority=priority) for priority in rising]
    async with at_work() as courier:
        for number in range(3):
            courier.wake()
            await until(lambda: len(depot.telegram.taken) == number + 1)  # noqa: B023 - awaited at once.
            depot.clock.forward(1)

    assert depot.telegram.taken == rows[::-1]


async def test_nothing_to_do_is_no_work(depot: Depot, at_work: AtWork) -> None:
    """No reading round and round: rows behind one that waits, of a platform that does not run, or of a full chat."""
    depot.platforms.pop(DISCORD)
    depot.limits[TELEGRAM] = Limits(chat_per_second=1)
    first = await depot.queue("a")
    depot.telegram.answers[first] = [TryLater("down", HOUR)]
    hanging = asyncio.Event()
    depot.telegram.answers[await depot.queue("hanging")] = [hanging]
    await depot.queue("hanging")
    for _ in range(5):
        await depot.queue("a")
        await depot.queue(ChatRef(DISCORD, "x"))
    await depot.queue("future", due_at=depot.clock.now() + HOUR * 1_000_000)
    await depot.commit(AddTimer(1, "lapse", 1, depot.clock.now() + HOUR * 1_000_000))
    async with at_work():
        await until(lambda: len(depot.telegram.tried) == 2 and depot.state(first) == "queued")
        before = depot.store.reads
        # There is no event for "nothing happens": a tenth of a second is enough for a hundred rounds.
        await asyncio.sleep(0.1)
        assert depot.store.reads - before <= 2
        hanging.set()


async def test_a_store_in_trouble_is_tried_again_with_growing_pauses(depot: Depot, at_work: AtWork) -> None:
    """A full disk, or a database that is restarted, does not end the bot."""
    row = await depot.queue()
    depot.store.failures = 6
    async with at_work():
        await until(lambda: row in depot.telegram.taken)

    assert len(depot.pauses) == 6
    assert depot.pauses[-1] > depot.pauses[0]


async def test_timers_fire_when_they_are_due(depot: Depot, at_work: AtWork) -> None:
    ticket = await depot.ticket()
    await depot.commit(AddTimer(7, "lapse", ticket, depot.clock.now() + 5_000_000))
    async with at_work() as courier:
        await courier.settled()
        assert depot.told == []
        depot.clock.forward(5)
        courier.wake()
        await until(lambda: bool(depot.told))

    assert isinstance(depot.told[0], TimerFired)


class TestStopping:
    async def test_what_is_under_way_comes_to_its_end(self, depot: Depot) -> None:
        gate = asyncio.Event()
        row, behind = await depot.queue("a"), await depot.queue("a")
        depot.telegram.answers[row] = [gate]
        courier = depot.courier()
        task = asyncio.create_task(courier.run())
        await until(lambda: bool(depot.telegram.tried))
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        gate.set()
        await asyncio.gather(task, return_exceptions=True)

        assert task.cancelled()
        assert depot.state(row) == "sent"
        assert depot.state(behind) == "queued"

    async def test_what_does_not_end_is_cut_off_and_asked_about_at_the_next_start(
        self, depot: Depot, at_work: AtWork, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.delivery.courier.LAST_SECONDS", 0.01)
        row = await depot.queue()
        depot.telegram.answers[row] = [asyncio.Event()]
        async with at_work():
            await until(lambda: bool(depot.telegram.tried))
        assert depot.state(row) == "sending"
        async with at_work() as courier:
            await courier.settled()

        assert depot.telegram.asked == [row]
        assert depot.telegram.taken == [row]

    @pytest.mark.parametrize("steps", range(0, 40, 4))
    async def test_at_any_moment_nothing_is_lost(self, depot: Depot, at_work: AtWork, steps: int) -> None:
        rows = [await depot.queue(chat) for chat in "aabbc"]
        courier = depot.courier()
        task = asyncio.create_task(courier.run())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with at_work() as courier:
            await courier.settled()

        assert sorted(depot.telegram.taken) == rows
        assert {state for state, _, _ in (depot.states()).values()} == {"sent"}


async def test_a_ticket_moves_when_its_new_thread_is_there_and_not_before(depot: Depot, at_work: AtWork) -> None:
    """What was on its way reaches the old thread, and what comes behind the move the new one."""
    ticket, team = await depot.ticket(), ChatRef(TELEGRAM, "team")
    early = await depot.queue(STAFF, ticket_id=ticket, in_thread=True)
    card = await depot.queue(team, kind=DeliveryKind.OPEN_THREAD, ticket_id=ticket, in_thread=True, is_move=True)
    late = await depot.queue(STAFF, ticket_id=ticket, in_thread=True)
    thread = replace(team, thread_id="77")
    depot.telegram.answers[card] = [TryLater("down"), Receipt((MessageRef(thread, "1"),), thread)]
    async with at_work() as courier:
        await courier.settled()
        assert depot.telegram.taken == [early]
        depot.clock.forward(LAST_RETRY_SECONDS)
        await courier.settled()

    assert depot.telegram.taken == [early, card, late]
    places = [one.outgoing.chat for one in depot.telegram.deliveries]
    assert places == [replace(STAFF, thread_id="9"), team, team, thread]
    former = await depot.store.find_former_ticket(replace(STAFF, thread_id="9"))
    assert former is not None
    assert (former.id, former.desk_chat) == (ticket, thread)


async def test_in_a_group_without_topics_a_ticket_moves_too(depot: Depot, at_work: AtWork) -> None:
    ticket, team = await depot.ticket(), ChatRef(TELEGRAM, "team")
    card = await depot.queue(team, kind=DeliveryKind.OPEN_THREAD, ticket_id=ticket, in_thread=True, is_move=True)
    depot.telegram.answers[card] = [Receipt((MessageRef(team, "1"),))]
    async with at_work() as courier:
        await courier.settled()

    kept = await depot.store.load_ticket(ticket)
    assert kept is not None
    assert kept.desk_chat == team
