from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Spawn
    from tests.conftest import Project


def test_eight_processes_evaluate_into_one_store_while_another_reads_it(
    project: Project, harness: Run, spawn: Spawn
) -> None:
    """Two for each of four models: what both ask for is stored once."""
    for number in range(4):
        project.model(f"model-{number}", wrong=10 * number, seconds=0.01)
    writers = [spawn("evaluate", f"fake:model-{number % 4}.json", "--suite", "teams") for number in range(8)]
    seen = []
    while any(writer.poll() is None for writer in writers):
        result = harness("runs", "--json")
        assert (result.code, result.err) == (0, "")
        seen.append(len(result.json))
    for writer in writers:
        _, err = writer.communicate()
        assert (writer.returncode, "Traceback" in err) == (0, False), err
    assert seen == sorted(seen)
    assert [row["state"] for row in harness("runs", "--json").json] == ["complete"] * 8
    query = "SELECT count(*) AS predictions, (SELECT count(*) FROM scores) AS scores FROM predictions"
    assert harness("sql", query, "--json").json == [{"predictions": 240, "scores": 240}]
