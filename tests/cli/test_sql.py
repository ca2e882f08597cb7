from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_the_store_can_be_asked(measured: Project, harness: Run) -> None:
    query = "SELECT suite, count(*) AS evaluations FROM evaluations GROUP BY suite"
    assert harness("sql", query, "--json").json == [{"suite": "teams", "evaluations": 3}]
    assert harness("sql", query).out.split() == ["suite", "evaluations", "teams", "3"]
    assert harness("sql", "SELECT 1 AS one WHERE false").out == "no rows\n"


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM predictions",
        "CREATE TABLE mine AS SELECT 1",
        "COPY predictions TO 'stolen.csv'",
        "SELECT * FROM 'talk.jsonl'",
        "SELECT * FROM read_text('recipe.yaml')",
        "ATTACH 'other.duckdb'",
        "SET enable_external_access=true",
        "SELEKT 1",
        "SELECT * FROM nowhere",
        "",
    ],
)
def test_it_can_neither_write_nor_reach_other_files(measured: Project, harness: Run, query: str) -> None:
    before = sorted(measured.folder.iterdir())
    result = harness("sql", query)
    assert (result.code, result.out) == (2, "")
    assert sorted(measured.folder.iterdir()) == before
    assert harness("sql", "SELECT count(*) AS n FROM predictions", "--json").json == [{"n": 180}]
