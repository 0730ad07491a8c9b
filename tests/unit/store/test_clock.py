"""What waits for a moment must not wait for an hour more because somebody put the machine's clock right."""

from bot.store import SystemClock

SECOND, HOUR = 1_000_000, 3600 * 1_000_000


class Machine:
    """Its two clocks, in nanoseconds; only one of them can be set."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_790_000_000 * 10**9, 5 * 10**9

    def passes(self, microseconds: int) -> None:
        self.wall += microseconds * 1000
        self.steady += microseconds * 1000

    def clock(self, above: int = 0) -> SystemClock:
        return SystemClock(above, wall=lambda: self.wall, steady=lambda: self.steady)


def test_it_tells_the_time_of_the_system() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passes(SECOND)

    assert clock.now() == machine.wall // 1000


def test_put_back_by_an_hour_the_time_goes_on_as_it_was() -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.wall -= HOUR * 1000
    assert clock.now() == before
    machine.passes(SECOND)

    assert clock.now() == before + SECOND


def test_put_forward_or_woken_from_sleep_it_follows() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR * 1000

    assert clock.now() == machine.wall // 1000


def test_ids_rise_whatever_is_done_to_the_clock() -> None:
    machine = Machine()
    clock = machine.clock()
    ids = [clock.new_id()]
    for step in (-HOUR, HOUR, -2 * HOUR):
        machine.wall += step * 1000
        ids += [clock.new_id(), clock.new_id()]

    assert ids == sorted(set(ids))
