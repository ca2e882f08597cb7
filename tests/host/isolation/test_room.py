from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.host.isolation import pool as room
from harness.testing import make_answered, make_case

if TYPE_CHECKING:
    from collections.abc import Callable

METRIC = """
import os
from harness import Component, hookimpl

class Mine:
    reads = "text"
    def prepare(self, cases): self.seen = len(cases)
    def score(self, answered): return {"seen": self.seen, "process": os.getpid()}
    def value(self, statistics): return statistics["seen"]

@hookimpl
def register_metrics(): yield Component("mine", Mine)
"""


def test_the_worker_asked_longest_ago_makes_room_and_starts_anew_as_it_was_prepared(
    made: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    metrics = [made(METRIC) for _ in range(3)]
    processes = []
    for number, metric in enumerate(metrics, 1):
        metric.prepare([make_case(str(one)) for one in range(number)])
        processes.append(int(metric.score(make_answered("Hi"))["process"]))
    assert [Path(f"/proc/{process}").exists() for process in processes] == [False, True, True]
    again = metrics[0].score(make_answered("Hi"))
    assert (again["seen"], again["process"] == processes[0]) == (1.0, False)
