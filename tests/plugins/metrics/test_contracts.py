"""Every metric that ships keeps the contract that `harness.testing` ships."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import harness_metrics
from harness.testing import MetricContract
from harness.types.component import Component

MODULE = """
import datasets
import evaluate


class Overlong(evaluate.Metric):
    def _info(self):
        text = datasets.Value("string")
        features = datasets.Features({"predictions": text, "references": text})
        return evaluate.MetricInfo(description="", citation="", features=features)

    def _compute(self, predictions, references, by=0):
        longer = [len(said) > len(right) + by for said, right in zip(predictions, references)]
        return {"overlong": sum(longer) / len(longer), "words": [1]}
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    file = tmp_path / "overlong.py"
    file.write_text(MODULE, "utf-8")
    return file


class TestShippedMetrics(MetricContract):
    components = tuple(harness_metrics.register_metrics())

    @pytest.fixture(params=components, ids=lambda component: component.name, autouse=True)
    def shipped(self, request: pytest.FixtureRequest, module: Path) -> None:
        self.shipped_component: Component[Any] = request.param
        self.module = module
        self.examples = 5 if self.needs_module else 25  # each call of `compute` writes a table

    @property
    def needs_module(self) -> bool:
        return self.shipped_component.name == "evaluate-module"

    def component(self) -> Component[Any]:
        return self.shipped_component

    def options(self) -> Mapping[str, Any]:
        return {"module": str(self.module), "key": "overlong"} if self.needs_module else {}


def test_names_are_those_of_the_guide() -> None:
    assert {component.name for component in TestShippedMetrics.components} == {
        *("exact-match", "token-f1", "accuracy", "perplexity", "bits-per-byte", "bleu", "chrf", "evaluate-module"),
        *("macro-f1", "macro-precision", "macro-recall", "micro-f1", "micro-precision", "micro-recall"),
        *("rouge-1", "rouge-2", "rouge-l", "ter", "brier", "word-perplexity", "byte-perplexity"),
    }
