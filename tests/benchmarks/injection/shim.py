"""A command in a fork of this process, under the preloaded shim: its calls in order, or one of them spoilt.

A fork has what this process has imported: most of what a short command costs.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, TypeAlias

How: TypeAlias = Literal["kill", "ENOSPC", "full"]
KINDS = {
    **{"w": "write", "p": "pwrite64", "f": "fsync", "r": "rename"},
    **{"o": "open", "m": "mkdir", "u": "unlink"},
}
_IMPORTED = (
    "harness.cli.evaluate",
    "harness.cli.gate",
    "harness.report.query.build",
    "harness.runs.api",
    "harness.runs.loop",
    "harness.runs.steps.comparing",
    "harness.runs.steps.evaluating",
    "duckdb",
    "scipy.stats",
)
_OF_MODELS = ("torch", "transformers", "harness_transformers.training.trainer")
_SOURCE = Path(__file__).with_name("shim.c")
_LEDGER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, minus the signal that killed it, and what it said."""

    code: int
    out: str
    err: str


def can_build() -> bool:
    """Whether there is a C compiler, on a system that preloads."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


def preloaded() -> bool:
    """Whether this process has the shim in it."""
    return hasattr(ctypes.CDLL(None), "arm")


def build(folder: Path) -> Path:
    """The shim, compiled into the folder: for LD_PRELOAD."""
    library = folder / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl"], check=True)
    return library


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the time of the block; a `TemporaryDirectory` would go with the first fork that ends in order."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def warm(*, models: bool = False) -> None:
    """Import what commands need, once for all of them."""
    for name in (*_IMPORTED, *(_OF_MODELS if models else ())):
        import_module(name)


def ended(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    fault: tuple[Path, int, str] | None = None,
    seconds: float = 600,
) -> Ended:
    """The `harness` command, carried out in a process group of its own; `fault`: the ledger, which call, and how."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _carry_out(command, folder, env, (out.fileno(), err.fileno()), fault)
        code = _waited(child, seconds)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode(errors="replace"))
    return Ended(code, *said)


def counted(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[str, Ended]:
    """The kinds of its calls in their order, a letter each, and how it ended."""
    with scratch() as folder_of_ledger:
        ledger = _ledger(folder_of_ledger)
        result = ended(command, folder, env, (ledger, -1, "ENOSPC"))
        content = ledger.read_bytes()
    count = int.from_bytes(content[:8], sys.byteorder)
    return content[8 : 8 + count].decode(), result


def spoilt(command: Sequence[str], folder: Path, env: Mapping[str, str], at: int, how: How) -> Ended:
    """How it ends where the call of that number, from 0, kills it or finds the disk full."""
    with scratch() as folder_of_ledger:
        return ended(command, folder, env, (_ledger(folder_of_ledger), at, how))


def _carry_out(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    streams: tuple[int, int],
    fault: tuple[Path, int, str] | None,
) -> None:
    """What the child does; it does not return."""
    code = 70
    try:
        os.setsid()
        os.chdir(folder)
        os.environ.update({"OMP_NUM_THREADS": "1", **env})
        tempfile.tempdir = None
        for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), *streams)):
            os.dup2(stream, number)
        if fault is not None:
            ledger, at, how = fault
            os.environ.update({"FAULT_LEDGER": str(ledger), "FAULT_AT": str(at), "FAULT_HOW": how})
            ctypes.CDLL(None).arm(str(ledger).encode(), ctypes.c_long(at), how.encode())
        sys.argv = ["harness", *command]
        from harness.cli import entry

        entry()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    finally:
        for text in (sys.stdout, sys.stderr):
            text.flush()
        os._exit(code)


def _waited(child: int, seconds: float) -> int:
    """The exit code of the process, or minus its signal; it is killed after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            with suppress(ProcessLookupError):  # it has no group of its own yet
                os.killpg(child, 9)
        time.sleep(0.01)


def _ledger(folder: Path) -> Path:
    """A new ledger, empty."""
    ledger = folder / "ledger"
    ledger.write_bytes(bytes(_LEDGER_BYTES))
    return ledger
