"""What plugin code prints is caught in one way, wherever it is called."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from harness.host.isolation.silence import quiet, silenced
from harness.host.isolation.watch import Watch

WAYS: dict[str, Callable[[], object]] = {
    "print": lambda: print("loud"),
    "bytes": lambda: sys.stdout.buffer.write(b"loud"),
    "half a pair": lambda: print("loud\ud83d"),
    "closed": lambda: (print("loud"), sys.stdout.close()),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_kept_and_passed_on_however_it_is_printed_from_python(
    way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with silenced() as printed:
        WAYS[way]()
    out, err = capsys.readouterr()
    assert (out, printed.text[:4], err[:4]) == ("", "loud", "loud")


@pytest.mark.parametrize("way", WAYS)
def test_at_import_and_at_work_the_same_is_seen(way: str, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with quiet(lambda kind, text: told.append(text)):
        WAYS[way]()
    with Watch("metric 'x'").silenced("score"):
        WAYS[way]()
    assert [("'loud" in text) for text in (*told, *caplog.messages)] == [True, True]


def test_what_would_move_a_terminal_is_not_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    with silenced():
        print("\x1b[2Jgone")
    assert capsys.readouterr().err == "gone\n"


def test_what_is_written_past_python_goes_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced(echo=False) as printed:
        os.write(1, b"past\n")
        subprocess.run([sys.executable, "-c", "print('child')"], check=True)
    assert capfd.readouterr() == ("", "past\nchild\n")
    assert printed.text == ""


def test_leaving_with_0_is_an_error_where_it_would_end_the_harness() -> None:
    with pytest.raises(SystemExit, match=r"os\._exit\(0\)"), silenced():
        os._exit(0)
