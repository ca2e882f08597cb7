"""An evaluation-first harness for fine-tuning chat models. Importing it is cheap: names resolve when used."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, whose import costs as much as the interpreter's start
if TYPE_CHECKING:
    from typing import Any

    from harness.decorators import metric, safety_check
    from harness.errors import ExitCode, HarnessError, PluginError, StoreError, UsageError
    from harness.hookspecs import hookimpl
    from harness.host.host import PluginHost
    from harness.runs.api import compare, evaluate, gate, refine, run
    from harness.runs.workspace import Workspace, open_workspace
    from harness.types import Answered, Case, Conversation, Finding, Message, Passage, Prediction
    from harness.types.component import Component

__all__ = [
    "Answered",
    "Case",
    "Component",
    "Conversation",
    "ExitCode",
    "Finding",
    "HarnessError",
    "Message",
    "Passage",
    "PluginError",
    "PluginHost",
    "Prediction",
    "StoreError",
    "UsageError",
    "Workspace",
    "compare",
    "evaluate",
    "gate",
    "hookimpl",
    "metric",
    "open_workspace",
    "refine",
    "run",
    "safety_check",
]

_MODULE_OF = {
    "Answered": "types",
    "Case": "types",
    "Component": "types.component",
    "Conversation": "types",
    "ExitCode": "errors",
    "Finding": "types",
    "HarnessError": "errors",
    "Message": "types",
    "Passage": "types",
    "PluginError": "errors",
    "PluginHost": "host.host",
    "Prediction": "types",
    "StoreError": "errors",
    "UsageError": "errors",
    "Workspace": "runs.workspace",
    "compare": "runs.api",
    "evaluate": "runs.api",
    "gate": "runs.api",
    "hookimpl": "hookspecs",
    "metric": "decorators",
    "open_workspace": "runs.workspace",
    "refine": "runs.api",
    "run": "runs.api",
    "safety_check": "decorators",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    return getattr(import_module(f"harness.{_MODULE_OF[name]}"), name)
