"""An error rate of torchmetrics as a metric: its counts are the statistics, so that it is resampled like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harness import Component
from harness.testing import MetricContract, make_answered, make_case

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.third_party.conftest import Find, Run

FILE = "torchmetrics_metric.py"
SAID = {"how far": "a hunderd miles", "how long": "about three hours", "how much": "nine pounds", "how many": ""}
WANTED = {"how far": "a hundred miles", "how long": "three hours", "how much": "ninety pounds", "how many": "five"}


class TestErrorRate(MetricContract):
    @pytest.fixture(autouse=True)
    def load(self, find: Find) -> None:
        self.found = find(FILE, "metric", "error-rate")

    def component(self) -> Component[Any]:
        return self.found


def test_its_statistics_are_the_counts_of_torchmetrics(find: Find) -> None:
    metric = find(FILE, "metric", "error-rate").build()
    answered = make_answered("hallo", "hello", case=make_case(references=["hello"]))
    assert metric.score(answered) == {"errors": 1.0, "total": 10.0}


def test_its_figure_is_that_of_torchmetrics_and_has_an_interval(project: Project, harness: Run) -> None:
    from torchmetrics.text import CharErrorRate

    cases = [{"id": asked, "prompt": asked, "reference": wanted} for asked, wanted in WANTED.items()]
    project.write("suites/cases.jsonl", "\n".join(map(json.dumps, cases)))
    project.write("answers.jsonl", "\n".join(json.dumps({"id": asked, "text": said}) for asked, said in SAID.items()))
    project.suite("distances", choices=None, metrics=[{"use": "error-rate", "role": "primary"}])
    done = harness(FILE, "evaluate", "--predictions", "answers.jsonl", "--suite", "distances", "--json")
    (metric,) = done.report.results[0].metrics
    whole = float(CharErrorRate()(list(SAID.values()), list(WANTED.values())))
    assert (done.code, metric.n, metric.value) == (0, 4, pytest.approx(whole))
    assert metric.value == pytest.approx(14 / 43)
    low, high = (metric.low, metric.high)
    assert low < metric.value < high
