"""The order of the queue, who may be given what, and whom news may wake."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Wake
from bot.desk import queue
from bot.desk.queue import FORGOTTEN_AFTER, MOST_WOKEN
from bot.model import Agent, ChatRef, Person, PlatformName, Standing, Ticket, TicketStatus
from bot.staffing import Duty, Shift, Waiting

WEB = PlatformName.WEB
DESK = ChatRef(WEB, "staff")
NOW = 10 * FORGOTTEN_AFTER
CAPACITY = 2
MIKA, KEN, LEAD = (
    Agent(WEB, name.lower(), name, standing)
    for name, standing in (("Mika", Standing.MEMBER), ("Ken", Standing.MEMBER), ("Lea", Standing.ADMINISTRATOR))
)

waitings = st.builds(
    Waiting,
    id=st.integers(1, 1000),
    number=st.just(1),
    requester_id=st.just(1),
    team=st.just("payments"),
    language=st.sampled_from(("en", "ja", "zh")),
    rank=st.integers(0, 3),
    since=st.integers(0, 5),
)
queues = st.lists(waitings, max_size=12, unique_by=lambda one: one.id)


def shift(agent: Agent = MIKA, **changed: Any) -> Shift:
    return Shift(**{"agent": agent, "duty": Duty.ON, "since": 1, "seen_at": NOW, **changed})


def ticket(**changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": 1, "number": 1, "desk": "main", "status": TicketStatus.OPEN, "requester_id": 1, "conversation_id": 1,
        "requester": Person(WEB, "1", "Aiko"), "requester_chat": ChatRef(WEB, "1"),
        "desk_chat": replace(DESK, thread_id="t1"), "topic": "", "team": "payments", "subject": "", "language": "en",
        "answers": {}, "card_id": 2, "created_at": 0,
    }  # fmt: skip
    return Ticket(**{**values, **changed})


@given(queues)
def test_nobody_is_passed_by_somebody_less_urgent_or_later(found: list[Waiting]) -> None:
    ordered = queue.in_order(shift(), found)

    assert sorted(one.id for one in ordered) == sorted(one.id for one in found)
    for one, after in pairwise(ordered):
        assert one.rank <= after.rank
        assert one.rank < after.rank or one.since <= after.since


@given(queues, st.randoms())
def test_the_order_is_the_same_however_the_store_lists_them(found: list[Waiting], random: Any) -> None:
    mixed = list(found)
    random.shuffle(mixed)

    assert queue.in_order(shift(), mixed) == queue.in_order(shift(), found)


@given(queues)
def test_whoever_waits_longer_never_falls_back(found: list[Waiting]) -> None:
    """To have begun to wait earlier, or to be more urgent, never costs a place."""
    places = [one.id for one in queue.in_order(shift(), found)]
    for one in found:
        for sooner in (replace(one, since=one.since - 1), replace(one, rank=one.rank - 1)):
            changed = [sooner if other is one else other for other in found]
            assert [other.id for other in queue.in_order(shift(), changed)].index(one.id) <= places.index(one.id)


@given(queues, st.sets(st.sampled_from(("en", "ja"))))
def test_only_languages_that_an_agent_named_are_given_to_them(found: list[Waiting], languages: set[str]) -> None:
    given = queue.in_order(shift(languages=tuple(languages)), found)

    assert {one.id for one in given} == {one.id for one in found if not languages or one.language in languages}


@pytest.mark.parametrize(
    ("changed", "is_free"),
    [
        ({}, True),
        ({"status": TicketStatus.NEW}, True),
        ({"status": TicketStatus.PENDING}, False),
        ({"status": TicketStatus.ON_HOLD}, False),
        ({"status": TicketStatus.SOLVED}, False),
        ({"assignee": KEN}, False),
        ({"desk_chat": ChatRef(WEB, "another team")}, False),
        ({"language": "ja"}, False),
        ({"team": "security"}, False),
    ],
)
def test_what_may_be_given_under_the_lock(changed: dict[str, Any], is_free: bool) -> None:
    chosen = shift(languages=("en",), teams=("payments", "trading"))
    assert queue.is_free(ticket(**changed), chosen, replace(DESK, thread_id="t9")) is is_free


@pytest.mark.parametrize(("capacity", "busy", "left"), [(None, 0, 2), (None, 2, 0), (3, 2, 1), (1, 4, 0)])
def test_room_is_what_the_agent_said_or_the_settings(capacity: int | None, busy: int, left: int) -> None:
    assert queue.room(shift(capacity=capacity, busy=busy), CAPACITY) == left


def woken(wake: Wake, shifts: Sequence[Shift], **changed: Any) -> tuple[str, ...] | None:
    agents = queue.woken(wake, ticket(**changed), shifts, CAPACITY, NOW)
    return None if agents is None else tuple(one.name for one in agents)


def test_a_notice_wakes_nobody() -> None:
    assert woken(Wake.NOBODY, [shift()], assignee=MIKA) == ()


def test_an_answer_wakes_whoever_has_the_ticket() -> None:
    assert woken(Wake.ASSIGNEE, [shift(), shift(KEN)], assignee=MIKA) == ("Mika",)
    assert woken(Wake.ASSIGNEE, [shift(duty=None)], assignee=MIKA) == ("Mika",)
    assert woken(Wake.ASSIGNEE, [], assignee=MIKA) == ("Mika",)


@pytest.mark.parametrize("duty", [Duty.BREAK, Duty.OFF])
def test_whoever_is_away_is_not_woken_but_those_who_are_there(duty: Duty) -> None:
    assert woken(Wake.ASSIGNEE, [shift(duty=duty), shift(KEN)], assignee=MIKA) == ("Ken",)


def test_a_new_ticket_wakes_those_on_duty_who_have_room_the_least_busy_first() -> None:
    shifts = [
        shift(agent=Agent(WEB, "1", "full"), busy=CAPACITY),
        shift(agent=Agent(WEB, "2", "busy"), busy=1),
        shift(agent=Agent(WEB, "3", "idle")),
        shift(agent=Agent(WEB, "4", "away"), duty=Duty.BREAK),
        shift(agent=Agent(WEB, "5", "speaks no English"), languages=("ja",)),
        shift(agent=Agent(WEB, "6", "went home"), seen_at=NOW - FORGOTTEN_AFTER),
        shift(agent=Agent(WEB, "7", "never said"), duty=None),
    ]
    assert woken(Wake.TEAM, shifts) == ("idle", "busy")


def test_a_new_ticket_never_wakes_a_crowd() -> None:
    crowd = [shift(Agent(WEB, str(number), f"Agent {number}")) for number in range(40)]
    names = woken(Wake.TEAM, crowd)
    assert names is not None
    assert len(names) == MOST_WOKEN


def test_where_nobody_speaks_of_duty_a_new_ticket_makes_the_usual_sound() -> None:
    assert woken(Wake.TEAM, []) is None
    assert woken(Wake.TEAM, [shift(duty=None)]) is None


def test_a_breach_wakes_those_who_lead() -> None:
    assert woken(Wake.LEADS, [shift(), shift(LEAD, duty=Duty.OFF)]) == ("Lea",)
    assert woken(Wake.LEADS, [shift()]) is None


def test_away_is_who_said_so_or_went_home_without_a_word_and_nobody_else() -> None:
    home = NOW - FORGOTTEN_AFTER
    duties = {
        "off": shift(duty=Duty.OFF),
        "forgot": shift(seen_at=home),
        "here": shift(seen_at=home + 1),
        "break": shift(duty=Duty.BREAK, seen_at=home),
        "never said": shift(duty=None, seen_at=home),
        "somebody else": shift(KEN, duty=Duty.OFF),
    }

    away = [name for name, one in duties.items() if queue.is_away(MIKA, [one], NOW)]

    assert away == ["off", "forgot"]
    assert not queue.is_away(None, list(duties.values()), NOW)
