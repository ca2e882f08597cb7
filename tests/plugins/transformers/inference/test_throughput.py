"""When the thread count is measured again."""

from harness_transformers.inference.throughput import Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def worked(pace: Pace, clock: Clock, *rates: float) -> list[int]:
    """The thread count after passes of 100 tokens at these rates."""
    found = []
    for rate in rates:
        clock.now += 100 / rate
        found.append(pace.after(100, 100 / rate))
    return found


def test_steady_passes_change_nothing() -> None:
    pace, clock = Pace(2, lambda: 1, clock := Clock()), clock
    assert worked(pace, clock, *[100.0, 80.0, 60.0] * 40) == [2] * 120


def test_slow_passes_in_a_row_have_the_threads_measured_again() -> None:
    clock = Clock()
    pace = Pace(2, lambda: 1, clock)
    assert worked(pace, clock, *[100.0] * 30) == [2] * 30
    assert worked(pace, clock, 30.0, 30.0) == [2, 1]


def test_one_slow_pass_is_no_reason() -> None:
    clock = Clock()
    pace = Pace(2, lambda: 1, clock)
    assert worked(pace, clock, *[100.0] * 30, 40.0, 100.0, 40.0, 100.0, 40.0, 100.0) == [2] * 36


def test_it_is_not_measured_again_right_after_it_was() -> None:
    clock, measured = Clock(), []
    pace = Pace(2, lambda: measured.append(clock.now) or 1, clock)
    worked(pace, clock, *[100.0] * 30, *[20.0] * 2, *[5.0] * 2, *[4.0] * 20)
    assert len(measured) == 2
    assert measured[1] - measured[0] >= 30


def test_where_threads_do_not_decide_the_rate_none_are_measured() -> None:
    clock = Clock()
    assert worked(Pace(2, None, clock), clock, *[100.0] * 30, *[5.0] * 10) == [2] * 40
