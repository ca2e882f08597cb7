"""A memory limit is told in a sentence: nothing hangs, and no library ends the process with a code of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import ExitCode, memory_refusal

resource = pytest.importorskip("resource")
_LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]) << 20,) * 2); "
    "from harness.cli import main; sys.exit(main(sys.argv[2:]))"
)


@pytest.mark.parametrize("megabytes", [200, 700])
def test_a_limit_below_what_libraries_need_is_refused_before_they_load(megabytes: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _LIMITED, str(megabytes), "runs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == ExitCode.INCOMPLETE
    assert f"the address space is limited to {megabytes / 1024:.2f} GB (ulimit -v)" in done.stderr
    assert not (tmp_path / ".harness").exists()


def raised_from(cause: BaseException) -> BaseException:
    error = KeyError("a")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "nothing more could be held"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
        (OSError(12, "Cannot allocate memory"), "Cannot allocate memory"),
        (ImportError("libopenblas.so: failed to map segment from shared object"), "failed to map segment"),
        (raised_from(RuntimeError("std::bad_alloc")), "std::bad_alloc"),
        (ValueError("something else"), None),
    ],
)
def test_memory_that_ran_out_is_told_by_what_libraries_say(error: BaseException, said: str | None) -> None:
    assert memory_refusal(error) == said
