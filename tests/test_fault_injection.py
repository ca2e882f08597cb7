"""A few faults at the system calls of commands; `tests/benchmarks/fault_injection.py` injects all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from injection.faults import chosen
from injection.shim import can_build

SCRIPT = Path(__file__).parent / "benchmarks" / "fault_injection.py"


def struck(*arguments: str) -> str:
    """What the script says of its faults; it ends with 1 where anything is wrong."""
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not can_build(), reason="needs Linux and gcc")
def test_what_people_own_is_whole_whatever_strikes_while_it_is_written() -> None:
    said = struck("--scene", "export", "suite", "report")
    assert said.count(" 0 wrong") == 3


@pytest.mark.slow
@pytest.mark.skipif(not can_build(), reason="needs Linux and gcc")
def test_an_evaluation_that_was_struck_ends_as_an_undisturbed_one() -> None:
    said = struck("--scene", "evaluate", "--how", "kill", "ENOSPC", "full", "--every", "20")
    assert " 0 wrong" in said


@pytest.mark.slow
@pytest.mark.skipif(not can_build(), reason="needs Linux and gcc")
def test_a_store_that_is_pruned_or_repaired_loses_nothing_more_by_a_fault() -> None:
    said = struck("--scene", "prune", "repair", "--first", "0", "--every", "3")
    assert said.count(" 0 wrong") == 2


def test_the_first_calls_and_what_makes_files_last_are_always_chosen() -> None:
    assert chosen("wwwpppfrwwww", first=2, at_random=0) == [0, 1, 6, 7]
    assert len(chosen("wwwpppfrwwww", first=2, at_random=3)) == 7
