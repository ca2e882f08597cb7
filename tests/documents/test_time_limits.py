"""What might never end is stopped: in the main thread, in another one, and where the work hides that it was."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.documents import patterns
from harness.documents.patterns import Pattern
from harness.documents.time_limits import OutOfTimeError, limited


def in_thread(work: Callable[[], Any]) -> Any:
    """What the work returns or raises in a thread of its own."""
    found: list[Any] = []

    def call() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    return found[0]


def endless(seconds: float = 0.05) -> None:
    with limited(seconds):
        while True:
            pass


def hides_it() -> None:
    with limited(0.05):
        try:
            while True:
                pass
        except OutOfTimeError as error:
            raise TypeError("something else") from error


@pytest.mark.parametrize("work", [endless, hides_it])
def test_work_without_end_is_stopped(work: Callable[[], None]) -> None:
    with pytest.raises(OutOfTimeError, match=r"took more than 0\.05 s of processor time"):
        work()


@pytest.mark.parametrize("work", [endless, hides_it])
def test_work_without_end_is_stopped_in_a_thread(work: Callable[[], None]) -> None:
    assert str(in_thread(work)) == "took more than 0.05 s of processor time"


def test_work_in_time_leaves_no_timer_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with limited(5), limited(5):
        pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def inner_is_over_first() -> None:
    with limited(0.1):
        with limited(5):
            pass
        endless(5)


def outer_is_shorter() -> None:
    with limited(0.1), limited(5):
        endless(5)


def inner_is_shorter() -> None:
    with limited(5):
        endless(0.1)


@pytest.mark.parametrize("work", [inner_is_over_first, outer_is_shorter, inner_is_shorter])
@pytest.mark.parametrize("called", [lambda work: work(), in_thread], ids=["main", "thread"])
def test_the_shorter_of_two_limits_holds(called: Callable[[Any], Any], work: Callable[[], None]) -> None:
    def stopped() -> tuple[str, Any]:
        with pytest.raises(OutOfTimeError) as raised:
            work()
        return str(raised.value), sys.gettrace()

    before = called(sys.gettrace)
    began = time.monotonic()
    assert called(stopped) == ("took more than 0.1 s of processor time", before)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("called", [lambda work: work(), in_thread], ids=["main", "thread"])
def test_an_import_that_the_work_makes_is_whole(
    called: Callable[[Any], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_import.py").write_text("total = 0\nfor number in range(300_000):\n    total += 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "slow_to_import", raising=False)

    def imports() -> None:
        with limited(0.01):
            importlib.import_module("slow_to_import")
            while True:
                pass

    def work() -> str:
        with pytest.raises(OutOfTimeError) as raised:
            imports()
        return str(raised.value)

    assert called(work) == "took more than 0.01 s of processor time"
    assert sys.modules["slow_to_import"].total == 300_000


ENDLESS = "a" * 40 + "b"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.1)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("called", [lambda work: work(), in_thread], ids=["main", "thread"])
def test_an_expression_without_end_is_named_and_not_tried_again(called: Callable[[Any], Any]) -> None:
    pattern = Pattern("(a+)+$")

    def search() -> str:
        with pytest.raises(ValueError) as raised:  # noqa: PT011
            pattern.findall(ENDLESS)
        return str(raised.value)

    first = called(search)
    assert first.startswith("the regular expression '(a+)+$' takes more than 0.1 s for a text of 41 characters")
    began = time.perf_counter()
    assert search() == first
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize("called", [lambda work: work(), in_thread], ids=["main", "thread"])
@pytest.mark.parametrize(("text", "found"), [(r"\d+", ["1", "22"]), (r"(\w)=(\d+)", [("a", "1"), ("b", "22")])])
def test_it_finds_what_re_finds(text: str, found: list[Any], called: Callable[[Any], Any]) -> None:
    assert called(lambda: Pattern(text).findall("a=1 b=22")) == found
    assert called(lambda: Pattern(r"(\w)=").sub(r"\1:", "a=1 b=22", 1)) == "a:1 b=22"


@pytest.mark.parametrize("text", ["(", "a{99999999999999999999}", "(" * 2_000 + ")" * 2_000])
def test_what_is_no_expression_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Pattern(text)
