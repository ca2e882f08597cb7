"""What a command ends with when its output cannot be written."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from harness.cli import main
from harness.cli.streams import Channel, channel
from harness.testing import fakes

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

GATE = ("gate", "--suite", "teams", "--baseline", "good", "--candidate")
LOST = "harness: stdout cannot be written: No space left on device; what was printed is lost"


@contextmanager
def writing_to(path: str, monkeypatch: pytest.MonkeyPatch, flags: int = os.O_WRONLY) -> Iterator[None]:
    descriptor = os.open(path, flags)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", channel(descriptor))
        yield
    os.close(descriptor)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*GATE, "good"), 4),  # it passed, and nobody was told
        ((*GATE, "near", "--policy", "strict"), 4),  # 3 and 4
        ((*GATE, "base"), 1),  # a regression is one, read or not
        (("runs", "--json"), 4),
        (("sql", "SELECT 1"), 4),
        (("--help",), 4),
        (("gate", "--help"), 4),
        (("suites", "list"), 4),
        (("gate",), 2),
    ],
)
def test_a_full_stdout_is_4_where_nothing_worse_holds(
    measured: Project, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
) -> None:
    with writing_to("/dev/full", monkeypatch):
        assert main(["--plugin", str(fakes.__file__), *arguments]) == code


def test_stderr_says_what_became_of_the_output(
    measured: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing_to("/dev/full", monkeypatch):
        main(["--plugin", str(fakes.__file__), *GATE, "good"])
    assert capsys.readouterr().err.splitlines()[-1].startswith(LOST)


def test_a_stdout_that_is_open_for_reading_only_is_told_as_closed(
    measured: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing_to(os.devnull, monkeypatch, os.O_RDONLY):
        assert main(["runs"]) == 4
    assert "stdout cannot be written: it is closed; " in capsys.readouterr().err


def test_a_report_that_does_not_fit_on_the_disk_is_2_and_names_the_file(measured: Project, harness: Run) -> None:
    assert harness(*GATE, "base").code == 1
    result = harness("report", "--format", "html", "--output", "/dev/full")
    assert (result.code, result.err) == (2, "harness: /dev/full: cannot be written: No space left on device")


def test_a_pipe_that_does_not_wait_gets_all_of_it() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen(["wc", "-c"], stdin=reading, stdout=subprocess.PIPE, text=True) as count:
        os.close(reading)
        with channel(writing) as stream:
            stream.write("x" * 1_000_000)
        os.close(writing)
        assert count.communicate()[0].strip() == "1000000"


def test_what_is_written_after_a_loss_is_lost_too() -> None:
    with Channel(os.open(os.devnull, os.O_RDONLY), "w") as lost:
        assert (lost.write(b"ab"), lost.write(memoryview(b"cde"))) == (2, 3)
        assert lost.problem is not None


@pytest.mark.parametrize(
    ("redirected", "candidate", "code"),
    [
        (">&-", "good", 4),
        (">&- 2>&-", "base", 1),
        ("2>&- >/dev/null", "good", 0),
        ("2>/dev/full >/dev/null", "good", 0),
    ],
)
def test_a_gate_in_a_shell_whose_streams_are_closed(
    measured: Project, redirected: str, candidate: str, code: int
) -> None:
    program = [sys.executable, "-c", "from harness.cli import entry; entry()", "--plugin", str(fakes.__file__)]
    command = f"{shlex.join([*program, *GATE, candidate])} {redirected}"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
