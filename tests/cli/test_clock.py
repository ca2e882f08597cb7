"""What came later is later, though the clock was set back in between."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from harness.store.journal import values

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


@pytest.fixture
def set_back(measured: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of a machine that has just started without a battery, in a new process."""
    monkeypatch.setattr(values, "_clock", lambda: datetime(2001, 1, 1))
    monkeypatch.setattr(values, "_given", datetime.min)


@pytest.mark.usefixtures("set_back")
def test_runs_are_in_the_order_in_which_they_were_made(harness: Run) -> None:
    harness("compare", "good", "base")
    rows = harness("runs", "--json").json
    assert [row["command"] for row in rows][:2] == ["compare good base", "evaluate fake:base.json --suite teams"]
    assert [row["state"] for row in rows] == ["complete"] * len(rows)
    assert harness("report", "latest", "--json").json["command"] == "compare good base"


@pytest.mark.usefixtures("set_back")
def test_the_baseline_that_was_set_last_counts(harness: Run) -> None:
    for address in ("good", "base", "near"):
        harness("baselines", "set", "main", address)
        (standing,) = harness("baselines", "show", "main", "--json").json
        assert standing["model"].endswith(f"{address}.json")


def test_times_of_one_process_never_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([datetime(2026, 5, 1, 12), datetime(2026, 5, 1, 11), datetime(2026, 5, 1, 12, 0, 1)])
    monkeypatch.setattr(values, "_clock", lambda: next(clock))
    monkeypatch.setattr(values, "_given", datetime.min)
    told = [values.now() for _ in range(3)]
    assert told == ["2026-05-01 12:00:00.000000", "2026-05-01 12:00:00.000001", "2026-05-01 12:00:01.000000"]
