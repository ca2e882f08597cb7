"""The dataset that ships keeps the contract that `harness.testing` ships, on a file with good rows and bad ones."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import harness_datasets
from harness.testing import DatasetContract
from harness.types.component import Component

TURNS = [{"role": "user", "content": "Gru\u0308ße?"}, {"role": "assistant", "content": "🎉"}]
LINES = (
    json.dumps({"messages": TURNS}),
    json.dumps({"messages": TURNS}),
    json.dumps({"id": "mine", "messages": TURNS, "label": True, "rejected": [[{"role": "assistant", "content": ""}]]}),
    json.dumps({"id": "mine", "messages": TURNS}),
    '{"messages": [{"role": "user", "content": "\\ud83d"}]}',
    '{"messages": []}',
    "",
    "{",
    "[" * 100_000,
)


class TestShippedDatasets(DatasetContract):
    components = tuple(harness_datasets.register_datasets())

    @pytest.fixture(params=components, ids=lambda component: component.name, autouse=True)
    def shipped(self, request: pytest.FixtureRequest, tmp_path: Path) -> None:
        self.shipped_component: Component[Any] = request.param
        self.file = tmp_path / "talk.jsonl"
        self.file.write_text("\n".join(LINES), "utf-8")

    def component(self) -> Component[Any]:
        return self.shipped_component

    def options(self) -> Mapping[str, Any]:
        return {"path": self.file}
