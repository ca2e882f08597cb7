"""The harness's own process goes: taken by a component, killed, or stopped by Ctrl-C while a worker hangs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.conftest import Faulty, Make

Start = Callable[["Faulty"], "subprocess.Popen[str]"]
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the project's command in a process of its own."""
    started = []

    def begin(project: Faulty) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from harness.cli import entry; entry()", *project.line]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def children(process: int) -> list[int]:
    """The processes that it started and that are there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text("utf-8").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process and state != "Z":
            found.append(int(stat.parent.name))
    return found


def waited(until: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        time.sleep(0.1)
    return until()


def hanging(project: Faulty, start: Start) -> tuple[subprocess.Popen[str], int]:
    """The command, at work, and its worker, which hangs."""
    process = start(project)
    assert waited(lambda: Path("hangs").exists()), process.poll()
    (worker,) = children(process.pid)
    return process, worker


@pytest.mark.parametrize(
    ("kind", "fault", "code", "doing", "kept"),
    [
        ("trainer", "crashes", -signal.SIGSEGV, "trainer 'faulty': train", "3 steps"),
        ("backend", "crashes", -signal.SIGSEGV, "backend 'faulty': answer", "40 answers"),
    ],
)
def test_a_component_that_takes_the_process_with_it_is_named_when_the_command_goes_on(
    kind: str, fault: str, code: int, doing: str, kept: str, faulty: Make, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = faulty(kind)
    monkeypatch.setenv("FAULT", fault)
    process = start(project)
    process.communicate(timeout=120)
    assert (process.returncode, project.kept()) == (code, kept)
    monkeypatch.delenv("FAULT")
    again = project.run()
    assert f"plugin faulty: {doing} was at work when the last process ended" in again.err
    assert "try `isolate: true` with it" in again.err
    assert again.code == 0


def test_a_component_that_would_end_the_process_as_if_all_were_well_is_named(
    faulty: Make, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = faulty("trainer")
    monkeypatch.setenv("FAULT", "calls os._exit")
    process = start(project)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, project.kept()) == (4, "3 steps")
    assert "trainer 'faulty': train: SystemExit: os._exit(0)" in " ".join(err.split())


@needs_proc
def test_ctrl_c_while_a_worker_hangs_is_130_at_once_and_leaves_no_process(
    faulty: Make, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULT", "hangs")
    monkeypatch.setenv("HARNESS_PLUGIN_SECONDS", "300")
    process, worker = hanging(faulty("metric"), start)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, Path(f"/proc/{worker}").exists()) == (130, False)
    assert "the same command goes on from here" in err


@needs_proc
def test_a_harness_that_is_killed_leaves_no_worker(faulty: Make, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULT", "hangs")
    monkeypatch.setenv("HARNESS_PLUGIN_SECONDS", "300")
    process, worker = hanging(faulty("metric"), start)
    process.kill()
    process.wait()
    assert waited(lambda: not Path(f"/proc/{worker}").exists(), 10)
