"""Scorers of scikit-learn as metrics that are no function of sums: their intervals are a jackknife."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from harness import Component
from harness.testing import MetricContract

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.third_party.conftest import Find, Run

FILE = "sklearn_metric.py"


class TestAgreement(MetricContract):
    @pytest.fixture(autouse=True, params=["cohen_kappa_score", "matthews_corrcoef"])
    def load(self, find: Find, request: pytest.FixtureRequest) -> None:
        self.found, self.scorer = find(FILE, "metric", "agreement"), request.param

    def component(self) -> Component[Any]:
        return self.found

    def options(self) -> Mapping[str, Any]:
        return {"scorer": self.scorer}


def test_its_figures_are_those_of_scikit_learn_and_have_intervals(project: Project, harness: Run) -> None:
    from sklearn.metrics import cohen_kappa_score, matthews_corrcoef

    correlation = {"use": "agreement", "name": "correlation", "scorer": "matthews_corrcoef"}
    project.suite("teams", metrics=[{"use": "agreement", "role": "primary"}, correlation])
    project.answers("answers.jsonl", wrong=12)
    done = harness(FILE, "evaluate", "--predictions", "answers.jsonl", "--suite", "teams", "--json")
    metrics = done.report.results[0].metrics
    right, said = list(project.replies().values()), list(project.replies(wrong=12).values())
    scored = [cohen_kappa_score(right, said), matthews_corrcoef(right, said)]
    assert (done.code, [one.value for one in metrics]) == (0, pytest.approx(scored))
    assert scored == pytest.approx([0.7, 0.7])
    assert all(one.low < one.value < one.high for one in metrics)
