from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Spawn
    from tests.conftest import Project


def test_four_processes_evaluate_into_one_store_while_another_reads_it(
    project: Project, harness: Run, spawn: Spawn
) -> None:
    for number in range(4):
        project.model(f"model-{number}", wrong=10 * number, seconds=0.01)
    writers = [spawn("evaluate", f"fake:model-{number}.json", "--suite", "teams") for number in range(4)]
    seen = []
    while any(writer.poll() is None for writer in writers):
        result = harness("runs", "--json")
        assert result.code == 0
        seen.append(len(result.json))
    for writer in writers:
        _, err = writer.communicate()
        assert writer.returncode == 0, err
    assert seen == sorted(seen)
    assert [row["state"] for row in harness("runs", "--json").json] == ["complete"] * 4
    query = "SELECT count(*) AS predictions, (SELECT count(*) FROM scores) AS scores FROM predictions"
    assert harness("sql", query, "--json").json == [{"predictions": 240, "scores": 240}]
