"""The backend keeps the contract that `harness.testing` ships, on a server that scores and one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import harness_openai
from harness.testing import BackendContract
from harness.types import ModelReference
from harness.types.component import Component

if TYPE_CHECKING:
    from tests.plugins.openai.conftest import FaultServer


class TestScoringServer(BackendContract):
    scores = True

    @pytest.fixture(autouse=True)
    def use_server(self, server: FaultServer) -> None:
        server.scores = self.scores
        self.url = server.url

    def component(self) -> Component[Any]:
        return next(iter(harness_openai.register_backends()))

    def model(self, folder: Path) -> ModelReference:
        return ModelReference("tiny", backend="openai")

    def options(self) -> Mapping[str, Any]:
        return {"base_url": self.url, "timeout": 5.0}


class TestServerOfRepliesAlone(TestScoringServer):
    scores = False
