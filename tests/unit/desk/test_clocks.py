"""A ticket's time: no moment is lost, what does not count is not counted, and everything is told once."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.actions import Audience, ChangeTicket, Moment, Notify, SetTimer, TellAgent, Wake
from bot.desk.clocks import SETTLING, ClockPolicy, awake, due_times, promised, struck, timed
from bot.desk.hours import ALL_DAY, Hours
from bot.desk.striking import KINDS, time_came
from bot.desk.tickets import Move, moved, taken
from bot.internal_events import TimerFired
from bot.model import Ticket, TicketPriority, TicketStatus
from bot.timing import CLOCKS, HALF, HOUR, MINUTE, NEXT_UPDATE, SILENCE, SLIPPED, WHOLE, ClockName
from tests.unit.desk.test_desk import MIKA, ticket
from tests.unit.desk.test_hours import at, hours

WEDNESDAY = at("2024-01-10 09:00")
MINUTES = {
    ClockName.FIRST_RESPONSE: 60,
    ClockName.NEXT_REPLY: 120,
    ClockName.REGULAR_UPDATE: 240,
    ClockName.RESOLUTION: 600,
}


def policy(of: Hours | None = None) -> ClockPolicy:
    """Weekdays nine to six in Tokyo; the more urgent, the less time."""
    targets = {
        name: {priority: minutes * (priority.rank + 1) for priority in TicketPriority}
        for name, minutes in MINUTES.items()
    }
    return ClockPolicy(hours=of or hours(), targets=targets)


POLICY = policy()


def opened(now: int = WEDNESDAY, priority: TicketPriority = TicketPriority.URGENT) -> Ticket:
    new = ticket(created_at=now, priority=priority)
    return timed(None, new, now, POLICY)


def after(before: Ticket, move: Move, now: int) -> Ticket:
    """The ticket after a move of staff; a reply is words of theirs."""
    done = taken(before, MIKA, now) if move is Move.TAKE else moved(before, move, now)
    assert done is not None
    return timed(before, done, now, POLICY, has_spoken=move is Move.REPLY)


def written(before: Ticket, now: int) -> Ticket:
    """The requester has written."""
    status = TicketStatus.OPEN if before.status is TicketStatus.PENDING else before.status
    return timed(before, replace(before, status=status), now, POLICY)


def answered(now: int = WEDNESDAY) -> Ticket:
    return after(after(opened(now), Move.TAKE, now), Move.REPLY, now)


def waiting(now: int = WEDNESDAY) -> Ticket:
    """Answered, and they have written again."""
    return written(answered(now), now)


def fired(kind: str, now: int) -> TimerFired:
    return TimerFired(id=1, at=now, kind=kind, ticket_id=11)


def told(actions: object) -> list[str]:
    assert isinstance(actions, tuple)
    return [one.text.key for one in actions if isinstance(one, TellAgent | Notify)]


def test_a_new_ticket_is_due_at_half_of_its_first_answer() -> None:
    assert due_times(opened(), POLICY) == {CLOCKS: WEDNESDAY + 30 * MINUTE}
    assert due_times(opened(priority=TicketPriority.LOW), POLICY) == {CLOCKS: WEDNESDAY + 120 * MINUTE}


def test_nothing_runs_while_the_desk_is_closed() -> None:
    evening = at("2024-01-12 17:45")
    assert due_times(opened(evening), POLICY) == {CLOCKS: at("2024-01-15 09:15")}


def test_half_is_told_to_whoever_has_it_and_all_of_it_to_those_who_lead() -> None:
    new = opened()
    half_at, due_at = WEDNESDAY + 30 * MINUTE, WEDNESDAY + 60 * MINUTE
    changed, half = time_came(fired(CLOCKS, half_at), new, half_at, POLICY)
    assert isinstance(changed, ChangeTicket)
    assert isinstance(half, TellAgent)
    assert (half.text.key, half.wakes, half.text.values["time"]) == (
        "clock.half", Wake.ASSIGNEE, Moment(due_at, "Asia/Tokyo")
    )  # fmt: skip
    assert due_times(changed.ticket, POLICY) == {CLOCKS: due_at}
    _, over = time_came(fired(CLOCKS, due_at), changed.ticket, due_at, POLICY)
    assert isinstance(over, TellAgent)
    assert (over.text.key, over.wakes) == ("clock.over", Wake.LEADS)


def test_after_a_long_absence_only_the_worst_is_told() -> None:
    late = WEDNESDAY + 2 * HOUR
    assert told(time_came(fired(CLOCKS, late), opened(), late, POLICY)) == ["clock.over"]


def test_a_timer_that_comes_too_early_or_for_something_past_does_nothing() -> None:
    for kind in KINDS - {SLIPPED}:
        assert time_came(fired(kind, WEDNESDAY), opened(), WEDNESDAY, POLICY) == ()
    assert time_came(fired(SLIPPED, WEDNESDAY), answered(), WEDNESDAY, POLICY) == ()


def test_a_ticket_whose_agent_has_gone_goes_back_to_the_queue_when_its_time_is_over_and_not_before() -> None:
    mine = after(opened(), Move.TAKE, WEDNESDAY)
    half, late = WEDNESDAY + 30 * MINUTE, WEDNESDAY + 60 * MINUTE
    early = time_came(fired(CLOCKS, half), mine, half, POLICY, is_assignee_away=True)
    present = time_came(fired(CLOCKS, late), mine, late, POLICY, is_assignee_away=False)
    gone = time_came(fired(CLOCKS, late), mine, late, POLICY, is_assignee_away=True)
    assert [told(one) for one in (early, present, gone)] == [
        ["clock.half"], ["clock.over"], ["clock.over", "clock.handed_back"]
    ]  # fmt: skip
    assignees = [
        one.ticket.assignee for acts in (early, present, gone) for one in acts if isinstance(one, ChangeTicket)
    ]
    assert assignees == [MIKA, MIKA, None]


def test_waiting_for_the_requester_stops_every_clock_and_an_answer_starts_a_new_one() -> None:
    pending = answered()
    assert due_times(pending, POLICY) == {SILENCE: WEDNESDAY + 24 * HOUR}
    back = WEDNESDAY + 3 * HOUR
    assert due_times(written(pending, back), POLICY) == {CLOCKS: back + 60 * MINUTE, NEXT_UPDATE: back + SETTLING}


def test_on_hold_for_somebody_else_the_requester_is_still_owed_a_word() -> None:
    held = timed(waiting(), replace(waiting(), status=TicketStatus.ON_HOLD), WEDNESDAY, POLICY)
    assert due_times(held, POLICY) == {CLOCKS: WEDNESDAY + 120 * MINUTE, NEXT_UPDATE: WEDNESDAY + SETTLING}


def test_a_team_with_hours_of_its_own_is_measured_by_them() -> None:
    of_night = replace(POLICY, team_hours={"accounts": Hours("UTC", lambda _: [ALL_DAY])})
    evening = at("2024-01-12 17:45")
    assert due_times(opened(evening), of_night) == {CLOCKS: evening + 30 * MINUTE}
    assert due_times(replace(opened(evening), team="trading"), of_night) == {CLOCKS: at("2024-01-15 09:15")}


def test_a_priority_that_changes_moves_what_is_due() -> None:
    calmer = replace(opened(), priority=TicketPriority.NORMAL)
    assert due_times(timed(opened(), calmer, WEDNESDAY, POLICY), POLICY) == {CLOCKS: WEDNESDAY + 90 * MINUTE}


def test_what_people_waited_is_open_time() -> None:
    friday = at("2024-01-12 17:30")
    assert opened(friday).waited is None
    mine = after(opened(friday), Move.TAKE, friday)
    assert after(mine, Move.REPLY, at("2024-01-15 09:10")).waited == 40 * MINUTE


def test_who_waits_is_told_when_to_expect_a_word_and_again_before_it_passes() -> None:
    soon = WEDNESDAY + SETTLING
    changed, said = time_came(fired(NEXT_UPDATE, soon), waiting(), soon, POLICY)
    assert isinstance(changed, ChangeTicket)
    assert isinstance(said, Notify)
    assert (said.audience, said.text.key) == (Audience.REQUESTER, "update.next")
    by = soon + 120 * MINUTE
    assert said.text.values["time"] == Moment(by, "Asia/Tokyo")
    before_it = due_times(changed.ticket, POLICY)[NEXT_UPDATE]
    assert before_it == soon + 96 * MINUTE
    changed, said = time_came(fired(NEXT_UPDATE, before_it), changed.ticket, before_it, POLICY)
    assert isinstance(changed, ChangeTicket)
    assert isinstance(said, Notify)
    assert (said.text.key, said.text.values["time"]) == ("update.late", Moment(by + 240 * MINUTE, "Asia/Tokyo"))


def test_a_talk_that_goes_back_and_forth_names_no_times() -> None:
    assert due_times(after(waiting(), Move.REPLY, WEDNESDAY + MINUTE), POLICY).keys() == {SILENCE}


def test_words_of_staff_keep_the_promise_whatever_the_status() -> None:
    held = replace(promised(waiting(), WEDNESDAY, POLICY) or waiting(), status=TicketStatus.ON_HOLD)
    assert timed(held, held, WEDNESDAY, POLICY).timing.promise is not None
    assert timed(held, held, WEDNESDAY, POLICY, has_spoken=True).timing.promise is None


def test_a_desk_that_never_opens_promises_nothing() -> None:
    never = policy(Hours("UTC", lambda _: ()))
    assert due_times(waiting(), never).keys() == set()
    assert promised(waiting(), WEDNESDAY, never) is None


@pytest.mark.parametrize(("is_about_money", "keys"), [(False, "silence.closed"), (True, "silence.raised")])
def test_who_is_silent_is_reminded_once_and_then_not_waited_for_unless_it_is_about_money(
    is_about_money: bool, keys: str
) -> None:
    pending, reminded_at = answered(), WEDNESDAY + 24 * HOUR
    first = time_came(fired(SILENCE, reminded_at), pending, reminded_at, POLICY, is_about_money=is_about_money)
    assert told(first) == ["silence.reminder_money" if is_about_money else "silence.reminder", "silence.reminded"]
    changed = first[0]
    assert isinstance(changed, ChangeTicket)
    last = due_times(changed.ticket, POLICY)[SILENCE]
    assert last == reminded_at + 72 * HOUR
    second = time_came(fired(SILENCE, last), changed.ticket, last, POLICY, is_about_money=is_about_money)
    assert told(second)[0] == keys
    changed = second[0]
    assert isinstance(changed, ChangeTicket)
    done = timed(first[0].ticket, changed.ticket, last, POLICY)  # type: ignore[union-attr]
    assert SILENCE not in due_times(done, POLICY)
    assert done.status is (TicketStatus.PENDING if is_about_money else TicketStatus.SOLVED)
    assert any(isinstance(one, SetTimer) for one in second) is not is_about_money


def test_an_answer_or_another_word_of_staff_begins_the_silence_anew() -> None:
    later = WEDNESDAY + HOUR
    assert SILENCE not in due_times(written(answered(), later), POLICY)
    assert due_times(after(answered(), Move.REPLY, later), POLICY)[SILENCE] == later + 24 * HOUR


def test_whoever_was_reminded_and_is_written_to_again_has_all_the_time_again() -> None:
    reminded_at = WEDNESDAY + 24 * HOUR
    changed = time_came(fired(SILENCE, reminded_at), answered(), reminded_at, POLICY)[0]
    assert isinstance(changed, ChangeTicket)
    later = reminded_at + HOUR
    assert due_times(after(changed.ticket, Move.REPLY, later), POLICY)[SILENCE] == later + 24 * HOUR
    again = written(changed.ticket, later)
    assert due_times(after(again, Move.REPLY, later), POLICY)[SILENCE] == later + 24 * HOUR


def test_who_was_not_reached_is_not_called_silent() -> None:
    lost = replace(answered(), undelivered="blocked")
    assert due_times(lost, POLICY) == {}


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2024-01-10 08:00", "2024-01-10 08:00"),
        ("2024-01-10 21:59", "2024-01-10 21:59"),
        ("2024-01-10 22:00", "2024-01-11 08:00"),
        ("2024-01-11 00:30", "2024-01-11 08:00"),
        ("2024-01-11 07:59", "2024-01-11 08:00"),
    ],
)
def test_nobody_is_reminded_at_night(moment: str, shown: str) -> None:
    assert awake(at(moment), "Asia/Tokyo") == at(shown)
    berlin = at("2024-03-30 23:00", "Europe/Berlin")
    assert awake(berlin, "Europe/Berlin") == at("2024-03-31 08:00", "Europe/Berlin")


class Life(RuleBasedStateMachine):
    """A ticket through any life, with its timers beside it as the store keeps them; time moves timer by timer."""

    @initialize(
        of=st.sampled_from([hours(), hours("Europe/Berlin"), Hours("UTC", lambda _: [ALL_DAY])]),
        start=st.integers(WEDNESDAY - 7 * 24 * HOUR, WEDNESDAY + 90 * 24 * HOUR),
        priority=st.sampled_from(TicketPriority),
        money=st.booleans(),
    )
    def begins(self, of: Hours, start: int, priority: TicketPriority, money: bool) -> None:
        self.policy, self.now, self.money = policy(of), start, money
        self.timers: dict[str, int] = {}
        self.over: dict[ClockName, int] = {}
        self.reminders = 0
        self.counted = 0
        new = ticket(created_at=start, priority=priority)
        self.ticket = timed(None, new, start, self.policy)
        self.timers = due_times(self.ticket, self.policy)

    def _becomes(self, changed: Ticket, *, has_spoken: bool = False, gone: str = "") -> None:
        """As `Timekeeping` does it: only what differs is set or cleared."""
        before = self.ticket
        self.ticket = timed(before, changed, self.now, self.policy, has_spoken=has_spoken)
        known = {kind: due for kind, due in due_times(before, self.policy).items() if kind != gone}
        later = due_times(self.ticket, self.policy)
        for kind in known.keys() - later.keys():
            self.timers.pop(kind)
        self.timers.update({kind: due for kind, due in later.items() if known.get(kind) != due})
        if self.ticket.status is not TicketStatus.PENDING:
            self.reminders = 0
        for name in ClockName:
            if name not in self.ticket.timing.watches:
                self.over.pop(name, None)

    @rule(move=st.sampled_from(Move))
    def staff_act(self, move: Move) -> None:
        done = taken(self.ticket, MIKA, self.now) if move is Move.TAKE else moved(self.ticket, move, self.now)
        if done is None:
            return
        if move is Move.REPLY:
            self.over.pop(ClockName.NEXT_REPLY, None)
            self.reminders = 0
        self._becomes(done, has_spoken=move is Move.REPLY)

    @rule(priority=st.sampled_from(TicketPriority))
    def priority_changes(self, priority: TicketPriority) -> None:
        self._becomes(replace(self.ticket, priority=priority))

    @rule(on_hold=st.booleans())
    def is_held_or_not(self, on_hold: bool) -> None:
        if self.ticket.status in (TicketStatus.OPEN, TicketStatus.ON_HOLD):
            self._becomes(replace(self.ticket, status=TicketStatus.ON_HOLD if on_hold else TicketStatus.OPEN))

    @rule()
    def requester_writes(self) -> None:
        if self.ticket.status is TicketStatus.PENDING:
            self._becomes(replace(self.ticket, status=TicketStatus.OPEN))

    @rule(lost=st.booleans())
    def reply_arrives_or_not(self, lost: bool) -> None:
        self._becomes(replace(self.ticket, undelivered="blocked" if lost else ""))

    @rule(minutes=st.integers(0, 5000))
    def time_passes(self, minutes: int) -> None:
        end = self.now + minutes * MINUTE
        while self.timers and (first := min(self.timers, key=lambda kind: self.timers[kind])):
            if self.timers[first] > end:
                break
            self._advance(max(self.timers.pop(first), self.now))
            self._fires(first)
        self._advance(end)

    @rule(days=st.integers(1, 10))
    def bot_is_down(self, days: int) -> None:
        """Everything that was due meanwhile fires late, in any order that the store gives."""
        self._advance(self.now + days * 24 * HOUR)
        for kind in [kind for kind, due in self.timers.items() if due <= self.now]:
            if self.timers.get(kind, self.now + 1) <= self.now:
                self.timers.pop(kind)
                self._fires(kind)

    def _advance(self, to: int) -> None:
        if not (self.ticket.status.is_done or self.ticket.status is TicketStatus.PENDING):
            self.counted += self.policy.hours.open_between(self.now, to)
        self.now = to

    def _fires(self, kind: str) -> None:
        changed = self.ticket
        actions = time_came(fired(kind, self.now), changed, self.now, self.policy, is_about_money=self.money)
        assert actions, f"{kind} fired for nothing"
        for action in actions:
            if isinstance(action, ChangeTicket):
                changed = action.ticket
            if isinstance(action, TellAgent) and action.text.key == "clock.over":
                self._is_over(str(action.text.values["clock"].key))  # type: ignore[union-attr]
            if isinstance(action, Notify) and action.text.key.startswith("silence.reminder"):
                self.reminders += 1
        self._becomes(changed, gone=kind)

    def _is_over(self, key: str) -> None:
        name = ClockName(key.removeprefix("clock."))
        if name is not ClockName.REGULAR_UPDATE:
            assert name not in self.over, f"{name} was told twice in one period"
        self.over[name] = self.now

    @invariant()
    def every_moment_has_its_timer(self) -> None:
        assert self.timers == due_times(self.ticket, self.policy)

    @invariant()
    def what_does_not_count_is_not_counted(self) -> None:
        watch = self.ticket.timing.watches[ClockName.RESOLUTION]
        running = 0 if watch.since is None else self.policy.hours.open_between(watch.since, self.now)
        assert watch.spent + running == self.counted

    @invariant()
    def nobody_is_reminded_twice(self) -> None:
        assert self.reminders <= 1

    @invariant()
    def what_has_passed_has_been_told(self) -> None:
        again, strikes = struck(self.ticket, self.now, self.policy)
        overdue = self.timers.get(CLOCKS, self.now + 1) <= self.now
        assert bool(strikes) == overdue
        assert (again == self.ticket) == (not strikes)

    @invariant()
    def promises_are_for_those_who_wait(self) -> None:
        timing, status = self.ticket.timing, self.ticket.status
        if timing.promise:
            assert status in (TicketStatus.OPEN, TicketStatus.ON_HOLD)
        assert (timing.silent_since is not None) == (status is TicketStatus.PENDING)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_marks_are_in_order() -> None:
    assert 0 < HALF < WHOLE
