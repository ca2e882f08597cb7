from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.host.building import build
from harness.host.host import PluginHost
from harness.host.isolation.limits import MEMORY, SECONDS
from harness.types.component import ComponentKind


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS, "20")
    monkeypatch.setenv(MEMORY, "2GB")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Any]:
    """The component `mine` of a plugin file with this text, as the harness would call it."""

    def make(text: str, kind: ComponentKind = "metric", use: Mapping[str, Any] | None = None) -> Any:
        file = tmp_path / "mine.py"
        file.write_text(text, encoding="utf-8")
        host = PluginHost(files=[file])
        assert host.problems == []
        return build(host, kind, {"use": "mine", **(use or {})}, "suite.yaml", tmp_path).instance

    return make
