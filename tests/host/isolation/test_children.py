"""Processes are started, ended and explained in one place."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from harness.host.isolation.children import Child, death, ending, finished

STARTS_ANOTHER = (
    "import subprocess, sys, time; "
    "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "open(sys.argv[1], 'w').write(str(other.pid)); time.sleep(float(sys.argv[2]))"
)


def is_running(process: int) -> bool:
    file = Path(f"/proc/{process}/stat")
    return file.exists() and file.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("seconds", [0, 60])
def test_what_a_process_has_started_ends_with_it_also_where_it_ended_by_itself(tmp_path: Path, seconds: int) -> None:
    file = tmp_path / "other"
    child = Child("-c", STARTS_ANOTHER, str(file), str(seconds))
    while not file.exists() or not file.read_text():
        time.sleep(0.01)
    assert child.ends_within(10 if seconds == 0 else 0) == (seconds == 0)
    assert is_running(int(file.read_text()))
    child.end()
    until = time.monotonic() + 5
    while is_running(int(file.read_text())) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_running(int(file.read_text()))


def test_a_program_gets_what_is_given_and_its_output_comes_back() -> None:
    done = finished([sys.executable, "-c", "import sys; print(sys.stdin.read().upper()); sys.exit(3)"], b"aloud")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (3, b"ALOUD", b"")


def test_a_program_that_takes_too_long_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match=r"takes longer than 0\.2 s"):
        finished([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.2)


@pytest.mark.parametrize(
    ("code", "ends", "ended"),
    [
        (3, "ends the process with exit code 3", "ended itself with exit code 3"),
        (-signal.SIGSEGV, "ends the process with SIGSEGV", "was killed by SIGSEGV"),
        (-40, "ends the process with signal 40", "was killed by signal 40"),
    ],
)
def test_the_end_of_a_process_in_words(code: int, ends: str, ended: str) -> None:
    assert (ending(code), death(code)) == (ends, ended)
