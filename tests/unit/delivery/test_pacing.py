"""Never more than the platforms allow in any window, nobody forgotten, nothing remembered for ever."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import LIMITS, Limits, Pacing
from bot.delivery.pacing import REMEMBERED_WAYS, WAY
from bot.model import ChatRef, PlatformName
from tests.clocks import SECOND, START

TELEGRAM = PlatformName.TELEGRAM
STAFF = ChatRef(TELEGRAM, "staff")
CHATS = [STAFF, *(ChatRef(TELEGRAM, name) for name in ("a", "b", "c")), ChatRef(TELEGRAM, "staff", "thread")]
STEPS = st.integers(0, 3 * SECOND)


def most_within(moments: list[int], span: int) -> int:
    """The most moments that any window of the span holds, its end not included."""
    return max((sum(start <= one < start + span for one in moments) for start in moments), default=0)


@settings(max_examples=150, deadline=None)
@given(
    limits=st.builds(Limits, st.integers(1, 3), st.integers(1, 20), st.integers(1, 8)),
    tries=st.lists(st.tuples(STEPS, st.sampled_from(CHATS), st.booleans()), max_size=120),
)
def test_no_window_ever_holds_more_than_its_limit(limits: Limits, tries: list[tuple[int, ChatRef, bool]]) -> None:
    """Whenever somebody asks and whether or not counters are forgotten in between."""
    pacing, now = Pacing({TELEGRAM: limits}, [STAFF]), START
    sent: dict[str, list[int]] = defaultdict(list)
    for step, chat, forget in tries:
        now += step
        if forget:
            pacing.forget(now)
        if pacing.free_at(chat, now) <= now:
            pacing.sent(chat, now)
            sent[chat.chat_id].append(now)
    everything = sorted(moment for moments in sent.values() for moment in moments)

    assert most_within(everything, SECOND) <= limits.overall_per_second
    assert most_within(sent["staff"], 60 * SECOND) <= limits.group_per_minute
    assert all(most_within(moments, SECOND) <= limits.chat_per_second for moments in sent.values())


@settings(max_examples=100, deadline=None)
@given(
    limits=st.builds(Limits, st.integers(1, 3), st.integers(1, 20), st.integers(1, 8)), chat=st.sampled_from(CHATS)
)
def test_whoever_waits_until_the_named_moment_may_write(limits: Limits, chat: ChatRef) -> None:
    pacing, now = Pacing({TELEGRAM: limits}, [STAFF]), START
    for _ in range(50):
        now = max(now, pacing.free_at(chat, now))
        assert pacing.free_at(chat, now) <= now
        pacing.sent(chat, now)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 40), st.integers(1, 5))
def test_no_chat_starves(chats: int, overall: int) -> None:
    """Served in the order of their oldest message, everybody has their turn within one round."""
    pacing, now = Pacing({TELEGRAM: Limits(1, 0, overall)}), START
    waiting = [(number, ChatRef(TELEGRAM, str(chat))) for number in range(3) for chat in range(chats)]
    served: dict[ChatRef, list[int]] = defaultdict(list)
    while waiting:
        for one in list(waiting):
            if pacing.free_at(one[1], now) <= now:
                pacing.sent(one[1], now)
                served[one[1]].append(now)
                waiting.remove(one)
        now = min(max(pacing.free_at(chat, now), now + 1) for _, chat in waiting) if waiting else now

    longest = max(len(CHATS), -(-chats // overall) + 1) * SECOND
    assert all(moments[0] - START <= longest for moments in served.values())


def test_counters_of_free_chats_are_forgotten() -> None:
    """A hundred thousand people may write; memory is for those of the last moment."""
    pacing = Pacing(LIMITS, [STAFF])
    for number in range(1000):
        now = START + number * SECOND
        pacing.sent(ChatRef(TELEGRAM, str(number)), now)
        pacing.refused(ChatRef(TELEGRAM, f"x{number}"), now + 5 * SECOND)
        pacing.forget(now)

    assert len(pacing._windows) <= 4
    assert len(pacing._refused_until) <= 5


def test_a_chat_that_refused_is_left_alone_until_then() -> None:
    pacing, chat = Pacing(LIMITS, [STAFF]), ChatRef(TELEGRAM, "a", "thread")
    pacing.refused(chat, START + 30 * SECOND)
    pacing.refused(chat, START + 5 * SECOND)

    assert pacing.free_at(ChatRef(TELEGRAM, "a"), START) == START + 30 * SECOND
    assert pacing.free_at(ChatRef(TELEGRAM, "b"), START) <= START


def test_a_group_has_its_own_limit_over_all_its_threads() -> None:
    pacing = Pacing({TELEGRAM: Limits(group_per_minute=2)}, [STAFF])
    for thread in ("1", "2"):
        pacing.sent(ChatRef(TELEGRAM, "staff", thread), START)

    assert pacing.free_at(ChatRef(TELEGRAM, "staff", "3"), START) == START + 60 * SECOND
    assert pacing.free_at(ChatRef(TELEGRAM, "requester"), START) <= START
    assert pacing.free_at(ChatRef(PlatformName.DISCORD, "staff"), START) <= START


def test_a_clock_that_is_set_back_stops_nobody_for_long() -> None:
    pacing, chat = Pacing(LIMITS, [STAFF]), ChatRef(TELEGRAM, "a")
    pacing.sent(chat, START)
    earlier = START - 3600 * SECOND

    assert pacing.free_at(chat, earlier) <= earlier + SECOND


@settings(max_examples=150, deadline=None)
@given(
    limits=st.builds(Limits, st.integers(1, 3), st.integers(1, 20), st.integers(1, 8)),
    tries=st.lists(
        st.tuples(st.integers(0, SECOND), st.sampled_from(CHATS), st.integers(0, WAY // 3), st.integers(0, WAY // 3)),
        max_size=REMEMBERED_WAYS - 1,
    ),
)
def test_however_long_the_way_the_platform_never_counts_too_many(
    limits: Limits, tries: list[tuple[int, ChatRef, int, int]]
) -> None:
    """It counts what it has got: some time after the message left, and before its answer came. No way is shorter than
    the quickest one, which the pacing has learned."""
    pacing, now = Pacing({TELEGRAM: limits}, [STAFF]), START
    events: list[tuple[int, int]] = []
    quickest = SECOND // 20
    pacing.claimed(-1, ChatRef(TELEGRAM, "z"))
    pacing.left(-1, now)
    pacing.ended(-1, now + quickest)
    now += 2 * SECOND
    counted: dict[str, list[int]] = defaultdict(list)
    for id, (step, chat, there, back) in enumerate(tries):
        now += step
        for moment, other in [one for one in events if one[0] <= now]:
            pacing.ended(other, moment)
        events = [one for one in events if one[0] > now]
        if pacing.free_at(chat, now) <= now:
            pacing.claimed(id, chat)
            pacing.left(id, now)
            counted[chat.chat_id].append(now + quickest // 2 + there)
            events.append((now + quickest + there + back, id))
    everything = [moment for moments in counted.values() for moment in moments]

    assert most_within(everything, SECOND) <= limits.overall_per_second
    assert most_within(counted["staff"], 60 * SECOND) <= limits.group_per_minute
    assert all(most_within(moments, SECOND) <= limits.chat_per_second for moments in counted.values())


def test_what_has_not_left_yet_counts_until_it_is_given_back() -> None:
    pacing, chat = Pacing(LIMITS), ChatRef(TELEGRAM, "a")
    pacing.claimed(1, chat)
    pacing.forget(START + 60 * SECOND)
    assert pacing.free_at(chat, START + 60 * SECOND) > START + 60 * SECOND

    pacing.ended(1, START + 60 * SECOND)
    assert pacing.free_at(chat, START + 60 * SECOND) == START + 60 * SECOND


def test_a_reaction_uses_no_chats_limit() -> None:
    pacing = Pacing(LIMITS, [STAFF])
    pacing.sent(STAFF, START, 20)

    assert pacing.free_at(STAFF, START) == START + 60 * SECOND
    assert pacing.free_at(STAFF, START + SECOND, 0) == START + SECOND


def test_each_staff_chat_has_a_limit_of_its_own() -> None:
    other = ChatRef(TELEGRAM, "payments")
    pacing = Pacing({TELEGRAM: Limits(group_per_minute=20)}, [STAFF, other])
    pacing.sent(STAFF, START, 20)
    pacing.sent(other, START, 19)

    assert pacing.free_at(STAFF, START) == START + 60 * SECOND
    assert pacing.free_at(other, START) == START


def test_the_limit_of_a_second_is_spread_over_it() -> None:
    """All at once would arrive spread by chance, and meet what leaves a second later."""
    pacing, left, now = Pacing(LIMITS), [], START
    for number in range(300):
        chat = ChatRef(TELEGRAM, str(number))
        now = max(now, pacing.free_at(chat, now))
        pacing.sent(chat, now)
        left.append(now)

    assert most_within(left, SECOND // 4) <= 10
    assert left[-1] - START <= 10 * SECOND


def test_starting_a_little_late_costs_little_of_what_is_allowed() -> None:
    """Between the moment that was named and the one at which something leaves, rows are read and marked."""
    pacing, left, now, late = Pacing(LIMITS), [], START, SECOND // 40
    for number in range(3000):
        chat = ChatRef(TELEGRAM, str(number))
        free_at = pacing.free_at(chat, now)
        now = free_at + late if free_at > now else now
        pacing.sent(chat, now)
        left.append(now)
    seconds = (left[-1] - left[0]) / SECOND

    assert (len(left) - 1) / seconds > 0.95 * LIMITS[TELEGRAM].overall_per_second
    assert most_within(left[:300], SECOND) <= LIMITS[TELEGRAM].overall_per_second
