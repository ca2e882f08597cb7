"""`plugins/faults.md` holds: each of its rows is met on a command line, and ends as the row says."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.faults.conftest import Make

PAGE = Path(__file__).parents[2] / "plugins" / "faults.md"
KINDS = ("dataset", "cleaner", "trainer", "metric", "whole metric", "safety check", "backend", "refiner")
WORKERS = ("metric", "whole metric", "safety check")
ENDS = ("hangs", "leaks memory", "crashes", "calls os._exit")
FAULTS = (
    *("raises", "returns the wrong type", "gives too few results", "yields NaN", "mutates its input"),
    *("prints", "calls sys.exit", "recurses for ever", *ENDS),
)
METHODS = (
    *("trainer: check_data", "metric: warnings", "metric: chosen"),
    *("backend: check_requests", "refiner: possible_patches"),
)
METHOD_FAULTS = ("raises", "returns the wrong type", "mutates its input", "prints", "hangs", "calls os._exit")
IMPOSSIBLE = {
    *(("dataset", "gives too few results"), ("dataset", "mutates its input")),
    ("refiner: possible_patches", "mutates its input"),
}


class Row(NamedTuple):
    """A row of the page; `said` has a … for what differs from run to run."""

    kind: str
    fault: str
    code: str
    said: str
    kept: str

    @property
    def pattern(self) -> str:
        return r"plugin faulty(?: \([^)]*\))?: " + ".*".join(map(re.escape, self.said.split("…")))


def rows() -> list[Row]:
    found = []
    for part in PAGE.read_text("utf-8").split("\n## ")[1:]:
        for line in re.findall(r"^\| (.+) \|$", part, re.MULTILINE)[1:]:
            cells = [cell.strip().strip("`") for cell in line.split(" | ")]
            found.append(Row(part.splitlines()[0].lower(), *cells))
    return found


ROWS = {(row.kind, row.fault): row for row in rows()}


def test_the_page_has_a_row_for_every_kind_and_fault() -> None:
    assert list(ROWS) == [*product(KINDS, FAULTS), *product(METHODS, METHOD_FAULTS)]
    assert {key for key, row in ROWS.items() if row.code == "–"} == IMPOSSIBLE


def check(row: Row, isolate: bool | None, faulty: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meet the fault, compare with the row, take its cause away and go on."""
    project = faulty(row.kind, isolate)
    monkeypatch.setenv("FAULT", row.fault)
    if method := row.kind.partition(": ")[2]:
        monkeypatch.setenv("FAULT_IN", method)
    met = project.run()
    assert (met.code, project.kept()) == (int(row.code), row.kept), met.err
    assert re.search(row.pattern, re.sub(r"line \d+", "line N", met.err)), met.err
    assert "Traceback" not in met.err
    assert not met.out or json.loads(met.out)
    before = project.counts()["answers"]
    monkeypatch.delenv("FAULT")
    again = project.run()
    assert (again.code, again.asked) == (0, project.counts()["answers"] - before), again.err


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key in ROWS if key not in IMPOSSIBLE], ids=" ".join)
def test_a_fault_ends_as_the_page_says_and_the_same_command_goes_on(
    key: tuple[str, str], faulty: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, fault = key
    of_worker = kind.partition(":")[0] in WORKERS
    check(ROWS[key], True if fault in ENDS and not of_worker else None, faulty, monkeypatch)


@pytest.mark.parametrize("kind", [*KINDS, *METHODS])
def test_it_is_the_same_in_a_process_of_its_own_and_without(
    kind: str, faulty: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(ROWS[kind, "raises"], kind.partition(":")[0] not in WORKERS, faulty, monkeypatch)
