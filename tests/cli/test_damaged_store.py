"""Commands on a store file that cannot be read, and `harness store repair`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

FILE = Path(".harness/store.duckdb")
EVALUATE = ("evaluate", "fake:good.json", "--suite", "teams", "--name", "good", "--json")


@pytest.mark.parametrize(
    "command",
    [
        EVALUATE,
        ("compare", "good", "near"),
        ("gate", "--suite", "teams", "--baseline", "good"),
        ("report",),
        ("runs",),
        ("sql", "SELECT max(body) FROM cases"),
        ("baselines", "list"),
        ("store", "prune", "--max-size", "0"),
        ("run", "recipe.yaml"),
    ],
)
def test_every_command_says_what_to_do(measured: Project, harness: Run, command: tuple[str, ...]) -> None:
    FILE.write_bytes(FILE.read_bytes()[:100_000])
    result = harness(*command)
    assert (result.code, "store.duckdb: is damaged: " in result.err) == (4, True)
    assert "`harness store repair`" in result.err


@pytest.mark.parametrize(
    "torn", ["DROP TABLE evaluations", "ALTER TABLE baselines DROP COLUMN decision", "DROP TABLE baselines"]
)
def test_a_store_without_a_table_or_column_of_its_schema_is_damaged(measured: Project, harness: Run, torn: str) -> None:
    with duckdb.connect(str(FILE)) as connection:
        connection.execute(torn)
    result = harness("gate", "--suite", "teams", "--baseline", "main", "--candidate", "good")
    assert (result.code, "store.duckdb: lacks tables or columns of its schema: " in result.err) == (4, True)
    told = harness("store", "repair", "--json").json
    assert told["lost"] == ["baselines" if "baselines" in torn else "evaluations"]
    assert harness(*EVALUATE).code == 0


GATE = ("gate", "--suite", "teams", "--baseline", "good", "--candidate", "near")


@pytest.mark.parametrize(
    ("written", "command", "what"),
    [
        ("UPDATE suites SET spec = '[]'", ("suites", "show", "teams"), "suite"),
        ("UPDATE suites SET spec = '{}'", ("report", "latest"), "suite"),
        ("UPDATE cases SET body = '{}'", GATE, "case"),
        ("UPDATE comparisons SET body = '[1]'", ("report", "latest"), "comparison"),
        ("UPDATE evaluations SET created_at = 'infinity'", GATE, "time"),
        ("UPDATE evaluations SET created_at = TIMESTAMP '200000-01-01'", GATE, "time"),
    ],
)
def test_a_row_that_somebody_else_wrote_is_named(
    measured: Project, harness: Run, written: str, command: tuple[str, ...], what: str
) -> None:
    assert harness(*GATE).code in (0, 1, 3)
    with duckdb.connect(str(FILE)) as connection:
        connection.execute(written)
    Path("suites/teams.yaml").rename("elsewhere.yaml")
    result = harness(*command)
    assert (result.code, f"store.duckdb: holds a {what} that harness has not written (" in result.err) == (4, True)


@pytest.mark.parametrize("command", [("runs",), ("store", "repair"), EVALUATE])
def test_a_pipe_in_place_of_the_store_is_not_waited_for(
    measured: Project, harness: Run, command: tuple[str, ...]
) -> None:
    FILE.unlink()
    os.mkfifo(FILE)
    result = harness(*command)
    assert (result.code, "store.duckdb: is no regular file; move it away" in result.err) == (4, True)


def test_after_a_repair_the_same_commands_give_the_same_figures(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "good")
    assert harness("baselines", "export", "main", "main.json").code == 0
    before = harness(*EVALUATE).json["results"][0]["metrics"]
    FILE.write_bytes(bytes(FILE.stat().st_size))
    result = harness("store", "repair", "--baseline", "main.json")
    assert (result.code, "lost: all that was stored of " in result.out) == (0, True)
    assert "baseline main on teams is back, from its file" in result.out
    assert len(list(FILE.parent.glob("store.duckdb.damaged-*"))) == 1
    again = harness(*EVALUATE)
    assert (again.code, again.json["results"][0]["metrics"]) == (0, before)
    assert harness("gate", "--suite", "teams", "--baseline", "main", "--candidate", "good").code == 0
    assert "is whole: " in harness("store", "repair").out


def test_a_repair_tells_a_machine_what_it_did(measured: Project, harness: Run) -> None:
    told = harness("store", "repair", "--json").json
    assert (told["kept"], told["lost"], told["rows"]["evaluations"]) == ([], [], 3)
