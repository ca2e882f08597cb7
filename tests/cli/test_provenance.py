"""What gave a score, and what becomes of it when a plugin changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

METRIC = (
    "from harness import metric\n\n@metric\ndef polite(answered, word: str = 'please') -> bool:\n    return {body}\n"
)
CHECK = (
    "from harness import safety_check\n\n@safety_check\ndef loud(passage) -> bool:\n    return passage.text.isupper()\n"
)
FIRST, SECOND = "answered.text.endswith('s')", "answered.text.startswith('d')"


@pytest.fixture
def replies(project: Project) -> Project:
    """The suite `replies`, judged by a plugin of two files."""
    cases = (project.folder / "suites/cases.jsonl").read_text()
    project.write("suites/cases.jsonl", cases.replace('"answer":', '"reference":'))
    project.suite("replies", choices=None, metrics=[{"use": "polite", "role": "primary"}], checks=["loud"])
    project.write("manners.py", METRIC.format(body=FIRST))
    project.write("loudness.py", CHECK)
    return project


PLUGINS = ("--plugin", "manners.py", "--plugin", "loudness.py")


def asked(harness: Run, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = harness("sql", sql, "--json").json
    return found


def test_every_score_and_finding_says_what_gave_it(replies: Project, harness: Run) -> None:
    assert harness("evaluate", "fake:base.json", "--suite", "replies", *PLUGINS).code == 0
    rows = asked(
        harness, "SELECT kind, component, plugin, options, count(*) AS n FROM provenance GROUP BY ALL ORDER BY 1"
    )
    assert rows == [
        {"kind": "metric", "component": "polite", "plugin": "manners", "options": '{"word":"please"}', "n": 60},
        {"kind": "safety check", "component": "loud", "plugin": "loudness", "options": "{}", "n": 60},
    ]
    assert all(len(row["code"]) == 32 for row in asked(harness, "SELECT DISTINCT code FROM provenance"))


WHOLE = """
from harness import Component, hookimpl

class Longest:
    reads = "text"
    def compute(self, answered): return max(len(one.text) for one in answered)

@hookimpl
def register_metrics(): yield Component("longest", Longest)
"""


def test_every_figure_of_a_metric_without_scores_says_what_gave_it(replies: Project, harness: Run) -> None:
    replies.write("manners.py", WHOLE)
    replies.suite("replies", choices=None, metrics=[{"use": "longest", "role": "primary"}])
    for name in ("base", "good"):
        arguments = ("--suite", "replies", "--name", name, "--plugin", "manners.py")
        assert harness("evaluate", f"fake:{name}.json", *arguments).code == 0
    columns = "evaluation, answer_key, content, kind, component, plugin, distribution, version, options"
    rows = asked(harness, f"SELECT {columns}, len(code) AS code FROM provenance ORDER BY evaluation")
    measured = asked(harness, "SELECT id FROM evaluations ORDER BY id")
    given = {"kind": "metric", "component": "longest", "plugin": "manners", "distribution": "", "version": ""}
    nothing = {"answer_key": None, "content": None}
    assert rows == [{"evaluation": one["id"], **nothing, **given, "options": "{}", "code": 32} for one in measured]
    assert asked(harness, "SELECT use, names FROM metrics") == [{"use": "longest", "names": []}]


def test_a_component_of_the_wheel_says_distribution_and_version(measured: Project, harness: Run) -> None:
    rows = asked(harness, "SELECT DISTINCT component, plugin, distribution, version FROM provenance")
    (version,) = [row["version"] for row in rows]
    assert rows == [
        {"component": "accuracy", "plugin": "harness-metrics", "distribution": "finetune-harness", "version": version}
    ]
    assert version[0].isdigit()


def test_another_version_of_a_metric_scores_the_baselines_stored_answers_first(replies: Project, harness: Run) -> None:
    for name in ("base", "good"):
        assert harness("evaluate", f"fake:{name}.json", "--suite", "replies", "--name", name, *PLUGINS).code == 0
    replies.write("manners.py", METRIC.format(body=SECOND))
    result = harness("compare", "base", "good", "--json", *PLUGINS)
    (metric,) = result.json["comparisons"][0]["metrics"]
    assert (metric["baseline"], metric["candidate"]) == pytest.approx((1 / 3, 1 / 3), abs=0.2)
    assert metric["verdict"] not in ("incompatible", "incomplete")
    assert asked(
        harness, "SELECT count(DISTINCT code) AS codes, count(*) AS n FROM provenance WHERE kind = 'metric'"
    ) == [{"codes": 2, "n": 240}]


def test_what_cannot_be_scored_again_is_not_compared(replies: Project, harness: Run) -> None:
    evaluate = ("--suite", "replies", *PLUGINS)
    assert harness("evaluate", "fake:base.json", *evaluate).code == 0
    (base,) = (row["id"] for row in asked(harness, "SELECT id FROM evaluations"))
    assert harness("store", "prune", "--max-size", "0").code == 0
    assert harness("evaluate", "fake:good.json", *evaluate, "--name", "good").code == 0
    replies.write("manners.py", METRIC.format(body=SECOND))
    result = harness("compare", base, "good", "--json", *PLUGINS)
    (metric,) = result.json["comparisons"][0]["metrics"]
    assert (result.code, metric["verdict"]) == (5, "incompatible")
    assert "removed from the store, so that nothing can score them" in metric["reason"]
